"""What a story says of a contract: who won it, what was delivered, varied and paid.

In the same terms as `scenario`: dates, times and periods are texts, quantities are in the unit
of their measure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Quantities = Mapping[str, int]
"""By the key of a need."""


class Period(NamedTuple):
    """Two days, and all between them."""

    first: date
    last: date

    @classmethod
    def of(cls, text: str) -> "Period":
        """Read `2025-10-01/2025-12-31`."""
        first, _, last = text.partition("/")
        return cls(date.fromisoformat(first), date.fromisoformat(last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who won, and when each step was taken; `bank_holidays` in the 60 days from notice.

    `excluded` left after the close. With `days` the standstill is a voluntary one of so many.
    """

    winner: str
    ranked_at: str
    recommended_at: str
    approved_at: str
    summaries_at: str
    notice_at: str
    bank_holidays: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    days: int | None = None


class Delivery(NamedTuple):
    """An instalment as claimed on one day, and what was confirmed of it on another, if yet.

    `evidence` names what shows it, where that shows other deliveries too.
    """

    need: str
    period: str
    claimed_on: str
    claimed: int
    confirmed_on: str | None = None
    confirmed: int | None = None
    by: Literal["community", "authority"] = "community"
    evidence: str | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What is owed from then on, by need."""

    requested_at: str
    approved_at: str
    ground: str
    notice: str
    lines: Quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """When it was entered, for how long, and what became of it."""

    entered_at: str
    period: str
    variation: Variation | None = None
    deliveries: tuple[Delivery, ...] = ()


class Spend(NamedTuple):
    """What an authority paid, net of VAT: for the exchange, or (no invoice) to run its side."""

    at: str
    period: str
    pounds: int
    invoice: str | None = None
