"""Standstill: the working days in which a losing bidder can object to an announced award."""

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from .uk_calendar import DAY, is_working_day

MANDATORY_WORKING_DAYS: Final = 8
"""Procurement Act 2023, section 51(2): beginning with the day of the award notice."""


class Standstill(NamedTuple):
    """UK dates, both included. The contract is entered on the day after at the earliest."""

    first_day: date
    last_day: date


def standstill(published_on: date, non_working_days: Collection[date]) -> Standstill:
    """Return the mandatory standstill of an award notice published on this UK date.

    Its first day is the day of publication, or the next working day where that is none.
    """
    first = day = _working_day_from(published_on, non_working_days)
    for _ in range(MANDATORY_WORKING_DAYS - 1):
        day = _working_day_from(day + DAY, non_working_days)
    return Standstill(first, day)


def _working_day_from(day: date, non_working_days: Collection[date]) -> date:
    while not is_working_day(day, non_working_days):
        day += DAY
    return day
