"""The largest events that an auction can lead to: each still fits one record."""

from datetime import date
from decimal import Decimal

import pytest

from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.events import (
    MOST_NEEDS,
    MOST_SUPPLIERS,
    AuctionRulesFrozen,
    BidAccepted,
    BidLine,
    BidsRanked,
    RankedBid,
)
from svx_ledger.domain.auction.terms import FrozenNeed
from svx_ledger.domain.award.events import AssessmentRanked, AwardApproved, AwardedLine
from svx_ledger.domain.form import MOST_PENCE
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.record import MAX_RECORD_BYTES, CommandRef, write_record
from tests.domain.outcome import NOON

PERSON = "p" * 64
MEASURE = "m" * 32
UNIT = "£" + "²" * 19
QUANTITY = Decimal("123456789012.123456")
POINTS = Decimal("99.1234")
SCORED = Decimal("99.123456")
BID_POINTS = Decimal("999999999999.123456")
RATE = Decimal("123456.123456789")
LAST_NO = 10**9
AUCTION = f"auction-{0:032}"
AWARD = f"award-{0:032}"
ROOM = 1024
"""For what else a record holds: more than any trace of a request takes."""


def supplier(number: int) -> str:
    return f"organisation-{number:032}"


def need(number: int) -> str:
    return f"need-{number:032}"


FROZEN = AuctionRulesFrozen(
    approved_by=PERSON,
    needs=tuple(
        FrozenNeed(
            need_id=need(number),
            measure=MEASURE,
            unit=UNIT,
            divisible=False,
            pounds_per_unit=QUANTITY,
            cap=QUANTITY,
            points_per_unit=Decimal("123456789.123456"),
        )
        for number in range(MOST_NEEDS)
    ),
    rules_sha256="0" * 64,
    request_no=LAST_NO,
)
BID = BidAccepted(
    supplier_id=supplier(1),
    lines=tuple(
        BidLine(need_id=need(number), unit=UNIT, quantity=QUANTITY, rate=RATE)
        for number in range(MOST_NEEDS)
    ),
    bid_no=LAST_NO,
    value_pence=MOST_PENCE,
    score_points=BID_POINTS,
)
RANKED = BidsRanked(
    ranking=tuple(
        RankedBid(
            rank=number,
            supplier_id=supplier(number),
            bid_no=LAST_NO,
            value_pence=MOST_PENCE,
            score_points=BID_POINTS,
        )
        for number in range(1, MOST_SUPPLIERS + 1)
    )
)
ASSESSED = AssessmentRanked(
    auction_id=AUCTION,
    cause="supplier-excluded",
    procurement_id=f"procurement-{0:032}",
    lot="l" * 64,
    authority_id=supplier(0),
    ranking=tuple(
        AssessedTender(
            rank=number,
            supplier_id=supplier(number),
            social_value=SCORED,
            price=POINTS,
            quality=POINTS,
            total=SCORED,
            bid_pence=MOST_PENCE,
            bid_no=LAST_NO,
            bid_points=BID_POINTS,
        )
        for number in range(1, MOST_SUPPLIERS + 1)
    ),
)
AWARDED = AwardApproved(
    approved_by=PERSON,
    supplier_id=supplier(1),
    bid_no=LAST_NO,
    value_pence=MOST_PENCE,
    lines=tuple(
        AwardedLine(
            need_id=need(number),
            measure=MEASURE,
            unit=UNIT,
            quantity=QUANTITY,
            pounds_per_unit=QUANTITY,
            value_pence=MOST_PENCE,
            rate=RATE,
            cap=QUANTITY,
        )
        for number in range(MOST_NEEDS)
    ),
    runner_up_pence=MOST_PENCE,
    approved_on=date(2026, 3, 2),
)


@pytest.mark.parametrize(
    ("stream", "event", "command"),
    [
        (AUCTION, FROZEN, "ApproveFreeze"),
        (AUCTION, BID, "SubmitBid"),
        (AUCTION, RANKED, "CloseAuction"),
        (AWARD, ASSESSED, "RankAssessment"),
        (AWARD, AWARDED, "ApproveAward"),
    ],
)
def test_the_largest_event_fits_one_record(stream: str, event: Event, command: str) -> None:
    actor = {
        "id": PERSON,
        "role": "authority.approver",
        "organisation": supplier(0),
        "on_behalf_of": supplier(0),
    }
    written = write_record(
        position=10**12,
        stream=stream,
        version=10**6,
        recorded_at=NOON.replace(microsecond=123456),
        actor=actor,
        command=CommandRef("0" * 36, command, "0" * 64, 1, 1),
        trace={},
        prev=bytes(32),
        salt=bytes(16),
        event=event,
    )

    assert len(written.record) + ROOM <= MAX_RECORD_BYTES
