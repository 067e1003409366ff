"""Claims that are not simply confirmed: withdrawn by the supplier, or disputed and resolved."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.bounds import unless_whole
from svx_ledger.domain.form import PledgeId, Quantity, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_acting, unless_authority, unless_supplier
from svx_ledger.domain.private import Private
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, SAME_PERSON, WRONG_STATE, Refusal, Rule

from .delivering import CONFIRMED_ABOVE_CLAIMED, NO_OPEN_CLAIM
from .events import PledgeCommitted
from .independence import ties, unless_independent
from .outcomes import ClaimNo, ClaimWithdrawn, DeliveryDisputed, DisputeResolved
from .state import Pledge

RESOLVING: Final = ("authority.approver", "authority.contract_manager")

TAKES_PART = Rule(
    "takes-part",
    "A dispute is resolved by the authority, or by somebody who belongs to neither side.",
    "Ask an auditor or evaluator of another organisation.",
    "forbidden",
)
RESOLVED_BELOW_NOTHING = Rule(
    "resolved-below-nothing",
    "The least that can have arrived is nothing.",
    "State how much of the claim arrived.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawClaim(Command):
    """Take back a claim that nobody has decided."""

    pledge_id: PledgeId
    claim_no: ClaimNo
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Withdraw a claim.

        - The pledge's supplier withdraws it.
        - Nobody has decided the claim; it may be disputed.
        """
        del now
        pledge = states.of(Pledge, self.pledge_id)
        if refusal := unless_supplier(actor, pledge.terms.supplier_id):
            return refusal
        claimed = pledge.open_claims.get(self.claim_no)
        if claimed is None:
            return NO_OPEN_CLAIM.refuse(claim_no=self.claim_no, claims=pledge.claims)
        left = pledge.claimed - claimed
        withdrawn = ClaimWithdrawn(
            claim_no=self.claim_no,
            reason=self.reason,
            quantity=claimed,
            value_pence=pledge.value_pence(pledge.claimed) - pledge.value_pence(left),
            withdrawn_by=actor.id,
            disputed_pence=_disputed_pence(pledge, claimed)
            if self.claim_no in pledge.disputes
            else None,
        )
        return [(self.pledge_id, withdrawn)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDelivery(Command):
    """Say that a claim is not as claimed, and why; what is said of persons is `details`."""

    pledge_id: PledgeId
    claim_no: ClaimNo
    reason: Reason
    details: Private | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Dispute a delivery.

        - The community organisation or the authority of the pledge disputes.
        - Nobody has decided the claim.
        - A claim is disputed once.
        """
        del now
        pledge = states.of(Pledge, self.pledge_id)
        terms = pledge.terms
        own = terms.authority_id if actor.side == "authority" else terms.community_id
        if refusal := unless_acting(actor, own, "community", "authority"):
            return refusal
        claimed = pledge.open_claims.get(self.claim_no)
        if claimed is None:
            return NO_OPEN_CLAIM.refuse(claim_no=self.claim_no, claims=pledge.claims)
        if self.claim_no in pledge.disputes:
            return WRONG_STATE.refuse(state="disputed", expected="claimed")
        before = pledge.value_pence(pledge.disputed)
        disputed = DeliveryDisputed(
            claim_no=self.claim_no,
            reason=self.reason,
            by="authority" if actor.side == "authority" else "community",
            quantity=claimed,
            value_pence=pledge.value_pence(pledge.disputed + claimed) - before,
            disputed_by=actor.id,
            details=self.details,
        )
        return [(self.pledge_id, disputed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveDispute(Command):
    """Find how much of a disputed claim arrived: all of it, part, or nothing."""

    pledge_id: PledgeId
    claim_no: ClaimNo
    quantity: Quantity
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge, and what shows who has a tie to its supplier."""
        if self.pledge_id not in states:
            return (self.pledge_id,)
        return (self.pledge_id, *ties(states.of(Pledge, self.pledge_id).terms))

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Resolve a dispute.

        - An approver or contract manager of the pledge's authority resolves it, or an auditor
          or evaluator of an organisation that is neither side's, and acts for nobody else.
        - Who resolves has no tie to the supplier and no conflict: see `unless_independent`.
        - The claim is disputed, and nobody has decided it.
        - Nobody resolves who disputed it, or who has ever claimed on the same pledge.
        - Between nothing and all that was claimed arrived (invariant 17).
        - What cannot be divided arrived in whole units.
        - What exceeds the quantity owed is not counted (invariant 15).
        """
        del now
        pledge = states.of(Pledge, self.pledge_id)
        terms = pledge.terms
        refusal = _unless_resolving(actor, terms) or unless_independent(states, terms, actor)
        if refusal:
            return refusal
        if self.claim_no not in pledge.disputes:
            return WRONG_STATE.refuse(state="not disputed", expected="disputed")
        if actor.id in pledge.claimers | {pledge.disputes[self.claim_no]}:
            return SAME_PERSON.refuse(person=actor.id)
        claimed = pledge.open_claims[self.claim_no]
        if refusal := self._unless_possible(terms, claimed):
            return refusal
        before, after = pledge.confirmed, pledge.confirmed + self.quantity
        resolved = DisputeResolved(
            claim_no=self.claim_no,
            quantity=self.quantity,
            reason=self.reason,
            by=_side(actor),
            resolved_by=actor.id,
            value_pence=pledge.value_pence(after) - pledge.value_pence(before),
            counted_pence=pledge.counted_pence(after, owed=pledge.quantity)
            - pledge.counted_pence(before, owed=pledge.quantity),
            disputed=claimed,
            disputed_pence=_disputed_pence(pledge, claimed),
        )
        return [(self.pledge_id, resolved)]

    def _unless_possible(self, terms: PledgeCommitted, claimed: Decimal) -> Refusal | None:
        if self.quantity < 0:
            return RESOLVED_BELOW_NOTHING.refuse(quantity=self.quantity, unit=terms.unit)
        if self.quantity > claimed:
            return CONFIRMED_ABOVE_CLAIMED.refuse(
                quantity=self.quantity, claimed=claimed, unit=terms.unit
            )
        return unless_whole(self.quantity, divisible=terms.divisible, unit=terms.unit)


def _disputed_pence(pledge: Pledge, claimed: Decimal) -> int:
    """Return by how much the value under dispute falls without a claim."""
    left = pledge.disputed - claimed
    return pledge.value_pence(pledge.disputed) - pledge.value_pence(left)


def _side(actor: Actor) -> Literal["authority", "auditor", "evaluator"]:
    if actor.side == "authority":
        return "authority"
    return "auditor" if actor.role == "auditor" else "evaluator"


def _unless_resolving(actor: Actor, terms: PledgeCommitted) -> Refusal | None:
    if actor.role in RESOLVING:
        return unless_authority(actor, terms.authority_id)
    if actor.role not in ("auditor", "evaluator"):
        allowed = ", ".join((*RESOLVING, "auditor", "evaluator"))
        return ROLE_NOT_ALLOWED.refuse(allowed=allowed, role=actor.role)
    outside = actor.organisation not in (None, terms.supplier_id, terms.community_id)
    if not outside or actor.on_behalf_of not in (None, actor.organisation):
        return TAKES_PART.refuse(organisation=actor.organisation or "none")
    return None


COMMANDS: tuple[type[Command], ...] = (WithdrawClaim, DisputeDelivery, ResolveDispute)
