"""Every column of a ledger's file, altered to each kind of value that SQLite keeps in it.

Whoever reads it says what is damaged, or is not touched by it; no reading fails on it.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.organisation.identifying import Identifier
from svx_ledger.domain.organisation.registering import RegisterOrganisation
from svx_ledger.domain.private import Private
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Sequenced, SimulatedClock
from tests.domain.outcome import OPERATOR
from tests.projections.deal import PLEDGED, Deal
from tests.proofs.written_log import VKEY, WrittenLog

from .conftest import PRIVATE_TEXT, Run, played

AUCTION = "auction-0001"
COLUMNS = [
    *(f"stored_events.{name}" for name in ("originator_id", "originator_version")),
    *(f"stored_events.{name}" for name in ("topic", "state")),
    *(f"outcomes.{name}" for name in ("principal", "command_id", "sha256")),
    *(f"outcomes.{name}" for name in ("first_position", "last_position", "refusal")),
    *(f"claims.{name}" for name in ("key", "position", "stream")),
    *(f"private_payloads.{name}" for name in ("commitment", "stream", "version", "field")),
    *(f"private_payloads.{name}" for name in ("salt", "payload")),
]
KINDS = {
    "null": "NULL",
    "integer": "90007",
    "real": "7.5",
    "text": "'text'",
    "blob": "x'ff'",
    "text that is not UTF-8": "CAST(x'ff' AS TEXT)",
}
_POSITION = (
    "(SELECT rowid FROM stored_events WHERE originator_id = 'auction-0001' "
    "AND originator_version = 3)"
)
ROWS = {
    "stored_events": f"rowid = {_POSITION}",
    "outcomes": "first_position = (SELECT max(first_position) FROM outcomes)",
    "claims": "position = (SELECT max(position) FROM claims WHERE key LIKE 'due:%')",
    "private_payloads": "1",
}
"""Of each table one row: an event of the auction, the outcome of its command, a deadline."""
AS_IT_WAS = {("null", "outcomes.refusal")}
NOT_THERE = {("null", "private_payloads.commitment")}
"""Found by no key: to whoever verifies it is not there, as one that was erased is not."""
KEYS = {"outcomes.principal", "outcomes.command_id", "claims.key", "claims.position"}
"""SQLite has no NULL in the keys of a table without rowids."""
CHANGED = [
    (kind, place)
    for place in COLUMNS
    for kind in KINDS
    if (kind, place) not in AS_IT_WAS and not (kind == "null" and place in KEYS)
]


ASKED_FOR = RegisterOrganisation(
    organisation_id="organisation-brightway",
    name="Brightway (fictional)",
    side="supplier",
    identifiers=(Identifier(scheme="GB-COH", id="01230009"),),
    contact=Private(text=PRIVATE_TEXT, salt="5a" * 32),
)
READING = (
    ("audit", "auction", AUCTION),
    ("events", "--limit", "999"),
    ("events", "--stream", AUCTION),
    ("show", AUCTION),
    ("replay", "auction", AUCTION),
    ("projections", "rebuild"),
)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger, `svx.db`, with its published log beside it. Not to be written to."""
    folder = tmp_path_factory.mktemp("kinds")
    url = f"sqlite:///{folder / 'svx.db'}"
    deal = played(url, _scenes)
    with open_ledger(url, clock=SimulatedClock(deal.play.now)) as ledger, closing(ledger.store):
        assert isinstance(ledger.execute(ASKED_FOR, OPERATOR), Sequenced)
    with closing(open_store(url)) as store:
        WrittenLog(folder / "published", [row.record for row in store.rows()])
    with closing(sqlite3.connect(folder / "svx.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _scenes(deal: Deal) -> None:
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, PLEDGED)


def altered(file: Path, table: str, column: str, value: str) -> None:
    """Put a value into a row past the triggers and past NOT NULL, which stand there again."""
    found = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        made = connection.execute(found).fetchall()
        (declared,) = (sql for _, name, sql in made if name == table)
        triggers = [(name, sql) for kind, name, sql in made if kind == "trigger"]
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        _declare(connection, table, declared.replace(" NOT NULL", ""))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        changed = connection.execute(
            f"UPDATE {table} SET {column} = {value} WHERE {ROWS[table]}"
        )
        assert changed.rowcount == 1
        _declare(connection, table, declared)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for _, sql in triggers:
            connection.execute(sql)


def _declare(connection: sqlite3.Connection, table: str, declared: str) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (declared, table))
    connection.execute("PRAGMA writable_schema = RESET")


@pytest.mark.parametrize(("kind", "place"), CHANGED)
def test_a_value_of_another_kind_ends_no_reading_but_in_words(
    svx: Run, honest: Path, tmp_path: Path, *, kind: str, place: str
) -> None:
    table, column = place.split(".")
    shutil.copy(honest / "svx.db", tmp_path / "svx.db")
    altered(tmp_path / "svx.db", table, column, KINDS[kind])
    log = ("--log", str(honest / "published"), "--key", VKEY)
    of_records = Exit.DAMAGED if table == "stored_events" else Exit.DONE
    signed = table in ("stored_events", "private_payloads") and (kind, place) not in NOT_THERE

    assert svx("audit", "--all").code == Exit.DAMAGED
    assert svx("verify", "database", *log).code == (1 if signed else Exit.DONE)
    turn = CHANGED.index((kind, place))  # each verb meets every column, not in every kind
    for verb in (READING[turn % len(READING)], READING[(turn + 1) % len(READING)]):
        assert svx(*verb).code == of_records, verb


OF_AUCTION = "(SELECT {} (rowid) FROM stored_events WHERE originator_id = 'auction-0001')"
REMOVED = {
    "the first event of the auction": f"rowid = {OF_AUCTION.format('min')}",
    "an event in its middle": f"rowid = {_POSITION}",
}


def removed(file: Path, which: str) -> int:
    """Remove an event past the triggers, which stand there again; its position."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(found).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        ((position,),) = connection.execute(
            f"DELETE FROM stored_events WHERE {which} RETURNING rowid"
        ).fetchall()
        for _, sql in triggers:
            connection.execute(sql)
    assert isinstance(position, int)
    return position


@pytest.mark.parametrize("which", REMOVED)
def test_a_removed_event_ends_every_reading_that_passes_it(
    svx: Run, honest: Path, tmp_path: Path, *, which: str
) -> None:
    shutil.copy(honest / "svx.db", tmp_path / "svx.db")
    position = removed(tmp_path / "svx.db", REMOVED[which])

    assert svx("audit", "--all").code == Exit.DAMAGED
    for verb in READING:
        assert svx(*verb).code == Exit.DAMAGED, verb
    assert f"position {position} is missing" in svx("events").err
    assert svx("events", "--after", str(position - 1)).code == Exit.DAMAGED
    assert svx("events", "--limit", str(position - 1)).code == Exit.DONE


def test_that_the_last_event_of_a_stream_is_gone_is_seen_in_the_log_alone(
    svx: Run, honest: Path, tmp_path: Path
) -> None:
    shutil.copy(honest / "svx.db", tmp_path / "svx.db")
    position = removed(tmp_path / "svx.db", f"rowid = {OF_AUCTION.format('max')}")

    for verb in (("show", AUCTION), ("replay", "auction", AUCTION)):
        assert svx(*verb).code == Exit.DONE, verb
    assert f"position {position} is missing" in svx("events").err
    assert svx("audit", "--all").code == Exit.DAMAGED
