"""What `doctor` finds of a ledger that was damaged, cut or altered, or that nobody follows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from svx_ledger import open_views
from svx_ledger.cli.examining import kept, logs, pages
from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog.sqlite_file import connect
from svx_ledger.eventlog.store import NotRead
from svx_ledger.projections.stored import keeping
from svx_ledger.projections.stored.opening import open_keeper

from .conftest import Run
from .test_doctor import DAY, found, kept_since

PAGE = 4096


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The file of a small ledger, with views at its head; nothing of it is in a WAL."""
    file = tmp_path / "ledger.db"
    kept_since(f"sqlite:///{file}", datetime.now(UTC) - DAY, {1: 60 * DAY, 2: 60 * DAY})
    with open_views(f"sqlite:///{file}") as views, views.view():
        pass
    with closing(connect(file, query_only=False)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return file


def root_of(file: Path, name: str) -> int:
    """The page at which a table or an index begins."""
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
    return int(page)


def overwrite(file: Path, page: int) -> None:
    with file.open("r+b") as opened:
        opened.seek((page - 1) * PAGE)
        opened.write(b"\xa5" * PAGE)


@pytest.mark.parametrize(
    "name", ["sqlite_autoindex_stored_events_1", "claims", "private_payloads", "stored_events"]
)
def test_a_page_that_was_overwritten_is_one_failure(svx: Run, ledger: Path, name: str) -> None:
    overwrite(ledger, root_of(ledger, name))
    said = svx("doctor", "--ledger", f"sqlite:///{ledger}", "--json")

    assert said.code == Exit.DAMAGED
    ((check, remedy),) = [
        (one["check"], one["remedy"]) for one in said.lines if one["state"] == "failed"
    ]
    assert check == "pages"
    assert "keep a copy" in remedy
    assert "restored from a backup" in remedy
    assert {"files", "disk"} < found(said).keys()
    assert "log" not in found(said)


class OnceAsked:
    """A timer that is over once the connection, which is told so, has begun to work."""

    def __init__(self, _: float, over: Callable[[], None]) -> None:
        self._over = over

    def over(self) -> int:
        self._over()
        return 0

    def start(self) -> None:
        OnceAsked.last = self

    def cancel(self) -> None:
        pass

    def join(self) -> None:
        pass

    last: "OnceAsked"


def test_pages_are_read_for_a_while_and_no_longer(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def working(file: Path, *, query_only: bool) -> sqlite3.Connection:
        connection = connect(file, query_only=query_only)
        connection.set_progress_handler(lambda: OnceAsked.last.over(), 1)  # noqa: PLW0108
        return connection

    url = f"sqlite:///{ledger}"
    whole = list(pages.pages(url))
    monkeypatch.setattr(pages, "connect", working)
    monkeypatch.setattr(pages, "Timer", OnceAsked)
    in_part = list(pages.pages(url))

    assert [(one.state, one.detail) for one in whole] == [("ok", "whole")]
    assert [(one.state, one.detail) for one in in_part] == [
        ("ok", "none is damaged of those that were read in 5 s")
    ]
    assert list(pages.pages("postgresql://nobody@127.0.0.1:1/none")) == []


def altered(file: Path, change: str) -> None:
    """Change the log past its protection, and leave no trace of that."""
    with closing(sqlite3.connect(file)) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE name LIKE 'stored_events_no_%'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        for _, statement in guards:
            connection.execute(statement)
        connection.commit()


LAST = "rowid = (SELECT max(rowid) FROM stored_events)"


@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM stored_events WHERE {LAST}",
        f"UPDATE stored_events SET state = CAST(replace(state, '2', '3') AS BLOB) WHERE {LAST}",
    ],
)
def test_a_log_that_is_not_that_of_its_views_is_to_be_looked_at(
    svx: Run, ledger: Path, change: str
) -> None:
    url = f"sqlite:///{ledger}"
    altered(ledger, change)
    said = svx("doctor", "--ledger", url, "--json")
    views = found(said)["views"]

    assert said.code == Exit.DAMAGED
    assert views["state"] == "failed"
    assert "made from another log: it was restored, cut or altered" in views["detail"]
    assert "audit --all" in views["remedy"]
    assert "rebuild" not in views["remedy"]
    status = svx("projections", "status", "--ledger", url, "--json").json
    assert (status["ours"], status["of_this_log"]) == (False, False)


def test_views_of_another_version_are_to_be_built_again(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "fingerprint", lambda _: "another")
    (one,) = kept.views(f"sqlite:///{ledger}")

    assert one.state == "warning"
    assert "of another version of the program" in one.detail
    assert "projections rebuild" in one.remedy


def test_a_follower_that_is_gone_is_missed(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{ledger}"
    (never,) = kept.views(url)
    with closing(open_keeper(url)) as keeper:
        keeper.place.beat(1)
        (there,) = kept.views(url)
        monkeypatch.setattr(keeping, "FOLLOWED", timedelta(0))
        (gone,) = kept.views(url)
        followed = keeper.followed()

    assert [one.state for one in (never, there, gone)] == ["ok", "ok", "warning"]
    assert never.detail.endswith("followed by nobody")
    assert there.detail.endswith(", followed")
    assert "followed by nobody for " in gone.detail
    assert "projections follow" in gone.remedy
    assert not followed


def test_what_several_ask_for_is_said_once(
    svx: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (ledger, ledger.with_name("ledger.views.db")):
        file.chmod(0o644)

    def full(*_: object) -> None:
        raise NotRead(f"{ledger}: SQLITE_FULL")

    monkeypatch.setattr(logs, "tail", full)
    monkeypatch.setattr(kept, "views", full)
    said = svx("doctor", "--ledger", f"sqlite:///{ledger}")

    assert said.out.count("others can read") == 2
    assert (
        said.err.splitlines().count("files: Let only its owner read and write it: chmod 600.")
        == 1
    )
    assert "log, views: The disk is full: free space, then repeat." in said.err.splitlines()


def test_what_cannot_be_read_is_told_with_its_place(
    svx: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: object) -> None:
        raise PermissionError(13, "Permission denied", str(ledger))

    monkeypatch.setattr(kept, "views", closed)
    views = found(svx("doctor", "--ledger", f"sqlite:///{ledger}", "--json"))["views"]

    assert views["detail"] == f"it cannot be looked at: {ledger}: Permission denied"
    assert views["remedy"] == "Let this user read and write the file and its folder."
