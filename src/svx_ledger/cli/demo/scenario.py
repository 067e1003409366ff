"""What a story is made of: plain values, which `setting`, `buying` and `binding` act out.

Times are texts in UTC, `2025-06-19 09:12`; dates `2025-06-19`; periods `from/to`, both days
included. Quantities are in the unit of their measure. A key, four or more lower-case letters
and digits, is a part of names: the procurement `estates` has `auction-estates`,
`award-estates` and `contract-estates`. Real names say nothing (ADR 3); in a story they may.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from svx_ledger.domain.organisation import Scheme, Side
from svx_ledger.domain.proxies import Proxy

Quantities = Mapping[str, int]
"""By the key of a need."""


def utc(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Period(NamedTuple):
    """Two days, and all between them."""

    first: date
    last: date

    @classmethod
    def of(cls, text: str) -> "Period":
        """Read `2025-10-01/2025-12-31`."""
        first, _, last = text.partition("/")
        return cls(date.fromisoformat(first), date.fromisoformat(last))


class Party(NamedTuple):
    """An organisation, on one side of the exchange."""

    key: str
    side: Side
    scheme: Scheme
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a project lacks."""

    key: str
    measure: str
    quantity: int
    needed_by: str
    use: str
    in_place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a community organisation does, in one place and for one theme."""

    key: str
    party: str
    title: str
    summary: str
    theme: str
    place: str
    delivered_by: str
    needs: tuple[Need, ...]


class Tender(NamedTuple):
    """A supplier with the points that its tender was given before the auction."""

    supplier: str
    price: int
    quality: int


class Bid(NamedTuple):
    """A bid at its time on the day of the auction; the rules say whether it stands."""

    at: str
    supplier: str
    lines: Quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who won, and when each step was taken; `bank_holidays` in the 60 days from notice."""

    winner: str
    ranked_at: str
    recommended_at: str
    approved_at: str
    summaries_at: str
    notice_at: str
    bank_holidays: tuple[str, ...]


class Delivery(NamedTuple):
    """An instalment as claimed on one day, and what was confirmed of it on another, if yet."""

    need: str
    period: str
    claimed_on: str
    claimed: int
    confirmed_on: str | None = None
    confirmed: int | None = None
    by: Literal["community", "authority"] = "community"


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
    variation: Variation
    deliveries: tuple[Delivery, ...]


class Spend(NamedTuple):
    """What an authority paid, net of VAT: for the exchange, or (no invoice) to run its side."""

    at: str
    period: str
    pounds: int
    invoice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement:
    """A buying exercise of one lot, with its auction and all that followed so far.

    `needs` are those listed, each with what it has to do with the contract.
    """

    key: str
    title: str
    authority: str
    contract_pounds: int
    registered_at: str
    needs: Mapping[str, str]
    drafted_at: str
    opens_at: str
    closes_at: str
    reserve_pounds: int
    increment_pounds: int
    tenders: tuple[Tender, ...]
    bids: tuple[Bid, ...]
    award: Award | None = None
    contract: Contract | None = None
    spend: tuple[Spend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole story, from the opening of its ledger."""

    key: str
    origin: str
    begins_at: str
    parties: tuple[Party, ...]
    evaluator: str
    proxy_set: str
    proxies: tuple[Proxy, ...]
    projects: tuple[Project, ...]
    procurements: tuple[Procurement, ...]

    @property
    def unit_of(self) -> dict[str, str]:
        """The unit of each need."""
        units = {proxy.measure: proxy.unit for proxy in self.proxies}
        return {need.key: units[need.measure] for p in self.projects for need in p.needs}
