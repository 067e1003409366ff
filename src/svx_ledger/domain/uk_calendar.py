"""Dates as people in the United Kingdom count them.

The law counts standstill and deadlines in local days, the ledger in UTC instants. The rule
for summer time stands here and not in a time-zone file, so that an auditor in twenty years
gets the same dates without one.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_MOVED: Final = {
    date(2002, 5, 27): date(2002, 6, 4),
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),
    date(2022, 5, 30): date(2022, 6, 2),
}
"""For jubilees in June, and for the 75th anniversary of the end of the war in Europe."""


def uk_date(instant: datetime) -> date:
    """Return the date on a clock in London at this instant.

    Summer time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
    Sunday of October (Summer Time Act 1972, as amended by the Summer Time Order 2002).
    """
    utc = instant.astimezone(UTC)
    summer = _change(utc.year, 3) <= utc < _change(utc.year, 10)
    return (utc + HOUR if summer else utc).date()


def uk_midnight(day: date) -> datetime:
    """Return the instant at which a date begins on a clock in London."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight - HOUR if uk_date(midnight - HOUR) == day else midnight


def financial_year(day: date) -> str:
    """Return the financial year of a date, 1 April to 31 March, such as 2025/26."""
    begins = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{begins}/{(begins + 1) % 100:02d}"


def is_working_day(day: date, non_working_days: Collection[date]) -> bool:
    """Whether the day is neither at a weekend nor one of the bank holidays given."""
    return day.weekday() < 5 and day not in non_working_days


def certain_holidays(first: date, last: date) -> tuple[date, ...]:
    """Return the weekdays from first to last that are bank holidays every year.

    Good Friday, Easter Monday, 25 and 26 December and 1 January, the last three with their
    substitute days, and the first and the last Monday of May, but in the years in which they
    were moved. Source: Banking and Financial Dealings Act 1971, section 1 and schedule 1, and
    the proclamations under it, as in bank-holidays.json of gov.uk; those that are so by common
    law or proclamation are no less certain. Other holidays, and those of one nation, are not.
    """
    years = range(first.year, last.year + 1)
    return tuple(day for year in years for day in _certain(year) if first <= day <= last)


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (J.-M. Oudin's algorithm of 1940)."""
    century, of_nineteen = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * of_nineteen + 15) % 30
    moon -= moon // 28 * (1 - 29 // (moon + 1) * ((21 - of_nineteen) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + (moon - weekday) * DAY


def _certain(year: int) -> list[date]:
    days: list[date] = [_weekday_from(date(year, 1, 1))]
    days += [easter(year) - 2 * DAY, easter(year) + DAY]
    first_monday = date(year, 5, 7) - date(year, 5, 7).weekday() * DAY
    last_monday = date(year, 5, 31) - date(year, 5, 31).weekday() * DAY
    days += [_MOVED.get(day, day) for day in (first_monday, last_monday)]
    christmas = _weekday_from(date(year, 12, 25))
    boxing_day = _weekday_from(date(year, 12, 26))
    days += [christmas, boxing_day if boxing_day > christmas else christmas + DAY]
    return days


def _weekday_from(day: date) -> date:
    while day.weekday() >= 5:
        day += DAY
    return day


def _change(year: int, month: int) -> datetime:
    """Return when the clocks change in March or October, months that have 31 days."""
    last = date(year, month, 31)
    sunday = last.day - last.isoweekday() % 7
    return datetime(year, month, sunday, 1, tzinfo=UTC)
