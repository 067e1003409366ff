"""Pauses, early ends, exclusions and reads of an auction; outages; needs that come and go."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionNeedRemoved,
    AuctionPaused,
    AuctionResumed,
    AuctionUnsuccessful,
    AuctionVoided,
    ExclusionRequested,
    HiddenAmountsRead,
    ResumeRequested,
    SupplierExcluded,
    VoidRequested,
)
from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionNeedAdded,
    AuctionRulesFrozen,
    BidsRanked,
    FreezeRequested,
    RankedBid,
    SupplierInvited,
)
from svx_ledger.domain.auction.terms import (
    AuctionTerms,
    FrozenNeed,
    Increment,
    NeedCap,
    SoftClose,
)
from svx_ledger.domain.award.events import AssessmentRanked
from svx_ledger.domain.book import LedgerResumed
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedReleased, NeedRelisted, NeedWithdrawn

AUCTION = "auction-harbour"
AUTHORITY = "organisation-harbourpcc"
INDEPENDENT = "organisation-assayers"
LEDGER = "ledger-demo"
NEED = "need-kettles"
PROCUREMENT = "procurement-harbour"
OPENS_AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
CLOSES_AT = OPENS_AT + timedelta(hours=2)
HARD_STOP = OPENS_AT + timedelta(hours=3)
TOOK = timedelta(minutes=7, seconds=3, microseconds=5)
TERMS = AuctionTerms(
    mode="ascending",
    visibility="rank",
    bidder_count_shown=False,
    rank_on="social-value",
    basis="pounds",
    opens_at=OPENS_AT,
    closes_at=CLOSES_AT,
    notice_seconds=604_800,
    increment=Increment(kind="pence", pence=10_000),
    reserve_pence=0,
    soft_close=SoftClose(
        window_seconds=300,
        extension_seconds=240,
        at_most=5,
        hard_stop=HARD_STOP,
        extend_on="any-accepted",
    ),
    social_value_score="share-of-best",
    social_value_weight=Decimal(10),
    price_weight=Decimal(50),
    quality_weight=Decimal(40),
    outage="close",
    outage_seconds=120,
    outage_window_minutes=30,
)
RELEASED = NeedReleased(auction_id=AUCTION)
PAUSED = AuctionPaused(
    paused_at=OPENS_AT + timedelta(minutes=20),
    cause="person",
    reason="The bidding page did not load for two bidders (fictional)",
    paused_by="person-harbour-buyer",
)
VOIDED = AuctionVoided(
    request_no=3,
    ground="outage",
    reason="The ledger was out for the last minutes (fictional)",
    approved_by="person-assayer",
    approving_organisation=INDEPENDENT,
    procurement_id=PROCUREMENT,
    lot="1",
)
EXCLUDED = SupplierExcluded(
    supplier_id="organisation-gullwing",
    ground="mandatory",
    reason="A conviction that the Act names (fictional)",
    requested_by="person-harbour-buyer",
    approved_by="person-harbour-approver",
    award_id="award-harbour",
)

EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        LEDGER,
        "ResumeLedger",
        LedgerResumed(
            not_accepting_from=CLOSES_AT - timedelta(minutes=9),
            accepting_again_at=CLOSES_AT - timedelta(minutes=2),
        ),
    ),
    (
        NEED,
        "RelistNeed",
        NeedRelisted(
            auction_id=AUCTION,
            relevance="The contract replaces the canteen's kettles (fictional)",
            needed_by=date(2027, 3, 31),
        ),
    ),
    (
        AUCTION,
        "RelistNeed",
        AuctionNeedAdded(
            need_id=NEED, measure="kettle", unit="kettle", outstanding=Decimal("12.5")
        ),
    ),
    (
        NEED,
        "WithdrawNeed",
        NeedWithdrawn(
            reason="The café found them elsewhere (fictional)",
            quantity=Decimal("12.5"),
            withdrawn_by="person-cafe-lead",
        ),
    ),
    (NEED, "DelistNeed", RELEASED),
    (NEED, "CancelAuction", RELEASED),
    (NEED, "DeclareUnsuccessful", RELEASED),
    (NEED, "ApproveVoid", RELEASED),
    (AUCTION, "DelistNeed", AuctionNeedRemoved(need_id=NEED)),
    (
        AUCTION,
        "DraftAuction",
        AuctionDrafted(
            procurement_id=PROCUREMENT,
            lot="1",
            proxy_set_id="proxy-set-harbour",
            terms=TERMS,
            authority_id=AUTHORITY,
            replaces="auction-harbour1",
        ),
    ),
    (
        AUCTION,
        "RequestFreeze",
        FreezeRequested(
            caps=(NeedCap(need_id=NEED, quantity=Decimal(12)),),
            requested_by="person-harbour-buyer",
            request_no=1,
        ),
    ),
    (
        AUCTION,
        "ApproveFreeze",
        AuctionRulesFrozen(
            approved_by="person-harbour-approver",
            needs=(
                FrozenNeed(
                    need_id=NEED,
                    measure="kettle",
                    unit="kettle",
                    divisible=False,
                    pounds_per_unit=Decimal("24.5"),
                    cap=Decimal(12),
                ),
            ),
            rules_sha256="1" * 64,
            request_no=1,
        ),
    ),
    (
        AUCTION,
        "InviteSupplier",
        SupplierInvited(
            supplier_id="organisation-gullwing",
            connected_to=("organisation-gullsea", "organisation-gulltop"),
        ),
    ),
    (AUCTION, "PauseAuction", PAUSED),
    (AUCTION, "CloseAuction", AuctionPaused(paused_at=CLOSES_AT, cause="outage")),
    (
        AUCTION,
        "RequestResume",
        ResumeRequested(
            reason="The page loads again (fictional)",
            requested_by="person-harbour-buyer",
            requesting_organisation=AUTHORITY,
            request_no=2,
            lost_seconds=420,
        ),
    ),
    (
        AUCTION,
        "ApproveResume",
        AuctionResumed(
            request_no=2,
            approved_by="person-assayer",
            approving_organisation=INDEPENDENT,
            resumed_at=PAUSED.paused_at + TOOK,
            closes_at_was=CLOSES_AT,
            closes_at=CLOSES_AT + TOOK,
            hard_stop_was=HARD_STOP,
            hard_stop=HARD_STOP + TOOK,
        ),
    ),
    (
        AUCTION,
        "RequestVoid",
        VoidRequested(
            ground="outage",
            reason="The ledger was out for the last minutes (fictional)",
            requested_by="person-harbour-buyer",
            requesting_organisation=AUTHORITY,
            request_no=3,
            ledger_id=LEDGER,
        ),
    ),
    (AUCTION, "ApproveVoid", VOIDED),
    (AUCTION, "ApproveVoid", replace(VOIDED, procurement_id=None, lot=None)),
    (
        AUCTION,
        "CancelAuction",
        AuctionCancelled(
            reason="The budget was cut (fictional)", procurement_id=PROCUREMENT, lot="1"
        ),
    ),
    (
        AUCTION,
        "DeclareUnsuccessful",
        AuctionUnsuccessful(
            reason="Nobody bid (fictional)", procurement_id=PROCUREMENT, lot="1"
        ),
    ),
    (
        AUCTION,
        "RequestExclusion",
        ExclusionRequested(
            supplier_id="organisation-gullwing",
            ground="mandatory",
            reason="A conviction that the Act names (fictional)",
            requested_by="person-harbour-buyer",
        ),
    ),
    (AUCTION, "ApproveExclusion", EXCLUDED),
    (AUCTION, "ApproveExclusion", replace(EXCLUDED, award_id=None)),
    (
        AUCTION,
        "ApproveExclusion",
        BidsRanked(
            ranking=(
                RankedBid(
                    rank=1, supplier_id="organisation-gullsea", bid_no=2, value_pence=120_000
                ),
            )
        ),
    ),
    (
        "award-harbour",
        "ApproveExclusion",
        AssessmentRanked(
            auction_id=AUCTION,
            cause="supplier-excluded",
            procurement_id=PROCUREMENT,
            lot="1",
            authority_id=AUTHORITY,
            ranking=(
                AssessedTender(
                    rank=1,
                    supplier_id="organisation-gullsea",
                    social_value=Decimal(10),
                    price=Decimal(50),
                    quality=Decimal(29),
                    total=Decimal(89),
                    bid_pence=120_000,
                    bid_no=2,
                ),
            ),
        ),
    ),
    (
        AUCTION,
        "ReadHiddenAmounts",
        HiddenAmountsRead(
            purpose="A complaint of a bidder (fictional)",
            read_by="person-ada",
            reading_organisation="organisation-auditing",
        ),
    ),
)
