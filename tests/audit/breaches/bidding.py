"""Bids that break a rule and were accepted all the same, or broke none and were rejected."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import (
    BidAccepted,
    BidLine,
    BidRejected,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
)
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier
from svx_ledger.domain.auction.lines import worth
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.exclusion import ApproveExclusion, RequestExclusion
from svx_ledger.domain.procurement import ConflictsReviewed, ReviewConflicts
from svx_ledger.domain.procurement.events import SupplierFinding
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact, Told

ESTATES = "auction-estates"
SECOND = timedelta(seconds=1)


def accepted(draft: Draft, told: Told) -> Fact:
    """Let a bid that was rejected have been accepted, at what its lines are worth."""
    fact = told.first
    rejected = fact.event
    assert isinstance(rejected, BidRejected)
    auction = draft.world(told).streams[fact.stream]
    assert isinstance(auction, Auction)
    value = worth(rejected.lines, auction.needs, auction.terms)
    fact.event = BidAccepted(
        supplier_id=rejected.supplier_id,
        lines=rejected.lines,
        bid_no=rejected.bid_no,
        value_pence=value.value_pence,
        score_points=value.score_points,
    )
    return fact


def first_line(draft: Draft, **fields: object) -> Fact:
    """Let the first line of the second bid on the estates say something else."""
    fact = draft.find("SubmitBid", ESTATES, 1).first
    assert isinstance(fact.event, BidAccepted)
    first, *others = fact.event.lines
    return fact.set(lines=(replace(first, **fields), *others))  # type: ignore[arg-type]


@breach("auction-closed")
def late_bid_accepted(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", ESTATES, -1))


@breach("auction-not-open")
def bid_before_the_opening(draft: Draft) -> Fact:
    bid = draft.find("SubmitBid", ESTATES)
    return draft.move(bid, after=draft.find("SealAssessment", ESTATES)).first


@breach("bid-below-increment")
def bid_below_increment_accepted(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", ESTATES, 3))


@breach("bid-below-reserve")
def bid_below_reserve_accepted(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", "auction-groundsagain"))


@breach("single-bid")
def second_bid_of_a_single_round_accepted(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", "auction-catering", 2))


@breach("auction-paused")
def bid_during_a_pause_accepted(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", "auction-fleetagain", 2))


@breach("quantity-above-cap")
def bid_over_the_cap(draft: Draft) -> Fact:
    return accepted(draft, draft.find("SubmitBid", "auction-recovery", 2))


@breach("need-not-listed")
def bid_on_a_need_that_is_not_listed(draft: Draft) -> Fact:
    return first_line(draft, need_id="need-suppers")


@breach("need-twice")
def bid_twice_on_one_need(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    assert isinstance(fact.event, BidAccepted)
    return fact.set(lines=(*fact.event.lines, fact.event.lines[0]))


@breach("wrong-unit")
def bid_in_another_unit(draft: Draft) -> Fact:
    return first_line(draft, unit="hour")


@breach("quantity-not-positive")
def bid_of_nothing(draft: Draft) -> Fact:
    return first_line(draft, quantity=Decimal(0))


@breach("quantity-indivisible")
def bid_of_half_a_laptop(draft: Draft) -> Fact:
    fact = draft.find("SubmitBid", ESTATES, 1).first
    assert isinstance(fact.event, BidAccepted)
    cash, laptops = fact.event.lines
    return fact.set(lines=(cash, replace(laptops, quantity=Decimal("587.5"))))


@breach("rate-without-reference")
def bid_at_a_rate_without_reference_spend(draft: Draft) -> Fact:
    return first_line(draft, rate=Decimal("0.01"))


@breach("supplier-not-qualified")
def bid_by_a_supplier_that_is_not_qualified(draft: Draft) -> Fact:
    """Invited late and willing, but never found fit, as the sealed scores do not know it."""
    newcomer = "organisation-glimmerfold"
    bidder = draft.by("person-glimmerfold-bidder")
    invite = InviteSupplier(auction_id=ESTATES, supplier_id=newcomer)
    sealed = draft.find("SealAssessment", ESTATES)
    invited = draft.give(invite, draft.by("person-marchshire-buyer"), after=sealed)
    agree = AcceptInvitation(auction_id=ESTATES, supplier_id=newcomer)
    draft.give(agree, bidder, after=invited)
    return _bid(draft, bidder, pretending=[SupplierQualified(supplier_id=newcomer, basis="-")])


@breach("not-invited")
def bid_by_a_supplier_that_nobody_invited(draft: Draft) -> Fact:
    bidder = draft.by("person-glimmerfold-bidder")
    assert bidder.organisation is not None
    fit = SupplierQualified(supplier_id=bidder.organisation, basis="-")
    invited = SupplierInvited(supplier_id=bidder.organisation)
    agreed = InvitationAccepted(supplier_id=bidder.organisation)
    return _bid(draft, bidder, pretending=[invited, agreed, fit])


def _bid(
    draft: Draft,
    bidder: Actor,
    pretending: list[SupplierInvited | InvitationAccepted | SupplierQualified],
) -> Fact:
    assert bidder.organisation is not None
    line = BidLine(need_id="need-hubs", unit="£", quantity=Decimal(2_000_000))
    bid = SubmitBid(auction_id=ESTATES, supplier_id=bidder.organisation, lines=(line,))
    after = draft.find("SubmitBid", ESTATES, 1)
    pretended = [(ESTATES, event) for event in pretending]
    return draft.give(
        bid, bidder, after=after, at=after.at + SECOND, pretending=pretended
    ).first


@breach("supplier-excluded")
def bid_by_an_excluded_supplier(draft: Draft) -> Fact:
    """Two people exclude it while bidding goes on; its next bid is accepted as before."""
    first = draft.find("SubmitBid", ESTATES)
    supplier = "organisation-harle"
    ask = RequestExclusion(
        auction_id=ESTATES, supplier_id=supplier, ground="mandatory", reason="Found out"
    )
    asked = draft.give(ask, draft.by("person-marchshire-buyer"), after=first)
    agree = ApproveExclusion(auction_id=ESTATES, supplier_id=supplier)
    draft.give(agree, draft.by("person-marchshire-approver"), after=asked)
    return draft.find("SubmitBid", ESTATES, 1).first


@breach("supplier-conflicted")
def bid_by_a_conflicted_supplier(draft: Draft) -> Fact:
    known = draft.find("ReviewConflicts", "procurement-estates", 1).first.event
    assert isinstance(known, ConflictsReviewed)
    found = SupplierFinding(supplier_id="organisation-harle", outcome="live")
    review = ReviewConflicts(
        procurement_id="procurement-estates",
        occasion="declaration",
        findings=known.findings,
        suppliers=(found,),
    )
    after = draft.find("SubmitBid", ESTATES)
    draft.give(review, draft.by("person-marchshire-buyer"), after=after)
    return draft.find("SubmitBid", ESTATES, 1).first


@breach("not-yours")
def bid_given_by_another_suppliers_person(draft: Draft) -> Fact:
    return draft.find("SubmitBid", ESTATES, 1).by(draft.by("person-brackwater-bidder")).first


@breach("role-not-allowed")
def bid_given_by_the_operator(draft: Draft) -> Fact:
    return draft.find("SubmitBid", ESTATES, 1).by(draft.by("person-operator")).first
