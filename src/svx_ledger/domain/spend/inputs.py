"""Recording inputs: what anybody on the exchange put in beyond what authorities pay for it.

With D2 they are the denominator D4, the only one by which a figure may be called SROI.
"""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.form import OrganisationId, Pence, ProcurementId, Reason, SpendId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.participations import auctions_of, participations_of
from svx_ledger.domain.permission import unless_acting, unless_verified
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import NOT_YOURS, Refusal, Rule

from .amounts import unless_spent
from .events import InputRecorded, What

PARTICIPATION_HIDDEN = Rule(
    "participation-hidden",
    "A supplier names a procurement once everybody may know that it took part in it.",
    "Wait until the bids of an auction that it takes part in are ranked, or name none.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInput(Command):
    """State what else the payer put in, worth so much net of VAT.

    Whatever is neither exchange spend nor administration cost: what delivering its pledges cost
    a supplier, what a community organisation added of its own. An input without a procurement
    is unallocated, like spend.
    """

    spend_id: SpendId
    payer_id: OrganisationId
    procurement_id: ProcurementId | None = None
    period_from: date
    period_to: date
    what: What
    basis: Reason
    amount_pence: Pence

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new record."""
        del states
        return (self.spend_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the payer, the procurement if one is named, the payer's auctions beside it.

        Those are all that it took part in of the same authority.
        """
        if self.procurement_id is None:
            return (self.payer_id,)
        named = (self.payer_id, self.procurement_id)
        procurement = states.known(Procurement, self.procurement_id)
        if procurement is None:
            return named
        return (*named, *auctions_of(states, self.payer_id, procurement.authority_id))

    def consults(self, states: States) -> tuple[str, ...]:
        """Return what a supplier takes part in that names a procurement."""
        payer = states.known(Organisation, self.payer_id)
        if self.procurement_id is None or payer is None or payer.side != "supplier":
            return ()
        return (participations_of(self.payer_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Record an input.

        - The payer records it itself: an authority, a supplier or a community organisation.
        - The payer is of the side that the person acts for, and verified.
        - Where a procurement is named, an authority is that whose it is.
        - Where a procurement is named, a supplier took part in an auction of it whose bids are
          ranked: this record is everybody's, and tells nothing that is hidden (invariant 12).
        - The amount is more than nothing, and the period does not run backwards.
        """
        del now
        refusal = unless_acting(actor, self.payer_id, "authority", "supplier", "community")
        payer = states.of(Organisation, self.payer_id)
        refusal = refusal or unless_verified(payer, actor.side)
        refusal = refusal or self._unless_apart(states, payer)
        refusal = refusal or unless_spent(self.amount_pence, self.period_from, self.period_to)
        if refusal:
            return refusal
        recorded = InputRecorded(
            payer_id=self.payer_id,
            procurement_id=self.procurement_id,
            period_from=self.period_from,
            period_to=self.period_to,
            what=self.what,
            basis=self.basis,
            amount_pence=self.amount_pence,
        )
        return [(self.spend_id, recorded)]

    def _unless_apart(self, states: States, payer: Organisation) -> Refusal | None:
        """Refuse the procurement of another authority, and one that a supplier may not name."""
        if self.procurement_id is None:
            return None
        authority_id = states.of(Procurement, self.procurement_id).authority_id
        if payer.side == "authority" and authority_id != self.payer_id:
            return NOT_YOURS.refuse(organisation=authority_id)
        if payer.side == "supplier" and not self._shown(states, authority_id):
            return PARTICIPATION_HIDDEN.refuse(procurement=self.procurement_id)
        return None

    def _shown(self, states: States, authority_id: str) -> bool:
        """Whether the payer took part in a ranked auction of the procurement that it names.

        One that was ranked and voided later stays shown by its ranking.
        """
        named = auctions_of(states, self.payer_id, authority_id)
        auctions = (states.of(Auction, one) for one in named)
        return any(
            auction.procurement_id == self.procurement_id
            and (auction.phase == "ranked" or bool(auction.ranking))
            for auction in auctions
        )
