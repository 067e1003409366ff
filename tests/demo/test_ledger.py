"""The ledger that the demo leaves: real events, sound, and the same bytes every time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.seeding import SEED
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK
from svx_ledger.domain.auction.breaks import AuctionPaused, AuctionResumed
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionDrafted,
    AuctionExtended,
    BidRejected,
    BidWithdrawn,
)
from svx_ledger.domain.award.events import AssessmentRanked, StandstillStarted
from svx_ledger.domain.contract.events import ContractVaried
from svx_ledger.domain.need import NeedProposed
from svx_ledger.domain.organisation import OrganisationRegistered
from svx_ledger.domain.pledge.events import PledgeCommitted, PledgeMaterialised, pledge_id_of
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Recorded, Row, leaf_of, read_record
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.memory import Views
from svx_ledger.proofs.tree.compact_range import root_over
from tests.domain.outcome import World

TWO_PEOPLE = (
    ("RequestFreeze", "ApproveFreeze"),
    ("RequestExclusion", "ApproveExclusion"),
    ("RequestResume", "ApproveResume"),
    ("RequestVoid", "ApproveVoid"),
    ("RecommendAward", "ApproveAward"),
    ("RequestVariation", "ApproveVariation"),
    ("RequestCorrection", "ApproveCorrection"),
    ("RequestWriteOff", "ApproveWriteOff"),
    ("ProposeNeed", "ApproveNeed"),
    ("ClaimDelivery", "ConfirmDelivery"),
)
THEMES = {"mental-health", "repeat-callers", "youth"}


class Kept(NamedTuple):
    """A log that is read from memory."""

    log: list[Row]

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records as a store does."""
        return iter(self.log[after : None if limit is None else after + limit])


def log_of(address: str, seed: int = SEED) -> list[Row]:
    fill(address, STORY, seed)
    with closing(open_store(address)) as store:
        return list(store.rows())


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The demo's records on SQLite."""
    return log_of(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'first.db'}")


@pytest.fixture(scope="module")
def recorded(log: list[Row]) -> list[Recorded]:
    """The same, decoded."""
    return [read_record(row) for row in log]


def decisions(recorded: list[Recorded]) -> Iterator[list[Recorded]]:
    """The events of each command, in the order of the log."""
    for _, events in groupby(recorded, key=lambda event: (event.actor.id, event.command.id)):
        yield list(events)


def root(log: list[Row]) -> bytes:
    return root_over([leaf_of(row.record) for row in log])


def test_the_demo_gives_the_same_bytes_again(log: list[Row], tmp_path: Path) -> None:
    again = log_of(f"sqlite:///{tmp_path / 'second.db'}")

    assert again == log
    assert root(again) == root(log)


@pytest.mark.parametrize("seed", [2, 3, 5, 8, 13, 2_026])
def test_another_seed_tells_the_same_story_in_other_bytes(
    log: list[Row], recorded: list[Recorded], tmp_path: Path, seed: int
) -> None:
    first, again = (
        log_of(f"sqlite:///{tmp_path / name}", seed) for name in ("first.db", "again.db")
    )

    assert again == first
    assert root(first) != root(log)
    assert [(e.stream, e.type) for e in map(read_record, first)] == [
        (event.stream, event.type) for event in recorded
    ]


def test_postgresql_holds_the_same_bytes(log: list[Row], postgres_url: str) -> None:
    there = log_of(postgres_url)

    assert there == log
    assert root(there) == root(log)


def test_every_record_follows_the_one_before_it_on_its_stream(log: list[Row]) -> None:
    genesis = leaf_of(log[0].record).hex()
    tails: dict[str, tuple[int, str]] = {}
    for position, row in enumerate(log, start=1):
        event = read_record(row)
        version, prev = tails.get(row.stream, (0, genesis))

        assert (event.position, event.version) == (position, version + 1)
        assert event.prev == (prev if position > 1 else None)
        tails[row.stream] = (event.version, event.leaf.hex())


def test_every_command_reads_back_and_decides_the_same_again(recorded: list[Recorded]) -> None:
    world = World()
    for events in decisions(recorded):
        (first, *_), history = events, [(event.stream, event.event) for event in events]
        command = vocabulary.COMMANDS[first.command.type].of(history)

        assert sha256_of(command_bytes(command)) == first.command.sha256
        assert [event.command.n for event in events] == [*range(1, first.command.of + 1)]
        assert world.execute(command, first.actor, first.recorded_at) == history


