"""An instant stands for the last position recorded by then."""

from datetime import datetime, timedelta

import pytest

from svx_ledger.eventlog.record import Unreadable
from svx_ledger.projections.replay import Moment, NoSuchMoment, NoSuchStream, moment, stream_at
from tests.domain.outcome import NOON
from tests.projections.deal import Deal
from tests.projections.play import Play

from .memory_log import MemoryLog

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def log() -> MemoryLog:
    """A short history."""
    deal = Deal(Play())
    deal.prepare()
    return MemoryLog(deal.play)


def instants(log: MemoryLog) -> list[datetime]:
    return [
        moment(log, position=n).as_at for n in range(1, log.head().position + 1)
    ]  # several events of one command are of one instant


def test_without_either_it_is_the_last_event(log: MemoryLog) -> None:
    head = log.head().position

    assert moment(log) == moment(log, position=head) == Moment(head, log.play.now)


def test_all_events_of_one_instant_come_together(log: MemoryLog) -> None:
    times = instants(log)
    for at in set(times):
        last = len(times) - times[::-1].index(at)

        assert moment(log, at=at) == Moment(last, at)
        assert moment(log, at=at + MICROSECOND).position == last


def test_a_microsecond_before_an_event_it_is_not_known(log: MemoryLog) -> None:
    times = instants(log)
    second = min(at for at in times if at > times[0])

    assert moment(log, at=second - MICROSECOND).position == times.index(second)


def test_nothing_is_on_record_before_the_first_event(log: MemoryLog) -> None:
    with pytest.raises(NoSuchMoment, match="the first event is of") as none:
        moment(log, at=instants(log)[0] - MICROSECOND)

    assert set(none.value.refusal.facts) == {"at", "first_event"}


@pytest.mark.parametrize("beyond", [-1, 0, 1_000_000])
def test_a_position_lies_in_the_log(log: MemoryLog, beyond: int) -> None:
    with pytest.raises(NoSuchMoment, match=f"no position {beyond}") as none:
        moment(log, position=beyond)

    assert none.value.refusal.facts["head"] == str(log.head().position)


def test_the_head_is_in_the_log_and_the_next_is_not(log: MemoryLog) -> None:
    head = log.head().position

    assert moment(log, position=head).position == head
    with pytest.raises(NoSuchMoment):
        moment(log, position=head + 1)


def test_an_empty_log_has_no_moment() -> None:
    for asked in ({}, {"at": NOON}, {"position": 1}):
        with pytest.raises(NoSuchMoment):
            moment(MemoryLog(Play()), **asked)


def test_a_moment_is_not_asked_for_both_ways(log: MemoryLog) -> None:
    with pytest.raises(ValueError, match="not at both"):
        moment(log, at=NOON, position=1)


def test_an_instant_has_an_offset(log: MemoryLog) -> None:
    with pytest.raises(ValueError, match="offset"):
        moment(log, at=NOON.replace(tzinfo=None))


def test_a_stream_that_never_was_differs_from_one_that_comes_later(log: MemoryLog) -> None:
    last = log.play.log[-1]
    begins = next(r.position for r in log.play.log if r.stream == last.stream)

    with pytest.raises(NoSuchStream, match="nothing is on record of auction-none"):
        stream_at(log, "auction-none")
    with pytest.raises(NoSuchMoment, match=f"begins at position {begins}"):
        stream_at(log, last.stream, position=begins - 1)


def test_a_record_that_cannot_be_read_stops_it(log: MemoryLog) -> None:
    log.play.log[3] = log.play.log[3]._replace(record=b"{}")

    with pytest.raises(Unreadable, match="position 4"):
        moment(log, position=4)
    with pytest.raises(Unreadable, match="position 4"):
        stream_at(log, log.play.log[3].stream)
