"""Views follow a log: completely, in order, and whatever the batches."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.memory import OutOfStep, Tables, Views
from svx_ledger.projections.trail import AUDIT_TRAIL

from .deal import worked_example
from .play import Play

DEAL = worked_example()
WHOLE = DEAL.play.views()
MEANS_NOTHING_HERE = {
    # an auction holds who takes part, where `visibility` guards it; this says it once more, on
    # a stream that only the supplier knows of, for the rules alone
    "participation-began.v1",
}
"""On record, and in no view but the trail, which has a row for each event."""


@given(st.lists(st.integers(0, 20), max_size=20))
def test_any_split_gives_the_same_tables(batches: list[int]) -> None:
    views = Views(DEAL.play)
    for limit in batches:
        views.refresh(limit)
    views.refresh()

    assert views.tables == WHOLE.tables
    assert views.position == WHOLE.position == len(DEAL.play.log)
    assert views.recorded_at == DEAL.play.now


def test_a_refresh_without_news_changes_nothing() -> None:
    views = DEAL.play.views()

    assert views.refresh() == len(DEAL.play.log)
    assert views.tables == WHOLE.tables


def test_an_empty_log_has_empty_tables() -> None:
    views = Play().views()

    assert views.tables == Tables()
    assert views.position == 0
    assert views.recorded_at is None


def test_an_unknown_type_stops_the_views_where_they_are() -> None:
    play = Play()
    play.log = list(DEAL.play.log[:10])
    play.log[5] = play.log[5]._replace(
        type="unheard-of.v1",
        record=play.log[5].record.replace(play.log[5].type.encode(), b"unheard-of.v1"),
    )
    views = Views(play)

    with pytest.raises(Unreadable, match="unknown-type"):
        views.refresh()
    assert views.position == 5


def test_a_gap_stops_the_views() -> None:
    play = Play()
    play.log = [*DEAL.play.log[:3], *DEAL.play.log[4:]]

    with pytest.raises(OutOfStep, match="position 5 came after 3"):
        Views(play).refresh()


def test_every_event_type_is_taken_or_said_to_mean_nothing() -> None:
    meant = (projection for projection in PROJECTIONS if projection is not AUDIT_TRAIL)
    taken = frozenset[type]().union(*(projection.takes for projection in meant))
    ignored = {name for name, event in TYPES.items() if event not in taken}

    assert ignored == MEANS_NOTHING_HERE
    assert frozenset(TYPES.values()) == AUDIT_TRAIL.takes


def test_every_row_holds_what_its_columns_declare() -> None:
    seen = 0
    for table in (table for projection in PROJECTIONS for table in projection.tables):
        for row in WHOLE.tables.all(table):
            for column, value in zip(table.columns, row, strict=True):
                assert (column.nullable and value is None) or type(value) is column.type
                seen += 1

    assert seen > 500
    assert {date, datetime, Decimal, int, str, bool} == {
        c.type for p in PROJECTIONS for t in p.tables for c in t.columns
    }
