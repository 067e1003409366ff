"""So many requests a minute for each name, in any minute, of a bounded number of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.api.admission.per_minute import MOST_NAMES, PerMinute


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def per_minute(most: int) -> tuple[PerMinute, Clock]:
    clock = Clock()
    return PerMinute(most, clock), clock


def test_so_many_a_minute_and_not_one_more() -> None:
    limit, _ = per_minute(5)

    assert [limit.hit("a").allowed for _ in range(6)] == [True] * 5 + [False]
    assert limit.hit("b").allowed
    assert [limit.hit("b").remaining for _ in range(4)] == [3, 2, 1, 0]


def test_a_window_slides() -> None:
    limit, clock = per_minute(10)
    clock.now = 1_000_000 // 60 * 60 + 59.0
    assert all(limit.hit("a").allowed for _ in range(10))
    clock.now += 2  # a second into the next minute: nearly all of the last one count still
    assert not limit.hit("a").allowed
    clock.now += 29
    assert sum(limit.hit("a").allowed for _ in range(10)) == 5


@given(
    most=st.integers(1, 40),
    gaps=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=80),
)
def test_who_waits_as_long_as_is_said_is_let_in(most: int, gaps: list[float]) -> None:
    limit, clock = per_minute(most)
    for gap in gaps:
        clock.now += gap
        left = limit.hit("a")
        if not left.allowed:
            assert left.headers()["Retry-After"] == str(left.seconds)
            clock.now += left.seconds
            assert limit.test("a").allowed


@given(st.lists(st.floats(0, 10, allow_nan=False), min_size=50, max_size=300))
def test_no_minute_has_twice_as_many(gaps: list[float]) -> None:
    limit, clock = per_minute(10)
    at = []
    for gap in gaps:
        clock.now += gap
        if limit.hit("a").allowed:
            at.append(clock.now)
    for begin in at:
        assert len([one for one in at if begin <= one < begin + 60]) <= 20


def test_names_are_bounded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svx_ledger.api.admission.per_minute.MOST_NAMES", 3)
    clock = Clock()
    limit = PerMinute(2, clock)
    for name in ("a", "b", "c"):
        assert limit.hit(name).allowed
    assert [limit.hit(name).allowed for name in ("d", "e", "f")] == [True, True, False]
    assert limit.hit("a").allowed
    clock.now += 120
    assert limit.hit("f").allowed
    assert [*limit._counts] == ["f"]
    assert MOST_NAMES == 100_000
