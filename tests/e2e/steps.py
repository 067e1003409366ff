"""What people do before the bidding, over HTTP, in order."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.drafting import DraftAuction
from svx_ledger.domain.auction.events import BidLine, TenderScore
from svx_ledger.domain.auction.freezing import ApproveFreeze, RequestFreeze
from svx_ledger.domain.auction.inviting import AcceptInvitation, InviteSupplier, QualifySupplier
from svx_ledger.domain.auction.opening import ScheduleAuction, SealAssessment
from svx_ledger.domain.auction.terms import AuctionTerms, Increment, SoftClose
from svx_ledger.domain.listing import ListNeed
from svx_ledger.domain.need import ApproveNeed, ProposeNeed, Theme
from svx_ledger.domain.procurement import (
    Lot,
    PublishTenderNotice,
    RegisterProcurement,
    ReviewConflicts,
)
from svx_ledger.domain.project import RegisterProject
from svx_ledger.domain.proxies import AdoptProxySet
from svx_ledger.domain.uk_calendar import uk_date
from tests.world import CASH, DAY, INCREMENT_PENCE, PLACE

from .cast import AUTHORITY, COMMUNITY, EVALUATING, Bidder, Cast, together

MOST_EXTENSIONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An auction that is about to open: the ledger gave all of it its names."""

    auction: str
    procurement: str
    need: str
    opens_at: datetime
    terms: AuctionTerms

    def bid(self, supplier: str, pounds: int) -> SubmitBid:
        """Return a bid of so many pounds."""
        line = BidLine(need_id=self.need, unit="£", quantity=Decimal(pounds))
        return SubmitBid(auction_id=self.auction, supplier_id=supplier, lines=(line,))


async def buy(cast: Cast, *, notice: float, open_for: float) -> Bought:
    """Play everything from the project to the invitations; bidding begins after `notice`."""
    need = await _needed(cast)
    proxy_set, procurement = await _procured(cast)
    opens_at = datetime.now(UTC) + timedelta(seconds=notice)
    terms = _terms(opens_at, opens_at + timedelta(seconds=open_for))
    buyer = cast["authority.buyer"]
    drafted = await buyer.make(
        DraftAuction, procurement_id=procurement, lot="1", proxy_set_id=proxy_set, terms=terms
    )
    auction = drafted.stream
    await buyer.give(ListNeed(need_id=need, auction_id=auction, relevance="Beside the site"))
    await buyer.give(RequestFreeze(auction_id=auction, caps=()))
    await cast["authority.approver"].give(ApproveFreeze(auction_id=auction, request_no=1))
    await buyer.give(ScheduleAuction(auction_id=auction))
    await together(_invited(cast, one, auction) for one in cast.bidders)
    assessor = cast["authority.assessor"]
    scores = tuple(
        TenderScore(supplier_id=one.supplier, price=Decimal(45), quality=Decimal(35))
        for one in cast.bidders
    )
    sealed = SealAssessment(auction_id=auction, scores=scores, assessors=(assessor.actor.id,))
    await assessor.give(sealed)
    return Bought(
        auction=auction, procurement=procurement, need=need, opens_at=opens_at, terms=terms
    )


async def _needed(cast: Cast) -> str:
    lead = cast["community.lead"]
    project = await lead.make(
        RegisterProject,
        organisation_id=COMMUNITY,
        title="Homework club",
        summary="Three evenings a week",
        place=PLACE,
    )
    need = await lead.make(
        ProposeNeed,
        project_id=project.stream,
        measure="cash",
        unit="£",
        quantity=Decimal(10**9),
        place=PLACE,
        needed_by=uk_date(datetime.now(UTC) + 365 * DAY),
        theme=Theme(scheme="ToMs", code="NT28"),
        use="Rent, heating and two part-time mentors",
        delivered_by="The club's own mentors",
        in_place="A room, a lockable cupboard, broadband",
    )
    approved = ApproveNeed(need_id=need.stream, approver_organisation=AUTHORITY)
    await cast["authority.buyer"].give(approved)
    return need.stream


async def _procured(cast: Cast) -> tuple[str, str]:
    adopted = await cast["evaluator"].make(
        AdoptProxySet, adopter_id=EVALUATING, name="Proxies", proxies=(CASH,)
    )
    buyer = cast["authority.buyer"]
    registered = await buyer.make(
        RegisterProcurement,
        ocid="ocds-abc123-e2e",
        title="Facilities management",
        authority_id=AUTHORITY,
        acts_for=("E23000001",),
        lots=(Lot(lot="1", title="Facilities", contract_value_pence=5_000_000_000),),
        regime="below_threshold",
        nation="england",
        policy="own",
        social_value_weight=Decimal(10),
    )
    this = registered.stream
    await review(cast, this, "before-notice")
    published = PublishTenderNotice(
        procurement_id=this,
        notice="UK4",
        reference="UK4-1",
        published_on=uk_date(datetime.now(UTC)),
    )
    await buyer.give(published)
    return adopted.stream, this


async def review(cast: Cast, procurement: str, occasion: Any) -> None:
    """Review conflicts, at the version of the procurement that was read."""
    approver = cast["authority.approver"]
    read = await approver.client.get(f"/streams/{procurement}")
    review = ReviewConflicts(
        procurement_id=procurement, occasion=occasion, findings=(), suppliers=()
    )
    await approver.give(review, version=read["version"])


def _terms(opens_at: datetime, closes_at: datetime) -> AuctionTerms:
    return AuctionTerms(
        mode="ascending",
        visibility="rank",
        bidder_count_shown=False,
        rank_on="social-value",
        basis="pounds",
        opens_at=opens_at,
        closes_at=closes_at,
        notice_seconds=0,
        increment=Increment(kind="pence", pence=INCREMENT_PENCE),
        reserve_pence=100 * INCREMENT_PENCE,
        soft_close=SoftClose(
            window_seconds=2,
            extension_seconds=1,
            at_most=MOST_EXTENSIONS,
            hard_stop=closes_at + timedelta(seconds=2.5),
            extend_on="any-accepted",
        ),
        social_value_score="share-of-best",
        social_value_weight=Decimal(10),
        price_weight=Decimal(50),
        quality_weight=Decimal(40),
    )


async def _invited(cast: Cast, one: Bidder, auction: str) -> None:
    buyer, supplier = cast["authority.buyer"], one.supplier
    await buyer.give(InviteSupplier(auction_id=auction, supplier_id=supplier))
    await one.signatory.give(AcceptInvitation(auction_id=auction, supplier_id=supplier))
    qualified = QualifySupplier(
        auction_id=auction, supplier_id=supplier, basis="conditions met"
    )
    await buyer.give(qualified)
