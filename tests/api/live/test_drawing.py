"""Boards that are drawn for many at once: each viewer is shown its own, exactly."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import orjson
import pytest

from svx_ledger.api.live.drawing import OVER, BoardKey, Drawn, draw
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.auction.breaks import HiddenAmountsRead
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.record import read_record
from svx_ledger.projections.auction_rows import AUCTION, PARTICIPANT
from svx_ledger.projections.board import Board, OwnBoard, board, board_for
from svx_ledger.projections.view import View
from tests.api.played import Log, log_in, moments

TURNS = (
    *("auction-opened.v1", "bid-accepted.v1", "auction-closed.v1", "bids-ranked.v1"),
    *("assessment-disclosed.v1", "auction-voided.v1", "hidden-amounts-read.v1"),
    *("supplier-qualified.v1", "auction-paused.v1", "auction-cancelled.v1"),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return log_in(tmp_path_factory.mktemp("told"))


def viewers(log: Log) -> list[Actor | None]:
    """One person of each role in each organisation, and some on behalf of another."""
    found: dict[tuple[str, str | None], Actor] = {}
    readers = set()
    for row in log.log:
        recorded = read_record(row)
        actor = recorded.actor
        found[actor.role, actor.organisation] = actor
        if isinstance(recorded.event, HiddenAmountsRead):
            readers.add(actor)
    people = {*found.values(), *readers, *(replace(one, id="person-other") for one in readers)}
    organisations = sorted({one.organisation for one in people if one.organisation})
    lent = {
        replace(one, on_behalf_of=other)
        for one, other in zip(sorted(people, key=str), organisations, strict=False)
    }
    return [None, *people, *lent]


def looks(view: View, people: Iterable[Actor | None]) -> list[BoardKey]:
    rows = view.rows
    return [
        BoardKey(auction.auction_id, supplier, viewer)
        for auction in rows.all(AUCTION)
        for viewer in people
        for supplier in (
            None,
            "organisation-nobody",
            *(row.supplier_id for row in rows.select(PARTICIPANT, auction.auction_id)),
        )
    ]


def own(view: View, key: BoardKey) -> Board | OwnBoard | Refusal | None:
    """What this viewer is shown when nobody else is about."""
    if key.supplier_id is None:
        return board(view.rows, key.auction_id, view.now, key.viewer)
    return board_for(
        view.rows, key.auction_id, key.supplier_id, viewer=key.viewer, now=view.now
    )


def test_each_viewer_is_shown_its_own_board_whoever_else_watches(told: Log) -> None:
    people = viewers(told)
    seen = {"board": 0, "refusal": 0, "nothing": 0}
    for n, view in enumerate(moments(told, *TURNS)):
        keys = looks(view, [None, *people[n % 8 :: 8]])  # over time, everybody
        for key, drawn in draw(view, keys).items():
            expected = own(view, key)
            if isinstance(drawn, Drawn):
                seen["board"] += 1
                assert drawn.body == orjson.dumps(plain_of(expected))
            else:
                seen["refusal" if drawn else "nothing"] += 1
                assert drawn == expected

    assert all(seen.values())


def test_who_has_nothing_to_do_with_an_auction_shares_what_the_public_is_shown(
    told: Log,
) -> None:
    *_, view = moments(told)
    (first, *_) = view.rows.all(AUCTION)
    roles: tuple[Role, ...] = (
        *("authority.buyer", "authority.observer", "supplier.bidder", "community.lead"),
        *("operator", "evaluator", "auditor"),
    )
    strangers = [
        Actor(id=f"person-{n}", role=role, organisation="organisation-elsewhere")
        for n, role in enumerate(roles)
    ]
    observer = Actor(id="person-o", role="authority.observer", organisation=first.authority_id)
    drawn = draw(
        view,
        [BoardKey(first.auction_id, None, who) for who in (None, observer, *strangers)],
    )

    assert len({id(one) for one in drawn.values()}) == 1


def test_a_message_says_where_and_when_it_was_and_what_is_drawn(told: Log) -> None:
    for view in moments(told, "auction-closed.v1"):
        for row in view.rows.all(AUCTION):
            key = BoardKey(row.auction_id, None, None)
            drawn = draw(view, [key])[key]
            assert isinstance(drawn, Drawn)
            position, event, data = drawn.message.decode().rstrip("\n").split("\n")
            now = plain_of(view.now)

            assert (position, event) == (f"id: {view.position}", "event: board")
            said = orjson.loads(data.removeprefix("data: "))
            assert said == {"now": now} | orjson.loads(drawn.body)
            assert next(iter(said)) == "now"
            phase = said["phase"]
            assert (drawn.last is not None) == (phase in OVER)
            if drawn.last is not None:
                assert (
                    drawn.last
                    == (
                        f'id: end\nevent: end\ndata: {{"now":"{now}","phase":"{phase}"}}\n\n'
                    ).encode()
                )


def test_a_board_turns_at_its_opening_and_at_its_close(told: Log) -> None:
    *_, view = moments(told)
    live = next(row for row in view.rows.all(AUCTION) if row.phase not in OVER)
    key = BoardKey(live.auction_id, None, None)
    instants = sorted({live.opens_at, live.closes_at})
    for before, after in pairwise([None, *instants, None]):
        now = after or instants[-1]
        drawn = draw(view._replace(now=now), [key])[key]
        assert isinstance(drawn, Drawn)
        later = [at for at in instants if at > now]
        assert drawn.turns_at == (later[0] if later else None), before
