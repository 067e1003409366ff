"""A ledger that is behind what was published of it writes nothing and signs nothing."""

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from svx_ledger import open_ledger
from svx_ledger.api.process.starting import open_to_serve
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import LedgerOpened, ResumeLedger
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Forked
from svx_ledger.ledger import Sequenced
from svx_ledger.publishing.state.database import NotPublished

from .setting import (
    KEY,
    NOON,
    ORIGIN,
    Desk,
    append,
    epoch_started,
    files_in,
    key_number,
    naive_note,
    records,
)

OPERATOR = Actor(id="person-op", role="operator")
SOME_COMMAND = ResumeLedger(
    ledger_id="ledger-tests", not_accepting_from=NOON, accepting_again_at=NOON.replace(hour=13)
)


def goes_back(desk: Desk, length: int) -> None:
    """Make the ledger what an older copy of it would be; everything beside it stays."""
    if desk.url.startswith("sqlite"):
        path = desk.folder / "ledger.db"
        with closing(open_store(desk.url)) as store:
            rows = list(store.rows(limit=length))
        for old in path.parent.glob("ledger.db*"):
            old.unlink()
        desk.grow(rows)
        return
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        table = sql.SQL("ALTER TABLE public.stored_events {} TRIGGER svx_append_only")
        connection.execute(table.format(sql.SQL("DISABLE")))
        connection.execute(
            "DELETE FROM public.stored_events WHERE notification_id > %s", (length,)
        )
        connection.execute(table.format(sql.SQL("ENABLE ALWAYS")))


def writes(desk: Desk, *, restored: bool = False) -> object:
    """Open the ledger for writing, and give a command."""
    with open_ledger(desk.url, mark=str(desk.mark), restored=restored) as ledger:
        return ledger.execute(SOME_COMMAND, OPERATOR)


def loses_its_state(desk: Desk) -> None:
    """Take away what the publisher keeps beside the ledger."""
    shutil.rmtree(desk.folder / "ledger.log", ignore_errors=True)
    if desk.url.startswith("postgres"):
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA svx_log CASCADE")


@pytest.fixture
def published(desk: Desk) -> Desk:
    """A ledger of 300 records, all published."""
    desk.grow(records(300))
    desk.publish()
    return desk


def test_a_ledger_that_was_published_is_written_to(published: Desk) -> None:
    assert isinstance(writes(published), Sequenced)


def test_a_ledger_that_was_never_published_is_written_to(desk: Desk) -> None:
    desk.grow(records(5))

    assert isinstance(writes(desk), Sequenced)
    assert not (desk.folder / "ledger.log").exists()


def test_an_older_copy_neither_writes_nor_signs(published: Desk) -> None:
    before = files_in(published.published), published.notes()
    goes_back(published, 299)

    with pytest.raises(Forked, match="svx-ledger epoch start"):
        writes(published)
    with pytest.raises(Forked, match="svx-ledger epoch start"):
        published.publish()
    assert (files_in(published.published), published.notes()) == before


def test_an_older_copy_is_not_served(here: Desk) -> None:
    here.grow(records(10))
    here.publish()
    shutil.rmtree(here.folder / "ledger.log")
    goes_back(here, 9)

    with pytest.raises(Forked, match="mark knows 10 records, and the log has 9"):
        open_to_serve(here.url, str(here.mark))


def test_an_older_copy_that_grew_again_neither_writes_nor_signs(published: Desk) -> None:
    notes = published.notes()
    goes_back(published, 200)
    rows = records(400, closes=[300])
    with closing(open_store(published.url)) as store:
        append(store, rows[200:])

    with pytest.raises(Forked, match="position 300 is not what is in the tree"):
        writes(published)
    with pytest.raises(Forked, match="position 300 is not what is in the tree"):
        published.publish()
    assert published.notes() == notes


def test_the_mark_alone_stops_an_older_copy(published: Desk) -> None:
    shutil.rmtree(published.published)
    loses_its_state(published)
    goes_back(published, 299)

    with pytest.raises(Forked, match="mark knows 300 records, and the log has 299"):
        writes(published)
    with pytest.raises(Forked, match="mark knows 300 records, and the log has 299"):
        published.publish()
    assert not files_in(published.published)


def test_the_folder_alone_keeps_an_older_copy_from_signing(published: Desk) -> None:
    before = files_in(published.published)
    published.mark.unlink()
    loses_its_state(published)
    goes_back(published, 299)

    with pytest.raises(Forked, match="published knows 300 records"):
        published.publish()
    assert files_in(published.published) == before
    assert published.notes() == {299: (None, None)}


@pytest.mark.parametrize("kept", ["mark", "published"])
def test_another_history_of_the_same_length_is_not_signed(published: Desk, kept: str) -> None:
    if kept == "mark":
        shutil.rmtree(published.published)
    else:
        published.mark.unlink()
    loses_its_state(published)
    goes_back(published, 200)
    with closing(open_store(published.url)) as store:
        append(store, records(310, closes=[250])[200:])

    with pytest.raises(Forked, match=rf"{kept} knows another root of 300 leaves"):
        published.publish()
    assert published.notes().keys() == {249, 250, 310}
    assert {note for notes in published.notes().values() for note in notes} == {None}


