"""Dates in the United Kingdom, against the time-zone database as an independent oracle."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.uk_calendar import certain_holidays, easter, is_working_day, uk_date

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("midnight", "starts"),
    [
        (datetime(2026, 3, 2, 0, tzinfo=UTC), date(2026, 3, 2)),  # GMT
        (datetime(2026, 6, 30, 23, tzinfo=UTC), date(2026, 7, 1)),  # BST
        (datetime(2026, 3, 29, 0, tzinfo=UTC), date(2026, 3, 29)),  # the clocks go forward
        (datetime(2026, 3, 29, 23, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, tzinfo=UTC), date(2026, 10, 25)),  # they go back
        (datetime(2026, 10, 26, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_starts_at_midnight_in_london(midnight: datetime, starts: date) -> None:
    assert uk_date(midnight) == starts
    assert uk_date(midnight - INSTANT) == starts - timedelta(days=1)


@given(st.datetimes(datetime(1996, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_dates_are_those_of_the_time_zone_database(instant: datetime) -> None:
    assert uk_date(instant) == instant.astimezone(ZoneInfo("Europe/London")).date()


def test_every_hour_around_each_change_of_the_clocks_is_as_in_the_database() -> None:
    london = ZoneInfo("Europe/London")
    hours = [
        datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour)
        for year in range(2000, 2038)
        for month in (3, 10)
        for day in range(24, 32)
        for hour in range(24)
    ]

    assert [h for h in hours if uk_date(h) != h.astimezone(london).date()] == []


def test_an_instant_is_the_same_in_any_zone() -> None:
    tokyo = timezone(timedelta(hours=9))

    assert uk_date(datetime(2027, 1, 1, 8, 59, tzinfo=tokyo)) == date(2026, 12, 31)
    assert uk_date(datetime(2027, 1, 1, 9, 0, tzinfo=tokyo)) == date(2027, 1, 1)


def test_the_zone_of_the_machine_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        there = uk_date(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    time.tzset()

    assert there == date(2026, 12, 31)


def test_a_working_day_is_neither_at_the_weekend_nor_a_bank_holiday() -> None:
    friday, saturday, sunday, monday = (date(2026, 3, day) for day in (6, 7, 8, 9))

    assert is_working_day(friday, ())
    assert not is_working_day(saturday, ())
    assert not is_working_day(sunday, ())
    assert is_working_day(monday, ())
    assert not is_working_day(monday, (monday,))


@pytest.mark.parametrize(
    "sunday",
    [
        *("1818-03-22", "1943-04-25", "1954-04-18", "1981-04-19", "2000-04-23", "2008-03-23"),
        *("2011-04-24", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28"),
        *("2028-04-16", "2029-04-01", "2030-04-21", "2035-03-25", "2038-04-25", "2049-04-18"),
        *("2076-04-19", "2099-04-12"),
    ],
)
def test_easter_is_on_the_sunday_that_tables_give(sunday: str) -> None:
    assert easter(int(sunday[:4])).isoformat() == sunday


def easter_by_butcher(year: int) -> date:
    """The anonymous algorithm of 1876 (Butcher's Ecclesiastical Calendar), another one."""
    golden, century, of_century = year % 19, year // 100, year % 100
    moved = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - moved + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def test_easter_is_the_same_by_another_algorithm_in_every_year_of_the_calendar() -> None:
    years = range(1583, 10_000)

    assert [year for year in years if easter(year) != easter_by_butcher(year)] == []


def days(*texts: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, texts))


@pytest.mark.parametrize(
    ("year", "holidays"),  # as gov.uk lists them for England and Wales
    [
        (2002, ("01-01", "03-29", "04-01", "05-06", "06-04", "12-25", "12-26")),
        (2012, ("01-02", "04-06", "04-09", "05-07", "06-04", "12-25", "12-26")),
        (2020, ("01-01", "04-10", "04-13", "05-08", "05-25", "12-25", "12-28")),
        (2021, ("01-01", "04-02", "04-05", "05-03", "05-31", "12-27", "12-28")),
        (2022, ("01-03", "04-15", "04-18", "05-02", "06-02", "12-26", "12-27")),
        (2023, ("01-02", "04-07", "04-10", "05-01", "05-29", "12-25", "12-26")),
        (2026, ("01-01", "04-03", "04-06", "05-04", "05-25", "12-25", "12-28")),
    ],
)
def test_certain_holidays_are_moved_from_the_weekend(
    year: int, holidays: tuple[str, ...]
) -> None:
    found = certain_holidays(date(year, 1, 1), date(year, 12, 31))

    assert found == days(*(f"{year}-{day}" for day in holidays))


def test_certain_holidays_are_those_from_the_first_day_to_the_last() -> None:
    christmas, after = date(2026, 12, 25), date(2027, 1, 1)

    assert certain_holidays(christmas, after) == days("2026-12-25", "2026-12-28", "2027-01-01")
    assert certain_holidays(christmas + timedelta(1), after - timedelta(1)) == days(
        "2026-12-28"
    )
