"""One auction with the history that brought it to each step: two needs, two suppliers."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import (
    AssessmentSealed,
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionOpened,
    AuctionRulesFrozen,
    AuctionScheduled,
    BidLine,
    FreezeRequested,
    InvitationAccepted,
    SupplierInvited,
    SupplierQualified,
    TenderScore,
)
from svx_ledger.domain.auction.state import Auction, evolve
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.procurement import TenderNoticePublished
from svx_ledger.domain.rule import Facts, Refusal
from tests.domain.cast import (
    APPROVED,
    AUTHORITY,
    BOUGHT,
    BUYER,
    LAPTOPS,
    PROCUREMENT,
    PROPOSED,
    PROXY_SET,
    REVIEWED,
    STARTED,
    SUPPLIER,
    Past,
    adopted,
    verified,
)
from tests.domain.outcome import NOON, World

AUCTION = "auction-a001"
RIVAL = "organisation-supp2"
LAPTOP_NEED = "need-n001"
HOURS_NEED = "need-n002"
ASSESSOR = Actor(id="person-assessor", role="authority.assessor", organisation=AUTHORITY)
RIVAL_BIDDER = Actor(id="person-rival", role="supplier.bidder", organisation=RIVAL)

SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
"""The shortest time there is on the ledger."""
OPENS_AT = NOON
CLOSES_AT = NOON + timedelta(hours=1)
HARD_STOP = NOON + timedelta(hours=1, minutes=10)
WINDOW = timedelta(seconds=300)
EXTENSION = timedelta(seconds=240)
SCHEDULED_AT = NOON - timedelta(days=7)

TERMS = AuctionTerms(
    mode="ascending",
    visibility="rank",
    bidder_count_shown=False,
    rank_on="social-value",
    basis="pounds",
    opens_at=OPENS_AT,
    closes_at=CLOSES_AT,
    notice_seconds=7 * 86_400,
    increment=Increment(kind="pence", pence=10_000),
    reserve_pence=50_000,
    soft_close=SoftClose(
        window_seconds=300,
        extension_seconds=240,
        at_most=2,
        hard_stop=HARD_STOP,
        extend_on="any-accepted",
    ),
    social_value_score="share-of-best",
    social_value_weight=Decimal(10),
    price_weight=Decimal(50),
    quality_weight=Decimal(40),
)
HOURS = replace(
    LAPTOPS,
    measure="volunteer-hour",
    unit="hour",
    pounds_per_unit=Decimal("16.93"),
    divisible=True,
)
FROZEN_LAPTOPS = FrozenNeed(
    need_id=LAPTOP_NEED,
    measure="laptop",
    unit="laptop",
    divisible=False,
    pounds_per_unit=Decimal(300),
    cap=Decimal(20),
)
FROZEN_HOURS = FrozenNeed(
    need_id=HOURS_NEED,
    measure="volunteer-hour",
    unit="hour",
    divisible=True,
    pounds_per_unit=Decimal("16.93"),
    cap=Decimal(100),
)
RULES_SHA256 = "0" * 64

ANNOUNCED: Past = [
    *verified(AUTHORITY, "authority"),
    *verified(SUPPLIER, "supplier"),
    *verified(RIVAL, "supplier"),
    *STARTED,
    (LAPTOP_NEED, PROPOSED),
    (LAPTOP_NEED, APPROVED),
    (
        HOURS_NEED,
        replace(PROPOSED, measure="volunteer-hour", unit="hour", quantity=Decimal(100)),
    ),
    (HOURS_NEED, APPROVED),
    *adopted(LAPTOPS, HOURS),
    (PROCUREMENT, BOUGHT),
    (PROCUREMENT, REVIEWED),
    (
        PROCUREMENT,
        TenderNoticePublished(notice="UK4", reference="UK4-1", published_on=NOON.date()),
    ),
]


def here(*events: Event) -> Past:
    """Events of the auction."""
    return [(AUCTION, event) for event in events]


def takes_part(supplier: str) -> tuple[Event, ...]:
    """A supplier from its invitation to its qualification."""
    return (
        SupplierInvited(supplier_id=supplier),
        InvitationAccepted(supplier_id=supplier),
        SupplierQualified(supplier_id=supplier, basis="conditions met"),
    )


DRAFTED = AuctionDrafted(
    procurement_id=PROCUREMENT,
    lot="1",
    proxy_set_id=PROXY_SET,
    terms=TERMS,
    authority_id=AUTHORITY,
)
LISTED = (
    AuctionNeedAdded(
        need_id=LAPTOP_NEED, measure="laptop", unit="laptop", outstanding=Decimal(20)
    ),
    AuctionNeedAdded(
        need_id=HOURS_NEED, measure="volunteer-hour", unit="hour", outstanding=Decimal(100)
    ),
)
REQUESTED = FreezeRequested(caps=(), requested_by=BUYER.id, request_no=1)
FROZEN = AuctionRulesFrozen(
    approved_by="person-approver",
    needs=(FROZEN_LAPTOPS, FROZEN_HOURS),
    rules_sha256=RULES_SHA256,
)
SEALED = AssessmentSealed(
    scores=(
        TenderScore(supplier_id=SUPPLIER, price=Decimal(45), quality=Decimal(35)),
        TenderScore(supplier_id=RIVAL, price=Decimal(50), quality=Decimal(29)),
    ),
    assessors=("person-assessor",),
)

UNFROZEN: Past = [*ANNOUNCED, *here(DRAFTED, *LISTED)]
INVITING: Past = [*UNFROZEN, *here(REQUESTED, FROZEN)]
QUALIFIED: Past = [*INVITING, *here(*takes_part(SUPPLIER), *takes_part(RIVAL))]
SCHEDULED: Past = [*QUALIFIED, *here(AuctionScheduled())]
READY: Past = [*SCHEDULED, *here(SEALED)]
OPEN: Past = [*READY, *here(AuctionOpened())]


def with_terms(past: Past, terms: AuctionTerms) -> Past:
    """The same history under other terms."""
    return [
        (stream, replace(event, terms=terms) if isinstance(event, AuctionDrafted) else event)
        for stream, event in past
    ]


def auction_of(past: Past) -> Auction:
    """The auction as this history leaves it."""
    auction: Auction | None = None
    for stream, event in past:
        if stream == AUCTION:
            auction = evolve(auction, event)  # type: ignore[arg-type]
    assert auction is not None
    return auction


def laptops(quantity: int | str) -> BidLine:
    """A line of laptops, worth £300 each."""
    return BidLine(need_id=LAPTOP_NEED, unit="laptop", quantity=Decimal(quantity))


def hours(quantity: int | str) -> BidLine:
    """A line of volunteer hours, worth £16.93 each."""
    return BidLine(need_id=HOURS_NEED, unit="hour", quantity=Decimal(quantity))


def told(*, given: Past, when: Command, by: Actor, at: datetime = NOON) -> Facts:
    """The facts with which a command is refused."""
    decision = World(given).decide(when, by, at)
    assert isinstance(decision, Refusal)
    return decision.facts


def bid(*lines: BidLine, supplier: str = SUPPLIER) -> SubmitBid:
    """A bid in the auction."""
    return SubmitBid(auction_id=AUCTION, supplier_id=supplier, lines=lines)
