"""One auction up to its last bid: drafted, frozen by two people, invited to, bid on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose
from svx_ledger.domain.listing import DelistNeed, ListNeed, RelistNeed

from .announcing import LOT, WEIGHT, lot
from .scenario import Bid, Procurement, Scenario
from .seeding import SEED, second, somewhat_below
from .step import Act, Step, paced, person, utc

PRICE_WEIGHT, QUALITY_WEIGHT = Decimal(50), Decimal(40)
NOTICE = timedelta(days=7)
LATE = timedelta(minutes=5)
"""Before the close: an accepted bid that changes the order then moves the close by as much."""
OVERTIME = timedelta(hours=1)


def buying(scenario: Scenario, of: Procurement, seed: int = SEED) -> Iterator[Step]:
    """Give everything from the draft to the last bid."""
    yield from paced(utc(of.drafted_at), *_drafted(of), *_invited(of))
    if not of.tenders:
        return
    opened = OpenAuction(auction_id=f"auction-{of.key}")
    yield Step(utc(of.opens_at), person("authority.buyer", of.authority), opened)
    day = of.opens_at.split()[0]
    for bid in of.bids:
        bidder = person("supplier.bidder", bid.supplier)
        at = second(seed, f"second {of.key} {bid.at}", bid.at)
        submitted = _bid(of, bid, scenario.unit_of, seed)
        yield Step(utc(f"{day} {at}"), bidder, submitted, bid.says)


def _drafted(of: Procurement) -> Iterator[Act]:
    auction, buyer = f"auction-{of.key}", person("authority.buyer", of.authority)
    yield (
        buyer,
        DraftAuction(
            auction_id=auction,
            procurement_id=of.procurement_id,
            lot=LOT,
            proxy_set_id=f"proxy-set-{of.proxy_set}",
            terms=replace(_terms(of), **of.terms),
            replaces=None if of.rerun_of is None else f"auction-{of.rerun_of}",
        ),
    )
    for need, relevance in of.needs.items():
        yield buyer, _listed(of, need, auction, relevance)
    for need in of.dropped:
        yield buyer, DelistNeed(need_id=f"need-{need}", auction_id=auction)
    yield buyer, RequestFreeze(auction_id=auction, caps=())
    approver = person("authority.approver", of.authority)
    yield approver, ApproveFreeze(auction_id=auction, request_no=1)
    yield buyer, ScheduleAuction(auction_id=auction)


def _listed(of: Procurement, need: str, auction: str, relevance: str) -> ListNeed | RelistNeed:
    this = f"need-{need}"
    if of.rerun_of is None:
        return ListNeed(need_id=this, auction_id=auction, relevance=relevance)
    later = of.needed_by.get(need)
    return RelistNeed(
        need_id=this,
        auction_id=auction,
        relevance=relevance,
        needed_by=None if later is None else date.fromisoformat(later),
    )


def _terms(of: Procurement) -> AuctionTerms:
    return AuctionTerms(
        mode="ascending",
        visibility="rank",
        bidder_count_shown=False,
        rank_on="social-value",
        basis="pounds",
        opens_at=utc(of.opens_at),
        closes_at=utc(of.closes_at),
        notice_seconds=NOTICE // timedelta(seconds=1),
        increment=Increment(kind="pence", pence=100 * of.increment_pounds),
        reserve_pence=100 * of.reserve_pounds,
        soft_close=SoftClose(
            window_seconds=LATE.seconds,
            extension_seconds=LATE.seconds,
            at_most=6,
            hard_stop=utc(of.closes_at) + OVERTIME,
            extend_on="rank-change",
        ),
        social_value_score="share-of-best",
        social_value_weight=WEIGHT,
        price_weight=PRICE_WEIGHT,
        quality_weight=QUALITY_WEIGHT,
        reference_spend_pence=lot(of).reference_spend_pence,
    )


def _invited(of: Procurement) -> Iterator[Act]:
    auction, buyer = f"auction-{of.key}", person("authority.buyer", of.authority)
    for tender in of.tenders:
        supplier = f"organisation-{tender.supplier}"
        signatory = person("supplier.signatory", tender.supplier)
        basis = "Meets the conditions of participation"
        yield buyer, InviteSupplier(auction_id=auction, supplier_id=supplier)
        yield signatory, AcceptInvitation(auction_id=auction, supplier_id=supplier)
        yield buyer, QualifySupplier(auction_id=auction, supplier_id=supplier, basis=basis)
    if not of.tenders:
        return
    assessor = person("authority.assessor", of.authority)
    scores = tuple(
        TenderScore(
            supplier_id=f"organisation-{tender.supplier}",
            price=Decimal(tender.price),
            quality=Decimal(tender.quality),
        )
        for tender in of.tenders
    )
    yield (
        assessor,
        SealAssessment(auction_id=auction, scores=scores, assessors=(assessor.id,)),
    )


def _bid(of: Procurement, bid: Bid, unit_of: dict[str, str], seed: int) -> SubmitBid:
    def quantity(need: str, stated: int) -> int:
        what = f"quantity {of.key} {bid.at} {need}"
        return somewhat_below(seed, what, stated) if bid.about else stated

    return SubmitBid(
        auction_id=f"auction-{of.key}",
        supplier_id=f"organisation-{bid.supplier}",
        lines=tuple(
            BidLine(
                need_id=f"need-{need}",
                unit=unit_of[need],
                quantity=Decimal(quantity(need, stated)),
                rate=Decimal(bid.rates[need]) if need in bid.rates else None,
            )
            for need, stated in bid.lines.items()
        ),
    )
