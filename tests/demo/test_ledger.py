"""The ledger that the demo leaves: real events, sound, and the same bytes every time."""

from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK
from svx_ledger.domain.auction.events import AuctionClosed, AuctionExtended, BidRejected
from svx_ledger.domain.award.events import StandstillStarted
from svx_ledger.domain.contract.events import ContractVaried
from svx_ledger.domain.organisation import OrganisationRegistered
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Recorded, Row, leaf_of, read_record
from svx_ledger.proofs import merkle
from tests.domain.outcome import World

TWO_PEOPLE = (
    ("RequestFreeze", "ApproveFreeze"),
    ("RecommendAward", "ApproveAward"),
    ("RequestVariation", "ApproveVariation"),
    ("ProposeNeed", "ApproveNeed"),
    ("ClaimDelivery", "ConfirmDelivery"),
)


def log_of(address: str) -> list[Row]:
    fill(address, STORY)
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
    return merkle.root([leaf_of(row.record) for row in log])


def test_the_demo_gives_the_same_bytes_again(log: list[Row], tmp_path: Path) -> None:
    again = log_of(f"sqlite:///{tmp_path / 'second.db'}")

    assert again == log
    assert root(again) == root(log)


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

    assert [event.stream for event in closed] == ["auction-estates", "auction-lighting"]
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
        ("2025-08-20", "2025-08-20", "2025-09-01"),
        ("2026-08-26", "2026-08-26", "2026-09-07"),
    ]
    for standstill in started:
        counted = {str(day) for day in standstill.non_working_days}
        window = (str(standstill.published_on), str(standstill.published_on.replace(month=10)))

        assert counted == {day for day in bank_holidays if window[0] <= day <= window[1]}


def test_every_organisation_is_called_fictional(recorded: list[Recorded]) -> None:
    registered = [e.event for e in recorded if isinstance(e.event, OrganisationRegistered)]

    assert registered
    for organisation in registered:
        assert organisation.name.endswith(" (fictional)")
        assert all(identifier.id.startswith("DEMO-") for identifier in organisation.identifiers)
