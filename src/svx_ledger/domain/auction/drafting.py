"""Drafting an auction: for one lot, on published terms, with a table of proxies."""

from dataclasses import dataclass
from datetime import datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AuctionId, Code, ProcurementId, ProxySetId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.proxies import ProxySet
from svx_ledger.domain.rule import WRONG_STATE, Rule

from .events import AuctionDrafted, lot_key
from .terms import AuctionTerms, fault_in

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAuction(Command):
    """Set out an auction for a lot."""

    auction_id: AuctionId
    procurement_id: ProcurementId
    lot: Code
    proxy_set_id: ProxySetId
    terms: AuctionTerms

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new auction."""
        del states
        return (self.auction_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the procurement, and the proxies that will value the bids."""
        del states
        return (self.procurement_id, self.proxy_set_id)

    def claims(self) -> tuple[str, ...]:
        """Return the lot, which one auction serves."""
        return (lot_key(self.procurement_id, self.lot),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Draft an auction.

        - The procurement's authority drafts it.
        - Its tender notice is published.
        - The lot is one of the procurement's.
        - The lot has no other auction.
        - The proxy set is adopted.
        - Social value has the weight that the procurement announced.
        - The terms are complete and agree with themselves (`terms.fault_in`).
        """
        del now
        procurement = states.of(Procurement, self.procurement_id)
        if refusal := unless_authority(actor, procurement.authority_id):
            return refusal
        if procurement.phase != "published":
            return WRONG_STATE.refuse(state=procurement.phase, expected="published")
        if self.lot not in procurement.lots:
            return LOT_UNKNOWN.refuse(lot=self.lot)
        holder = states.holder(lot_key(self.procurement_id, self.lot))
        if holder is not None:
            return LOT_TAKEN.refuse(lot=self.lot, auction=holder)
        if not states.of(ProxySet, self.proxy_set_id).adopted:
            return WRONG_STATE.refuse(state="being adopted", expected="adopted")
        if self.terms.social_value_weight != procurement.weight:
            return WEIGHT_DIFFERS.refuse(weight_points=f"{procurement.weight:f}")
        if refusal := fault_in(self.terms):
            return refusal
        drafted = AuctionDrafted(
            procurement_id=self.procurement_id,
            lot=self.lot,
            proxy_set_id=self.proxy_set_id,
            terms=self.terms,
            authority_id=procurement.authority_id,
        )
        return [(self.auction_id, drafted)]
