"""The queue in front of the sequencer, and the cache of states."""

from concurrent.futures import Future
from typing import Any

from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import NotWritten
from svx_ledger.ledger.cache import ABSENT, Entry, StateCache
from svx_ledger.ledger.lanes import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    MAX_BULK,
    MAX_WAITING,
    MAX_WAITING_BYTES,
    Lanes,
)
from svx_ledger.ledger.submission import Submission, answer_all

from .conftest import OPERATOR


def submission(name: str = "x", size: int = 100, *, bulk: bool = False) -> Submission:
    return Submission(
        bulk=bulk,
        command=VerifyOrganisation(organisation_id="organisation-000001", basis=name),
        actor=OPERATOR,
        actor_plain={},
        command_id=name,
        sha256="0" * 64,
        size=size,
        deadline=float("inf"),
        future=Future[Any](),
    )


def test_callers_go_before_imports() -> None:
    lanes = Lanes()
    bulk, caller = submission("bulk", bulk=True), submission("caller")
    lanes.put(bulk)
    lanes.put(caller)

    assert lanes.take() == [caller, bulk]


def test_a_batch_is_bounded_in_commands_and_in_bytes() -> None:
    lanes, large = Lanes(), Lanes()
    for n in range(MAX_BATCH + 1):
        lanes.put(submission(str(n)))
        lanes.put(submission(str(n), bulk=True))
        large.put(submission(size=MAX_BATCH_BYTES // 2))

    assert len(lanes.take()) == MAX_BATCH
    assert len(lanes.take()) == 1 + MAX_BULK
    assert len(large.take()) == 2


def test_what_is_put_back_comes_first() -> None:
    lanes = Lanes()
    first, second, third = (submission(str(n)) for n in range(3))
    lanes.put(third)
    lanes.put_back([first, second])

    assert lanes.take() == [first, second, third]


def test_an_import_waits_for_those_of_it_that_are_away_and_keeps_its_order() -> None:
    lanes = Lanes()
    first, second, third = (submission(str(n), bulk=True) for n in range(3))
    caller = submission("caller")
    lanes.send_away([first, second])
    lanes.put(third)
    lanes.put(caller)

    assert lanes.take() == [caller]
    lanes.come_back([first, second], bulk=True)
    assert lanes.take() == [first, second, third]


def test_an_import_keeps_its_order_whichever_part_of_it_comes_back_first() -> None:
    lanes = Lanes()
    postponed, away, last = (submission(str(n), bulk=True) for n in range(3))
    for each in (postponed, away, last):
        lanes.put(each)
    assert lanes.take() == [postponed, away, last]

    lanes.send_away([away, last])
    lanes.put_back([postponed])  # the time under the lock was used up
    lanes.come_back([away, last], bulk=True)

    assert lanes.take() == [postponed, away, last]


def test_what_waits_is_bounded_in_bytes() -> None:
    lanes = Lanes()
    half = MAX_WAITING_BYTES // 2
    taken = [lanes.put(submission(size=half)) for _ in range(3)]

    assert taken == [True, True, False]


def test_what_is_put_back_can_be_called_back_again() -> None:
    lanes = Lanes()
    waiting = submission()
    waiting.take()
    lanes.put_back([waiting])

    assert waiting.give_up()
    assert not lanes.take()[0].take()


def test_what_nobody_waits_for_is_not_decided() -> None:
    late = submission()
    late.deadline = 1.0

    assert not late.expired(1.0)
    assert late.expired(1.1)
    assert isinstance(late.future, Future)
    assert isinstance(late.future.result(), NotWritten)


def test_closed_lanes_hand_out_what_waits_and_take_no_more() -> None:
    lanes = Lanes()
    lanes.put(submission())
    lanes.close()

    assert not lanes.put(submission())
    assert len(lanes.take()) == 1
    assert lanes.take() == []


def test_a_full_lane_says_so() -> None:
    lanes = Lanes()
    taken = [lanes.put(submission()) for _ in range(MAX_WAITING + 1)]

    assert taken == [True] * MAX_WAITING + [False]


def test_a_submission_is_taken_or_given_up_never_both() -> None:
    taken, given_up = submission(), submission()

    assert taken.take()
    assert not taken.give_up()
    assert taken.take()
    assert given_up.give_up()
    assert not given_up.take()


def test_each_caller_gets_its_own_answer() -> None:
    one, two = submission("1"), submission("2")
    failures = ValueError("1"), ValueError("2")
    answer_all(zip((one, two), failures, strict=True))

    assert isinstance(one.future, Future)
    assert one.future.result() is failures[0]
    assert two.future.result() is failures[1]


def test_the_cache_keeps_the_newest_and_forgets_the_least_used() -> None:
    cache = StateCache(limit_bytes=3000)
    cache.put("a", Entry(2, b"2", "x" * 500))
    cache.put("a", Entry(1, b"1", "older"))
    cache.put("b", Entry(1, b"1", "y" * 500))
    cache.get("a")
    cache.put("c", Entry(1, b"1", "z" * 1500))

    a = cache.get("a")
    assert a is not None
    assert a.version == 2
    assert cache.get("b") is None
    assert cache.get("c") is not None


def test_an_absent_stream_can_be_kept_too() -> None:
    cache = StateCache()
    cache.put("a", ABSENT)

    assert cache.get("a") is not None
    cache.clear()
    assert cache.get("a") is None