def test_once_the_tree_is_there_the_mark_stops_writing_too(published: Desk) -> None:
    loses_its_state(published)
    goes_back(published, 200)
    with closing(open_store(published.url)) as store:
        append(store, records(310, closes=[250])[200:])
    with pytest.raises(Forked):
        published.publish()

    with pytest.raises(Forked, match="mark knows another root of 300 leaves"):
        writes(published)


def test_an_empty_ledger_beside_published_heads_is_not_begun(here: Desk) -> None:
    here.grow(records(10))
    here.publish()
    goes_back(here, 0)

    with pytest.raises(Forked, match="the log is empty") as told:
        writes(here)
    assert "epoch start" not in str(told.value)
    assert "svx-ledger init --origin" in str(told.value)

    loses_its_state(here)
    here.mark.unlink()
    open_ledger(here.url, mark=str(here.mark)).close()


def test_the_remedy_works_a_restored_ledger_goes_on_in_a_new_epoch(published: Desk) -> None:
    note = published.mark.read_bytes()
    goes_back(published, 250)
    rows = [*records(250), *records(251, own={251: epoch_started(note)})[250:]]
    with closing(open_store(published.url)) as store:
        append(store, rows[250:])
    key = key_number(9, f"{ORIGIN}/2")

    assert isinstance(writes(published), Sequenced)
    shutil.rmtree(published.published)
    published.publish([key])

    after = published.mark.read_bytes()
    assert after.startswith(f"{ORIGIN}/2\n252\n".encode())
    assert published.notes(1).keys() == {300}
    assert published.notes(2).keys() == {252}


def test_a_copy_from_before_an_epoch_neither_writes_nor_signs(published: Desk) -> None:
    note = published.mark.read_bytes()
    rows = records(302, own={301: epoch_started(note)})
    published.grow(rows)
    shutil.rmtree(published.published)
    published.publish([key_number(9, f"{ORIGIN}/2")])
    goes_back(published, 300)

    with pytest.raises(Forked, match="epoch 2"):
        writes(published)
    with pytest.raises(Forked, match="epoch 2"):
        published.publish()
    loses_its_state(published)
    with pytest.raises(Forked, match=f"knows the log as {ORIGIN}/2"):
        writes(published)


def test_the_folder_of_another_log_is_left_as_it_is(here: Desk, tmp_path: Path) -> None:
    here.grow(records(10))
    here.published.mkdir()
    other = naive_note(records(3), 3, [key_number(7, "log.example/other")], "log.example/other")
    (here.published / "checkpoint").write_bytes(other)

    with pytest.raises(NotPublished, match=r"is of the log log\.example/other"):
        here.publish()
    assert {note for notes in here.notes().values() for note in notes} == {None}
    assert (tmp_path / "published/checkpoint").read_bytes() == other


def test_a_mark_that_cannot_be_read_stops_writing_and_signing(here: Desk) -> None:
    here.grow(records(10))
    here.mark.write_bytes(naive_note(records(5), 5)[:-1])

    with pytest.raises(NotPublished, match="mark holds no signed checkpoint"):
        writes(here)
    with pytest.raises(NotPublished, match="mark holds no signed checkpoint"):
        here.publish()


def test_the_mark_never_goes_back(here: Desk) -> None:
    rows = records(10)
    here.grow(rows)
    here.publish()
    here.mark.write_bytes(naive_note(rows, 7))
    here.publish()

    assert here.mark.read_bytes() == naive_note(rows, 10)
    assert KEY.verifier.name.encode() in here.mark.read_bytes()


@pytest.mark.parametrize("length", [9, 10, 11])
def test_the_state_of_another_ledger_is_told_from_a_fork(here: Desk, length: int) -> None:
    here.grow(records(10))
    here.publish()
    with closing(open_store(f"sqlite:///{here.folder / 'ledger'}")) as store:
        store.create()
        first = LedgerOpened(origin=ORIGIN, epoch=1, format=1, hash="sha256", clock="simulated")
        append(store, records(length, closes=[10], own={1: first}))
    other = Desk(url=f"sqlite:///{here.folder / 'ledger'}", folder=here.folder)
    assert other.notes() == here.notes()  # they share the folder ledger.log

    for doing in (other.publish, partial(writes, other)):
        with pytest.raises(Forked, match="is of another ledger") as told:
            doing()
        assert "epoch start" not in str(told.value)


def test_nothing_is_written_where_the_mark_that_is_named_is_gone(published: Desk) -> None:
    """As where its storage is not there: it does not read as none."""
    note = published.mark.read_bytes()
    published.mark.unlink()
    with pytest.raises(NotPublished, match=r"there is no mark .*: bring back its storage"):
        writes(published)

    published.mark.write_bytes(note)
    assert isinstance(writes(published), Sequenced)


@pytest.mark.parametrize("state", ["kept", "made anew"])
def test_a_mark_that_is_gone_is_missed_in_a_new_epoch_too(published: Desk, state: str) -> None:
    rows = records(302, own={301: epoch_started(published.mark.read_bytes())})
    published.grow(rows)
    with pytest.raises(NotPublished, match="none of the keys in the key file is in force"):
        published.publish()  # so epoch 2 is in the state, and nothing of it published
    published.mark.unlink()
    if state == "made anew":
        loses_its_state(published)
        with published.state() as empty:
            empty.database.create()

    with pytest.raises(NotPublished, match=r"there is no mark"):
        writes(published)


def test_a_mark_is_not_missed_before_anything_was_signed(desk: Desk) -> None:
    desk.grow(records(300))

    assert isinstance(writes(desk), Sequenced)
