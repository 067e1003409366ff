"""`doctor`: finds what is wrong, says what to do, and writes nothing."""

import ctypes
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from svx_ledger import open_ledger, open_views
from svx_ledger.cli.examining import access, kept, logs, places, states, times
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.access import RevokeAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.ledger import Sequenced, SimulatedClock
from svx_ledger.settings import Settings
from tests.api.keys import access_for, key_for
from tests.world import OPERATOR, begin, registration

from .conftest import Run, Said, played, to_the_bids

EXCHANGE = "organisation-exchange"
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger can be made, on both stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


def person(number: int) -> Actor:
    return Actor(id=f"person-{number}", role="operator", organisation=EXCHANGE)


def kept_since(url: str, began: datetime, lasts: dict[int, timedelta]) -> list[str]:
    """Begin a ledger with keys that last so long, and one whose access is revoked."""
    clock = SimulatedClock(began)
    clock.kind = "real"
    with open_ledger(url, create=True, clock=clock) as ledger:
        begin(ledger)
        for command in (
            registration(EXCHANGE, side="operator"),
            VerifyOrganisation(organisation_id=EXCHANGE, basis="known"),
        ):
            assert isinstance(ledger.execute(command, OPERATOR), Sequenced)
        keys = [key_for(ledger, person(n), lasts=days) for n, days in lasts.items()]
        over = person(99)
        keys.append(key_for(ledger, over))
        revoke = RevokeAccess(access_id=access_for(ledger, over), reason="left")
        assert isinstance(ledger.execute(revoke, OPERATOR), Sequenced)
    return [f"api-key-{key.split('_')[1]}" for key in keys]


def found(said: Said) -> dict[str, dict[str, Any]]:
    """The worst finding of each check."""
    order = ("ok", "warning", "failed")
    worst: dict[str, dict[str, Any]] = {}
    for one in said.lines:
        if one["check"] not in worst or order.index(one["state"]) > order.index(
            worst[one["check"]]["state"]
        ):
            worst[one["check"]] = one
    return worst


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.is_file() and not file.name.endswith(("-shm", "-wal"))
    }