def test_two_person_acts_are_by_two_people(recorded: list[Recorded]) -> None:
    acts = [events[0] for events in decisions(recorded)]
    for ask, agree in TWO_PEOPLE:
        asking = {(act.stream, act.actor.id) for act in acts if act.command.type == ask}
        agreeing = {(act.stream, act.actor.id) for act in acts if act.command.type == agree}

        assert asking
        assert agreeing
        assert asking.isdisjoint(agreeing)


def test_the_ticker_closes_auctions_at_their_time(recorded: list[Recorded]) -> None:
    closed = [event for event in recorded if isinstance(event.event, AuctionClosed)]

    assert [event.stream.removeprefix("auction-") for event in closed] == [
        *("catering", "estates", "cleaning", "pupils", "fleet", "groundsagain"),
        *("pupilsagain", "fleetagain", "lighting"),
    ]
    for event in closed:
        assert event.actor == CLOCK
        assert isinstance(event.event, AuctionClosed)
        assert event.recorded_at == event.event.closed_at


def test_the_auction_has_what_a_viewer_should_see(recorded: list[Recorded]) -> None:
    estates = [event.event for event in recorded if event.stream == "auction-estates"]
    rejected = [event.rule for event in estates if isinstance(event, BidRejected)]
    extensions = [event for event in estates if isinstance(event, AuctionExtended)]

    assert rejected == ["bid-below-increment", "auction-closed"]
    assert len(extensions) == 2


def test_the_variation_is_that_of_the_worked_example(recorded: list[Recorded]) -> None:
    (varied,) = (e.event for e in recorded if isinstance(e.event, ContractVaried))

    assert varied.pledged_pence_was == 495_780_000
    assert varied.pledged_pence_was - varied.pledged_pence == 60_130_000
    assert varied.runner_up_pence == 420_000_000
    assert not varied.below_runner_up


def test_standstills_are_by_the_real_calendar(
    recorded: list[Recorded], bank_holidays: set[str]
) -> None:
    started = [e.event for e in recorded if isinstance(e.event, StandstillStarted)]
    shown = [(str(s.published_on), str(s.first_day), str(s.last_day)) for s in started]

    assert shown == [
        ("2025-07-04", "2025-07-04", "2025-07-10"),  # a voluntary one, of five days
        ("2025-07-23", "2025-07-23", "2025-08-01"),
        ("2025-08-20", "2025-08-20", "2025-09-01"),
        ("2025-12-15", "2025-12-15", "2025-12-24"),
        ("2026-02-23", "2026-02-23", "2026-03-04"),
        ("2026-08-26", "2026-08-26", "2026-09-07"),
    ]
    for standstill in started:
        counted = {str(day) for day in standstill.non_working_days}
        last = str(standstill.published_on + timedelta(days=60))

        assert counted == {
            day for day in bank_holidays if str(standstill.published_on) <= day <= last
        }


def test_every_organisation_is_called_fictional(recorded: list[Recorded]) -> None:
    registered = [e.event for e in recorded if isinstance(e.event, OrganisationRegistered)]

    assert registered
    for organisation in registered:
        assert organisation.name.endswith(" (fictional)")
        assert organisation.unincorporated or all(
            identifier.id.startswith("DEMO-") for identifier in organisation.identifiers
        )


def test_who_takes_part(recorded: list[Recorded]) -> None:
    registered = [e.event for e in recorded if isinstance(e.event, OrganisationRegistered)]
    sides = Counter(organisation.side for organisation in registered)
    groups = [organisation for organisation in registered if organisation.unincorporated]

    assert sides["authority"] >= 3
    assert sides["supplier"] >= 6
    assert sides["community"] >= 6
    assert any("Police Commissioner" in organisation.name for organisation in registered)
    assert [group.host_id for group in groups] == ["organisation-doorstep"]


def test_needs_have_the_themes_that_relieve_the_police(recorded: list[Recorded]) -> None:
    needs = [event.event for event in recorded if isinstance(event.event, NeedProposed)]

    assert {need.theme.code for need in needs} == THEMES


