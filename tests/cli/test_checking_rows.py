"""All rows of a ledger: by several processes, on both stores, and while somebody writes."""

import os
import signal
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from svx_ledger.cli.verify import checking_rows
from svx_ledger.cli.verify import database as verifying
from svx_ledger.cli.verify.checking_rows import (
    Answer,
    RowsAsked,
    Spread,
    begin,
    check_rows,
    check_rows_by,
)
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import NotRead
from svx_ledger.proofs.checks.brackets import Brackets
from svx_ledger.proofs.checks.each_row import Counts
from svx_ledger.proofs.checks.heads import head_of
from svx_ledger.proofs.checks.processes import ProcessEnded
from svx_ledger.proofs.checks.rows import Bounds, RowsCheck
from svx_ledger.proofs.files.published_log import PublishedLog, log_in
from svx_ledger.proofs.finding import Code, Refused
from tests.attacks.raw import past_guards
from tests.proofs.stored import history
from tests.proofs.written_log import VKEY, WrittenLog

from .conftest import PRIVATE_TEXT, Run

COUNT = 40
POSITIONS = 8
LEDGER = "sqlite:///svx.db"


@pytest.fixture(params=["sqlite", "postgres"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> RowsAsked:
    """A ledger with so many rows, and its log."""
    url: str = (
        f"sqlite:///{tmp_path / 'rows.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    rows = history(COUNT)
    with closing(open_store(url)) as store:
        store.create()
        with closing(store.writer()) as writer:
            writer.begin([], [], {}, known=0)
            writer.append([Row(*row) for row in rows], [], [])
    WrittenLog(tmp_path / "log", [row[4] for row in rows])
    return of(url, tmp_path / "log")


def of(url: str, folder: Path) -> RowsAsked:
    """That a ledger is held to the log in a folder."""
    log = log_in(folder)
    return RowsAsked(url, log, head_of(log.checkpoint()), Brackets([]))


def test_several_processes_come_to_the_same(asked: RowsAsked) -> None:
    with past_guards(asked.ledger) as run:
        run("UPDATE stored_events SET originator_id = 'other' WHERE {position} = 18")
        run("DELETE FROM stored_events WHERE {position} IN (15, 16, 17)")

    one = check_rows(asked)
    several = check_rows(asked, processes=2, positions=POSITIONS)

    assert (one.findings, one.counts) == (several.findings, several.counts)
    assert [(str(found.code), found.index) for found in several.findings] == [
        ("SVX101", 14),
        ("SVX105", 21),
    ]


def test_a_tile_that_another_process_cannot_trust_is_refused(asked: RowsAsked) -> None:
    (folder,) = asked.log.get.args  # type: ignore[attr-defined]
    tile = folder / "tile/0/000.p/40"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])

    for processes in (1, 2):
        with pytest.raises(Refused) as refused:
            check_rows(asked, processes, POSITIONS)
        finding = refused.value.finding
        assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, 0)


def unread(_: Bounds) -> Answer:
    raise NotRead("the disk is gone")


def ended(_: Bounds) -> Answer:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.parametrize(("work", "fault"), [(unread, NotRead), (ended, ProcessEnded)])
def test_what_fails_in_another_process_fails_here(
    asked: RowsAsked,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[Bounds], Answer],
    fault: type[Exception],
) -> None:
    monkeypatch.setattr(checking_rows, "_span", work)

    with pytest.raises(fault):
        check_rows(asked, processes=2, positions=POSITIONS)


@pytest.mark.parametrize(
    ("fault", "code"), [(NotRead("the disk is gone"), 4), (ProcessEnded("ended"), 70)]
)
@pytest.mark.usefixtures("ledger")
def test_what_failed_is_told(
    svx: Run, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: int
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(verifying, "check_rows", fail)

    assert svx("verify", "database", "--log", "published", "--key", VKEY).code == code


def in_this_process(asked: RowsAsked) -> Spread:
    begin(asked)
    return map


def at_once(_: RowsAsked) -> None:
    return None


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("how", [at_once, in_this_process])
def test_what_is_written_and_erased_meanwhile_is_no_finding(
    opened: Run, how: Callable[[RowsAsked], Spread | None]
) -> None:
    def meanwhile() -> None:
        erase = ("--basis", "data-subject-request", "--reason", "DSR-1")
        said = opened("erase", "subject", "organisation-brightway4", *erase)
        assert said.code == 0, said.err
        side = ("--side", "supplier", "--identifier", "scheme=GB-COH,id=01239999")
        name = (
            "organisation-brightway9",
            "--name",
            "Brightway 9 (fictional)",
            "--contact",
            PRIVATE_TEXT,
        )
        said = opened("organisation", "register", *name, *side)
        assert said.code == 0, said.err

    asked = first_doing(meanwhile, of(LEDGER, Path("published")))
    check = check_rows_by(asked, how(asked), 2)

    assert check.findings == []
    assert check.counts == Counts(9, 0, 7, 1)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("how", [at_once, in_this_process])
def test_a_text_of_nobody_is_found_although_another_is_erased_meanwhile(
    how: Callable[[RowsAsked], Spread | None],
) -> None:
    columns = "stream, version, field, salt, payload"
    with past_guards(LEDGER) as run:
        run(
            f"INSERT INTO private_payloads (commitment, {columns}) "
            f"SELECT 'of nobody', {columns} FROM private_payloads LIMIT 1"
        )

    def meanwhile() -> None:
        with past_guards(LEDGER) as run:
            run("DELETE FROM private_payloads WHERE stream = 'organisation-brightway4'")

    asked = first_doing(meanwhile, of(LEDGER, Path("published")))
    (finding,) = check_rows_by(asked, how(asked), 2).findings

    assert finding.code is Code.OPENING_MISMATCH
    assert finding.detail == "1 private texts are kept that no record committed to"


def first_doing(act: Callable[[], None], asked: RowsAsked) -> RowsAsked:
    """The same, where something happens once rows are held to the first tile."""
    acts = iter([act])

    def get(name: str, most: int) -> bytes | None:
        for one in acts:
            one()
        return asked.log.get(name, most)

    return asked._replace(log=PublishedLog(get))


@pytest.mark.parametrize(
    ("log", "expected"),
    [(("published",), 3), (("published", "--processes", "5"), 5), (("http://log",), 1)],
)
@pytest.mark.usefixtures("ledger")
def test_a_folder_is_read_by_a_process_for_each_core(
    svx: Run, monkeypatch: pytest.MonkeyPatch, log: tuple[str, ...], expected: int
) -> None:
    asked_for: list[int] = []
    folder = nullcontext(log_in(Path("published")))

    def asked_of(asked: RowsAsked, processes: int) -> RowsCheck:
        asked_for.append(processes)
        return check_rows(asked)

    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(verifying, "check_rows", asked_of)
    monkeypatch.setattr(verifying, "published", lambda _: folder)

    said = svx("verify", "database", "--key", VKEY, "--log", *log)

    assert said.code == 0, said.out + said.err
    assert asked_for == [expected]
