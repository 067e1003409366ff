"""Bids on record otherwise than they were judged: rejected, valued, numbered, withdrawn."""

from datetime import timedelta

from svx_ledger.domain.auction.events import BidAccepted, BidRejected, BidWithdrawn
from svx_ledger.domain.rule import Facts
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact, Told

ESTATES = "auction-estates"
SECOND = timedelta(seconds=1)


def rejected(told: Told, rule: str, facts: Facts) -> Fact:
    """Let a bid that was accepted have been rejected, under a rule."""
    fact = told.first
    bid = fact.event
    assert isinstance(bid, BidAccepted)
    fact.event = BidRejected(
        supplier_id=bid.supplier_id,
        lines=bid.lines,
        bid_no=bid.bid_no,
        rule=rule,
        facts=facts,
        minute=told.at.replace(second=0, microsecond=0),
        of_minute=1,
    )
    return fact


@breach("rejected-without-a-rule")
def bid_rejected_without_a_rule(draft: Draft) -> Fact:
    facts = {"value_pence": 1, "standing_pence": 2, "least_pence": 3}
    return rejected(draft.find("SubmitBid", ESTATES, 4), "bid-below-increment", facts)


@breach("rejected-by-another-rule")
def bid_rejected_by_another_rule(draft: Draft) -> Fact:
    return draft.fact(BidRejected, ESTATES).set(rule="quantity-above-cap")


@breach("bid-rejected.facts")
def bid_rejected_with_other_facts(draft: Draft) -> Fact:
    fact = draft.fact(BidRejected, ESTATES)
    assert isinstance(fact.event, BidRejected)
    return fact.set(facts={**fact.event.facts, "least_pence": 161_360_001})


@breach("withdrawal-not-allowed")
def bid_withdrawn_where_the_rules_forbid_it(draft: Draft) -> Fact:
    told = draft.find("SubmitBid", ESTATES, 1)
    gone = BidWithdrawn(supplier_id="organisation-harle", reason="A mistake", bid_no=2)
    withdrawn = draft.tell("WithdrawBid", told.actor, [(ESTATES, gone)])
    return draft.put(withdrawn, after=told, at=told.at + SECOND).first


@breach("no-standing-bid")
def bid_withdrawn_that_does_not_stand(draft: Draft) -> Fact:
    told = draft.find("WithdrawBid", "auction-cleaning")
    again = draft.copy(told)
    return draft.put(again, after=told, at=told.at + SECOND).first


@breach("bid-accepted.value_pence")
def bid_of_a_wrong_value(draft: Draft) -> Fact:
    fact = draft.fact(BidAccepted, ESTATES, 1)
    assert isinstance(fact.event, BidAccepted)
    return fact.set(value_pence=fact.event.value_pence + 1)


@breach("bid-accepted.score_points")
def bid_of_a_wrong_score(draft: Draft) -> Fact:
    fact = draft.fact(BidAccepted, "auction-fleetagain")
    assert isinstance(fact.event, BidAccepted)
    assert fact.event.score_points is not None
    return fact.set(score_points=fact.event.score_points + 1)


@breach("bid-accepted.value_pence", of="tied")
def bid_at_a_rate_valued_at_its_cap(draft: Draft) -> Fact:
    """£10m of reference spend makes £1,000 of the first line; its cap is £10,000."""
    fact = draft.fact(BidAccepted, nth=1)
    assert isinstance(fact.event, BidAccepted)
    assert fact.event.lines[1].rate is not None
    return fact.set(value_pence=fact.event.value_pence + 900_000)


@breach("bid-accepted.bid_no")
def rejected_bid_left_out(draft: Draft) -> Fact:
    """Nobody is to know of the attempt; the number of the next bid tells."""
    draft.drop(draft.find("SubmitBid", ESTATES, 3))
    return draft.find("SubmitBid", ESTATES, 3).first


@breach("bid-accepted.bid_no")
def bids_exchanged_with_their_times(draft: Draft) -> Fact:
    first, second = (draft.find("SubmitBid", ESTATES, nth) for nth in (1, 2))
    first.at, second.at = second.at, first.at
    draft.told.remove(second)
    draft.told.insert(draft.told.index(first), second)
    return second.first


@breach("rejection-quota")
def rejections_beyond_the_quota(draft: Draft) -> Fact:
    """The sixty-first within one minute is on record as another sixtieth."""
    told = draft.find("SubmitBid", ESTATES, 3)
    for number in range(2, 62):
        again = draft.copy(told)
        again.first.set(bid_no=3 + number, of_minute=min(number, 60))
        told = draft.put(again, after=told)
    return told.first
