"""As-at and known-at answers at random moments equal a fold from the first event."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.auction_rows import AUCTION, PARTICIPANT
from svx_ledger.projections.board import board, boards
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.register import register
from svx_ledger.projections.replay import (
    ExchangeHistory,
    Moment,
    NoSuchMoment,
    Sight,
    auction_at,
    could_see,
    exchange_at,
    moment,
    stream_at,
)
from svx_ledger.projections.table import Rows

from .conftest import INSTANTS
from .oracle import Naive

MICROSECOND = timedelta(microseconds=1)


def sample(naive: Naive, seed: int, count: int = INSTANTS) -> Iterator[tuple[Moment, bool]]:
    """Give random moments, half of them by position; else between, at or beyond events."""
    random, events, given = Random(seed), naive.recorded, 0
    while given < count:
        event = random.choice(events)
        late = timedelta(seconds=random.choice([0, 0, 1, 3_600, 10**6]))
        at = event.recorded_at + late - random.choice([0, 0, 1]) * MICROSECOND
        by_position = bool(given % 2)
        if by_position:
            yield Moment(event.position, event.recorded_at), True
        elif at >= events[0].recorded_at:
            yield Moment(naive.position(at), at), False
        given += by_position or at >= events[0].recorded_at


def asked(when: Moment, *, by_position: bool) -> dict[str, object]:
    return {"position": when.position} if by_position else {"at": when.as_at}


def test_a_moment_is_the_last_event_by_then(world: tuple[Store, Naive]) -> None:
    store, naive = world
    for when, by_position in sample(naive, 1, 200):
        found = moment(store, **asked(when, by_position=by_position))  # type: ignore[arg-type]

        assert found == when


def test_any_stream_is_what_its_events_had_come_to(world: tuple[Store, Naive]) -> None:
    store, naive = world
    random = Random(2)
    streams = sorted({event.stream for event in naive.recorded})
    compared = 0
    for when, by_position in sample(naive, 2):
        states = naive.states(when.position)
        for stream in random.sample(streams, 5):
            given = asked(when, by_position=by_position)
            if stream not in states:
                with pytest.raises(NoSuchMoment):
                    stream_at(store, stream, **given)  # type: ignore[arg-type]
                continue
            found = stream_at(store, stream, **given)  # type: ignore[arg-type]
            state, last = states[stream]
            compared += 1

            assert (found.state, found.version) == (state, last.version)
            assert (found.head, found.position) == (last.leaf, last.position)
            assert (found.known_at, found.as_at) == when
    assert compared > INSTANTS


def viewers(rows: Rows, auction_id: str) -> Iterator[Actor | None]:
    """Everybody who may see more of an auction than others do."""
    auction = rows.get(AUCTION, auction_id)
    assert auction is not None
    yield None
    yield Actor(id="person-a", role="authority.buyer", organisation=auction.authority_id)
    yield Actor(id="person-a", role="authority.observer", organisation=auction.authority_id)
    yield Actor(id="person-e", role="auditor")
    for row in list(rows.select(PARTICIPANT, auction_id))[:2]:
        yield Actor(id="person-b", role="supplier.bidder", organisation=row.supplier_id)


def test_any_auction_is_as_its_events_had_it(world: tuple[Store, Naive]) -> None:
    store, naive = world
    random = Random(3)
    led = 0
    for when, by_position in sample(naive, 3):
        then, given = naive.rows(when.position), asked(when, by_position=by_position)
        auctions = [row.auction_id for row in then.all(AUCTION)]
        for auction_id in random.sample(auctions, min(2, len(auctions))):
            viewer = random.choice(list(viewers(naive.everything, auction_id)))
            now = auction_at(store, auction_id, sight=Sight(viewer), **given)  # type: ignore[arg-type]
            past = auction_at(store, auction_id, sight=could_see(viewer), **given)  # type: ignore[arg-type]

            assert now.board == board(
                then, auction_id, when.as_at, viewer, judged=naive.everything
            )
            assert past.board == board(then, auction_id, when.as_at, viewer)
            order = naive.order(auction_id, when.position)
            if now.standing is not None and now.board.rank_on == "social-value":
                assert [(p.supplier_id, p.value_pence) for p in now.standing] == order
                assert now.leader == (order[0][0] if order else None)
                led += bool(order)
    assert led


def test_the_exchange_is_as_all_events_had_it(world: tuple[Store, Naive]) -> None:
    store, naive = world
    wound = ExchangeHistory(store)
    for when, _ in sorted(sample(naive, 4), key=lambda one: one[0]):
        then, found = naive.rows(when.position), wound.at(when)

        assert found.view.rows == then
        assert [b.auction_id for b in found.boards()] == [
            b.auction_id for b in boards(then, when.as_at)
        ]
        assert found.leverage() == leverage_report(
            then, as_at=when.as_at, known_at=when.position
        )


def test_the_exchange_as_a_party_could_see_it(world: tuple[Store, Naive]) -> None:
    store, naive = world
    auditor = Actor(id="person-e", role="auditor")
    for when, by_position in sample(naive, 5, 4):
        then = naive.rows(when.position)
        given = asked(when, by_position=by_position)
        for viewer in (None, auditor):
            found = exchange_at(store, sight=could_see(viewer), **given)  # type: ignore[arg-type]

            assert found.boards() == boards(then, when.as_at, viewer)
            assert found.register() == register(then, viewer)
