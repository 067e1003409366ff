"""The state refuses by itself what a publisher must never do, whoever asks."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from svx_ledger.eventlog.open import open_store
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.publishing.state.rows import NO_TREE, NewCheckpoint, StoredTile, TreeHead
from svx_ledger.publishing.state.sqlite import SQLiteState
from tests.postgres_server import PostgresServer

from .setting import Desk, append, naive_note, records

HEAD = TreeHead(2, b"r" * 32, b"r" * 32)
TILES = [StoredTile(0, 0, b"a" * 64)]
CHECKPOINT = NewCheckpoint(2, b"r" * 32, b"body", bounds=False)


@pytest.fixture
def state(desk: Desk) -> Iterator[LogState]:
    """A state with a small tree, a signed and published checkpoint."""
    desk.grow(records(2))
    with closing(open_state(desk.url)) as database:
        database.create()
        state = LogState(database, 1)
        assert state.advance(NO_TREE, HEAD, TILES, [CHECKPOINT])
        state.sign([(2, b"signed")])
        state.publish([(2, b"published")])
        yield state


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE heads SET size = 1",
        "UPDATE heads SET root = ?",
        "UPDATE tiles SET hashes = ?",
        "UPDATE tiles SET number = 1",
        "UPDATE checkpoints SET size = 3",
        "UPDATE checkpoints SET root = ?",
        "UPDATE checkpoints SET body = ?",
        "UPDATE checkpoints SET log_note = ?",
        "UPDATE checkpoints SET log_note = NULL",
        "UPDATE checkpoints SET quorum_note = ?",
        "UPDATE checkpoints SET quorum_note = NULL",
        "DELETE FROM heads",
        "DELETE FROM tiles",
        "DELETE FROM checkpoints",
    ],
)
def test_nothing_that_was_kept_is_changed_or_taken_out(state: LogState, change: str) -> None:
    before = state.head(), state.tile(0, 0), state.checkpoint(2)
    with pytest.raises(NotPublished), state.database.transaction() as on:
        on.run(change, [b"x" * 32] if "?" in change else [])

    assert (state.head(), state.tile(0, 0), state.checkpoint(2)) == before


def test_the_tree_grows_only_from_where_it_is(state: LogState) -> None:
    longer = TreeHead(3, b"s" * 32, b"s" * 64)
    wide = [StoredTile(0, 0, b"a" * 64 + b"b" * 32)]

    assert not state.advance(NO_TREE, longer, wide, [])
    assert not state.advance(HEAD._replace(root=b"x" * 32), longer, wide, [])
    assert (state.head(), state.tile(0, 0)) == (HEAD, TILES[0].hashes)
    assert state.advance(HEAD, longer, wide, [])
    assert (state.head(), state.tile(0, 0)) == (longer, wide[0].hashes)


def test_the_first_note_stays(state: LogState) -> None:
    state.sign([(2, b"signed otherwise")])
    state.publish([(2, b"published otherwise")])

    found = state.checkpoint(2)
    assert found is not None
    assert (found.log_note, found.quorum_note) == (b"signed", b"published")


def test_epochs_are_kept_apart(state: LogState) -> None:
    other = LogState(state.database, 2)

    assert (other.head(), other.tile(0, 0), other.checkpoint(2)) == (NO_TREE, b"", None)


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db")) as other:
        other.execute("CREATE TABLE theirs (x)")
    with (
        closing(SQLiteState(tmp_path)) as database,
        pytest.raises(NotPublished, match="another program's database"),
    ):
        database.create()


def test_a_damaged_tree_is_found_out_and_told_how_to_make_again(here: Desk) -> None:
    here.grow(records(300))
    here.publish()
    with closing(sqlite3.connect(here.folder / "ledger.log/state.db")) as connection:
        connection.execute("DROP TRIGGER tiles_grow")
        connection.execute(
            "UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 1"
        )
        connection.commit()
    here.grow(records(301))

    with pytest.raises(NotPublished, match="move the state away"):
        here.publish()


def test_the_applications_role_publishes_and_deletes_nothing(
    postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    role = sql.Identifier("svx_app_publishing")
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    try:
        rows = records(20)
        with closing(open_store(postgres_url, application_role="svx_app_publishing")) as store:
            store.create()
            append(store, rows[:10])
        as_role = postgres_url.replace("svx@", "svx_app_publishing@")
        of_role = Desk(url=as_role, folder=tmp_path)
        with pytest.raises(NotPublished, match="owner of the ledger's tables"):
            of_role.publish()
        owners = tmp_path / "owners"
        owners.mkdir()
        Desk(url=postgres_url, folder=owners).publish()
        with closing(open_store(postgres_url)) as store:
            append(store, rows[10:])
        of_role.publish()

        assert (of_role.published / "checkpoint").read_bytes() == naive_note(rows, 20)
        for table in ("heads", "tiles", "checkpoints", "latest"):
            with of_role.state() as state, pytest.raises(NotPublished, match="42501"):
                state.database.read(f"DELETE FROM {table}")
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
            connection.execute(sql.SQL("DROP ROLE {}").format(role))


def test_what_a_step_looks_for_is_found_by_an_index_however_much_is_left(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After hours without witnesses, or without a key, each step would go through all of it."""
    here.grow(records(5))
    here.publish()
    with here.state() as state:
        asked = state.database.read

        plans: list[str] = []

        def read(query: str, given: Sequence[object] = ()) -> list[tuple[object, ...]]:
            plans.extend(row[-1] for row in asked(f"EXPLAIN QUERY PLAN {query}", given))
            return asked(query, given)

        monkeypatch.setattr(state.database, "read", read)
        state.newest_signed()
        state.unpublished_bounds(0, 9)

    assert ["INDEX signed " in plans[0], "INDEX unpublished_bounds " in plans[1]] == [True] * 2


def test_only_signed_checkpoints_around_a_close_are_brought_to_a_quorum_of_their_own(
    desk: Desk,
) -> None:
    desk.grow(records(2))
    with closing(open_state(desk.url)) as database:
        database.create()
        state = LogState(database, 1)
        due = [
            NewCheckpoint(size, b"r" * 32, b"body", bounds=size not in {3, 7})
            for size in range(1, 9)
        ]
        assert state.advance(NO_TREE, HEAD, TILES, due)
        state.sign([(size, b"signed") for size in range(1, 9) if size != 4])
        state.publish([(5, b"published")])

        found = state.unpublished_bounds(1, 8)
    assert [one.size for one in found] == [2, 6]
