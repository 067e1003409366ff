"""One procurement up to its last bid: registered, announced, frozen by two, invited, bid on."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import (
    AcceptInvitation,
    InviteSupplier,
    QualifySupplier,
)
from svx_ledger.domain.auction.opening import OpenAuction, ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose
from svx_ledger.domain.listing import ListNeed
from svx_ledger.domain.procurement import Lot, PublishTenderNotice, RegisterProcurement
from svx_ledger.domain.uk_calendar import uk_date

from .scenario import Bid, Procurement, Scenario, utc
from .setting import FORCE, Act, Step, paced, person, proxy_set_id

WEIGHT, PRICE_WEIGHT, QUALITY_WEIGHT = Decimal(10), Decimal(50), Decimal(40)
NOTICE = timedelta(days=7)
LATE = timedelta(minutes=5)
"""Before the close: an accepted bid that changes the order then moves the close by as much."""
OVERTIME = timedelta(hours=1)
LOT = "1"


def buying(scenario: Scenario, of: Procurement) -> Iterator[Step]:
    """Give everything up to the last bid."""
    yield from paced(utc(of.registered_at), *_announced(of))
    yield from paced(utc(of.drafted_at), *_drafted(scenario, of), *_invited(of))
    opened = OpenAuction(auction_id=f"auction-{of.key}")
    yield Step(utc(of.opens_at), person("authority.buyer", of.authority), opened)
    day = of.opens_at.split()[0]
    for bid in of.bids:
        bidder = person("supplier.bidder", bid.supplier)
        yield Step(utc(f"{day} {bid.at}"), bidder, _bid(of, bid, scenario.unit_of))


def _announced(of: Procurement) -> Iterator[Act]:
    buyer = person("authority.buyer", of.authority)
    yield (
        buyer,
        RegisterProcurement(
            procurement_id=f"procurement-{of.key}",
            ocid=f"ocds-demo00-{of.key}",
            title=of.title,
            authority_id=f"organisation-{of.authority}",
            acts_for=(FORCE,),
            lots=(Lot(lot=LOT, title=of.title, contract_value_pence=100 * of.contract_pounds),),
            regime="pa2023",
            nation="england",
            policy="ppn002",
            social_value_weight=WEIGHT,
        ),
    )
    yield (
        buyer,
        PublishTenderNotice(
            procurement_id=f"procurement-{of.key}",
            notice="UK4",
            reference=f"UK4-demo-{of.key}",
            published_on=uk_date(utc(of.registered_at)),
        ),
    )


def _drafted(scenario: Scenario, of: Procurement) -> Iterator[Act]:
    auction, buyer = f"auction-{of.key}", person("authority.buyer", of.authority)
    yield (
        buyer,
        DraftAuction(
            auction_id=auction,
            procurement_id=f"procurement-{of.key}",
            lot=LOT,
            proxy_set_id=proxy_set_id(scenario),
            terms=_terms(of),
        ),
    )
    for need, relevance in of.needs.items():
        yield (
            buyer,
            ListNeed(need_id=f"need-{need}", auction_id=auction, relevance=relevance),
        )
    yield buyer, RequestFreeze(auction_id=auction, caps=())
    yield person("authority.approver", of.authority), ApproveFreeze(auction_id=auction)
    yield buyer, ScheduleAuction(auction_id=auction)


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


def _bid(of: Procurement, bid: Bid, unit_of: dict[str, str]) -> SubmitBid:
    return SubmitBid(
        auction_id=f"auction-{of.key}",
        supplier_id=f"organisation-{bid.supplier}",
        lines=tuple(
            BidLine(need_id=f"need-{need}", unit=unit_of[need], quantity=Decimal(quantity))
            for need, quantity in bid.lines.items()
        ),
    )
