"""Receipts are under notes that the policy in force accepts, whatever was published before."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.files.receipt import Receipt, verify_receipt
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.keys import SigningKey
from svx_ledger.proofs.notes.policy import Policy, TrustedLog
from svx_ledger.proofs.tree.merkle import entry_of
from svx_ledger.publishing.accepting import AcceptedHeads
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Witnesses
from svx_ledger.publishing.standing import Standings
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.publishing.state.rows import StoredCheckpoint

from .setting import KEY, Desk, added, key_number, naive_note, records, revoked
from .witnessed import POLICY, FileWitness

ROWS = records(400)


def trusting(*keys: SigningKey) -> Policy:
    """The policy of a reader who asks for the witness, and trusts these keys of the log."""
    return replace(POLICY, logs=tuple(TrustedLog(key.verifier) for key in keys))


@contextmanager
def standings(desk: Desk, policy: Policy | None = POLICY) -> Iterator[Standings]:
    """What is read of a published log by a process that was just started."""
    with closing(open_store(desk.url)) as store, closing(open_state(desk.url)) as state:
        yield Standings(store, state, policy)


def receipt(desk: Desk, position: int, policy: Policy | None = POLICY) -> Receipt | None:
    """The receipt of a record."""
    with closing(open_store(desk.url)) as store, standings(desk, policy) as told:
        return told.receipt(next(iter(store.rows(position - 1, 1))))


def size_of(found: Receipt | None) -> int:
    """The size of the head that a receipt is under."""
    assert found is not None
    return int(found.checkpoint.split(b"\n")[1])


@pytest.fixture
def witness(desk: Desk) -> FileWitness:
    """The witness of the policy; the log was published without it, at 100 and at 200."""
    for size in (100, 200):
        desk.grow(ROWS[:size])
        desk.publish()
    return FileWitness(desk.folder / "witness")


def test_a_record_from_before_the_policy_has_a_receipt_that_the_policy_accepts(
    desk: Desk, witness: FileWitness
) -> None:
    for size in (300, 400):
        desk.grow(ROWS[:size])
        desk.publish(quorum=witness.quorum())

    for position, size in {1: 300, 100: 300, 201: 300, 300: 300, 301: 400}.items():
        found = receipt(desk, position)
        assert found is not None
        trusted = verify_receipt(found, entry_of(ROWS[position - 1].record), trusting(KEY))
        assert trusted.checkpoint.size == size


def test_without_a_policy_it_is_under_the_first_published_checkpoint(
    desk: Desk, witness: FileWitness
) -> None:
    desk.grow(ROWS[:300])
    desk.publish(quorum=witness.quorum())

    assert [size_of(receipt(desk, at, None)) for at in (1, 101, 201)] == [100, 200, 300]
    with pytest.raises(Refused, match="SVX202"):
        trusting(KEY).open(naive_note(ROWS, 100))


def test_until_the_policy_accepts_a_checkpoint_there_is_no_receipt(
    desk: Desk, witness: FileWitness
) -> None:
    with standings(desk) as told:
        before = told.receipt(ROWS[0]), told.receipted(), told.without_receipt(1)
        desk.grow(ROWS[:300])
        not_in_the_tree = told.without_receipt(300)
        desk.publish(quorum=witness.quorum())

        assert before == (None, 0, "integrated")
        assert not_in_the_tree == "sequenced"
        assert told.receipted() == 300
        assert size_of(told.receipt(ROWS[0])) == 300
    with standings(desk, None) as anybody:
        assert anybody.receipted() == 300


def test_what_is_published_without_witnesses_again_has_no_receipt_yet(
    desk: Desk, witness: FileWitness
) -> None:
    desk.grow(ROWS[:300])
    desk.publish(quorum=witness.quorum())
    desk.grow(ROWS[:350])
    nobody = Policy((), {}, {}, "none")
    with closing(Witnesses(nobody)) as witnesses:
        desk.publish(quorum=Quorum(nobody, witnesses))

    with standings(desk) as told:
        assert (told.now().published, told.receipted()) == (350, 300)
        assert told.receipt(ROWS[320]) is None
        assert told.without_receipt(321) == "integrated"
        assert size_of(told.receipt(ROWS[0])) == 300


def test_a_receipt_stays_the_same_also_where_the_newest_note_is_cosigned_again(
    desk: Desk, witness: FileWitness
) -> None:
    """The note that is cosigned again is not taken: its cosignatures are others each time."""
    with desk.publisher(quorum=witness.quorum(), now=lambda: 10_000.0) as idle:
        list(idle.once())
    with desk.state() as state:
        assert (state.renewed(200) or b"") > naive_note(ROWS, 200)
    assert receipt(desk, 1) is None

    desk.grow(ROWS[:300])
    desk.publish(quorum=witness.quorum())
    first = receipt(desk, 1)
    with desk.publisher(quorum=witness.quorum(), now=lambda: 20_000.0) as idle:
        list(idle.once())
    desk.grow(ROWS)
    desk.publish(quorum=witness.quorum())

    assert size_of(first) == 300
    assert receipt(desk, 1) == first


def test_a_key_that_was_revoked_signs_no_receipt_under_a_policy(here: Desk) -> None:
    """Who trusts a stolen key no longer gets one under the key that took its place.

    While both are in force, what the earlier one alone signed stays as it is.
    """
    second = key_number(2)
    rows = records(80, own={20: added(2), 40: revoked(1), 70: revoked(2)})
    witness, keys = FileWitness(here.folder / "witness"), [KEY, second]
    sizes = {}
    for size in (10, 30, 60):
        here.grow(rows[:size])
        here.publish(keys, quorum=witness.quorum())
        sizes[size] = size_of(receipt(here, 1))
    at_60 = receipt(here, 1)
    assert at_60 is not None
    unwitnessed = size_of(receipt(here, 1, None))
    here.grow(rows[:75])
    with pytest.raises(NotPublished, match="no key signs this log"):
        here.publish(keys, quorum=witness.quorum())

    assert sizes == {10: 10, 30: 10, 60: 30}
    for trusted in (trusting(second), trusting(KEY, second), trusting(KEY)):
        verify_receipt(at_60, entry_of(rows[0].record), trusted)
    assert unwitnessed == 10
    assert size_of(receipt(here, 1)) == 10  # none is in force: those of before go on to count


def test_a_policy_need_not_name_the_log(here: Desk) -> None:
    """The ledger says which keys are the log's, also where the policy still has another."""
    witness = FileWitness(here.folder / "witness")
    here.grow(ROWS[:10])
    here.publish(quorum=witness.quorum())

    for policy in (POLICY, trusting(key_number(5))):
        assert size_of(receipt(here, 1, policy)) == 10


