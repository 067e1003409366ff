"""Deliveries: what is claimed, who confirms it, on what evidence, and how much counts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from svx_ledger.domain.contract.running import EvidenceApportioned
from svx_ledger.domain.organisation import DeclareConnection
from svx_ledger.domain.pledge.events import DeliveryClaimed, DeliveryConfirmed
from svx_ledger.domain.pledge.outcomes import ClaimWithdrawn, DisputeResolved
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact

CONTRACT = "contract-estates"
HUBS = "pledge-c59c86e06aa0f4f1571c47ec6a"
LAPTOPS = "pledge-a35e3bc575b55f90eb6851fe59"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@breach("confirmed-above-claimed")
def more_confirmed_than_was_claimed(draft: Draft) -> Fact:
    fact = draft.fact(DeliveryConfirmed, LAPTOPS)
    assert isinstance(fact.event, DeliveryConfirmed)
    return fact.set(quantity=fact.event.quantity + 1)


@breach("no-open-claim")
def delivery_confirmed_twice(draft: Draft) -> Fact:
    told = draft.find("ConfirmDelivery", LAPTOPS)
    return draft.put(draft.copy(told), after=told).first


@breach("connected-to-supplier")
def delivery_confirmed_by_the_suppliers_group(draft: Draft) -> Fact:
    """The operator declares the tie before; the confirmation goes on as if there were none."""
    tie = DeclareConnection(
        organisation_id="organisation-lantern",
        connected_to="organisation-brackwater",
        nature="parent",
    )
    confirmed = draft.find("ConfirmDelivery", LAPTOPS)
    draft.give(tie, draft.by("person-operator"), after=draft.before(confirmed))
    return confirmed.first


@breach("role-not-allowed")
def delivery_confirmed_by_the_supplier(draft: Draft) -> Fact:
    signatory = draft.by("person-brackwater-signatory")
    return draft.find("ConfirmDelivery", LAPTOPS).by(signatory).first


@breach("role-not-allowed")
def delivery_confirmed_by_the_operator(draft: Draft) -> Fact:
    return draft.find("ConfirmDelivery", LAPTOPS).by(draft.by("person-operator")).first


@breach("not-yours")
def delivery_confirmed_by_another_community(draft: Draft) -> Fact:
    stranger = draft.by("person-doorstep-confirmer")
    return draft.find("ConfirmDelivery", LAPTOPS).by(stranger).first


@breach("claim-disputed")
def disputed_claim_confirmed(draft: Draft) -> Fact:
    disputed = draft.find("DisputeDelivery")
    pledge = disputed.first.stream
    again = draft.copy(draft.find("ConfirmDelivery", pledge))
    again.first.set(claim_no=2)
    return draft.put(again, after=disputed, at=disputed.at + MINUTE).first


@breach("takes-part")
def dispute_resolved_by_somebody_of_the_community(draft: Draft) -> Fact:
    told = draft.find("ResolveDispute")
    pledge = draft.world(told).streams[told.first.stream]
    told.actor = replace(told.actor, organisation=pledge.terms.community_id)  # type: ignore[attr-defined]
    return told.first


@breach("dispute-resolved.counted_pence")
def dispute_resolved_for_another_sum(draft: Draft) -> Fact:
    fact = draft.fact(DisputeResolved)
    assert isinstance(fact.event, DisputeResolved)
    return fact.set(counted_pence=fact.event.counted_pence + 1)


@breach("evidence-used")
def evidence_used_twice(draft: Draft) -> Fact:
    shown = draft.fact(DeliveryClaimed, LAPTOPS).event
    assert isinstance(shown, DeliveryClaimed)
    return draft.fact(DeliveryClaimed, HUBS).set(evidence_sha256=shown.evidence_sha256)


@breach("shares-not-whole")
def evidence_apportioned_to_more_than_one(draft: Draft) -> Fact:
    fact = draft.fact(EvidenceApportioned)
    assert isinstance(fact.event, EvidenceApportioned)
    first, *others = fact.event.shares
    more = replace(first, share=first.share + Decimal("0.1"))
    return fact.set(shares=(more, *others))


@breach("delivery-claimed.apportioned")
def evidence_said_to_be_apportioned(draft: Draft) -> Fact:
    return draft.fact(DeliveryClaimed, LAPTOPS).set(apportioned=True)


@breach("delivery-claimed.outside_period")
def delivery_outside_the_period_without_its_flag(draft: Draft) -> Fact:
    """Delivered before the contract was entered; the flag is left off."""
    fact = draft.fact(DeliveryClaimed, HUBS)
    return fact.set(delivered_from=date(2025, 8, 31))


@breach("delivered-in-the-future")
def delivery_claimed_before_it_was_made(draft: Draft) -> Fact:
    told = draft.find("ClaimDelivery", HUBS)
    return told.first.set(delivered_to=told.at.date() + DAY)


@breach("delivery-claimed.value_pence", of="tied")
def instalments_rounded_one_by_one(draft: Draft) -> Fact:
    """Each half penny by itself is worth nothing; the second makes a penny of the first."""
    fact = draft.fact(DeliveryClaimed, nth=1)
    assert isinstance(fact.event, DeliveryClaimed)
    assert fact.event.value_pence == 1
    return fact.set(value_pence=0)


@breach("claim-withdrawn.quantity")
def claim_withdrawn_in_part(draft: Draft) -> Fact:
    fact = draft.fact(ClaimWithdrawn)
    assert isinstance(fact.event, ClaimWithdrawn)
    return fact.set(quantity=fact.event.quantity - 1)
