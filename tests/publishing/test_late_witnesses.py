"""Witnesses that answer late never make honest records look as if they were put in later."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Unreadable, recorded_at
from svx_ledger.eventlog.store import NotRead
from svx_ledger.proofs.checks.brackets import TOLERANCE_SECONDS, Brackets
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.notes.policy import TrustedLog
from svx_ledger.publishing import lateness
from svx_ledger.publishing.cosigning.quorum import Quorum
from svx_ledger.publishing.cosigning.witnesses import Cosigned
from svx_ledger.publishing.keys.signing import KeysAtHand
from svx_ledger.publishing.lateness import LATE_SECONDS, recorded_on
from svx_ledger.publishing.places import Places
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.releasing import Releaser
from svx_ledger.publishing.renewing import RENEW_SECONDS
from svx_ledger.publishing.signer import Signer
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import open_state

from .setting import KEY, NOON, Desk, added, records, revoked
from .witnessed import KEY as WITNESS_KEY
from .witnessed import NAME, POLICY

START = NOON.timestamp()
TRUSTED = replace(POLICY, logs=(TrustedLog(KEY.verifier),))
CLOSES = (10, 20, 30)
PAUSE = timedelta(minutes=10)


def _at(position: int) -> datetime:
    return NOON + position * timedelta(seconds=12) + (PAUSE if position > 35 else timedelta(0))


ROWS = records(60, CLOSES, at=_at)
"""A record every twelve seconds, and a close every two minutes; after 35 a pause."""


def second(position: int) -> float:
    """When a record was recorded."""
    return recorded_at(ROWS[position - 1].record).timestamp()


class Rig:
    """A publisher of a log, whose time and whose witness the test moves."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = START
        self.clock_here = 0.0
        """How far the publisher's clock is ahead."""
        self.is_down = False
        self.takes = 0.0
        """Seconds that the witness takes for an answer."""
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens while it takes them."""
        self.asked = 0
        self.store = open_store(desk.url)
        self.database = open_state(desk.url)
        places = Places(quorum=Quorum(POLICY, self))
        self.signer = Signer(self.store, self.database, KeysAtHand(lambda: [KEY]), places)
        self.releaser = Releaser(
            places, recorded_on(self.store), lambda: self.now + self.clock_here
        )

    def cosign(
        self, note: bytes, prove: Callable[[int], list[bytes]], *, head: int = 0
    ) -> Cosigned:
        """Cosign whatever it is, at the time when that is done."""
        del prove, head
        self.asked += 1
        if self.is_down:
            return Cosigned(note, [], complete=False, failures={NAME: "no answer"})
        self.now += self.takes
        self.meanwhile()
        parsed = parse_note(note)
        line = cosign(WITNESS_KEY, parsed.text_bytes, int(self.now))
        whole = Note(parsed.text, (*parsed.signatures, line)).data()
        return Cosigned(whole, [line], complete=True, failures={})

    def sign(self, size: int) -> None:
        """Let the log grow to a size, at the time of its last record, and sign it."""
        self.now = max(self.now, second(size))
        self.desk.grow(ROWS[:size])
        list(self.signer.step())

    def release(self) -> None:
        """Bring to a quorum what can be."""
        assert self.signer.state is not None
        self.releaser.step(self.signer.state)

    def publish(self, size: int) -> None:
        """Both; a witness that does not answer is no fault here."""
        self.sign(size)
        try:
            self.release()
        except NotPublished:
            assert self.is_down

    @property
    def cosigned(self) -> dict[int, bytes]:
        """The first notes with a quorum, by size."""
        return {size: note for size, (_, note) in self.desk.notes().items() if note}

    def accused(self) -> list[int]:
        """Positions whose time lies outside of what the cosigned heads say."""
        brackets = Brackets(TRUSTED.open(note) for note in self.cosigned.values())
        outside = {row.position: second(row.position) for row in self.store.rows()}
        return [at for at, time in outside.items() if brackets.outside(at - 1, time)]


@pytest.fixture
def rig(here: Desk) -> Iterator[Rig]:
    """A log that is published up to its fifth record."""
    here.grow(ROWS[:5])
    one = Rig(here)
    with closing(one.store), closing(one.database):
        one.publish(5)
        yield one


def after_an_outage(rig: Rig) -> None:
    """Three closes while the witness is away; then it is back, slow, and all goes on."""
    rig.is_down = True
    for size in range(6, 36):
        rig.publish(size)
    rig.is_down, rig.takes = False, 20.0
    rig.now = second(35) + 300
    rig.release()
    rig.takes = 0.0
    for size in range(36, 61):
        rig.publish(size)


def test_closes_that_are_cosigned_late_accuse_nobody(rig: Rig) -> None:
    after_an_outage(rig)

    assert min(rig.cosigned.keys() - {5}) == 35
    assert rig.accused() == []


def test_each_close_would_have_accused_those_after_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So this is what it is for: the test above shows something."""
    monkeypatch.setattr(lateness, "LATE_SECONDS", 10**9)
    after_an_outage(rig)

    assert rig.accused()


