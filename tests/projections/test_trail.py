"""The trail: what it keeps and by what it is found; nobody is found by what is hidden."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from svx_ledger.domain.access import GrantAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.domain.contract.running import KpiSet
from svx_ledger.domain.correction import CorrectionRequested
from svx_ledger.domain.exclusion import RequestExclusion
from svx_ledger.domain.need.events import NeedApproved
from svx_ledger.domain.participations import participations_of
from svx_ledger.domain.procurement import ProcurementTerminated
from svx_ledger.domain.resource_offer import ResourceOffered
from svx_ledger.domain.voiding import ApproveVoid, RequestVoid
from svx_ledger.eventlog.record import CommandRef, Trace, read_record
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.trail import ACT, AUDIT_TRAIL, ENTRY, MENTION, TRACE, MentionRow
from svx_ledger.projections.trail_rows import TrailRow, TrailRows
from svx_ledger.projections.trail_search import MOST, Entries, Entry, first_at, trail
from svx_ledger.projections.visibility import HIDDEN, entry_shown, may_see, seen
from svx_ledger.projections.visibility.context import OWNER, OwnerRow
from tests.domain.cast import PLACE
from tests.domain.outcome import NOON

from .deal import OPENS_AT, Deal, worked_example
from .play import Play
from .test_visibility import (
    MOMENTS,
    SUPPLIER,
    VIEWERS,
    about_the_supplier,
    owner_of,
    page_types,
    rows_at,
)
from .test_visibility_played import AUDITOR, EXCHANGE, read_hidden, viewers
from .told import TELLER, at, tables_after

CANARY = 3_654_321
"""Pounds of a hidden bid: nothing that this is the value of may be told."""


def positions(found: Entries) -> list[int]:
    return [entry.position for entry in found.items]


@pytest.fixture
def deal() -> Deal:
    """An auction about to have bids."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    return deal


def test_a_row_says_who_did_what_for_whom_and_by_which_command() -> None:
    recorded = replace(
        at(7, "contract-c001", KpiSet(kpi="K1", title="T", goal="G", set_by="person-x")),
        version=3,
        actor=Actor(
            id="person-x",
            role="operator",
            organisation="organisation-exchange",
            on_behalf_of="organisation-comm",
        ),
        command=CommandRef("set-1", "SetKpi", "0" * 64, 2, 5),
        trace=Trace(causation="before-1", correlation="all-1", request="edge-1"),
    )
    tables = Tables()
    tables.apply(AUDIT_TRAIL.project(recorded))

    assert TrailRows(tables).at(7) == TrailRow(
        position=7,
        recorded_at=recorded.recorded_at,
        stream="contract-c001",
        version=3,
        type="kpi-set.v1",
        person_id="person-x",
        role="operator",
        organisation_id="organisation-exchange",
        on_behalf_of="organisation-comm",
        command_id="set-1",
        command_type="SetKpi",
        n=2,
        of=5,
        causation="before-1",
        correlation="all-1",
        request="edge-1",
        supplier_id=None,
        bid_no=None,
    )


def test_what_an_event_names_is_mentioned_but_for_its_own_stream() -> None:
    ended = ProcurementTerminated(
        reason="No money",
        reference="UK12-1",
        lots=("1",),
        auctions=("auction-a001", "auction-a002"),
        terminated_by="person-x",
    )
    asked = CorrectionRequested(
        target_id="project-p001",
        field="title",
        old="A",
        new="B",
        reason="Wrong",
        organisation_id="organisation-comm",
        requested_by="person-x",
    )
    cited = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x", pledges=("pledge-p001",))
    tables = tables_after(
        AUDIT_TRAIL,
        ("procurement-p001", ended),
        ("correction-c001", asked),
        ("contract-c001", cited),
        ("contract-c001", replace(cited, pledges=None)),
        ("project-p001", asked),
    )

    assert list(tables.all(MENTION)) == [
        MentionRow("auction-a001", 1, None),
        MentionRow("auction-a002", 1, None),
        MentionRow("organisation-comm", 2, None),
        MentionRow("organisation-comm", 5, None),
        MentionRow("pledge-p001", 3, None),
        MentionRow("project-p001", 2, None),
    ]


