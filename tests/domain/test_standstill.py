"""The standstill of each regime, on dates that lawyers would check."""

import json
from datetime import date
from pathlib import Path

import pytest

from svx_ledger.domain.procurement import Regime
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.standstill import (
    STATUTES,
    Standstill,
    StandstillKind,
    calendar_standstill,
    fault_in_standstill,
    no_standstill,
    standstill,
)

ENGLAND_AND_WALES = frozenset(
    [
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
    ]
)
UNION = ENGLAND_AND_WALES | {
    date(2026, 3, 17),  # St Patrick's Day
    date(2026, 7, 13),  # the Boyne
    date(2026, 8, 3),  # summer in Scotland
    date(2026, 11, 30),  # St Andrew's Day
    date(2027, 1, 4),  # 2 January in Scotland, which is a Saturday
}


VECTORS = [
    ("2026-03-02", "2026-03-02", "2026-03-11", "2026-03-11"),
    ("2026-03-10", "2026-03-10", "2026-03-19", "2026-03-20"),
    ("2026-11-23", "2026-11-23", "2026-12-02", "2026-12-03"),
    ("2026-12-21", "2026-12-21", "2027-01-04", "2027-01-05"),
    ("2026-03-07", "2026-03-09", "2026-03-18", "2026-03-19"),  # a Saturday
]


@pytest.mark.parametrize(
    ("published_on", "first_day", "last_day", "last_day_of_the_union"), VECTORS
)
def test_the_standstill_is_eight_working_days_from_the_notice(
    published_on: str, first_day: str, last_day: str, last_day_of_the_union: str
) -> None:
    published = date.fromisoformat(published_on)
    first = date.fromisoformat(first_day)

    assert standstill(published, ENGLAND_AND_WALES) == Standstill(
        first, date.fromisoformat(last_day)
    )
    assert standstill(published, UNION) == Standstill(
        first, date.fromisoformat(last_day_of_the_union)
    )


def test_a_notice_on_a_bank_holiday_counts_from_the_next_working_day() -> None:
    good_friday = date(2026, 4, 3)

    assert standstill(good_friday, ENGLAND_AND_WALES) == Standstill(
        date(2026, 4, 7), date(2026, 4, 16)
    )


@pytest.fixture(scope="module")
def gov_uk(test_data: Path) -> dict[str, frozenset[date]]:
    """The bank holidays of each nation, as gov.uk publishes them."""
    file = test_data / "reference_uk" / "uk_bank_holidays_govuk_2019-2027.json"
    nations = json.loads(file.read_text())
    return {
        nation: frozenset(date.fromisoformat(day["date"]) for day in listed["events"])
        for nation, listed in nations.items()
        if isinstance(listed, dict)
    }


@pytest.mark.parametrize("vector", VECTORS)
def test_the_dates_follow_from_the_calendar_of_gov_uk(
    gov_uk: dict[str, frozenset[date]], vector: tuple[str, str, str, str]
) -> None:
    published, first, last_day, last_day_of_the_union = map(date.fromisoformat, vector)
    union = frozenset[date]().union(*gov_uk.values())

    assert standstill(published, gov_uk["england-and-wales"]) == (first, last_day)
    assert standstill(published, union) == (first, last_day_of_the_union)


@pytest.mark.parametrize(
    ("announced_on", "first_day", "last_day"),
    [
        ("2026-03-02", "2026-03-03", "2026-03-12"),
        ("2026-03-04", "2026-03-05", "2026-03-16"),  # the tenth day is a Saturday
        ("2026-03-05", "2026-03-06", "2026-03-16"),  # a Sunday
        ("2026-03-06", "2026-03-07", "2026-03-16"),  # a Monday
        ("2026-03-24", "2026-03-25", "2026-04-07"),  # Good Friday
        ("2026-12-15", "2026-12-16", "2026-12-29"),  # Christmas Day
    ],
)
def test_ten_days_of_the_calendar_end_on_a_working_day(
    announced_on: str, first_day: str, last_day: str
) -> None:
    announced = date.fromisoformat(announced_on)

    assert calendar_standstill(announced, ENGLAND_AND_WALES) == Standstill(
        date.fromisoformat(first_day), date.fromisoformat(last_day)
    )


def test_where_there_is_none_the_contract_may_follow_on_the_same_day() -> None:
    assert no_standstill(date(2026, 3, 1)) == Standstill(date(2026, 3, 1), date(2026, 2, 28))


def test_a_standstill_of_one_day_is_that_day() -> None:
    monday = date(2026, 3, 2)

    assert standstill(monday, (), 1) == Standstill(monday, monday)


@pytest.mark.parametrize(
    ("regime", "mandatory", "least_days"),
    [
        ("pa2023", True, 8),
        ("light_touch", False, 8),
        ("pcr2015", True, 10),
        ("scotland", True, 10),
        ("below_threshold", False, 1),
        ("other", False, 1),
    ],
)
def test_each_regime_asks_for_its_own(
    regime: Regime, *, mandatory: bool, least_days: int
) -> None:
    def fault(kind: StandstillKind, days: int | None = None) -> str | None:
        ground = None if kind == "mandatory" else "Regulation 86(5)"
        refusal = fault_in_standstill(regime, kind, days, ground)
        return refusal.rule.name if refusal else None

    assert fault("mandatory") == (None if mandatory else "no-mandatory-standstill")
    assert fault("voluntary", least_days) is None
    assert fault("none") is None
    if least_days > 1:
        assert fault("voluntary", least_days - 1) == "standstill-too-short"


def rule_of(refusal: Refusal | None) -> str | None:
    return refusal.rule.name if refusal else None


def test_days_are_stated_where_it_is_voluntary_and_only_there() -> None:
    assert rule_of(fault_in_standstill("other", "voluntary", None, None)) == "standstill-days"
    assert rule_of(fault_in_standstill("pa2023", "mandatory", 8, None)) == "standstill-days"
    assert rule_of(fault_in_standstill("other", "none", 1, "None due")) == "standstill-days"


def test_why_the_mandatory_one_is_not_kept_is_stated() -> None:
    assert rule_of(fault_in_standstill("pa2023", "none", None, None)) == "standstill-ground"
    assert rule_of(fault_in_standstill("other", "none", None, None)) == "standstill-ground"
    assert rule_of(fault_in_standstill("pa2023", "voluntary", 8, None)) == "standstill-ground"
    assert fault_in_standstill("light_touch", "voluntary", 8, None) is None
    assert rule_of(fault_in_standstill("pa2023", "mandatory", None, "Why")) == (
        "standstill-ground"
    )


def test_a_refused_standstill_says_what_is_wrong() -> None:
    def facts(regime: Regime, kind: StandstillKind, days: int | None = None) -> object:
        refusal = fault_in_standstill(regime, kind, days, None)
        assert refusal is not None
        return refusal.facts

    assert facts("other", "mandatory") == {"regime": "other"}
    assert facts("other", "voluntary") == {"kind": "voluntary"}
    assert facts("pa2023", "none") == {"kind": "none", "regime": "pa2023"}
    assert facts("light_touch", "voluntary", 7) == {"days": 7, "least_days": 8}


def test_only_the_older_regulations_count_days_of_the_calendar() -> None:
    in_calendar_days = {regime for regime, statute in STATUTES.items() if statute.calendar}

    assert in_calendar_days == {"pcr2015", "scotland"}
