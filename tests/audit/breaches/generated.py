"""Breaches in a generated history, where many procurements run side by side."""

from svx_ledger.domain.auction.events import AuctionExtended, BidAccepted, BidsRanked
from svx_ledger.domain.pledge.events import DeliveryConfirmed
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact


@breach("bid-accepted.value_pence", of="generated")
def bid_among_many_of_a_wrong_value(draft: Draft) -> Fact:
    fact = draft.fact(BidAccepted, nth=20)
    assert isinstance(fact.event, BidAccepted)
    return fact.set(value_pence=fact.event.value_pence + 1)


@breach("auction-extended.closes_at", of="generated")
def extension_among_many_too_long(draft: Draft) -> Fact:
    fact = draft.fact(AuctionExtended, nth=2)
    assert isinstance(fact.event, AuctionExtended)
    return fact.set(closes_at=fact.event.closes_at.replace(microsecond=999_999))


@breach("bids-ranked.ranking", of="generated")
def ranking_among_many_without_its_last(draft: Draft) -> Fact:
    ranked = (fact for told in draft.told for fact in told.facts)
    fact = next(f for f in ranked if isinstance(f.event, BidsRanked) and f.event.ranking)
    assert isinstance(fact.event, BidsRanked)
    return fact.set(ranking=fact.event.ranking[:-1])


@breach("delivery-confirmed.counted_pence", of="generated")
def over_delivery_counted_in_full(draft: Draft) -> Fact:
    """What was confirmed beyond what is owed counts for nothing; here it counts as well."""
    facts = (fact for told in draft.told for fact in told.facts)
    return next(_counted(fact) for fact in facts if _over_delivered(fact))


def _over_delivered(fact: Fact) -> bool:
    event = fact.event
    return isinstance(event, DeliveryConfirmed) and event.counted_pence < event.value_pence


def _counted(fact: Fact) -> Fact:
    assert isinstance(fact.event, DeliveryConfirmed)
    return fact.set(counted_pence=fact.event.value_pence)


@breach("delivery-confirmed.counted_pence", of="generated")
def delivery_counted_for_less(draft: Draft) -> Fact:
    fact = draft.fact(DeliveryConfirmed)
    assert isinstance(fact.event, DeliveryConfirmed)
    return fact.set(counted_pence=max(0, fact.event.counted_pence - 1))