def test_what_an_invitation_says_openly_prevails_over_its_hidden_part() -> None:
    one, other = "organisation-one1", "organisation-two2"
    both = SupplierInvited(supplier_id=one, connected_to=(one, other))
    tables = tables_after(AUDIT_TRAIL, ("auction-a001", both))

    assert list(tables.all(MENTION)) == [
        MentionRow(one, 1, None),
        MentionRow(other, 1, "connected_to"),
    ]


@pytest.mark.parametrize("name", TYPES)
def test_an_entry_is_shown_to_whom_its_record_is_at_every_moment(name: str) -> None:
    recorded = about_the_supplier(name)
    tables = Tables()
    tables.apply(AUDIT_TRAIL.project(recorded))
    (row,) = TrailRows(tables).all()
    for moment in MOMENTS:
        rows = rows_at(moment, recorded.stream, owner=owner_of(page_types()[name]))
        for column, viewer in VIEWERS.items():
            shown = may_see(recorded, rows, viewer)
            assert entry_shown(row, rows, viewer) is shown, (moment, column)


def test_without_a_choice_everything_is_there_and_the_hidden_as_it_may_be_seen(
    deal: Deal,
) -> None:
    deal.bid(deal.winner, {"cash": CANARY})
    tables = deal.play.views().tables
    for viewer in viewers(deal).values():
        found = trail(tables, viewer, limit=MOST)
        told = [seen(read_record(row), tables, viewer) for row in deal.play.log]

        assert found.next is None
        assert [(e.position, e.stream, e.version, e.type, e.withheld) for e in found.items] == [
            (one.position, one.stream, one.version, one.type, one.withheld) for one in told
        ]
        for entry, one in zip(found.items, told, strict=True):
            assert entry.recorded_at == one.recorded_at
            assert entry.person_id == (one.actor.id if one.actor else None)
            assert entry.command_id == one.command_id
            if entry.withheld:
                assert entry == Entry(
                    position=entry.position,
                    recorded_at=entry.recorded_at,
                    stream=entry.stream,
                    version=entry.version,
                    type=HIDDEN,
                )


def found_by(deal: Deal) -> dict[str, Callable[[Tables, Actor | None], Entries]]:
    """Each way in which a bid of the winner could be looked for, but by its stream and time."""
    command = read_record(deal.play.log[-1]).command.id
    bidder = deal.bidder(deal.winner)

    def by(**sought: str) -> Callable[[Tables, Actor | None], Entries]:
        return lambda rows, viewer: trail(rows, viewer, limit=MOST, **sought)  # type: ignore[arg-type]

    return {
        "person": by(person=bidder.id),
        "organisation": by(organisation=deal.winner),
        "thing": by(thing=deal.winner),
        "command": by(command=command),
        "type": by(type="bid-accepted.v1"),
        "on the auction, by its person": by(thing=deal.auction, person=bidder.id),
        "hidden as a type": by(type=HIDDEN),
    }


def test_a_hidden_bid_is_not_found_by_person_organisation_supplier_command_or_type(
    deal: Deal,
) -> None:
    before = deal.play.views().tables
    deal.bid(deal.winner, {"cash": CANARY})
    bid_at = len(deal.play.log)
    after = deal.play.views().tables
    for way, look in found_by(deal).items():
        for name, viewer in viewers(deal).items():
            found = look(after, viewer)
            if name == "winner":
                assert (bid_at in positions(found)) is (way != "hidden as a type")
            else:  # as if there had been no bid: neither items nor the end tell
                assert found == look(before, viewer), (way, name)


def test_no_page_tells_that_hidden_entries_lie_in_between(deal: Deal) -> None:
    before = trail(deal.play.views().tables, None, thing=deal.winner, limit=1)
    after = 0
    for _ in range(3):
        deal.bid(deal.winner, {"cash": CANARY + after}, OPENS_AT)
        after += 100_000
    tables = deal.play.views().tables

    assert before.next is not None
    assert trail(tables, None, thing=deal.winner, limit=1) == before
    rest = trail(tables, None, thing=deal.winner, after=before.next)
    assert rest.next is None
    last = trail(tables, None, thing=deal.winner, after=before.next, limit=len(rest.items))
    assert last.next is None