def test_within_the_time_each_has_a_quorum_of_its_own(rig: Rig) -> None:
    rig.is_down = True
    for size in range(6, 21):
        rig.publish(size)
    rig.is_down = False
    rig.now = second(20) + LATE_SECONDS - 12
    rig.publish(21)
    rig.publish(36)

    assert rig.cosigned.keys() == {5, 19, 20, 21, 36}
    assert rig.accused() == []


@pytest.mark.parametrize(("wait", "own"), [(LATE_SECONDS, True), (LATE_SECONDS + 1, False)])
def test_the_record_after_it_says_how_long_is_too_long(
    rig: Rig, wait: int, *, own: bool
) -> None:
    rig.sign(20)
    rig.sign(21)
    rig.now = second(20) + wait
    rig.release()

    assert (19 in rig.cosigned) is own
    assert 21 in rig.cosigned


def test_what_comes_back_too_late_is_not_kept(rig: Rig) -> None:
    rig.sign(22)
    rig.takes = LATE_SECONDS
    rig.release()

    assert rig.asked == 1 + 2  # 19, and 22: the record after 20 is too old by then
    assert rig.cosigned.keys() == {5, 22}
    assert rig.accused() == []


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
def test_a_clock_that_jumps_leaves_heads_to_the_next_and_accuses_nobody(
    rig: Rig, ahead: float
) -> None:
    rig.clock_here = ahead
    rig.sign(35)
    rig.now += 120
    rig.release()
    rig.publish(36)

    assert rig.cosigned.keys() == {5, 35, 36}
    assert rig.accused() == []


def test_a_step_cosigns_one_newest_head_however_fast_the_log_grows(rig: Rig) -> None:
    """Else a slow witness is asked about heads that are older and older."""
    sizes = iter(range(41, 50))
    rig.sign(40)
    rig.meanwhile = lambda: rig.sign(next(sizes))
    rig.release()

    assert rig.cosigned.keys() == {5, 40}


def test_where_that_took_long_it_is_the_one_that_is_newest_then(rig: Rig) -> None:
    rig.sign(20)
    rig.sign(22)
    rig.takes, rig.meanwhile = LATE_SECONDS + 30.0, lambda: rig.sign(28)
    rig.release()

    assert rig.cosigned.keys() == {5, 28}
    assert rig.accused() == []


def test_an_idle_log_is_renewed_and_one_with_records_that_wait_is_not(rig: Rig) -> None:
    """Without a key in force nothing more is signed, and bids still come in."""
    rows = records(12, own={6: revoked(1)}, at=_at)
    state = rig.signer.state
    assert state is not None
    rig.now += RENEW_SECONDS
    rig.release()
    idle = state.renewed(5)
    rig.desk.grow([*ROWS[:5], *rows[5:]])
    with pytest.raises(NotPublished, match="no key signs this log"):
        list(rig.signer.step())
    rig.now += 2 * RENEW_SECONDS
    rig.release()

    assert idle is not None
    assert state.renewed(5) == idle


def no_mark() -> Iterator[int]:
    """A step of signing that fails for what may be over the next time."""
    raise NotPublished("the mark cannot be read")
    yield


