"""Delivery: the supplier claims by instalments, the other side confirms what arrived."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.bounds import unless_statable, unless_whole
from svx_ledger.domain.form import PledgeId, Quantity, Sha256
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_acting, unless_supplier
from svx_ledger.domain.rule import PERIOD_BACKWARDS, SAME_PERSON, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import ClaimNo, DeliveryClaimed, DeliveryConfirmed, evidence_key
from .state import Pledge

NOTHING_DELIVERED = Rule(
    "nothing-delivered",
    "A claim or a confirmation is of more than nothing.",
    "State how much was delivered.",
)
DELIVERED_IN_THE_FUTURE = Rule(
    "delivered-in-the-future",
    "What is claimed has been delivered.",
    "Claim it on the last day of the delivery or later.",
)
EVIDENCE_USED = Rule(
    "evidence-used",
    "A piece of evidence serves one pledge.",
    "Give the evidence of this delivery.",
    "conflict",
)
NO_OPEN_CLAIM = Rule(
    "no-open-claim",
    "A confirmation decides a claim, and each claim is decided once.",
    "Name a claim of this pledge that nobody has decided yet.",
    "conflict",
)
CONFIRMED_ABOVE_CLAIMED = Rule(
    "confirmed-above-claimed",
    "No more is confirmed than was claimed.",
    "Confirm what was claimed; the supplier claims the rest.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDelivery(Command):
    """Say what was delivered, with the digest of what shows it."""

    pledge_id: PledgeId
    quantity: Quantity
    delivered_from: date
    delivered_to: date
    evidence_sha256: Sha256

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the evidence, which serves one pledge."""
        return (evidence_key(self.evidence_sha256),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Claim a delivery.

        - The pledge's supplier claims.
        - More than nothing was delivered.
        - What cannot be divided was delivered in whole units.
        - The first day of delivery is not after the last.
        - It was delivered by today.
        - A piece of evidence serves one pledge (invariant 16).
        - A claim is never refused for excess (invariant 15), but all that is claimed has a
          value that a record can state.
        - Delivery outside the contract period, or before the contract was entered, is flagged
          (invariant 18).
        """
        pledge = states.of(Pledge, self.pledge_id)
        terms = pledge.terms
        if refusal := unless_supplier(actor, terms.supplier_id):
            return refusal
        if self.quantity <= 0:
            return NOTHING_DELIVERED.refuse(quantity=f"{self.quantity:f}", unit=terms.unit)
        if refusal := unless_whole(self.quantity, divisible=terms.divisible, unit=terms.unit):
            return refusal
        if self.delivered_from > self.delivered_to:
            return PERIOD_BACKWARDS.refuse(
                period_from=self.delivered_from.isoformat(),
                period_to=self.delivered_to.isoformat(),
            )
        today = uk_date(now)
        if self.delivered_to > today:
            return DELIVERED_IN_THE_FUTURE.refuse(
                delivered_to=self.delivered_to.isoformat(), today=today.isoformat()
            )
        holder = states.holder(evidence_key(self.evidence_sha256))
        if holder not in (None, self.pledge_id):
            return EVIDENCE_USED.refuse(pledge=holder)
        worth_pence = pledge.value_pence(pledge.claimed + self.quantity)
        if refusal := unless_statable(worth_pence):
            return refusal
        earliest = max(terms.period_from, terms.entered_on)
        inside = earliest <= self.delivered_from and self.delivered_to <= terms.period_to
        claimed = DeliveryClaimed(
            quantity=self.quantity,
            delivered_from=self.delivered_from,
            delivered_to=self.delivered_to,
            evidence_sha256=self.evidence_sha256,
            claim_no=pledge.claims + 1,
            value_pence=worth_pence - pledge.value_pence(pledge.claimed),
            outside_period=not inside,
            claimed_by=actor.id,
        )
        return [(self.pledge_id, claimed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDelivery(Command):
    """Say how much of a claim arrived: all of it, or part."""

    pledge_id: PledgeId
    claim_no: ClaimNo
    quantity: Quantity

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge."""
        del states
        return (self.pledge_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Confirm a delivery.

        - The community organisation or the authority of the pledge confirms.
        - Who confirms acts for nobody else: not for the supplier, not for the operator.
        - A claim is decided once.
        - Nobody confirms who has ever claimed on the same pledge.
        - More than nothing is confirmed.
        - What cannot be divided is confirmed in whole units.
        - No more is confirmed than was claimed (invariant 17).
        - What exceeds the quantity owed is confirmed but not counted (invariant 15).
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
        if actor.id in pledge.claimers:
            return SAME_PERSON.refuse(person=actor.id)
        if self.quantity <= 0:
            return NOTHING_DELIVERED.refuse(quantity=f"{self.quantity:f}", unit=terms.unit)
        if refusal := unless_whole(self.quantity, divisible=terms.divisible, unit=terms.unit):
            return refusal
        if self.quantity > claimed:
            return CONFIRMED_ABOVE_CLAIMED.refuse(
                quantity=f"{self.quantity:f}",
                claimed=f"{claimed:f}",
                unit=terms.unit,
            )
        before, after = pledge.confirmed, pledge.confirmed + self.quantity
        confirmed = DeliveryConfirmed(
            claim_no=self.claim_no,
            quantity=self.quantity,
            by="authority" if actor.side == "authority" else "community",
            confirmed_by=actor.id,
            value_pence=pledge.value_pence(after) - pledge.value_pence(before),
            counted_pence=pledge.counted_pence(after, owed=pledge.quantity)
            - pledge.counted_pence(before, owed=pledge.quantity),
        )
        return [(self.pledge_id, confirmed)]


COMMANDS: tuple[type[Command], ...] = (ClaimDelivery, ConfirmDelivery)
