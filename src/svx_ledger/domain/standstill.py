"""Standstill: the days in which a losing bidder can object to an announced award.

How they are counted follows from the regime that the procurement is under.
"""

from collections.abc import Collection
from datetime import date
from typing import Final, Literal, NamedTuple

from svx_ledger.domain.procurement.events import Regime

from .rule import Refusal, Rule
from .uk_calendar import DAY, is_working_day

StandstillKind = Literal["mandatory", "voluntary", "none"]
MOST_VOLUNTARY_DAYS: Final = 30
"""Working days: with every holiday among them, still within 60 days of a stated calendar."""

NO_MANDATORY_STANDSTILL = Rule(
    "no-mandatory-standstill",
    "Under this regime a standstill is voluntary.",
    "Announce the award with a voluntary standstill and its days, or with none and its ground.",
)
STANDSTILL_DAYS = Rule(
    "standstill-days",
    "A voluntary standstill states its days, and no other does: the law has the number.",
    "Give the days with a voluntary standstill, and only there.",
)
STANDSTILL_GROUND = Rule(
    "standstill-ground",
    "Who announces an award without the standstill that the law asks for says why.",
    "State the ground, with the provision that allows it; a mandatory standstill has none.",
)
STANDSTILL_TOO_SHORT = Rule(
    "standstill-too-short",
    "A voluntary standstill is no shorter than the law allows.",
    "Give at least as many days as are named here.",
)


class Statute(NamedTuple):
    """What a regime asks: at least so many days, of the calendar or working ones."""

    days: int
    calendar: bool
    mandatory: bool


STATUTES: Final[dict[Regime, Statute]] = {
    "pa2023": Statute(8, calendar=False, mandatory=True),
    "light_touch": Statute(8, calendar=False, mandatory=False),
    "pcr2015": Statute(10, calendar=True, mandatory=True),
    "scotland": Statute(10, calendar=True, mandatory=True),
    "below_threshold": Statute(1, calendar=False, mandatory=False),
    "other": Statute(1, calendar=False, mandatory=False),
}
"""Procurement Act 2023, section 51: eight working days; not for light touch contracts, where a
voluntary standstill has no fewer. Public Contracts Regulations 2015, regulation 87, and Public
Contracts (Scotland) Regulations 2015, regulation 88: ten days. Below the thresholds no law asks
for one; nor is one known here for a regime that is none of these."""


class Standstill(NamedTuple):
    """UK dates, both included. The contract is entered on the day after at the earliest.

    Where there is none, the last day is the day before the first.
    """

    first_day: date
    last_day: date


def fault_in_standstill(
    regime: Regime, kind: StandstillKind, days: int | None, ground: str | None
) -> Refusal | None:
    """Return what is wrong with the standstill that an award is to be announced with.

    - It is mandatory only where the law asks for one.
    - Its days are stated where it is voluntary, and only there.
    - Why there is none, or a voluntary one in place of the mandatory, is stated, and only
      where it is not mandatory.
    - A voluntary one is no shorter than the law allows.
    """
    statute = STATUTES[regime]
    if kind == "mandatory" and not statute.mandatory:
        return NO_MANDATORY_STANDSTILL.refuse(regime=regime)
    if (days is not None) != (kind == "voluntary"):
        return STANDSTILL_DAYS.refuse(kind=kind)
    departs = kind == "none" or (kind == "voluntary" and statute.mandatory)
    if (departs and ground is None) or (kind == "mandatory" and ground is not None):
        return STANDSTILL_GROUND.refuse(kind=kind, regime=regime)
    if days is not None and days < statute.days:
        return STANDSTILL_TOO_SHORT.refuse(days=days, least_days=statute.days)
    return None


def standstill(
    announced_on: date, non_working_days: Collection[date], days: int = 8
) -> Standstill:
    """Return a standstill of so many working days.

    Its first is the day of the announcement, or the next working day where that is none.
    """
    first = day = _working_day_from(announced_on, non_working_days)
    for _ in range(days - 1):
        day = _working_day_from(day + DAY, non_working_days)
    return Standstill(first, day)


def calendar_standstill(
    announced_on: date, non_working_days: Collection[date], days: int = 10
) -> Standstill:
    """Return a standstill of so many days after the announcement.

    Where the last is no working day, it ends with the next one.
    """
    last = _working_day_from(announced_on + days * DAY, non_working_days)
    return Standstill(announced_on + DAY, last)


def no_standstill(announced_on: date) -> Standstill:
    """Return that there is none: the contract may be entered on the day of the announcement."""
    return Standstill(announced_on, announced_on - DAY)


def _working_day_from(day: date, non_working_days: Collection[date]) -> date:
    while not is_working_day(day, non_working_days):
        day += DAY
    return day
