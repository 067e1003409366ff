"""Step by step: before and after each event, and the next of a kind."""

from itertools import pairwise

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.replay import (
    EVERYBODY,
    AuctionHistory,
    NoSuchStream,
    Sight,
    StreamHistory,
    auction_steps,
    could_see,
    differences,
    events_seen,
    moment,
    next_change,
    previous_change,
    stored_types,
    stream_steps,
)

from .oracle import Naive

CLEANING = "auction-cleaning"


def test_every_step_of_every_auction_is_what_its_two_moments_are(demo: Store) -> None:
    for row in Naive(demo).everything.all(AUCTION):
        history = AuctionHistory(demo, row.auction_id)
        steps = list(history.steps())

        assert [s.event.position for s in steps] == [
            stored.position for stored in demo.stream(row.auction_id)
        ]
        assert steps[0].before is None
        for one, other in pairwise(steps):
            assert other.before == one.after
        for step in steps:
            assert step.after == history.at(moment(demo, position=step.event.position))
            before = step.before.plain() if step.before else {}
            assert step.changes == differences(before, step.after.plain())
        assert history.step_at(10**9) == steps[-1]
        assert history.step_at(steps[0].event.position - 1) is None


def test_steps_begin_and_end_where_it_is_said(demo: Store) -> None:
    every = list(auction_steps(demo, CLEANING))
    first, last = every[10].event.position, every[20].event.position

    assert list(auction_steps(demo, CLEANING, after=first, until=last)) == every[11:21]
    streams = list(stream_steps(demo, CLEANING, after=first, until=last))
    assert [s.event for s in streams] == [s.event for s in every[11:21]]
    assert streams[0].before == StreamHistory(demo, CLEANING).at(moment(demo, position=first))


def test_steps_of_several_streams_come_in_the_order_of_the_log(demo: Store) -> None:
    names = (CLEANING, "award-cleaning", "contract-cleaning")
    found = [step.event.position for step in stream_steps(demo, *names)]

    assert found == sorted(r.position for name in names for r in demo.stream(name))


def test_a_change_of_leader_is_found_both_ways(demo: Store) -> None:
    history = AuctionHistory(demo, CLEANING)
    steps = list(history.steps())
    led = [
        s.event.position
        for s in steps
        if s.after.leader != (s.before.leader if s.before else None)
    ]
    assert len(led) > 3

    end = steps[-1].event.position + 1
    for position in sorted({0, end, *led, *(p - 1 for p in led), *(p + 1 for p in led)}):
        later = [p for p in led if p > position]
        earlier = [p for p in led if p < position]
        following = next_change(history, "leader", position)
        assert (following.event.position if following else None) == (
            later[0] if later else None
        )
        before = previous_change(history, "leader", position)
        assert (before.event.position if before else None) == (earlier[-1] if earlier else None)


@pytest.mark.parametrize("kind", ["auction-extended", "auction-extended.v1"])
def test_an_event_is_found_by_its_type(demo: Store, kind: str) -> None:
    history = AuctionHistory(demo, CLEANING)
    extended = [r.position for r in demo.stream(CLEANING) if r.type == "auction-extended.v1"]

    first = next_change(history, kind, 0)
    second = next_change(history, kind, extended[0])
    last = previous_change(history, kind, 10**9)

    assert [s.event.position for s in (first, second, last) if s] == [
        *extended[:2],
        extended[-1],
    ]
    assert next_change(history, kind, extended[-1]) is None


def test_a_deeper_field_is_found(demo: Store) -> None:
    sight = could_see(
        Actor(id="person-b", role="supplier.bidder", organisation="organisation-harle")
    )
    history = AuctionHistory(demo, CLEANING, sight)

    found = next_change(history, "own.rank", 224)

    assert found is not None
    assert found.before is not None
    assert found.before.own is not None
    assert found.after.own is not None
    assert (found.before.own.rank, found.after.own.rank) == (2, 3)
    assert found.event.withheld


def test_what_is_hidden_is_not_found(demo: Store) -> None:
    history = AuctionHistory(demo, "auction-recovery")  # still open
    for kind in ("bid-accepted", "leader", "standing", "bids", "participants"):
        assert next_change(history, kind, 0) is None
    found = {e.stream for e in events_seen(demo, stored_types("bid-accepted"))}

    assert "auction-recovery" not in found
    assert CLEANING in found
    assert not list(events_seen(demo, stored_types("bid-accepted"), sight=could_see(None)))


def test_the_events_of_a_type_are_found_in_the_whole_log_both_ways(demo: Store) -> None:
    kinds = stored_types("auction-closed")
    closed = [row.position for row in demo.rows() if row.type in kinds]
    middle = closed[len(closed) // 2]

    assert [e.position for e in events_seen(demo, kinds)] == closed
    assert [e.position for e in events_seen(demo, kinds, after=middle)] == [
        p for p in closed if p > middle
    ]
    assert [e.position for e in events_seen(demo, kinds, after=middle, backwards=True)] == [
        p for p in reversed(closed) if p < middle
    ]


def test_what_changed_between_two_moments_is_what_the_steps_come_to(demo: Store) -> None:
    history = AuctionHistory(demo, CLEANING)
    since, until = moment(demo, position=230), moment(demo, position=236)

    found = {d.field: (d.before, d.after) for d in history.changes(since, until)}

    assert found["/closes_at"] == (
        "2025-07-01T12:02:20.000000Z",
        "2025-07-01T12:12:00.000000Z",
    )
    assert found["/leader"] == ("organisation-harle", "organisation-pellwick")
    assert found["/standing/organisation-pellwick/rank"] == (2, 1)
    assert history.changes(since, since) == ()
    begun = history.changes(moment(demo, position=1), since)
    assert begun == history.changes(None, since)
    assert {d.how for d in begun} == {"added"}


def test_what_is_no_auction_has_no_board(demo: Store) -> None:
    with pytest.raises(NoSuchStream, match="is no auction"):
        AuctionHistory(demo, "award-cleaning")


def test_the_state_of_a_stream_changes_as_its_events_say(demo: Store) -> None:
    history = StreamHistory(demo, "award-cleaning", EVERYBODY)
    phases = [
        (change.before, change.after)
        for step in history.steps()
        for change in step.changes
        if change.field == "/phase"
    ]

    assert [after for _, after in phases][:4] == [
        "assessed",
        "recommended",
        "approved",
        "summaries-sent",
    ]
    assert all(one[1] == other[0] for one, other in pairwise(phases))
    assert history.has_field("phase")
    assert not history.has_field("colour")


def test_with_nobody_asking_it_is_everybody_s_sight() -> None:
    assert Sight() == EVERYBODY
    assert could_see(None) == Sight(None, None, as_party=True)
