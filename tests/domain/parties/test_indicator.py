"""Indicators: each rule on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.indicator import Indicator, IndicatorObserved, ObserveIndicator
from tests.domain.cast import (
    AUTHORITY,
    BIDDER,
    BUYER,
    OTHER_AUTHORITY,
    OTHER_BUYER,
    Past,
    registered,
    verified,
)
from tests.domain.outcome import NOON, World, outcome

from .refused import refused

FIGURE = "indicator-i001"
THERE: Past = [*verified(AUTHORITY, "authority"), *verified(OTHER_AUTHORITY, "authority")]
OBSERVE = ObserveIndicator(
    indicator_id=FIGURE,
    recorder_id=AUTHORITY,
    area="E23000001",
    indicator="repeat-callers",
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    value=Decimal("412.5"),
    unit="calls",
    source="Monthly return (fictional)",
)
OBSERVED = IndicatorObserved(
    recorder_id=AUTHORITY,
    area="E23000001",
    indicator="repeat-callers",
    period_from=date(2026, 1, 1),
    period_to=date(2026, 1, 31),
    value=Decimal("412.5"),
    unit="calls",
    source="Monthly return (fictional)",
    observed_by=BUYER.id,
)
HELD: Past = [*THERE, (FIGURE, OBSERVED)]


def test_a_figure_is_recorded_with_its_source() -> None:
    assert outcome(given=THERE, when=OBSERVE, by=BUYER) == [OBSERVED]
    assert World(HELD).streams[FIGURE] == Indicator(
        recorder_id=AUTHORITY,
        area="E23000001",
        indicator="repeat-callers",
        value=Decimal("412.5"),
        unit="calls",
    )


def test_a_verified_authoritys_own_people_record_it() -> None:
    unverified = registered(AUTHORITY, "authority")
    other_side = verified(AUTHORITY, "community")

    assert outcome(given=THERE, when=OBSERVE, by=OTHER_BUYER) == "not-yours"
    assert outcome(given=THERE, when=OBSERVE, by=BIDDER) == "role-not-allowed"
    assert outcome(given=unverified, when=OBSERVE, by=BUYER) == "not-verified"
    assert outcome(given=other_side, when=OBSERVE, by=BUYER) == "wrong-side"
    assert outcome(when=OBSERVE, by=BUYER) == "not-found"


def test_the_period_does_not_run_backwards() -> None:
    day = replace(OBSERVE, period_from=OBSERVE.period_to)
    back = replace(OBSERVE, period_from=OBSERVE.period_to + timedelta(days=1))

    assert isinstance(outcome(given=THERE, when=day, by=BUYER), list)
    assert refused(given=THERE, when=back, by=BUYER) == (
        "period-backwards",
        {"period_from": "2026-02-01", "period_to": "2026-01-31"},
    )


def test_the_period_is_over_in_the_united_kingdom() -> None:
    yesterday = replace(OBSERVE, period_to=NOON.date() - timedelta(days=1))
    today = replace(OBSERVE, period_to=NOON.date())
    first_of_july = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 in London
    june = replace(OBSERVE, period_to=date(2026, 6, 30))

    assert isinstance(outcome(given=THERE, when=yesterday, by=BUYER), list)
    assert refused(given=THERE, when=today, by=BUYER) == (
        "observed-early",
        {"period_to": "2026-03-02", "today": "2026-03-02"},
    )
    assert isinstance(outcome(given=THERE, when=june, by=BUYER, at=first_of_july), list)


def test_a_recorder_states_a_figure_of_an_area_and_period_once() -> None:
    again = replace(OBSERVE, indicator_id="indicator-i002", value=Decimal(1))

    assert refused(given=HELD, when=again, by=BUYER) == (
        "observed-already",
        {"indicator": FIGURE},
    )


@pytest.mark.parametrize(
    "other",
    [
        {"area": "E23000002"},
        {"indicator": "calls"},
        {"period_from": date(2026, 1, 2)},
        {"period_to": date(2026, 1, 30)},
        {"area": "E23000001/x", "indicator": "repeat-callers"},
    ],
)
def test_another_area_indicator_or_period_is_another_figure(other: dict[str, object]) -> None:
    figure = replace(OBSERVE, indicator_id="indicator-i002", **other)  # type: ignore[arg-type]

    assert isinstance(outcome(given=HELD, when=figure, by=BUYER), list)


def test_two_authorities_may_state_the_same_figure() -> None:
    theirs = replace(OBSERVE, indicator_id="indicator-i002", recorder_id=OTHER_AUTHORITY)

    assert isinstance(outcome(given=HELD, when=theirs, by=OTHER_BUYER), list)


def test_codes_with_a_slash_are_not_mixed_up() -> None:
    one = replace(OBSERVED, area="a/b", indicator="c")
    other = replace(OBSERVED, area="a", indicator="b/c")

    assert one.claims() != other.claims()


def test_a_figure_is_new() -> None:
    assert outcome(given=HELD, when=replace(OBSERVE, area="E2"), by=BUYER) == "already-exists"
