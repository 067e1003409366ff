"""One command, one stream or one caller in trouble; the others go on."""

import asyncio
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.kind import Command
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Trace
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import (
    CommandFailed,
    Ledger,
    Refusal,
    Sequenced,
    SimulatedClock,
    Stopped,
    WrongClock,
)
from tests.world import OPERATOR, begin, open_auction, registration

from .conftest import OPEN, START
from .test_write_path import done, refused, register


def verify(n: int) -> VerifyOrganisation:
    return VerifyOrganisation(organisation_id=f"organisation-{n:06d}", basis="checked")


def test_an_import_keeps_its_order_although_its_streams_are_cold(
    ledger: Ledger, store_url: str, clock: SimulatedClock
) -> None:
    ledger.execute_all([(register(n), None) for n in range(300)], OPERATOR)
    commands: list[tuple[Command, str | None]] = []
    for n in range(300):
        commands += [(verify(n), f"first-{n}"), (verify(n), f"second-{n}")]
    with closing(open_store(store_url)) as store, Ledger(store, clock=clock) as cold:
        answers = cold.execute_all(commands, OPERATOR)

    firsts, seconds = answers[::2], answers[1::2]
    assert [done(answer).first_position for answer in firsts] == list(range(302, 602))
    assert {refused(answer) for answer in seconds} == {"wrong-state"}


def test_a_stream_read_while_the_ledger_opens_is_not_taken_for_damaged(
    store: Store, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(store, clock=clock) as ledger:
        look = ledger._sequencer._past.opening

        def meanwhile() -> object:
            seen = look()
            monkeypatch.undo()
            done(ledger.execute(OPEN, OPERATOR))
            done(ledger.execute(register(1), OPERATOR))
            return seen

        monkeypatch.setattr(ledger._sequencer._past, "opening", meanwhile)
        ledger._sequencer.read("organisation-000001")

        assert isinstance(ledger.execute(verify(1), OPERATOR), Sequenced)


def test_a_malformed_opening_is_malformed_whatever_its_clock(ledger: Ledger) -> None:
    opening = replace(OPEN, origin="x" * 2_001, clock="real")

    assert refused(ledger.execute(opening, OPERATOR)) == "bad-length"


def test_a_caller_does_not_wait_for_an_import(ledger: Ledger) -> None:
    async def both() -> int:
        imported = asyncio.to_thread(
            ledger.execute_all, [(register(n), None) for n in range(2_000)], OPERATOR
        )
        task = asyncio.create_task(imported)
        await asyncio.sleep(0.05)
        answer = await ledger.submit(register(999_999), OPERATOR)
        await task
        return done(answer).first_position

    assert asyncio.run(both()) < 2_000


def test_a_cancelled_caller_is_not_decided_behind_its_back(ledger: Ledger) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(ledger.submit(register(1), OPERATOR, "id-1"))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancelled())
    ledger.execute(register(2), OPERATOR)

    assert ledger.store.outcome(OPERATOR.principal, "id-1") is None


def test_another_role_is_another_principal(ledger: Ledger) -> None:
    supplier = replace(OPERATOR, role="supplier.bidder")
    ledger.execute(register(1), OPERATOR)

    assert refused(ledger.execute(verify(1), supplier, "id-1")) == "role-not-allowed"
    assert isinstance(ledger.execute(verify(1), OPERATOR, "id-1"), Sequenced)


@pytest.mark.parametrize("text", ["line\nbreak", "\u202e", "x" * 129, ""])
def test_where_a_command_came_from_has_its_form_too(ledger: Ledger, text: str) -> None:
    answer = ledger.execute(register(1), OPERATOR, trace=Trace(request=text))

    assert isinstance(answer, Refusal)
    assert answer.rule.kind == "malformed"


def test_simulated_time_enters_no_real_ledger(store: Store, clock: SimulatedClock) -> None:
    with Ledger(store, clock=clock) as simulated, Ledger(store) as real:
        assert (
            refused(simulated.execute(replace(OPEN, clock="real"), OPERATOR)) == "wrong-clock"
        )
        done(simulated.execute(OPEN, OPERATOR))
        with pytest.raises((WrongClock, Stopped), match="simulated"):
            real.execute(register(1), OPERATOR)

    assert store.head().position == 1


def test_an_early_answer_that_there_is_no_ledger_is_not_for_ever(
    store: Store, clock: SimulatedClock
) -> None:
    with Ledger(store, clock=clock) as ledger:
        assert refused(ledger.execute(register(1), OPERATOR, "id-1")) == "ledger-not-open"
        done(ledger.execute(OPEN, OPERATOR))

        assert isinstance(ledger.execute(register(1), OPERATOR, "id-1"), Sequenced)


def test_a_forked_process_is_told_to_open_the_ledger_itself(ledger: Ledger) -> None:
    ledger.execute(register(1), OPERATOR)
    ledger._sequencer._process = os.getpid() + 1

    with pytest.raises(Stopped, match="forked"):
        ledger.execute(register(2), OPERATOR)


def damage(path: Path, stream: str, statement: str) -> None:
    """Change the last record of a stream, as somebody with the file in hand could."""
    with closing(sqlite3.connect(path)) as file:
        (trigger,) = file.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'stored_events_no_update'"
        ).fetchone()
        file.execute("DROP TRIGGER stored_events_no_update")
        file.execute(
            f"UPDATE stored_events SET {statement} WHERE rowid = "
            "(SELECT max(rowid) FROM stored_events WHERE originator_id = ?)",
            (stream,),
        )
        file.execute(trigger)
        file.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "topic = 'organisation-verified.v2'",
        "topic = 'auction-paused.v1'",
        "originator_version = 777",
        """state = replace(state, '"prev":"', '"prev":"00')""",
        "state = '{}'",
    ],
)
def test_a_damaged_stream_stops_what_needs_it_and_no_other(
    tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "ledger.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.create()
        with Ledger(store, clock=SimulatedClock(START)) as ledger:
            begin(ledger)
            open_auction(ledger, "w001")
            auction = open_auction(ledger, "w002")
            ledger.execute(registration("organisation-last"), OPERATOR)
            damage(path, "auction-w001", statement)
        with Ledger(store, clock=SimulatedClock(auction.closes_at)) as ledger:
            supplier = auction.bidders[0]
            bad = replace(auction, auction_id="auction-w001").bid(0, pounds=5)
            with pytest.raises(CommandFailed, match="auction-w001 cannot be read at position"):
                ledger.execute(bad, supplier)
            ledger.ticker.look()
            written = ledger.ticker.tick()
            state = ledger.state(Auction, "auction-w002")

    assert written == 1
    assert state is not None
    assert state.phase == "ranked"


def test_a_deadline_that_is_refused_waits_and_holds_up_no_other(
    ledger: Ledger, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_auction(ledger, "w001")
    second = open_auction(ledger, "w002")
    clock.advance_to(max(first.closes_at, second.closes_at))
    decide = ledger.ticker._submit
    calls: list[int] = []

    def one_is_refused(deadlines: object) -> list[object]:
        answers = list(decide(deadlines))  # type: ignore[arg-type]
        calls.append(len(answers))
        return [CommandFailed("no"), *answers[1:]]

    monkeypatch.setattr(ledger.ticker, "_submit", one_is_refused)
    written = ledger.ticker.tick()
    monkeypatch.setattr(ledger.ticker, "_submit", decide)
    again = ledger.ticker.tick()
    clock.advance_to(clock.wall() + timedelta(seconds=2))

    assert (written, again, calls) == (1, 0, [2])
    assert ledger.ticker.tick() == 0  # it was written after all: the command's id says so
