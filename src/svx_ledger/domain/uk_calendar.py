"""Dates as people in the United Kingdom count them.

The law counts standstill and deadlines in local days, the ledger in UTC instants. The rule
for summer time stands here and not in a time-zone file, so that an auditor in twenty years
gets the same dates without one.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def uk_date(instant: datetime) -> date:
    """Return the date on a clock in London at this instant.

    Summer time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
    Sunday of October (Summer Time Act 1972, as amended by the Summer Time Order 2002).
    """
    utc = instant.astimezone(UTC)
    summer = _change(utc.year, 3) <= utc < _change(utc.year, 10)
    return (utc + HOUR if summer else utc).date()


def is_working_day(day: date, non_working_days: Collection[date]) -> bool:
    """Whether the day is neither at a weekend nor one of the bank holidays given."""
    return day.weekday() < 5 and day not in non_working_days


def _change(year: int, month: int) -> datetime:
    """Return when the clocks change in March or October, months that have 31 days."""
    last = date(year, month, 31)
    sunday = last.day - last.isoweekday() % 7
    return datetime(year, month, sunday, 1, tzinfo=UTC)
