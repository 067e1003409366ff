"""The publisher's state is taken away, made anew, or put back from an older copy, meanwhile."""

import shutil
from contextlib import closing, suppress
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Sequenced
from svx_ledger.publishing.standing import Standing, Standings
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import open_state

from .setting import Desk, naive_note, records
from .test_guard import loses_its_state, writes


def test_who_reads_on_notices_a_state_that_was_taken_away_and_made_anew(desk: Desk) -> None:
    desk.grow(records(10))
    desk.publish()
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as database:
        standings = Standings(store, database)
        before = standings.now()
        loses_its_state(desk)
        with suppress(NotPublished):  # PostgreSQL says it once, by an error
            standings.now()
        without = standings.now()
        desk.grow(records(12))
        desk.publish()

        assert before.published == 10
        assert without == Standing()
        assert standings.now().published == 12
        assert standings.receipt(next(store.rows(11, 1))) is not None


def test_who_reads_on_has_the_state_that_took_the_place_of_another(here: Desk) -> None:
    here.grow(records(10))
    here.publish()
    with closing(open_store(here.url)) as store, closing(open_state(here.url)) as database:
        standings = Standings(store, database)
        assert standings.now().published == 10
        loses_its_state(here)
        here.grow(records(12))
        here.publish()

        assert standings.now().published == 12


def test_a_publisher_that_runs_makes_a_state_that_was_taken_away_anew(desk: Desk) -> None:
    desk.grow(records(10))
    with desk.publisher() as publisher:
        list(publisher.once())
        loses_its_state(desk)
        desk.grow(records(12))
        for _ in range(3):  # one meets that it is gone, one that its own edge is of the old
            with suppress(NotPublished):
                list(publisher.once())

    assert desk.notes().keys() == {12}
    assert (desk.published / "checkpoint").read_bytes() == naive_note(records(12), 12)


@pytest.mark.parametrize("content", [b"not a database, and longer than a page's header" * 99])
def test_a_state_that_is_no_database_has_a_remedy(here: Desk, content: bytes) -> None:
    here.grow(records(10))
    here.publish()
    for left in ("state.db-wal", "state.db-shm"):
        (here.folder / "ledger.log" / left).unlink(missing_ok=True)
    (here.folder / "ledger.log" / "state.db").write_bytes(content)

    with pytest.raises(NotPublished, match=r"SQLITE_NOTADB: the state .* move the state away"):
        here.publish()
    loses_its_state(here)
    here.publish()
    assert here.notes().keys() == {10}


def test_an_older_copy_of_the_state_alone_goes_on_with_all_heads_that_it_has(
    here: Desk, tmp_path: Path
) -> None:
    state, copy = here.folder / "ledger.log", tmp_path / "copy"
    for length in (10, 20):
        here.grow(records(length))
        here.publish()
    shutil.copytree(state, copy)
    here.grow(records(30))
    here.publish()
    shutil.rmtree(state)
    shutil.copytree(copy, state)

    here.grow(records(40))
    here.publish()
    kept = here.notes()
    assert isinstance(writes(here), Sequenced)
    assert {10, 20} < kept.keys()
    assert 30 not in kept
    assert kept[20][1] == naive_note(records(20), 20)
    assert (here.published / "checkpoint").read_bytes().split(b"\n")[1] == b"40"