def test_a_bid_is_found_by_everybody_once_it_is_ranked_and_by_its_reader_before(
    deal: Deal,
) -> None:
    deal.bid(deal.winner, {"cash": CANARY})
    bid_at, ways = len(deal.play.log), found_by(deal)
    del ways["hidden as a type"]
    read_hidden_before = {
        way: look(deal.play.views().tables, AUDITOR) for way, look in ways.items()
    }
    deal.close()
    tables = deal.play.views().tables

    for way, look in ways.items():
        assert bid_at not in positions(read_hidden_before[way])
        for viewer in viewers(deal).values():
            assert bid_at in positions(look(tables, viewer)), way


def test_an_auditor_who_read_hidden_amounts_finds_them(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": CANARY})
    bid_at = len(deal.play.log)
    asked = RequestVoid(auction_id=deal.auction, ground="fault", reason="A wrong need")
    deal.play.do(asked, deal.buyer)
    deal.play.do(ApproveVoid(auction_id=deal.auction, request_no=2), EXCHANGE)
    before = trail(deal.play.views().tables, AUDITOR, organisation=deal.winner, limit=MOST)
    read_hidden(deal)
    tables = deal.play.views().tables
    after = trail(tables, AUDITOR, organisation=deal.winner, limit=MOST)

    assert bid_at not in positions(before)
    assert bid_at in positions(after)
    assert bid_at not in positions(trail(tables, None, organisation=deal.winner, limit=MOST))


def test_a_stream_shows_its_hidden_entries_as_such_unless_their_stream_is_hidden(
    deal: Deal,
) -> None:
    deal.bid(deal.winner, {"cash": CANARY})
    tables = deal.play.views().tables
    on_auction = trail(tables, None, thing=deal.auction, limit=MOST).items
    of_winner = trail(tables, None, thing=deal.winner, limit=MOST).items
    began = [row.position for row in deal.play.log if row.type == "participation-began.v1"]

    assert on_auction[-1].withheld
    assert on_auction[-1].stream == deal.auction
    assert not {entry.position for entry in of_winner} & set(began)
    assert not any(entry.withheld for entry in of_winner)
    stream = participations_of(deal.winner)
    for viewer in (None, deal.buyer, deal.bidder(deal.rival)):
        assert trail(tables, viewer, thing=stream, limit=MOST).items == ()
    own = trail(tables, deal.bidder(deal.winner), thing=stream, limit=MOST)
    assert set(positions(own)) < set(began)


def test_an_invitation_is_found_by_a_connected_rival_only_where_that_part_is_seen() -> None:
    one, other = "organisation-one1", "organisation-two2"
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    tables = deal.play.views().tables
    invited = SupplierInvited(supplier_id=one, connected_to=(other,))
    position = len(deal.play.log) + 1
    tables.apply(AUDIT_TRAIL.project(at(position, deal.auction, invited)))

    def finds(viewer: Actor | None, thing: str) -> bool:
        return position in positions(trail(tables, viewer, thing=thing, limit=MOST))

    assert finds(deal.bidder(one), one)
    assert not finds(deal.bidder(one), other)
    assert finds(deal.buyer, other)
    assert not finds(deal.bidder(other), other)
    assert not finds(None, one)


def test_what_only_few_may_know_is_found_by_them_alone(deal: Deal) -> None:
    grant = GrantAccess(
        access_id="access-a001",
        person_id="person-new",
        organisation_id=deal.winner,
        role="supplier.signatory",
    )
    deal.play.do(grant, EXCHANGE)
    granted = len(deal.play.log)
    asked = RequestExclusion(
        auction_id=deal.auction,
        supplier_id=deal.rival,
        ground="debarred",
        reason="A (fictional)",
    )
    deal.play.do(asked, deal.buyer)
    excluding = len(deal.play.log)
    tables = deal.play.views().tables
    finding = {
        name: (
            granted in positions(trail(tables, viewer, thing=deal.winner, limit=MOST)),
            excluding in positions(trail(tables, viewer, thing=deal.rival, limit=MOST)),
        )
        for name, viewer in viewers(deal).items()
    }

    assert {name for name, (found, _) in finding.items() if found} == {
        *("winner", "operator", "auditor", "other auditor")
    }
    assert {name for name, (_, found) in finding.items() if found} == {"authority", "rival"}


def test_a_resource_offer_is_found_by_its_supplier_alone() -> None:
    offered = ResourceOffered(
        supplier_id=SUPPLIER,
        measure="laptop",
        unit="laptop",
        quantity=Decimal(3),
        places=(PLACE,),
        available_from=date(2026, 1, 1),
        available_to=date(2026, 2, 1),
        offered_by="person-x",
    )
    tables = tables_after(AUDIT_TRAIL, ("resource-offer-r001", offered))
    tables.apply([OWNER.put(OwnerRow("resource-offer-r001", SUPPLIER))])

    def found(viewer: Actor | None) -> list[int]:
        return positions(trail(tables, viewer, person=TELLER.id))

    assert found(VIEWERS["supplier"]) == [1]
    assert [found(VIEWERS[name]) for name in ("public", "rival", "auditor")] == [[], [], []]


WHOLE = worked_example().play.views().tables


def test_entries_lie_between_two_instants_the_later_left_out() -> None:
    rows = list(TrailRows(WHOLE).all())
    since, until = rows[9].recorded_at, rows[19].recorded_at
    found = trail(WHOLE, None, since=since, until=until)

    assert positions(found) == [
        row.position for row in rows if since <= row.recorded_at < until
    ]
    assert positions(found)[0] <= 10
    assert 20 not in positions(found)
    assert positions(trail(WHOLE, None, since=since, until=since)) == []
    assert positions(trail(WHOLE, None, since=rows[-1].recorded_at + timedelta(1))) == []
    both = trail(WHOLE, None, since=since, until=until, thing="organisation-auth0001")
    every = trail(WHOLE, None, thing="organisation-auth0001", limit=MOST)
    assert positions(both) == [n for n in positions(every) if n in positions(found)]


def test_the_first_position_at_an_instant_is_found_by_halving() -> None:
    rows = list(TrailRows(WHOLE).all())
    for row in rows:
        expected = next(r.position for r in rows if r.recorded_at >= row.recorded_at)
        assert first_at(WHOLE, row.recorded_at) == expected
        later = row.recorded_at + timedelta(microseconds=1)
        assert first_at(WHOLE, later) == next(
            (r.position for r in rows if r.recorded_at >= later), len(rows) + 1
        )
    assert first_at(WHOLE, NOON - timedelta(days=1)) == 1
    assert first_at(Tables(), NOON) == 1


@pytest.mark.parametrize(
    "sought",
    [
        {},
        {"thing": "organisation-winner0001"},
        {"organisation": "organisation-auth0001"},
        {"person": "person-authority-buyer"},
        {"type": "pledge-committed.v1"},
        {"since": NOON + timedelta(seconds=3)},
        {"organisation": "organisation-winner0001", "thing": "auction-0001"},
    ],
)
def test_pages_make_the_whole_in_order(sought: dict[str, str]) -> None:
    whole = trail(WHOLE, None, limit=MOST, **sought)  # type: ignore[arg-type]
    assert len(whole.items) > 1
    assert all(a < b for a, b in pairwise(positions(whole)))
    for limit in (1, 3, len(whole.items) - 1, len(whole.items)):
        found: list[Entry] = []
        after: int | None = 0
        while after is not None:
            page = trail(WHOLE, None, after=after, limit=limit, **sought)  # type: ignore[arg-type]
            found += page.items
            after = page.next
        assert tuple(found) == whole.items


@pytest.mark.parametrize("limit", [0, MOST + 1])
def test_a_page_has_from_one_to_a_thousand_entries(limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        trail(WHOLE, None, limit=limit)


def test_an_entry_done_for_another_is_found_by_both_and_once() -> None:
    told = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x")
    one, two = "organisation-one1", "organisation-two2"
    tables = Tables()
    for position, (acting, behalf) in enumerate([(one, two), (two, None), (one, one)], start=1):
        actor = replace(TELLER, organisation=acting, on_behalf_of=behalf)
        event = replace(at(position, "contract-c001", told), actor=actor)
        tables.apply(AUDIT_TRAIL.project(event))

    assert positions(trail(tables, None, organisation=one)) == [1, 3]
    assert positions(trail(tables, None, organisation=two)) == [1, 2]
    assert positions(trail(tables, None, organisation="organisation-three")) == []


def caused(deal: Deal, *, causation: str) -> Tables:
    """The deal's rows, with one more event that this command led to."""
    tables = deal.play.views().tables
    told = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x")
    event = replace(
        at(len(deal.play.log) + 1, "contract-c001", told),
        trace=Trace(causation=causation, correlation="all-1"),
    )
    tables.apply(AUDIT_TRAIL.project(event))
    return tables


def test_an_entry_says_what_caused_it_as_far_as_that_is_seen(deal: Deal) -> None:
    deal.bid(deal.winner, {"cash": CANARY})
    bid = read_record(deal.play.log[-1])
    tables = caused(deal, causation=bid.command.id)

    def last(viewer: Actor | None) -> Entry:
        return trail(tables, viewer, correlation="all-1").items[-1]

    own = last(deal.bidder(deal.winner))
    assert (own.causation, own.caused_by) == (bid.command.id, (bid.position,))
    assert (last(None).causation, last(None).caused_by) == (None, ())
    assert last(None).correlation == "all-1"
    outside = TrailRows(caused(deal, causation="an-import")).at(bid.position + 1)
    assert outside is not None
    tables = caused(deal, causation="an-import")
    assert (last(None).causation, last(None).caused_by) == ("an-import", ())


def test_what_somebody_does_again_is_the_same_act_and_stands_once() -> None:
    told = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x")
    tables = tables_after(
        AUDIT_TRAIL,
        ("contract-c001", told),
        ("contract-c002", told),
        (
            "need-n001",
            NeedApproved(approved_by="person-x", approver_organisation="organisation-comm"),
        ),
    )
    first, again, other = tables.all(ENTRY)

    assert first.act == again.act != other.act
    assert len(tables.all(ACT)) == 2
    assert [row.type for row in TrailRows(tables).all()] == [
        *("kpi-set.v1", "kpi-set.v1", "need-approved.v1"),
    ]


def test_each_part_of_an_act_makes_it_another() -> None:
    told = at(1, "contract-c001", KpiSet(kpi="K1", title="T", goal="G", set_by="person-x"))
    one, two = "organisation-one1", "organisation-two2"
    acting = [
        replace(TELLER, id="person-a", organisation=one),
        replace(TELLER, id="person-b", organisation=one),
        replace(TELLER, id="person-a", organisation=one, role="auditor"),
        replace(TELLER, id="person-a", organisation=two),
        replace(TELLER, id="person-a", organisation=None, on_behalf_of=one),
        replace(TELLER, id="person-a", organisation=one, on_behalf_of=one),
    ]
    events = [replace(told, position=n, actor=actor) for n, actor in enumerate(acting, 1)]
    by_another = CommandRef("set-1", "AnotherCommand", "0" * 64, 1, 1)
    events.append(replace(events[0], position=len(events) + 1, command=by_another))
    tables = Tables()
    for event in events:
        tables.apply(AUDIT_TRAIL.project(event))

    assert len({row.act for row in tables.all(ENTRY)}) == len(events)
    for row, event in zip(TrailRows(tables).all(), events, strict=True):
        actor = event.actor
        assert (row.person_id, row.role) == (actor.id, actor.role)
        assert (row.organisation_id, row.on_behalf_of) == (
            actor.organisation,
            actor.on_behalf_of,
        )
        assert row.command_type == event.command.type


@pytest.mark.parametrize("said", ["causation", "correlation", "request", "received_at"])
def test_where_a_command_came_from_is_kept_where_the_edge_said_so(said: str) -> None:
    told = at(1, "contract-c001", KpiSet(kpi="K1", title="T", goal="G", set_by="person-x"))
    given: dict[str, Any] = {said: NOON if said == "received_at" else "edge-1"}
    tables = Tables()
    tables.apply(AUDIT_TRAIL.project(replace(told, trace=Trace(**given))))
    (row,) = TrailRows(tables).all()

    assert len(tables.all(TRACE)) == (said != "received_at")
    assert (row.causation, row.correlation, row.request) == tuple(
        given.get(name) for name in ("causation", "correlation", "request")
    )
