"""Times between cosigned heads: what witnesses saw says when an event can have come in."""

import pytest

from svx_ledger.proofs.checks.brackets import Bracket, Brackets
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Trusted


def seen(size: int, *times: int) -> Trusted:
    cosigned = {f"w{number}": time for number, time in enumerate(times)}
    return Trusted(Checkpoint("o", size, b"r" * 32), (), cosigned)


def test_a_leaf_lies_between_the_last_head_without_it_and_the_first_with_it() -> None:
    brackets = Brackets([seen(20, 2000), seen(10, 1000), seen(30, 3000)])

    assert [brackets.of(index) for index in (0, 9, 10, 19, 20, 29, 30)] == [
        Bracket(None, 1000),
        Bracket(None, 1000),
        Bracket(1000, 2000),
        Bracket(1000, 2000),
        Bracket(2000, 3000),
        Bracket(2000, 3000),
        Bracket(3000, None),
    ]


def test_where_witnesses_differ_nobody_is_suspected() -> None:
    brackets = Brackets([seen(10, 1000, 1040), seen(20, 2000, 2040)])

    assert brackets.of(15) == Bracket(1000, 2040)


def test_a_head_that_was_cosigned_again_bounds_from_both_sides() -> None:
    brackets = Brackets([seen(10, 1000), seen(10, 1600), seen(20, 2000), seen(20, 2600)])

    assert brackets.of(5) == Bracket(None, 1000)
    assert brackets.of(15) == Bracket(1600, 2000)


def test_what_a_longer_head_holds_was_there_by_then() -> None:
    brackets = Brackets([seen(10, 5000), seen(20, 2000)])

    assert brackets.of(5) == Bracket(None, 2000)


def test_a_head_that_was_cosigned_after_a_longer_one_does_not_bound_from_below() -> None:
    brackets = Brackets([seen(10, 5000), seen(20, 2000)])

    assert brackets.of(15) == Bracket(None, 2000)


def test_heads_that_were_cosigned_at_once_bound_nothing_between_them() -> None:
    """After an outage: what was recorded during it was not put in later."""
    brackets = Brackets([seen(10, 1000), seen(20, 5000), seen(21, 5001), seen(30, 5061)])

    assert brackets.of(15) == Bracket(1000, 5000)
    assert brackets.of(20) == Bracket(1000, 5001)
    assert brackets.of(25) == Bracket(5001, 5061)
    assert brackets.of(30) == Bracket(5061, None)


def test_heads_that_nobody_cosigned_bound_nothing() -> None:
    brackets = Brackets([seen(10), seen(20)])

    assert len(brackets) == 0
    assert brackets.of(5) == Bracket(None, None)


@pytest.mark.parametrize(
    ("seconds", "outside"),
    [
        (939.9, "60 s before witnesses saw the log without it"),
        (940, None),
        (1500, None),
        (2060, None),
        (2060.1, "60 s after witnesses had seen it in the log"),
    ],
)
def test_a_time_may_lie_outside_by_the_tolerance(seconds: float, outside: str | None) -> None:
    assert Bracket(1000, 2000).outside(seconds, 60) == outside
    assert Bracket(None, None).outside(seconds, 60) is None
