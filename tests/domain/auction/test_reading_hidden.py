"""Reading hidden amounts: an auditor, after the close, for a purpose on record."""

from dataclasses import replace

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import (
    AuctionCancelled,
    AuctionPaused,
    AuctionUnsuccessful,
    AuctionVoided,
    HiddenAmountsRead,
)
from svx_ledger.domain.auction.events import AssessmentDisclosed, AuctionClosed, BidsRanked
from svx_ledger.domain.auction.reading_hidden import ReadHiddenAmounts
from tests.domain.cast import APPROVER, BIDDER, BUYER, EVALUATOR, PROCUREMENT, Past
from tests.domain.outcome import NOON, OPERATOR, outcome

from .scene import AUCTION, CLOSES_AT, INVITING, OPEN, READY, UNFROZEN, auction_of, here, told

AUDITOR = Actor(id="person-ada", role="auditor", organisation="organisation-audit1")
READ = ReadHiddenAmounts(auction_id=AUCTION, purpose="A complaint of a bidder (fictional)")
RECORD = HiddenAmountsRead(
    purpose="A complaint of a bidder (fictional)",
    read_by=AUDITOR.id,
    reading_organisation="organisation-audit1",
)
CLOSED: Past = [*OPEN, *here(AuctionClosed(closed_at=CLOSES_AT))]
RANKED: Past = [*CLOSED, *here(BidsRanked(ranking=()))]
PAUSED: Past = [*OPEN, *here(AuctionPaused(paused_at=NOON, cause="person"))]
VOIDED = AuctionVoided(
    request_no=1,
    ground="fault",
    reason="Wrong lot (fictional)",
    approved_by=APPROVER.id,
    approving_organisation="organisation-auth1",
    procurement_id=PROCUREMENT,
    lot="1",
)
UNSUCCESSFUL = AuctionUnsuccessful(reason="No bids", procurement_id=PROCUREMENT, lot="1")
CANCELLED = AuctionCancelled(reason="No budget", procurement_id=PROCUREMENT, lot="1")


@pytest.mark.parametrize(
    "given", [CLOSED, RANKED, [*OPEN, *here(VOIDED)], [*RANKED, *here(UNSUCCESSFUL)]]
)
def test_after_the_close_an_auditor_reads_and_it_is_on_record(given: Past) -> None:
    assert outcome(given=given, when=READ, by=AUDITOR) == [RECORD]
    assert auction_of([*given, *here(RECORD)]) == auction_of(given)


@pytest.mark.parametrize("by", [OPERATOR, BUYER, BIDDER, EVALUATOR])
def test_nobody_but_an_auditor_reads(by: Actor) -> None:
    assert told(given=CLOSED, when=READ, by=by) == {"allowed": "auditor", "role": by.role}
    free = replace(AUDITOR, organisation=None)
    assert outcome(given=CLOSED, when=READ, by=free) == [
        replace(RECORD, reading_organisation=None)
    ]


@pytest.mark.parametrize("given", [UNFROZEN, INVITING, READY, OPEN, PAUSED])
def test_nobody_reads_before_the_close(given: Past) -> None:
    assert outcome(given=given, when=READ, by=AUDITOR) == "hidden-before-close"
    assert told(given=given, when=READ, by=AUDITOR) == {"state": auction_of(given).phase}


def test_there_is_something_hidden_to_read() -> None:
    cancelled = [*OPEN, *here(CANCELLED)]
    disclosed = [*RANKED, *here(AssessmentDisclosed())]

    assert told(given=cancelled, when=READ, by=AUDITOR)["state"] == "cancelled"
    assert told(given=disclosed, when=READ, by=AUDITOR) == {
        "state": "disclosed",
        "expected": "not disclosed",
    }
