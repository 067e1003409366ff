"""The test of the tests: a board that was never so, and a request that did not end there."""

from datetime import UTC, datetime, timedelta

import pytest

from .again import told_at_last
from .model import Place, first_unexplained
from .traffic import Sent

FIVE = datetime(2026, 6, 1, 17, tzinfo=UTC)
CAME_TO = [
    Place(None, None, FIVE),
    Place(1, 1, FIVE),
    Place(2, 1, FIVE),
    Place(1, 3, FIVE + timedelta(seconds=1)),
]


@pytest.mark.parametrize(
    "shown", [[], CAME_TO, CAME_TO[1:3], CAME_TO[::3], [CAME_TO[1], CAME_TO[1], CAME_TO[3]]]
)
def test_places_that_came_in_order_are_explained(shown: list[Place]) -> None:
    assert first_unexplained(shown, CAME_TO) is None


@pytest.mark.parametrize(
    "wrong",
    [Place(3, 1, FIVE), Place(1, 2, FIVE), Place(2, 1, FIVE + timedelta(seconds=1))],
)
def test_a_place_that_nobody_had_is_found(wrong: Place) -> None:
    assert first_unexplained([CAME_TO[1], wrong], CAME_TO) == wrong


def test_a_place_that_was_over_is_found() -> None:
    assert first_unexplained([CAME_TO[2], CAME_TO[1]], CAME_TO) == CAME_TO[1]


def test_each_command_has_one_answer_at_last() -> None:
    lost, busy = _sent(None, None), _sent(503, b"{}")
    done = _sent(200, b'{"position":7}')
    assert told_at_last([lost, busy, done, done]) == {("Bearer", "a-1"): (200, {"position": 7})}
    with pytest.raises(AssertionError):
        told_at_last([done, _sent(200, b'{"position":8}')])
    with pytest.raises(AssertionError):
        told_at_last([lost, busy])


def _sent(status: int | None, answer: bytes | None) -> Sent:
    headers = [("Authorization", "Bearer"), ("Idempotency-Key", "a-1")]
    return Sent(
        method="POST",
        path="/auctions/auction-w001/bid",
        headers=headers,
        body=b"{}",
        status=status,
        answer=answer,
    )
