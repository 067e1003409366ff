"""Drafting an auction: for one lot, on published terms, with a table of proxies."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_reviewed
from svx_ledger.domain.form import AuctionId, Code, ProcurementId, ProxySetId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

from .agreeing import fault_in
from .events import AuctionDrafted, lot_key
from .state import Auction
from .terms import AuctionTerms

LOT_UNKNOWN = Rule(
    "lot-unknown",
    "An auction serves a lot of its procurement.",
    "Name one of the lots that the procurement registered.",
)
LOT_TAKEN = Rule(
    "lot-taken",
    "A lot has at most one auction, unless that ended without effect.",
    "Go on with the auction that serves it.",
    "conflict",
)
WEIGHT_DIFFERS = Rule(
    "weight-differs",
    "Social value has the weight that the procurement announced.",
    "Put the procurement's weight into the terms.",
)
REFERENCE_DIFFERS = Rule(
    "reference-differs",
    "Rate lines are ranked on the reference spend that the lot announced.",
    "Put the lot's reference spend into the terms, or leave it out to take no rates.",
)
OTHER_LOT = Rule(
    "other-lot",
    "A re-run serves the lot of the auction that it replaces.",
    "Name the ended auction of the same lot.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAuction(Command):
    """Set out an auction for a lot; a re-run names the ended one that it `replaces`."""

    auction_id: AuctionId
    procurement_id: ProcurementId
    lot: Code
    proxy_set_id: ProxySetId
    terms: AuctionTerms
    replaces: AuctionId | None = None

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new auction."""
        del states
        return (self.auction_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement, the proxies that value the bids, and what it replaces."""
        del states
        named = (self.procurement_id, self.proxy_set_id, self.replaces)
        return tuple(stream for stream in named if stream)

    def claims(self) -> tuple[str, ...]:
        """Return the lot, which one auction serves."""
        return (lot_key(self.procurement_id, self.lot),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Draft an auction.

        - The procurement's authority drafts it.
        - Its tender notice is published.
        - Conflicts of interest were reviewed since the last declaration.
        - The lot is one of the procurement's.
        - The lot has no other auction.
        - An auction that it replaces served the same lot, and so has ended: the lot is free.
        - The proxy set is adopted, and no other has taken its place.
        - Social value has the weight that the procurement announced.
        - A reference spend in the terms is the lot's.
        - The terms are complete and agree with themselves (`terms.fault_in`).
        """
        del now
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id):
            return refusal
        if procurement.phase != "published":
            return WRONG_STATE.refuse(state=procurement.phase, expected="published")
        if refusal := unless_reviewed(procurement):
            return refusal
        if self.lot not in procurement.lots:
            return LOT_UNKNOWN.refuse(lot=self.lot)
        holder = states.holder(lot_key(self.procurement_id, self.lot))
        if holder is not None:
            return LOT_TAKEN.refuse(lot=self.lot, auction=holder)
        if refusal := self._unless_replaceable(states):
            return refusal
        proxy_set = states.of(ProxySet, self.proxy_set_id)
        if proxy_set.phase != "adopted":
            return WRONG_STATE.refuse(state=proxy_set.phase, expected="adopted")
        if self.terms.social_value_weight != procurement.weight:
            return WEIGHT_DIFFERS.refuse(weight_points=procurement.weight)
        lot_spend_pence = procurement.lots[self.lot].reference_spend_pence
        if self.terms.reference_spend_pence not in (None, lot_spend_pence):
            return REFERENCE_DIFFERS.refuse(
                lot=self.lot,
                stated_pence=self.terms.reference_spend_pence or 0,
                lot_pence="none" if lot_spend_pence is None else lot_spend_pence,
            )
        if refusal := fault_in(self.terms):
            return refusal
        drafted = AuctionDrafted(
            procurement_id=self.procurement_id,
            lot=self.lot,
            proxy_set_id=self.proxy_set_id,
            terms=self.terms,
            authority_id=procurement.authority_id,
            replaces=self.replaces,
        )
        return [(self.auction_id, drafted)]

    def _unless_replaceable(self, states: States) -> Refusal | None:
        if self.replaces is None:
            return None
        earlier = states.of(Auction, self.replaces)
        if (earlier.procurement_id, earlier.lot) != (self.procurement_id, self.lot):
            return OTHER_LOT.refuse(procurement=earlier.procurement_id, lot=earlier.lot)
        return None
