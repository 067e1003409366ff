"""What an API serves of a published log by itself is what the folder holds, and no more."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.proofs.files.receipt import parse_receipt
from svx_ledger.proofs.tree.consistency import verify_consistency
from svx_ledger.proofs.tree.inclusion import verify_inclusion
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile, parse_tile_path
from svx_ledger.publishing.standing import Standings
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import open_state

from .setting import Desk, files_in, naive_note, naive_root, records
from .witnessed import FileWitness

ROWS = records(310, closes=[280])


@pytest.fixture
def served(desk: Desk) -> Iterator[Standings]:
    """A log of which 300 records are published; 10 more are signed and not cosigned."""
    witness = FileWitness(desk.folder / "witness")
    desk.grow(ROWS[:300])
    desk.publish(quorum=witness.quorum())
    witness.is_down = True
    desk.grow(ROWS)
    with pytest.raises(NotPublished):
        desk.publish(quorum=witness.quorum())
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as state:
        yield Standings(store, state)


def test_it_serves_the_checkpoint_and_the_tiles_that_the_folder_holds(
    served: Standings, desk: Desk
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
def test_it_serves_nothing_that_is_not_published(served: Standings, tile: Tile) -> None:
    assert served.tile(tile) is None


def test_a_narrower_part_of_a_tile_is_served_too(served: Standings) -> None:
    whole = served.tile(Tile(0, 1, 44))

    assert whole is not None
    assert served.tile(Tile(0, 1, 7)) == whole[: 7 * 32]


@pytest.mark.parametrize(("position", "size"), [(1, 279), (279, 279), (280, 280), (300, 300)])
def test_a_receipt_proves_a_record_under_the_first_checkpoint_that_covers_it(
    served: Standings, position: int, size: int
) -> None:
    receipt = served.receipt(ROWS[position - 1])

    assert receipt is not None
    assert receipt.extra == ROWS[position - 1].record
    assert parse_receipt(receipt.data()) == receipt
    assert receipt.checkpoint.startswith(naive_note(ROWS, size).removesuffix(b"\n"))
    leaf = leaf_hash(entry_of(ROWS[position - 1].record))
    verify_inclusion(leaf, receipt.index, size, receipt.path, naive_root(ROWS, size))


@pytest.mark.parametrize("position", [301, 310, 311, 10**9])
def test_there_is_no_receipt_of_what_is_not_published(served: Standings, position: int) -> None:
    assert served.receipt(ROWS[-1]._replace(position=position)) is None


def test_there_is_no_receipt_of_what_is_not_in_the_tree(served: Standings) -> None:
    with pytest.raises(NotPublished, match="position 9 is not what is in the tree"):
        served.receipt(ROWS[9]._replace(position=9))


@pytest.mark.parametrize("new", [None, 299, 256])
def test_growth_is_proved_from_every_size(served: Standings, new: int | None) -> None:
    size = new or 300
    for old in range(size + 1):
        proof = served.consistency(old, new)

        assert proof is not None
        assert (proof.size, proof.root) == (size, naive_root(ROWS, size))
        verify_consistency(old, naive_root(ROWS, old), size, proof.root, proof.path)
    assert served.consistency(size + 1, new) is None
    assert served.consistency(0, 301) is None


def test_the_ledgers_own_stream_is_read_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from where it was read to: serving a tile costs the same in a ledger with a past."""
    desk.grow(ROWS)
    desk.publish()
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as state:
        asked: list[int] = []
        stream = store.stream

        def watched(name: str, after: int = 0) -> Iterator[Row]:
            asked.append(after)
            return stream(name, after)

        monkeypatch.setattr(store, "stream", watched)
        served = Standings(store, state)
        for _ in range(3):
            assert served.newest()
            assert served.tile(Tile(0, 0, 256))
            assert served.receipt(ROWS[0])

    assert asked == [0] + [2] * 8


def test_a_log_that_was_never_published_has_nothing_to_serve(here: Desk) -> None:
    here.grow(records(5))
    with closing(open_store(here.url)) as store, closing(open_state(here.url)) as state:
        served = Standings(store, state)

        assert served.newest() is None
        assert served.tile(Tile(0, 0, 5)) is None
        assert served.receipt(ROWS[0]) is None
        assert served.consistency(0, None) is None
    assert not (here.folder / "ledger.log").exists()
