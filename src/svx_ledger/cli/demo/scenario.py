"""What a story is made of: plain values, which `setting`, `buying` and `binding` act out.

Times are texts in UTC, `2025-06-19 09:12`; dates `2025-06-19`; periods `from/to`, both days
included. Quantities are in the unit of their measure. A key, four or more lower-case letters
and digits, is a part of names: the procurement `estates` has `auction-estates`,
`award-estates` and `contract-estates`. Real names say nothing (ADR 3); in a story they may.
`says` is a sentence for the chronicle (`step.Step`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from svx_ledger.domain.organisation import Scheme, Side
from svx_ledger.domain.procurement.events import Nature, Outcome, Regime
from svx_ledger.domain.proxies import Proxy

from .step import Step
from .winning import Award, Contract, Quantities, Spend

Rates = Mapping[str, str]
"""Units for each pound of contract spend, by the key of a need."""


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
    """What a community organisation does, in one place and for one theme.

    It is on the exchange from the beginning, or from `proposed_at`.
    """

    key: str
    party: str
    title: str
    summary: str
    theme: str
    place: str
    delivered_by: str
    needs: tuple[Need, ...]
    proposed_at: str | None = None


class Tender(NamedTuple):
    """A supplier with the points that its tender was given before the auction."""

    supplier: str
    price: int
    quality: int


class Bid(NamedTuple):
    """A bid at its time on the day of the auction; the rules say whether it stands.

    A time without seconds is drawn within its minute; `about` lets the seed lower the
    quantities a little, where nothing hangs on them.
    """

    at: str
    supplier: str
    lines: Quantities
    rates: Rates
    about: bool = False
    says: str = ""


def bid(
    at: str,
    supplier: str,
    rates: Rates | None = None,
    *,
    about: bool = False,
    says: str = "",
    **lines: int,
) -> Bid:
    """Return a bid; each further name is a need, with the quantity or, of a rate, the cap."""
    return Bid(at, supplier, lines, rates or {}, about, says)


class Interest(NamedTuple):
    """An interest that somebody of the authority declares, and what a review makes of it."""

    declared_at: str
    reviewed_at: str
    who: Literal["assessor", "contract-manager"]
    organisation: str
    nature: Nature
    outcome: Outcome
    measure: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement:
    """A buying exercise of one lot, with its auction and all that followed so far.

    `needs` are those listed, each with what it has to do with the contract. A re-run is one
    more of these, `rerun_of` the first: it shares the procurement, and lists the needs again,
    some with a later date (`needed_by`). What is `dropped` is listed and taken out again.
    In the chronicle it is `called` something short.
    `terms` are those that differ from the usual ones (`buying`). `says` are sentences by the
    name of the command that they tell of; `extras` what happened besides.
    """

    key: str
    called: str
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
    regime: Regime = "pa2023"
    reference_pounds: int | None = None
    rerun_of: str | None = None
    dropped: tuple[str, ...] = ()
    needed_by: Mapping[str, str] = field(default_factory=dict)
    proxy_set: str = "demo"
    terms: Mapping[str, Any] = field(default_factory=dict)
    interests: tuple[Interest, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[Step, ...] = ()

    @property
    def procurement_id(self) -> str:
        """The name of the procurement, which a re-run shares with the first."""
        return f"procurement-{self.rerun_of or self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole story, from the opening of its ledger.

    `beside` belongs to no procurement; `says` is of what comes before all.
    """

    key: str
    origin: str
    begins_at: str
    parties: tuple[Party, ...]
    evaluator: str
    proxy_set: str
    proxies: tuple[Proxy, ...]
    projects: tuple[Project, ...]
    procurements: tuple[Procurement, ...]
    beside: tuple[Step, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def unit_of(self) -> dict[str, str]:
        """The unit of each need."""
        units = {proxy.measure: proxy.unit for proxy in self.proxies}
        return {need.key: units[need.measure] for p in self.projects for need in p.needs}
