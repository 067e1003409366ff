"""The end of an auction: late bids that move it, the clock, the ranking, pauses and voids."""

from datetime import timedelta

from svx_ledger.domain.auction.breaks import AuctionResumed
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionExtended,
    BidAccepted,
    BidsRanked,
    RankedBid,
)
from svx_ledger.domain.award.events import AssessmentRanked
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact
from tests.audit.honest import RECOVERY

ESTATES = "auction-estates"
SECOND = timedelta(seconds=1)


@breach("auction-extended.closes_at")
def extension_too_long(draft: Draft) -> Fact:
    fact = draft.fact(AuctionExtended, ESTATES)
    assert isinstance(fact.event, AuctionExtended)
    return fact.set(closes_at=fact.event.closes_at + SECOND)


@breach("auction-extended.closes_at_was")
def extension_from_another_close(draft: Draft) -> Fact:
    fact = draft.fact(AuctionExtended, ESTATES)
    assert isinstance(fact.event, AuctionExtended)
    return fact.set(closes_at_was=fact.event.closes_at_was - SECOND)


@breach("auction-extended-missing")
def extension_missing(draft: Draft) -> Fact:
    told = draft.find("SubmitBid", ESTATES, 6)
    told.facts.remove(told.fact(AuctionExtended))
    return told.first


@breach("auction-extended-unfounded")
def extension_unfounded(draft: Draft) -> Fact:
    """A bid two hours before the close moves it."""
    bid, later = (draft.find("SubmitBid", ESTATES, nth) for nth in (0, 6))
    extension = draft.copy(later).fact(AuctionExtended).set(bid_no=1)
    bid.facts.append(extension)
    return extension


@breach("close-not-due")
def close_at_another_instant(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    fact = told.fact(AuctionClosed)
    assert isinstance(fact.event, AuctionClosed)
    told.id = told.id.replace("12:06:10.000000", "12:06:09.000000")
    return fact.set(closed_at=fact.event.closed_at - SECOND)


@breach("deadline-early")
def close_before_its_time(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    told.at -= SECOND
    return told.first


@breach("deadline-skipped")
def close_missing_before_a_later_event(draft: Draft) -> Fact:
    """A bid after the close is rejected, but nobody closed the auction before."""
    draft.drop(draft.find("CloseAuction", ESTATES))
    return draft.find("SubmitBid", ESTATES, -1).first


@breach("deadline-skipped")
def bid_taken_after_a_close_that_nobody_wrote(draft: Draft) -> Fact:
    """The bid is accepted, the close is written just after it."""
    last, close = draft.find("SubmitBid", RECOVERY, -2), draft.find("CloseAuction", RECOVERY)
    assert isinstance(last.first.event, BidAccepted)
    last.at = close.at - timedelta(microseconds=1)
    return last.first


@breach("clock-command-id")
def close_under_another_id(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    told.id = told.id.replace("estates", "recovery")
    return told.first


@breach("role-not-allowed")
def close_by_a_person(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES).by(draft.by("person-marchshire-buyer"))
    told.id = "closed-by-hand"
    return told.first


@breach("role-not-allowed")
def opening_by_the_clock(draft: Draft) -> Fact:
    clock = draft.find("CloseAuction", ESTATES).actor
    return draft.find("OpenAuction", ESTATES).by(clock).first


@breach("bids-ranked-missing")
def close_without_a_ranking(draft: Draft) -> Fact:
    told = draft.find("CloseAuction", ESTATES)
    told.facts.remove(told.fact(BidsRanked))
    return told.first


@breach("bids-ranked.ranking")
def ranking_in_another_order(draft: Draft) -> Fact:
    return _swapped(draft.find("CloseAuction", ESTATES).fact(BidsRanked))


@breach("bids-ranked.ranking", of="tied")
def tie_lost_by_the_earlier_bid(draft: Draft) -> Fact:
    fact = draft.fact(BidsRanked)
    assert isinstance(fact.event, BidsRanked)
    first, second = fact.event.ranking
    assert first.value_pence == second.value_pence
    return _swapped(fact)


def _swapped(fact: Fact) -> Fact:
    """Let the first two change places."""
    assert isinstance(fact.event, BidsRanked)
    first, second, *others = fact.event.ranking
    swapped = [_at(1, second), _at(2, first), *others]
    return fact.set(ranking=tuple(swapped))


def _at(rank: int, bid: RankedBid) -> RankedBid:
    return RankedBid(
        rank=rank,
        supplier_id=bid.supplier_id,
        bid_no=bid.bid_no,
        value_pence=bid.value_pence,
        score_points=bid.score_points,
    )


@breach("bids-ranked.ranking")
def excluded_bidder_keeps_its_rank(draft: Draft) -> Fact:
    before = draft.fact(BidsRanked, "auction-catering").event
    assert isinstance(before, BidsRanked)
    told = draft.find("ApproveExclusion", "auction-catering")
    return told.fact(BidsRanked).set(ranking=before.ranking)


@breach("bids-ranked-missing")
def exclusion_without_a_new_ranking(draft: Draft) -> Fact:
    told = draft.find("ApproveExclusion", "auction-catering")
    told.facts.remove(told.fact(BidsRanked))
    return told.fact(AssessmentRanked)


@breach("assessment-ranked-missing")
def exclusion_without_a_new_assessment(draft: Draft) -> Fact:
    told = draft.find("ApproveExclusion", "auction-catering")
    told.facts.remove(told.fact(AssessmentRanked))
    return told.fact(BidsRanked)


@breach("auction-resumed.closes_at")
def pause_given_back_too_long(draft: Draft) -> Fact:
    fact = draft.fact(AuctionResumed)
    assert isinstance(fact.event, AuctionResumed)
    return fact.set(closes_at=fact.event.closes_at + SECOND)


@breach("auction-resumed.hard_stop")
def hard_stop_left_where_it_was(draft: Draft) -> Fact:
    fact = draft.fact(AuctionResumed)
    assert isinstance(fact.event, AuctionResumed)
    return fact.set(hard_stop=fact.event.hard_stop_was)