def test_while_signing_fails_the_newest_head_is_not_cosigned_late(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher(rig.signer, rig.releaser)
    rig.sign(22)
    rig.desk.grow(ROWS[:28])
    rig.now, asked = second(28), rig.asked
    with monkeypatch.context() as broken:
        broken.setattr(rig.signer, "step", no_mark)
        with pytest.raises(NotPublished, match="the mark cannot be read"):
            list(publisher.once())
    while_it_failed = set(rig.cosigned), rig.asked
    list(publisher.once())

    assert while_it_failed == ({5}, asked)
    assert rig.cosigned.keys() == {5, 28}
    assert rig.accused() == []


def test_what_failed_in_signing_does_not_keep_a_head_that_is_new_from_everybody(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.sign(22)
    rig.desk.grow(ROWS[:23])
    rig.now = second(23)
    monkeypatch.setattr(rig.signer, "step", no_mark)
    with pytest.raises(NotPublished, match="the mark cannot be read"):
        list(Publisher(rig.signer, rig.releaser).once())

    assert 22 in rig.cosigned


def test_a_newest_head_that_comes_back_too_late_is_not_kept(rig: Rig) -> None:
    rig.sign(8)
    rig.takes = LATE_SECONDS + 13.0
    rig.meanwhile = lambda: rig.desk.grow(ROWS[:9])
    with pytest.raises(NotPublished, match="8 records"):
        rig.release()

    assert rig.cosigned.keys() == {5}


@pytest.mark.parametrize("keys", [(), (9,)])
def test_where_no_key_signs_any_more_the_newest_head_is_published_however_late(
    here: Desk, keys: tuple[int, ...]
) -> None:
    """None is in force, or none that is at hand: receipts wait for it."""
    own: dict[int, Event] = {8: revoked(1), **dict.fromkeys(keys, added(2))}
    rows = records(12, own=own, at=_at)
    here.grow(rows[:5])
    rig = Rig(here)
    with closing(rig.store), closing(rig.database):
        rig.publish(5)
        here.grow(rows[:7])
        list(rig.signer.step())
        here.grow(rows)
        rig.now = second(12) + 120
        with pytest.raises(NotPublished, match=r"no key signs|none of the keys"):
            list(Publisher(rig.signer, rig.releaser).once())

    assert rig.cosigned.keys() == {5, 7}


def test_who_does_not_cosign_one_is_asked_about_the_newest_and_no_more(rig: Rig) -> None:
    """Each may take five seconds."""
    rig.sign(19)
    rig.sign(20)
    rig.sign(21)
    rig.is_down, asked = True, rig.asked
    with pytest.raises(NotPublished, match="too few witnesses"):
        rig.release()

    assert rig.asked - asked == 2


def test_a_publisher_that_is_to_stop_asks_no_further_witness(rig: Rig) -> None:
    rig.sign(22)
    asked, state = rig.asked, rig.signer.state
    assert state is not None
    rig.releaser.step(state, stopping=lambda: rig.asked > asked)

    assert rig.asked == asked + 1


def unread(_: int) -> float:
    """A store that does not answer."""
    raise NotRead("not now")


def damaged(position: int) -> float:
    """A record that cannot be read."""
    raise Unreadable(ROWS[position - 1], "it is no record")


@pytest.mark.parametrize("recorded", [unread, damaged])
def test_where_no_time_can_be_read_nothing_is_cosigned_and_the_next_head_covers_it(
    rig: Rig, recorded: Callable[[int], float]
) -> None:
    rig.sign(25)
    reads, places = rig.releaser, Places(quorum=Quorum(POLICY, rig))
    rig.releaser = Releaser(places, recorded, lambda: rig.now)
    with pytest.raises(NotPublished, match="25 records"):
        rig.release()
    unread = rig.cosigned.keys()
    rig.releaser = reads
    rig.publish(26)

    assert unread == {5}
    assert rig.cosigned.keys() == {5, 26}


def test_a_record_that_says_no_time_is_told(here: Desk) -> None:
    rows = ROWS[:3]
    here.grow([*rows, rows[2]._replace(position=4, version=2, record=b"{}")])
    with closing(open_store(here.url)) as store:
        recorded = recorded_on(store)

        assert (recorded(3), recorded(5)) == (second(3), None)
        with pytest.raises(Unreadable, match="position 4"):
            recorded(4)


def test_half_of_what_is_allowed_is_left_for_clocks() -> None:
    assert 2 * LATE_SECONDS == TOLERANCE_SECONDS
