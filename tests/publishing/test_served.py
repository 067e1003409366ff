"""What an API serves of a published log by itself is what the folder holds, and no more."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.consistency import verify_consistency
from svx_ledger.proofs.inclusion import verify_inclusion
from svx_ledger.proofs.merkle import entry_of, leaf_hash
from svx_ledger.proofs.receipt import parse_receipt
from svx_ledger.proofs.tiles import ENTRIES, Tile, parse_tile_path
from svx_ledger.publishing.opening import open_state
from svx_ledger.publishing.served import ServedLog
from svx_ledger.publishing.standing import Standings
from svx_ledger.publishing.state import NotPublished

from .setting import Desk, files_in, naive_note, naive_root, records
from .witnessed import FileWitness

ROWS = records(310, closes=[280])


@pytest.fixture
def served(desk: Desk) -> Iterator[ServedLog]:
    """A log of which 300 records are published; 10 more are signed and not cosigned."""
    witness = FileWitness(desk.folder / "witness")
    desk.grow(ROWS[:300])
    desk.publish(quorum=witness.quorum())
    witness.is_down = True
    desk.grow(ROWS)
    with pytest.raises(NotPublished):
        desk.publish(quorum=witness.quorum())
    with closing(open_store(desk.url)) as store:
        log = ServedLog(store, open_state(desk.url))
        yield log
        log.close()


def test_it_serves_the_checkpoint_and_the_tiles_that_the_folder_holds(
    served: ServedLog, desk: Desk
) -> None:
    files = files_in(desk.published)
    newest = served.newest()

    assert newest is not None
    assert newest.note == files.pop("checkpoint")
    assert (newest.checkpoint.size, newest.checkpoint.root) == (300, naive_root(ROWS, 300))
    assert {name: served.tile(parse_tile_path(name)) for name in files} == files


@pytest.mark.parametrize(
    "tile",
    [Tile(0, 1, 45), Tile(ENTRIES, 1, 45), Tile(1, 0, 2), Tile(0, 2, 1), Tile(2, 0, 1)],
)
def test_it_serves_nothing_that_is_not_published(served: ServedLog, tile: Tile) -> None:
    assert served.tile(tile) is None


def test_a_narrower_part_of_a_tile_is_served_too(served: ServedLog) -> None:
    whole = served.tile(Tile(0, 1, 44))

    assert whole is not None
    assert served.tile(Tile(0, 1, 7)) == whole[: 7 * 32]


@pytest.mark.parametrize(("position", "size"), [(1, 279), (279, 279), (280, 280), (300, 300)])
def test_a_receipt_proves_a_record_under_the_first_checkpoint_that_covers_it(
    served: ServedLog, position: int, size: int
) -> None:
    receipt = served.receipt(position)

    assert receipt is not None
    assert parse_receipt(receipt.data()) == receipt
    assert receipt.checkpoint.startswith(naive_note(ROWS, size).removesuffix(b"\n"))
    leaf = leaf_hash(entry_of(ROWS[position - 1].record))
    verify_inclusion(leaf, receipt.index, size, receipt.path, naive_root(ROWS, size))


@pytest.mark.parametrize("position", [0, 301, 310, 311, 10**9])
def test_there_is_no_receipt_of_what_is_not_published(served: ServedLog, position: int) -> None:
    assert served.receipt(position) is None


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("new", [None, 299, 256])
def test_growth_is_proved_from_every_size(desk: Desk, new: int | None) -> None:
    size = new or 300
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as state:
        standings = Standings(store, state)
        for old in range(size + 1):
            proof = standings.consistency(old, new)

            assert proof is not None
            assert (proof.size, proof.root) == (size, naive_root(ROWS, size))
            verify_consistency(old, naive_root(ROWS, old), size, proof.root, proof.path)
        assert standings.consistency(size + 1, new) is None
        assert standings.consistency(0, 301) is None


def test_a_log_that_was_never_published_has_nothing_to_serve(here: Desk) -> None:
    here.grow(records(5))
    with closing(open_store(here.url)) as store:
        served = ServedLog(store, open_state(here.url))

        assert served.newest() is None
        assert served.tile(Tile(0, 0, 5)) is None
        assert served.receipt(1) is None
        assert Standings(store, open_state(here.url)).consistency(0, None) is None
    assert not (here.folder / "ledger.log").exists()