def test_a_ledger_that_is_well(svx: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_since(address, datetime.now(UTC) - DAY, {1: 60 * DAY})
    monkeypatch.setattr(access, "keys", lambda _: iter(()))
    monkeypatch.setattr(times, "_synchronised", lambda: True)
    with open_views(address) as views, views.view():
        pass
    said = svx("doctor", "--ledger", address, "--json")

    assert said.code == Exit.DONE, said.out
    states_found = {name: one["state"] for name, one in found(said).items()}
    file = {"files": "ok", "pages": "ok"}
    beyond = {"rights": "warning"} if address.startswith("postgres") else file
    assert states_found == {
        **dict.fromkeys(("settings", "versions", "store", "writing", "disk", "log"), "ok"),
        **dict.fromkeys(("clock", "deadlines", "views", "log key", "published"), "ok"),
        **beyond,
    }
    shown = svx("doctor", "--ledger", address)
    assert "durable, append-only" in shown.out
    assert ("rights: Let the program" in shown.err) is address.startswith("postgres")


def test_it_writes_nothing(svx: Run, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    url = f"sqlite:///{folder / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {})
    before = digests(folder)

    assert svx("doctor", "--ledger", url, "--json").code == Exit.DONE

    assert digests(folder) == before
    assert "ledger.views.db" not in before


def test_where_there_is_no_ledger_the_rest_is_looked_at(svx: Run) -> None:
    said = svx("doctor", "--json")

    assert said.code == Exit.DAMAGED
    assert found(said)["store"]["state"] == "failed"
    assert {"settings", "versions", "store", "disk"} <= found(said).keys()
    assert "svx-ledger init" in found(said)["store"]["remedy"]
    assert svx("doctor", "--ledger", "mysql://x").code == Exit.USAGE


@pytest.mark.parametrize(
    ("ledger", "remedy"),
    [
        ("sqlite:///none/none.db", "svx-ledger init"),
        ("postgresql://nobody@127.0.0.1:1/none", "See that the server runs"),
        ("postgresql://nobody@no-host.invalid/none", "svx-ledger config show"),
    ],
)
def test_a_store_that_is_not_reached_is_one_finding(svx: Run, ledger: str, remedy: str) -> None:
    said = svx("doctor", "--ledger", ledger, "--json")

    assert said.code == Exit.DAMAGED
    (failure,) = (one for one in said.lines if one["state"] == "failed")
    assert failure["check"] == "store"
    assert remedy in failure["remedy"]


def test_keys_that_end_and_keys_that_outlived_their_access(svx: Run, address: str) -> None:
    began = datetime.now(UTC) - 20 * DAY
    names = kept_since(address, began, {1: 60 * DAY, 2: 33 * DAY, 3: 35 * DAY, 4: 10 * DAY})
    said = svx("doctor", "--ledger", address, "--json")
    warned = [one["detail"] for one in said.lines if one["check"] == "keys"]

    assert warned[0] == f"1 expire soon: {names[1]} (12 days)"
    assert warned[1] == f"1 outlive their access: {names[4]}"
    assert len(warned) == 2


def test_deadlines_that_nobody_decided(svx: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    played(url, to_the_bids, kept="real")
    said = svx("doctor", "--ledger", url, "--json")

    assert said.code == Exit.DAMAGED
    assert found(said)["deadlines"]["detail"].startswith("overdue: auction-")
    assert svx("tick", "--ledger", url).code == Exit.DONE
    assert found(svx("doctor", "--ledger", url, "--json"))["deadlines"]["state"] == "ok"
    simulated = f"sqlite:///{tmp_path / 'simulated.db'}"
    played(simulated, to_the_bids)
    assert found(svx("doctor", "--ledger", simulated, "--json"))["deadlines"]["state"] == "ok"


def _drop_a_trigger(ledger: sqlite3.Connection) -> None:
    ledger.execute("DROP TRIGGER stored_events_no_update")


def test_a_store_that_lost_its_protection(svx: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {})
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as ledger:
        _drop_a_trigger(ledger)
    said = svx("doctor", "--ledger", url, "--json")

    assert said.code == Exit.DAMAGED
    assert "stored_events_no_update is missing" in found(said)["store"]["detail"]
    assert "log" not in found(said)


@pytest.mark.parametrize(
    ("change", "position", "why"),
    [
        ('state = replace(state, \'"prev":"\', \'"prev":"00\')', 5, "cannot be read"),
        ("state = x'7b7d'", 4, "cannot be read"),
    ],
)
def test_a_log_whose_end_was_altered(
    svx: Run, tmp_path: Path, change: str, *, position: int, why: str
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {1: DAY})
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as ledger:
        (trigger,) = ledger.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'stored_events_no_update'"
        ).fetchone()
        _drop_a_trigger(ledger)
        ledger.execute(f"UPDATE stored_events SET {change} WHERE rowid = {position}")
        ledger.execute(trigger)
    said = svx("doctor", "--ledger", url, "--json")

    assert said.code == Exit.DAMAGED
    assert f"position {position}" in found(said)["log"]["detail"]
    assert "audit --all" in found(said)["log"]["remedy"]
    assert why in found(said)["log"]["detail"] or "follow" in found(said)["log"]["detail"]


class Rows:
    """A store that has these rows."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def head(self) -> SimpleNamespace:
        return SimpleNamespace(position=self._rows[-1].position if self._rows else 0)

    def rows(self, after: int = 0, limit: int | None = None) -> Any:
        return iter([row for row in self._rows if row.position > after][:limit])


NOWHERE = Settings(ledger="sqlite:////nowhere/at-all.db")


def tail_of(rows: list[Row]) -> tuple[str, str]:
    (one,) = logs.tail(Rows(rows), NOWHERE)  # type: ignore[arg-type]
    return one.state, one.detail


def test_the_end_of_a_log_is_held_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {1: DAY})
    with closing(open_store(url)) as store:
        rows = list(store.rows())
    second = next(row for row in rows if row.version == 2)
    at = rows.index(second)

    assert tail_of(rows)[0] == "ok"
    assert tail_of([])[0] == "warning"
    assert tail_of(rows[:3] + rows[4:])[0] == "failed"
    broken = (
        (at, {"prev": "0" * 64}, "does not follow the event before it on its stream"),
        (at, {"version": 3}, "does not follow the event before it on its stream"),
        (2, {"prev": "0" * 64}, "does not follow the event before it on its stream"),
        (at, {"recorded_at": "2020-01-01T00:00:00.000000Z"}, "is older than the one before it"),
        (at, {"svx": 7}, "cannot be read"),
    )
    for index, change, why in broken:
        other = altered(rows[index], change)
        found_so = tail_of([*rows[:index], other, *rows[index + 1 :]])
        assert found_so == ("failed", f"position {index + 1} {why}")


def altered(row: Row, change: dict[str, Any]) -> Row:
    """A row whose record and columns say something else."""
    plain = orjson.loads(row.record) | change
    return row._replace(record=canonical(plain), version=plain["version"])


@pytest.mark.parametrize(
    ("mode", "state"), [(0o600, "ok"), (0o640, "warning"), (0o620, "failed"), (0o602, "failed")]
)
def test_who_may_read_the_file(tmp_path: Path, mode: int, state: str) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {})
    (tmp_path / "ledger.db").chmod(mode)

    assert [one.state for one in places.files(url)] == [state]
    tmp_path.chmod(0o777)
    assert "everybody can write" in [one.detail for one in places.files(url)][-1]
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("free", "state"), [(199 * 2**20, "failed"), (2**30, "warning"), (3 * 2**30, "ok")]
)
def test_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    (one,) = places.disk(f"sqlite:///{tmp_path / 'ledger.db'}")

    assert one.state == state


def test_a_password_that_lies_open(tmp_path: Path) -> None:
    file = tmp_path / "svx.toml"
    file.write_text("", encoding="utf-8")
    url = "postgresql://me:s3cret@host/db"
    given = Settings(ledger=url, sources={"ledger": str(file)})
    file.chmod(0o644)
    open_one = list(places.settings(given, file, {}))
    file.chmod(0o600)

    assert [one.state for one in open_one] == ["ok", "warning"]
    assert [one.state for one in places.settings(given, file, {})] == ["ok"]
    assert "s3cret" not in str(open_one)
    file.chmod(0o644)
    elsewhere = Settings(ledger=url, sources={"ledger": "environment"})
    assert [one.state for one in places.settings(elsewhere, file, {})] == ["ok"]


def test_names_that_nothing_reads_are_told(svx: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = found(svx("doctor", "--json"))["settings"]
    monkeypatch.setenv("SVX_SERVE_WORKER", "3")
    monkeypatch.setenv("SVX_LEGDER", "sqlite:///other.db")
    mistyped = found(svx("doctor", "--json"))["settings"]

    assert quiet["state"] == "ok"
    assert mistyped["state"] == "warning"
    assert mistyped["detail"] == "nothing reads SVX_LEGDER, SVX_SERVE_WORKER"


@pytest.mark.parametrize(
    ("seconds", "state"), [(0.2, "ok"), (-0.3, "warning"), (0.3, "warning"), (-1.1, "failed")]
)
def test_a_clock_beside_the_servers(
    svx: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch, *, seconds: float, state: str
) -> None:
    kept_since(postgres_url, datetime.now(UTC) - DAY, {})
    monkeypatch.setattr(times, "_synchronised", lambda: None)
    assert abs(times._drift(postgres_url)) < timedelta(seconds=0.2)
    monkeypatch.setattr(times, "_drift", lambda _: timedelta(seconds=seconds))

    said = svx("doctor", "--ledger", postgres_url, "--json")

    assert found(said)["clock"]["state"] == state


def test_a_log_that_is_ahead_of_the_clock(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC), {})
    ahead = datetime.now(UTC) + timedelta(seconds=7)
    monkeypatch.setattr(times, "recorded_at", lambda _: ahead)
    monkeypatch.setattr(times, "_synchronised", lambda: False)
    said = svx("doctor", "--ledger", url, "--json")
    clock = [one for one in said.lines if one["check"] == "clock"]

    assert [one["state"] for one in clock] == ["failed", "warning"]
    assert "s ahead of it" in clock[0]["detail"]


def test_what_the_kernel_says_of_the_clock_is_only_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert times._synchronised() in (True, False, None)
    for answer, synchronised in ((0, True), (1, True), (5, False), (-1, None)):
        kernel = SimpleNamespace(adjtimex=lambda _, answer=answer: answer)
        monkeypatch.setattr(ctypes, "CDLL", lambda _, kernel=kernel: kernel)
        assert times._synchronised() is synchronised
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    assert times._synchronised() is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"generation": None}, "warning"),
        ({"ours": False}, "warning"),
        ({"ours": False, "of_this_log": False}, "failed"),
        ({}, "ok"),
        ({"followed": False, "heartbeat": None}, "ok"),
        ({"followed": False}, "warning"),
        ({"lag_seconds": 5.1}, "warning"),
        ({"lag_seconds": 60.1, "followed": False}, "warning"),
        ({"lag_seconds": 60.1}, "failed"),
    ],
)
def test_views(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: dict[str, Any], state: str
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {})
    usual: dict[str, Any] = {
        "generation": 1,
        "ours": True,
        "of_this_log": True,
        "position": 3,
        "head": 4,
    }
    usual |= {"lag_seconds": 1.0, "followed": True, "heartbeat": datetime.now(UTC)}
    seen = SimpleNamespace(**(usual | status))
    monkeypatch.setattr(kept, "status_of", lambda _: seen)

    assert [one.state for one in kept.views(url)] == [state]


def test_what_cannot_be_looked_at_is_said(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {})

    def breaks(*_: object) -> None:
        raise ValueError("a secret text")

    monkeypatch.setattr(logs, "tail", breaks)
    said = svx("doctor", "--ledger", url, "--json")

    assert said.code == Exit.DAMAGED
    assert found(said)["log"]["detail"] == "it cannot be looked at: ValueError"
    assert "views" in found(said)


def test_a_large_ledger_is_looked_at_in_part(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept_since(url, datetime.now(UTC) - DAY, {1: 60 * DAY})
    monkeypatch.setattr(states, "MOST_SECONDS", -1.0)

    said = svx("doctor", "--ledger", url, "--json")

    assert found(said)["keys"]["detail"] == "0 in force (0 of 2 looked at)"


def test_every_check_stands_in_the_documentation(svx: Run) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    checks: Callable[[str], bool] = lambda name: f"| {name} |" in page  # noqa: E731
    names = (
        "settings",
        "versions",
        "store",
        "writing",
        "pages",
        "files",
        "disk",
        "log",
        "clock",
    )
    more = ("deadlines", "keys", "rights", "views", "log key", "published", "folder", "mark")

    assert [name for name in (*names, *more) if not checks(name)] == []
    assert svx("doctor", "--help").code == 0
