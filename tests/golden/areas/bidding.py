"""Bids in points and at a rate, withdrawn, and the proxy sets behind them. All fictional."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from svx_ledger.domain.assessment import AssessedTender, Band
from svx_ledger.domain.auction.events import (
    AuctionDrafted,
    AuctionRulesFrozen,
    BidAccepted,
    BidLine,
    BidsRanked,
    BidWithdrawn,
    RankedBid,
)
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.award.events import AssessmentRanked, AwardApproved, AwardedLine
from svx_ledger.domain.kind import Event
from svx_ledger.domain.proxies import Proxy, ProxyAdded, ProxySetSuperseded

AUCTION = "auction-quayside"
SUPPLIER = "organisation-heron"
OPENS_AT = datetime(2026, 9, 14, 9, tzinfo=UTC)
RATE = Decimal("0.000012345")
TERMS = AuctionTerms(
    mode="ascending",
    visibility="open",
    bidder_count_shown=True,
    rank_on="combined",
    basis="points",
    opens_at=OPENS_AT,
    closes_at=OPENS_AT + timedelta(hours=2),
    notice_seconds=604_800,
    increment=Increment(kind="points", points=Decimal("0.5")),
    reserve_pence=0,
    soft_close=SoftClose(
        window_seconds=300,
        extension_seconds=240,
        at_most=5,
        hard_stop=OPENS_AT + timedelta(hours=3),
        extend_on="rank-change",
    ),
    social_value_score="banded",
    social_value_weight=Decimal(20),
    price_weight=Decimal(50),
    quality_weight=Decimal(30),
    reserve_points=Decimal("2.25"),
    bands=(
        Band(points=Decimal("7.5"), at_least_points=Decimal("10.000001")),
        Band(points=Decimal(20), at_least_points=Decimal(60)),
    ),
    withdrawal_allowed=True,
    eligibility="Firms that pay their apprentices (fictional)",
    reference_spend_pence=100_000_000,
    outage="pause",
    outage_seconds=120,
    outage_window_minutes=30,
)
ON_TARGET = AuctionTerms(
    mode="single",
    visibility="rank",
    bidder_count_shown=False,
    rank_on="social-value",
    basis="pounds",
    opens_at=OPENS_AT,
    closes_at=OPENS_AT + timedelta(hours=2),
    notice_seconds=604_800,
    increment=Increment(kind="percent", percent=Decimal("2.5")),
    reserve_pence=50_000,
    soft_close=SoftClose(
        window_seconds=0,
        extension_seconds=0,
        at_most=0,
        hard_stop=OPENS_AT + timedelta(hours=2),
        extend_on="any-accepted",
    ),
    social_value_score="share-of-target",
    social_value_weight=Decimal(10),
    price_weight=Decimal(50),
    quality_weight=Decimal(40),
    target_pence=12_000_000,
    withdrawal_allowed=False,
    outage="close",
    outage_seconds=60,
    outage_window_minutes=15,
)


def _drafted(terms: AuctionTerms) -> AuctionDrafted:
    return AuctionDrafted(
        procurement_id="procurement-quay",
        lot="north",
        proxy_set_id="proxy-set-quay",
        terms=terms,
        authority_id="organisation-fenmarsh",
    )


EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        "proxy-set-quay",
        "AdoptProxySet",
        ProxyAdded(
            proxy=Proxy(
                measure="repair-cafe",
                name="An evening at a repair café",
                unit="evening",
                pounds_per_unit=Decimal("120.5"),
                divisible=True,
                source="Fenmarsh unit costs (fictional)",
                edition="2026",
                price_year=2026,
                licence="OGL-UK-3.0",
                theme_scheme="Fenmarsh",
                theme="repair",
                points_per_unit=Decimal("0.25"),
            )
        ),
    ),
    (
        "proxy-set-quay",
        "SupersedeProxySet",
        ProxySetSuperseded(
            superseded_by="proxy-set-quay2", reason="The unit costs of 2027 (fictional)"
        ),
    ),
    (AUCTION, "DraftAuction", _drafted(TERMS)),
    (AUCTION, "DraftAuction", _drafted(ON_TARGET)),
    (
        AUCTION,
        "ApproveFreeze",
        AuctionRulesFrozen(
            approved_by="person-fen2",
            needs=(
                FrozenNeed(
                    need_id="need-quay",
                    measure="repair-cafe",
                    unit="evening",
                    divisible=True,
                    pounds_per_unit=Decimal("120.5"),
                    cap=Decimal(400),
                    points_per_unit=Decimal("0.25"),
                ),
            ),
            rules_sha256="ab" * 32,
        ),
    ),
    (
        AUCTION,
        "SubmitBid",
        BidAccepted(
            supplier_id=SUPPLIER,
            lines=(
                BidLine(need_id="need-quay", unit="evening", quantity=Decimal(200), rate=RATE),
            ),
            bid_no=7,
            value_pence=148_757,
            score_points=Decimal("3.08625"),
        ),
    ),
    (
        AUCTION,
        "WithdrawBid",
        BidWithdrawn(
            supplier_id=SUPPLIER,
            reason="The evenings were counted twice (fictional)",
            bid_no=7,
        ),
    ),
    (
        AUCTION,
        "CloseAuction",
        BidsRanked(
            ranking=(
                RankedBid(
                    rank=1,
                    supplier_id=SUPPLIER,
                    bid_no=9,
                    value_pence=148_757,
                    score_points=Decimal("3.08625"),
                ),
            )
        ),
    ),
    (
        "award-quay",
        "RankAssessment",
        AssessmentRanked(
            auction_id=AUCTION,
            cause="auction-closed",
            procurement_id="procurement-quay",
            lot="north",
            authority_id="organisation-fenmarsh",
            ranking=(
                AssessedTender(
                    rank=1,
                    supplier_id=SUPPLIER,
                    social_value=Decimal("7.5"),
                    price=Decimal(45),
                    quality=Decimal("22.5"),
                    total=Decimal(75),
                    bid_pence=148_757,
                    bid_no=9,
                    bid_points=Decimal("3.08625"),
                ),
            ),
        ),
    ),
    (
        "award-quay",
        "ApproveAward",
        AwardApproved(
            approved_by="person-fen3",
            supplier_id=SUPPLIER,
            bid_no=9,
            value_pence=148_757,
            lines=(
                AwardedLine(
                    need_id="need-quay",
                    measure="repair-cafe",
                    unit="evening",
                    quantity=Decimal("12.345"),
                    pounds_per_unit=Decimal("120.5"),
                    value_pence=148_757,
                    rate=RATE,
                    cap=Decimal(200),
                ),
            ),
        ),
    ),
)