def test_a_sniper_runs_into_the_hard_stop(recorded: list[Recorded]) -> None:
    cleaning = [e.event for e in recorded if e.stream == "auction-cleaning"]
    (drafted,) = (event for event in cleaning if isinstance(event, AuctionDrafted))
    extended = [event.closes_at for event in cleaning if isinstance(event, AuctionExtended)]

    assert len(extended) == 4
    assert extended[-1] == drafted.terms.soft_close.hard_stop
    assert any(isinstance(event, BidWithdrawn) for event in cleaning)


def test_an_exclusion_changes_who_is_first(recorded: list[Recorded]) -> None:
    ranked = [
        event.event.ranking
        for event in recorded
        if event.stream == "award-catering" and isinstance(event.event, AssessmentRanked)
    ]
    totals = [
        [(tender.supplier_id.removeprefix("organisation-"), str(tender.total)) for tender in of]
        for of in ranked
    ]

    assert totals[0][:2] == [("cindermill", "82.25"), ("harle", "82")]
    assert totals[1] == [("harle", "89"), ("cindermill", "87.5")]


def test_a_tie_goes_to_the_earlier_bid(recorded: list[Recorded]) -> None:
    (ranked,) = (
        event.event.ranking
        for event in recorded
        if event.stream == "award-fleetagain" and isinstance(event.event, AssessmentRanked)
    )
    first, second, *_ = ranked

    assert first.total == second.total
    assert first.bid_points == second.bid_points
    assert first.bid_no is not None
    assert second.bid_no is not None
    assert first.bid_no < second.bid_no


def test_a_pause_moves_the_close_by_what_it_took(recorded: list[Recorded]) -> None:
    again = [event.event for event in recorded if event.stream == "auction-fleetagain"]
    (paused,) = (event for event in again if isinstance(event, AuctionPaused))
    (resumed,) = (event for event in again if isinstance(event, AuctionResumed))
    (rejected,) = (event for event in again if isinstance(event, BidRejected))

    assert rejected.rule == "auction-paused"
    assert resumed.closes_at - resumed.closes_at_was == resumed.resumed_at - paused.paused_at


def test_what_the_void_auction_cost_stays_in_the_denominator(
    log: list[Row], recorded: list[Recorded]
) -> None:
    views = Views(Kept(log))
    views.refresh()
    fleet = Scope(procurement_id="procurement-fleet")
    now = recorded[-1].recorded_at
    report = leverage_report(views.tables, as_at=now, known_at=views.position, scope=fleet)

    assert report.denominators["D1"].pence == 150_000 + 90_000
    assert any(note.subject == "auction-fleet" for note in report.exclusions)


def test_rate_pledges_grow_with_the_invoices_below_their_cap(recorded: list[Recorded]) -> None:
    tools = pledge_id_of("contract-cleaning", "need-tools")
    of = [event.event for event in recorded if event.stream == tools]
    (committed,) = (event for event in of if isinstance(event, PledgeCommitted))
    owed = [event.quantity for event in of if isinstance(event, PledgeMaterialised)]

    assert owed == [Decimal(3_700), Decimal(7_525), Decimal(11_075)]
    assert committed.cap == 36_000


def test_everything_that_may_go_wrong_has_a_place(recorded: list[Recorded]) -> None:
    types = {event.type.removesuffix(".v1") for event in recorded}

    assert types >= {
        *("auction-voided", "auction-cancelled", "auction-unsuccessful", "bid-withdrawn"),
        *(
            "supplier-excluded",
            "interest-declared",
            "conflicts-reviewed",
            "tender-notice-published",
        ),
        *("representation-recorded", "proceedings-notified", "suspension-lifted"),
        *("contract-varied", "contract-invoice-recorded", "pledge-materialised"),
        *("claim-withdrawn", "delivery-disputed", "dispute-resolved", "evidence-apportioned"),
        *("pledge-defaulted", "remedy-agreed", "pledge-written-off", "pledge-released"),
        *("kpi-set", "performance-rated", "contract-completed", "procurement-completed"),
        *("directly-offered", "offer-accepted", "offer-declined", "resource-offered"),
        *("indicator-observed", "record-corrected", "ledger-resumed", "hidden-amounts-read"),
        *("connection-declared", "organisation-suspended", "organisation-reinstated"),
        *("access-granted", "access-revoked", "key-registered", "proxy-set-superseded"),
        *("procurement-observed", "published-award-recorded", "procurement-terminated"),
        *("exchange-spend-recorded", "administration-cost-recorded", "input-recorded"),
    }