class FixedState(LogState):
    """Published checkpoints with notes of two kinds; it counts how often it is asked."""

    def __init__(self, accepted: dict[int, bool]) -> None:
        self.accepted = accepted
        self.asked = 0

    def _of(self, sizes: list[int]) -> list[StoredCheckpoint]:
        self.asked += 1
        notes = {True: b"good", False: b"bad"}
        return [
            StoredCheckpoint(size, b"", b"", bounds=False, log_note=b"", quorum_note=note)
            for size in sizes
            if (note := notes[self.accepted[size]])
        ]

    def newest_published(self) -> StoredCheckpoint | None:
        return next(iter(self._of(sorted(self.accepted, reverse=True)[:1])), None)

    def first_published(self, size: int) -> StoredCheckpoint | None:
        return next(iter(self.published_up_from(size)), None)

    def last_published(self, size: int) -> StoredCheckpoint | None:
        return next(iter(self.published_down_from(size)), None)

    def published_up_from(self, size: int) -> list[StoredCheckpoint]:
        return self._of(sorted(one for one in self.accepted if one >= size)[:BATCH])

    def published_down_from(self, size: int) -> list[StoredCheckpoint]:
        return self._of(sorted((s for s in self.accepted if s <= size), reverse=True)[:BATCH])


BATCH = 3


class GoodNotes(AcceptedHeads):
    """Heads whose note says whether it is accepted."""

    def __init__(self, state: LogState) -> None:
        super().__init__(state, POLICY)

    def _opens(self, note: bytes) -> bool:
        return note == b"good"


@given(
    heads=st.dictionaries(st.integers(1, 60), st.booleans()),
    asked=st.lists(
        st.tuples(st.sampled_from(["first", "last", "newest", "grow"]), st.integers(0, 70))
    ),
)
def test_what_is_remembered_changes_no_answer(
    heads: dict[int, bool], asked: list[tuple[str, int]]
) -> None:
    """Against going through all of them; the log may grow between two questions."""
    state = FixedState(heads)
    accepted = GoodNotes(state)
    for what, size in asked:
        good = [one for one, is_good in heads.items() if is_good]
        match what:
            case "grow":
                heads[max(heads, default=0) + 1 + size % 3] = size % 2 == 0
                continue
            case "first":
                found, expected = accepted.first(size), [one for one in good if one >= size]
                least = min(expected, default=None)
            case "last":
                found, expected = accepted.last(size), [one for one in good if one <= size]
                least = max(expected, default=None)
            case _:
                found, least = accepted.newest(), max(good, default=None)

        assert (found and found.size) == least


@pytest.mark.parametrize("step", [1, 10])
def test_a_new_head_does_not_have_the_known_ones_gone_through_again(step: int) -> None:
    """Under a policy that accepts none of very many, the log goes on to grow."""
    heads = dict.fromkeys(range(step, 3_000 * step, step), False)
    state = FixedState(heads)
    accepted = GoodNotes(state)
    assert accepted.newest() is None
    state.asked = 0
    for size in range(3_000 * step, 3_010 * step, step):
        heads[size] = False
        assert accepted.newest() is None

    assert state.asked <= 10 * 4


def test_checkpoints_that_are_not_accepted_are_gone_through_once() -> None:
    heads = dict.fromkeys(range(1, 3_000), False)
    state = FixedState(heads)
    accepted = GoodNotes(state)
    assert accepted.first(1) is None
    state.asked = 0
    for size in range(1, 3_000, 100):
        assert accepted.first(size) is None
        assert accepted.last(size) is None
    once = state.asked
    heads[3_000] = True
    state.asked = 0

    assert [accepted.first(size) for size in range(1, 3_000, 100)] == [accepted.newest()] * 30
    assert once <= 4 * 30
    assert state.asked <= 2 * 30 + 1
