"""Needs that are listed again, released and withdrawn, as rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from svx_ledger.domain.need import NeedListed, NeedReleased, NeedRelisted, NeedWithdrawn
from svx_ledger.domain.need.events import NeedEvent
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.needs import NEED, NEEDS, NeedRow
from tests.domain.cast import NEED as NEED_ID
from tests.domain.cast import PROPOSED
from tests.golden.handmade import handmade


def row_after(*events: NeedEvent) -> NeedRow:
    """The row of a need after what happened to it, in whatever envelope."""
    envelope = read_record(next(iter(handmade())))
    tables = Tables()
    for event in (PROPOSED, *events):
        at: Recorded = replace(envelope, stream=NEED_ID, event=event)
        tables.apply(NEEDS.project(at))
    row = tables.get(NEED, NEED_ID)
    assert row is not None
    return row


LISTED = NeedListed(auction_id="auction-a001", relevance="Related")
RELEASED = NeedReleased(auction_id="auction-a001")
AGAIN = NeedRelisted(auction_id="auction-b002", relevance="Related")


def test_a_need_that_is_listed_again_shows_where_and_by_when() -> None:
    later = NeedRelisted(
        auction_id="auction-b002", relevance="Related", needed_by=date(2027, 1, 31)
    )

    assert row_after(LISTED, RELEASED).listed_in is None
    assert row_after(LISTED, RELEASED, AGAIN).listed_in == "auction-b002"
    assert row_after(LISTED, RELEASED, AGAIN).needed_by == PROPOSED.needed_by
    assert row_after(LISTED, RELEASED, later).needed_by == date(2027, 1, 31)


def test_a_withdrawn_need_is_shown_as_such() -> None:
    withdrawn = NeedWithdrawn(
        reason="Found", quantity=Decimal(20), withdrawn_by=PROPOSED.proposed_by
    )

    assert row_after(withdrawn).withdrawn
    assert not row_after().withdrawn
