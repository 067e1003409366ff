"""Two epochs of one ledger: what of the earlier log is gone, to the leaf."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.checks.epoch import verify_epoch
from svx_ledger.proofs.checks.shown_logs import ShownLog
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.policy import policy_of_keys
from svx_ledger.proofs.tree.beginning import common_beginning
from svx_ledger.proofs.tree.inclusion import Node
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile

from .restored_log import (
    KEYS,
    SECOND,
    earlier,
    found,
    later,
    others,
    receipt_of_start,
    shown,
    trust,
    verified,
)
from .rfc6962 import root
from .written_log import KEY, ORIGIN, WrittenLog, records


def node_over(leaves: Sequence[bytes], read: set[tuple[int, int]] | None = None) -> Node:
    def node(level: int, index: int) -> bytes:
        if read is not None:
            read.add((level, index))
        return root(leaves[index << level : (index + 1) << level])

    return node


def leaf(number: int) -> bytes:
    return number.to_bytes(32)


@given(one=st.integers(0, 40), other=st.integers(0, 40), alike=st.integers(0, 40))
def test_the_common_beginning_is_that_of_the_leaves_one_by_one(
    one: int, other: int, alike: int
) -> None:
    left = [leaf(n) for n in range(one)]
    right = [leaf(n if n < alike else 1_000 + n) for n in range(other)]
    most = min(one, other)

    plainly = next((n for n in range(most) if left[n] != right[n]), most)
    assert common_beginning(most, node_over(left), node_over(right)) == plainly


def test_a_later_leaf_that_is_the_same_again_is_no_beginning() -> None:
    left = [leaf(n) for n in range(16)]
    right = [leaf(99 if n == 5 else n) for n in range(16)]

    assert common_beginning(16, node_over(left), node_over(right)) == 5


def test_as_many_hashes_are_read_as_the_size_has_bits() -> None:
    leaves = [leaf(n) for n in range(1_000)]
    read: set[tuple[int, int]] = set()

    assert common_beginning(1_000, node_over(leaves, read), node_over(leaves)) == 1_000
    assert len(read) <= 10


@given(size=st.integers(1, 600), kept=st.integers(1, 600), after=st.integers(0, 300))
def test_what_is_gone_is_told_as_plain_comparison_has_it(
    tmp_path_factory: pytest.TempPathFactory, size: int, kept: int, after: int
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    old = earlier(folder, size)
    kept = min(kept, size)
    new = later(folder, kept, last=old.note(), after=after)

    done = verified(old, new, receipt_of_start(new))

    pairs = enumerate(zip(old.entries, new.entries, strict=False))
    alike = next(at for at, (one, other) in [*pairs, (kept, ("", "-"))] if one != other)
    assert (done.common, done.gone) == (alike, size - alike)
    assert done.start is not None
    assert (done.start.before, done.start.gone, done.start.leaf) == (0, size - alike, kept)


def test_a_few_tiles_of_a_long_log_are_read(tmp_path: Path) -> None:
    old, new = earlier(tmp_path, 70_000), later(tmp_path, 66_666, after=5)
    read: list[str] = []

    def watched(log: WrittenLog) -> ShownLog:
        source = log_in(log.folder)

        def get(name: str, most: int) -> bytes | None:
            read.append(name)
            return source.get(name, most)

        return ShownLog(log.note(), source._replace(get=get))

    with pytest.raises(Refused) as refused:
        verify_epoch(watched(old), watched(new), trust())

    assert refused.value.finding.index == 66_666
    assert len(read) < 20
    assert not any(ENTRIES in name for name in read)


def test_leaves_that_are_gone_without_a_word_are_withheld(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)

    assert found(old, later(tmp_path, 59)) == (Code.WITHHELD, 59)
    assert found(old, later(tmp_path / "0", 0, own=others(5))) == (Code.WITHHELD, 0)
    assert found(ShownLog(old.note()), later(tmp_path / "1", 59)) == (Code.WITHHELD, None)
    whole = later(tmp_path / "2", 60)
    assert (verified(old, whole).common, verified(old, whole).gone) == (60, 0)
    assert verified(ShownLog(old.note()), whole).common == 60
    empty = earlier(tmp_path, 0)
    assert verified(empty, whole).gone == 0
    assert verified(ShownLog(empty.note()), whole).gone == 0


def test_with_a_head_alone_what_is_gone_is_told_from_below(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, before=2, last=old.note(), after=50)

    done = verified(ShownLog(old.note()), new, receipt_of_start(new))

    assert done.common is None
    assert done.gone == 18  # the record at leaf 42 is none of X
    assert done.start is not None
    assert (done.start.common, done.start.gone, done.start.before) == (None, None, None)
    assert done.least_before == 0  # for all that is known, 42 leaves of X are there


@pytest.mark.parametrize("alone", [True, False])
def test_what_cannot_be_of_the_earlier_log_is_counted_from_below(
    tmp_path: Path, *, alone: bool
) -> None:
    """A record below X's size may be X's; one above it is not, nor is the last of as many."""
    old = earlier(tmp_path, 60)
    older = ShownLog(old.note()) if alone else shown(old)
    for before, least in ((19, 0), (20, 1), (30, 11)):
        new = later(tmp_path / f"{before}", 40, before=before, last=old.note())
        done = verified(older, new, receipt_of_start(new))

        assert done.least_before == (least if alone else before)


def test_above_an_older_head_it_is_counted_from_the_one_on_record(tmp_path: Path) -> None:
    old, last = earlier(tmp_path, 30), earlier(tmp_path, 60)
    for before, least in ((19, 0), (20, 1)):
        new = later(tmp_path / f"{before}", 40, before=before, last=last.note())
        done = verified(old, new, receipt_of_start(new))

        assert done.start is not None
        assert (done.start.before, done.least_before) == (None, least)


def test_with_a_head_alone_one_at_least_is_gone(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 59, before=20, last=old.note())

    assert verified(ShownLog(old.note()), new, receipt_of_start(new)).gone == 1


def test_a_log_without_the_first_leaf_does_not_go_on_from_it(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    other = later(tmp_path, 0, own=others(5), last=old.note())
    first = later(tmp_path / "first", 1, last=old.note())

    assert found(old, other, receipt_of_start(other)) == (Code.HISTORY_REWRITTEN, 0)
    assert verified(old, first, receipt_of_start(first)).gone == 59


def test_a_record_at_the_first_leaf_leaves_no_leaf_of_the_earlier_log(tmp_path: Path) -> None:
    old, one = earlier(tmp_path, 60), earlier(tmp_path, 1)
    bare = later(tmp_path, 0, last=old.note())
    other = later(tmp_path / "other", 0, own=others(5), last=one.note())
    none = earlier(tmp_path, 0)

    for log, new in ((old, bare), (one, other)):
        receipt = receipt_of_start(new)
        assert found(log, new, receipt) == (Code.HISTORY_REWRITTEN, 0)
        assert found(ShownLog(log.note()), new, receipt) == (Code.HISTORY_REWRITTEN, 0)
    assert verified(ShownLog(none.note()), bare, receipt_of_start(bare)).gone == 0


@pytest.mark.parametrize("started", [True, False])
def test_an_empty_log_has_one_root(tmp_path: Path, *, started: bool) -> None:
    new = later(tmp_path, 40, last=earlier(tmp_path, 60).note())
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, b"z" * 32), [KEY])
    receipt = receipt_of_start(new) if started else None

    assert found(ShownLog(note), new, receipt) == (Code.TWO_ROOTS, None)
    assert found(ShownLog(note, log_in(tmp_path)), new, receipt) == (Code.TWO_ROOTS, None)


def test_an_empty_log_on_record_has_one_root(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    last = sign_checkpoint(Checkpoint(ORIGIN, 0, b"z" * 32), [KEY])
    new = later(tmp_path, 40, last=last)

    for older in (shown(old), ShownLog(old.note())):
        assert found(older, new, receipt_of_start(new)) == (Code.TWO_ROOTS, None)


@pytest.mark.parametrize("missing", [0, 1])
def test_both_heads_and_the_receipt_are_to_be_trusted(tmp_path: Path, missing: int) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=old.note())
    keys = [key for number, key in enumerate(KEYS) if number != missing]

    with pytest.raises(Refused) as refused:
        verify_epoch(shown(old), shown(new), policy_of_keys(keys), receipt_of_start(new))
    assert refused.value.finding.code is Code.KEY_UNKNOWN


def test_tiles_are_not_believed_and_the_log_of_a_bad_one_is_named(tmp_path: Path) -> None:
    old, new = earlier(tmp_path, 600), later(tmp_path, 500, after=300)
    new.spoil(Tile(0, 1, 256), 32 * 200)

    with pytest.raises(Refused, match=f"{SECOND.name}: tile/0/001") as refused:
        verified(old, new)
    assert refused.value.finding.code is Code.ENTRY_NOT_IN_TREE
    old.path(Tile(0, 2, 88)).unlink()
    with pytest.raises(Refused, match=f"{ORIGIN}: tile/0/002") as refused:
        verified(old, new)
    assert refused.value.finding.code is Code.WITHHELD


def named(folder: Path, origin: str) -> WrittenLog:
    key = SigningKey(origin, ED25519, b"n" * 32)
    return WrittenLog(folder / origin.replace("/", "-"), records(5), origin=origin, key=key)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("a/b", "a/b", "not two epochs"),
        ("a/b", "a/c", "not two epochs"),
        ("a/b", "a/c/2", "not two epochs"),
        ("a/b/2", "a/b", "a later epoch"),
        ("a/b/3", "a/b/2", "a later epoch"),
    ],
)
def test_what_are_not_two_epochs_in_their_order_is_not_compared(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        verified(named(tmp_path / "1", old), named(tmp_path / "2", new))


@pytest.mark.parametrize(("old", "new"), [("a/b", "a/b/2"), ("a/b/2", "a/b/3"), ("a", "a/10")])
def test_epochs_need_not_follow_each_other_at_once(tmp_path: Path, old: str, new: str) -> None:
    logs = [named(tmp_path / "1", old), named(tmp_path / "2", new)]
    keys = policy_of_keys([log.key.verifier.text for log in logs])

    assert verify_epoch(shown(logs[0]), shown(logs[1]), keys).gone == 0


def test_of_the_later_log_tiles_are_needed(tmp_path: Path) -> None:
    old, new = earlier(tmp_path, 60), later(tmp_path, 60)

    with pytest.raises(ValueError, match="tiles are needed"):
        verify_epoch(shown(old), ShownLog(new.note()), trust())
