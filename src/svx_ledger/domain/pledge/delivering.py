"""Delivery: the supplier claims by instalments, the other side confirms what arrived."""

from dataclasses import dataclass
from datetime import date, datetime

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.bounds import unless_statable, unless_whole
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.evidence import EVIDENCE_USED, evidence_key
from svx_ledger.domain.form import PledgeId, Quantity, Sha256
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_acting, unless_supplier
from svx_ledger.domain.private import Private
from svx_ledger.domain.rule import PERIOD_BACKWARDS, SAME_PERSON, Rule
from svx_ledger.domain.uk_calendar import uk_date

from .events import DeliveryClaimed, DeliveryConfirmed
from .independence import ties, unless_independent
from .outcomes import ClaimNo
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
DELIVERED_AFTER_CLOSE = Rule(
    "delivered-after-close",
    "Nothing more is delivered on a pledge that was released or written off.",
    "Claim what was delivered up to that day.",
)
NO_OPEN_CLAIM = Rule(
    "no-open-claim",
    "A confirmation decides a claim, and each claim is decided once.",
    "Name a claim of this pledge that nobody has decided yet.",
    "conflict",
)
CLAIM_DISPUTED = Rule(
    "claim-disputed",
    "What is disputed is resolved, not confirmed.",
    "Have the dispute resolved by somebody with no part in it.",
    "conflict",
)
CONFIRMED_ABOVE_CLAIMED = Rule(
    "confirmed-above-claimed",
    "No more is confirmed than was claimed.",
    "Confirm what was claimed; the supplier claims the rest.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDelivery(Command):
    """Say what was delivered, with the digest of what shows it; a `note` is private."""

    pledge_id: PledgeId
    quantity: Quantity
    delivered_from: date
    delivered_to: date
    evidence_sha256: Sha256
    note: Private | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge, and the contract that it is part of."""
        if self.pledge_id not in states:
            return (self.pledge_id,)
        return (self.pledge_id, states.of(Pledge, self.pledge_id).terms.contract_id)

    def claims(self) -> tuple[str, ...]:
        """Return the evidence, which serves one pledge unless it is apportioned."""
        return (evidence_key(self.evidence_sha256),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Claim a delivery.

        - The pledge's supplier claims.
        - More than nothing was delivered.
        - What cannot be divided was delivered in whole units.
        - The first day of delivery is not after the last.
        - It was delivered by today.
        - It was delivered by the day on which the pledge was released or written off, if it
          was: until that day it may be claimed later, as over-delivery.
        - A piece of evidence serves one pledge, unless the contract apportioned it to several
          of which this is one (invariant 16).
        - A claim is never refused for excess (invariant 15), but all that is claimed has a
          value that a record can state.
        - Delivery outside the contract period, before the contract was entered or after it
          ended is flagged (invariant 18).
        """
        pledge = states.of(Pledge, self.pledge_id)
        terms = pledge.terms
        contract = states.of(Contract, terms.contract_id)
        if refusal := unless_supplier(actor, terms.supplier_id):
            return refusal
        if self.quantity <= 0:
            return NOTHING_DELIVERED.refuse(quantity=self.quantity, unit=terms.unit)
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
        if pledge.closed_on is not None and self.delivered_to > pledge.closed_on:
            return DELIVERED_AFTER_CLOSE.refuse(
                delivered_to=self.delivered_to.isoformat(),
                closed_on=pledge.closed_on.isoformat(),
            )
        holder = states.holder(evidence_key(self.evidence_sha256))
        apportioned = self.pledge_id in contract.apportioned.get(self.evidence_sha256, ())
        if holder not in (None, self.pledge_id) and not apportioned:
            return EVIDENCE_USED.refuse(held_by=holder)
        worth_pence = pledge.value_pence(pledge.claimed + self.quantity)
        if refusal := unless_statable(worth_pence):
            return refusal
        earliest = max(terms.period_from, terms.entered_on)
        latest = min(terms.period_to, contract.ended_on or terms.period_to)
        inside = earliest <= self.delivered_from and self.delivered_to <= latest
        claimed = DeliveryClaimed(
            quantity=self.quantity,
            delivered_from=self.delivered_from,
            delivered_to=self.delivered_to,
            evidence_sha256=self.evidence_sha256,
            claim_no=pledge.claims + 1,
            value_pence=worth_pence - pledge.value_pence(pledge.claimed),
            outside_period=not inside,
            claimed_by=actor.id,
            apportioned=apportioned or None,
            shown_before=holder == self.pledge_id or None,
            note=self.note,
        )
        return [(self.pledge_id, claimed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDelivery(Command):
    """Say how much of a claim arrived: all of it, or part."""

    pledge_id: PledgeId
    claim_no: ClaimNo
    quantity: Quantity

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the pledge, and what shows who has a tie to its supplier."""
        if self.pledge_id not in states:
            return (self.pledge_id,)
        return (self.pledge_id, *ties(states.of(Pledge, self.pledge_id).terms))

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Confirm a delivery.

        - The community organisation or the authority of the pledge confirms.
        - Who confirms acts for nobody else: not for the supplier, not for the operator.
        - Who confirms has no tie to the supplier and no conflict: see `unless_independent`.
        - A claim is decided once, and not after it was withdrawn.
        - What is disputed is resolved, not confirmed.
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
        refusal = unless_acting(actor, own, "community", "authority")
        if refusal := refusal or unless_independent(states, terms, actor):
            return refusal
        claimed = pledge.open_claims.get(self.claim_no)
        if claimed is None:
            return NO_OPEN_CLAIM.refuse(claim_no=self.claim_no, claims=pledge.claims)
        if self.claim_no in pledge.disputes:
            return CLAIM_DISPUTED.refuse(claim_no=self.claim_no)
        if actor.id in pledge.claimers:
            return SAME_PERSON.refuse(person=actor.id)
        if self.quantity <= 0:
            return NOTHING_DELIVERED.refuse(quantity=self.quantity, unit=terms.unit)
        if refusal := unless_whole(self.quantity, divisible=terms.divisible, unit=terms.unit):
            return refusal
        if self.quantity > claimed:
            return CONFIRMED_ABOVE_CLAIMED.refuse(
                quantity=self.quantity,
                claimed=claimed,
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
