"""Procurements: one buying exercise of one authority, under one OCID for life.

*Registered → Published.* A joint procurement has one lead authority, to which every match is
attributed (invariant 19); `acts_for` names the force areas that it buys for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, assert_never

from .actor import Actor
from .form import Code, Count, Matching, Name, OrganisationId, Pence, Points, ProcurementId
from .kind import Claim, Command, Decision, Event, States, StreamKind
from .organisation import Organisation
from .permission import unless_authority, unless_verified
from .rule import WRONG_STATE, Rule
from .uk_calendar import uk_date

Ocid = Annotated[str, Matching(r"ocds-[a-z0-9]{6}-[A-Za-z0-9._-]{1,60}")]
"""An Open Contracting identifier: `ocds-`, the publisher's prefix, its own id."""
AreaCodes = Annotated[tuple[Code, ...], Count(0, 50)]
Regime = Literal["pa2023", "pcr2015", "scotland", "below_threshold", "light_touch", "other"]
Nation = Literal["england", "wales", "scotland", "northern_ireland"]
Policy = Literal["ppn002", "own", "none"]

OCID_TAKEN = Rule(
    "ocid-taken",
    "One procurement per OCID, for life.",
    "Use the procurement that is registered under it.",
    "conflict",
)
LOT_TWICE = Rule(
    "lot-twice",
    "The lots of a procurement have different codes.",
    "Give each lot its own code.",
)
NOTICE_IN_THE_FUTURE = Rule(
    "notice-in-the-future",
    "A notice is recorded once it is published.",
    "Record it on the day of publication or later.",
)


def ocid_key(ocid: str) -> str:
    """Return the unique claim that an OCID is."""
    return f"ocid:{ocid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A piece of the contract, never a need; an undivided procurement has one lot.

    `reference_spend_pence` is the spend assumed for ranking where nobody can promise any.
    """

    lot: Code
    title: Name
    contract_value_pence: Pence
    reference_spend_pence: Pence | None = None


Lots = Annotated[tuple[Lot, ...], Count(1, 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementRegistered(Event):
    """An authority brought a buying exercise onto the exchange."""

    ocid: Ocid
    title: Name
    authority_id: OrganisationId
    acts_for: AreaCodes
    lots: Lots
    regime: Regime
    nation: Nation
    policy: Policy
    social_value_weight: Points

    def claims(self) -> tuple[Claim, ...]:
        """Take the OCID for this procurement."""
        return (Claim(ocid_key(self.ocid)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderNoticePublished(Event):
    """The tender notice is public (UK4: Procurement Act 2023, section 21)."""

    notice: Literal["UK4"]
    reference: Code
    published_on: date


ProcurementEvent = ProcurementRegistered | TenderNoticePublished


@dataclass(frozen=True, slots=True, kw_only=True)
class Procurement:
    """A procurement as the rules see it; `weight` is the points that social value has."""

    ocid: str
    title: str
    authority_id: str
    acts_for: tuple[str, ...]
    lots: Mapping[str, Lot]
    regime: Regime
    nation: Nation
    policy: Policy
    weight: Decimal
    phase: Literal["registered", "published"] = "registered"


def evolve(procurement: Procurement | None, event: ProcurementEvent) -> Procurement:
    """Fold one more fact into the procurement."""
    match event:
        case ProcurementRegistered():
            return Procurement(
                ocid=event.ocid,
                title=event.title,
                authority_id=event.authority_id,
                acts_for=event.acts_for,
                lots={lot.lot: lot for lot in event.lots},
                regime=event.regime,
                nation=event.nation,
                policy=event.policy,
                weight=event.social_value_weight,
            )
        case TenderNoticePublished():
            assert procurement is not None
            return replace(procurement, phase="published")
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProcurement(Command):
    """Bring a buying exercise onto the exchange."""

    procurement_id: ProcurementId
    ocid: Ocid
    title: Name
    authority_id: OrganisationId
    acts_for: AreaCodes
    lots: Lots
    regime: Regime
    nation: Nation
    policy: Policy
    social_value_weight: Points

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new procurement."""
        del states
        return (self.procurement_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the authority that buys."""
        del states
        return (self.authority_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the OCID, which may be registered once."""
        return (ocid_key(self.ocid),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Register a procurement.

        - A buyer of the authority registers it.
        - The organisation is an authority.
        - The organisation is verified.
        - One procurement per OCID, for life.
        - The lots have different codes.
        """
        del now
        if refusal := unless_authority(actor, self.authority_id, "authority.buyer"):
            return refusal
        organisation = states.of(Organisation, self.authority_id)
        if refusal := unless_verified(organisation, "authority"):
            return refusal
        holder = states.holder(ocid_key(self.ocid))
        if holder is not None:
            return OCID_TAKEN.refuse(ocid=self.ocid, procurement=holder)
        if len({lot.lot for lot in self.lots}) < len(self.lots):
            return LOT_TWICE.refuse(lots=len(self.lots))
        registered = ProcurementRegistered(
            ocid=self.ocid,
            title=self.title,
            authority_id=self.authority_id,
            acts_for=self.acts_for,
            lots=self.lots,
            regime=self.regime,
            nation=self.nation,
            policy=self.policy,
            social_value_weight=self.social_value_weight,
        )
        return [(self.procurement_id, registered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTenderNotice(Command):
    """Record that the tender notice is public, and where to find it."""

    procurement_id: ProcurementId
    notice: Literal["UK4"]
    reference: Code
    published_on: date

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement."""
        del states
        return (self.procurement_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Publish the tender notice.

        - The procurement's authority publishes it.
        - It is dated today (in the United Kingdom) or earlier.
        - It is published once.
        """
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id):
            return refusal
        today = uk_date(now)
        if self.published_on > today:
            return NOTICE_IN_THE_FUTURE.refuse(
                published_on=self.published_on.isoformat(), today=today.isoformat()
            )
        if procurement.phase != "registered":
            return WRONG_STATE.refuse(state=procurement.phase, expected="registered")
        published = TenderNoticePublished(
            notice=self.notice, reference=self.reference, published_on=self.published_on
        )
        return [(self.procurement_id, published)]


EVENTS: tuple[type[ProcurementEvent], ...] = (ProcurementRegistered, TenderNoticePublished)
KIND = StreamKind("procurement", Procurement, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RegisterProcurement, PublishTenderNotice)
