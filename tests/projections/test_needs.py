"""Needs that are listed again, released and withdrawn, as rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce

from hypothesis import example, given
from hypothesis import strategies as st

from svx_ledger.domain.need import NeedListed, NeedReleased, NeedRelisted, NeedWithdrawn
from svx_ledger.domain.need.events import NeedEvent
from svx_ledger.domain.need.state import evolve
from svx_ledger.eventlog.record import Recorded, read_record
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.needs import NEED, NEEDS, NeedRow, listed_in
from tests.domain.cast import NEED as NEED_ID
from tests.domain.cast import PROPOSED
from tests.golden.handmade import handmade


def told(*events: NeedEvent) -> tuple[Tables, NeedRow]:
    """The rows, and that of a need, after what happened to it, in whatever envelope."""
    envelope = read_record(next(iter(handmade())))
    tables = Tables()
    for event in (PROPOSED, *events):
        at: Recorded = replace(envelope, stream=NEED_ID, event=event)
        tables.apply(NEEDS.project(at))
    row = tables.get(NEED, NEED_ID)
    assert row is not None
    return tables, row


def row_after(*events: NeedEvent) -> NeedRow:
    return told(*events)[1]


LISTED = NeedListed(auction_id="auction-a001", relevance="Related")
RELEASED = NeedReleased(auction_id="auction-a001")
AGAIN = NeedRelisted(auction_id="auction-b002", relevance="Related")


def test_a_need_that_is_listed_again_shows_where_and_by_when() -> None:
    later = NeedRelisted(
        auction_id="auction-b002", relevance="Related", needed_by=date(2027, 1, 31)
    )

    assert listed_in(*told(LISTED, RELEASED)) is None
    assert listed_in(*told(LISTED, RELEASED, AGAIN)) == "auction-b002"
    assert row_after(LISTED, RELEASED, AGAIN).needed_by == PROPOSED.needed_by
    assert row_after(LISTED, RELEASED, later).needed_by == date(2027, 1, 31)


@given(
    st.lists(
        st.sampled_from(["auction-a001", "auction-b002"]).flatmap(
            lambda of: st.sampled_from(
                [
                    NeedListed(auction_id=of, relevance="Related"),
                    NeedRelisted(auction_id=of, relevance="Related"),
                    NeedReleased(auction_id=of),
                ]
            )
        )
    )
)
@example([LISTED, AGAIN, RELEASED])
@example([LISTED, RELEASED, AGAIN, NeedReleased(auction_id="auction-b002"), RELEASED])
def test_the_auction_that_reserves_a_need_is_the_one_that_the_rules_know(
    events: list[NeedEvent],
) -> None:
    """A release by another auction leaves it reserved."""
    need = reduce(evolve, events, evolve(None, PROPOSED))

    assert listed_in(*told(*events)) == need.listed_in


def test_a_withdrawn_need_is_shown_as_such() -> None:
    withdrawn = NeedWithdrawn(
        reason="Found", quantity=Decimal(20), withdrawn_by=PROPOSED.proposed_by
    )

    assert row_after(withdrawn).withdrawn
    assert not row_after().withdrawn
