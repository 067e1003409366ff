"""Neighbours: a second process, a stock recorder, commands that break their deciders."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import BidLine, BidRejected
from svx_ledger.domain.kind import Command, Decision, States
from tests.world import OPERATOR

from .child import Task, child
from .crowd import CALLERS, Crowd, ask_again, asks
from .history import DEFINITE, Ask, read_calls
from .kills import HALVES
from .places import Place, PostgresPlace, database_of, reopened
from .tally import History, Plan, Tally

TOGETHER_SECONDS = 1.0
FAIR = 0.1
"""The least part of the other's calls that either process gets through in a second, on a busy
machine too; on an idle one it is far more, as the report says."""


def two_processes(place: Place, plan: Plan) -> Tally:
    """Let two processes write one ledger: both get on, and neither starves the other."""
    tally = Tally(fault="two processes", store=place.name)
    shares = []
    with TemporaryDirectory() as folder:
        for n in range(plan.times):
            history = History(place, tally)
            logs = [Path(folder) / f"{n}.{half}" for half in (0, 1)]
            first, second = (
                Task(history.url, log, place.world, run, callers)
                for log, run, callers in zip(logs, (1, 2), HALVES, strict=True)
            )
            with child(first) as one, child(second) as other:
                started = _done(logs)
                one.run_for(TOGETHER_SECONDS)
                ended = _done(logs)
                one.stop()
                other.stop()
            gains = sorted(after - before for before, after in zip(started, ended, strict=True))
            shares.append(gains[0] / max(1, gains[1]))
            calls = [call for log in logs for call in read_calls(log)]
            history.add(calls)
            history.check()
            known = {call.key for call in calls if call.said in DEFINITE}
            asked_again = {call.command_id for call in calls if call.key not in known}
            history.settle(ask_again(place.world, command_id) for command_id in asked_again)
            tally.count += 1
            plan.tick()
    tally.note = f"the slower process did {min(shares):.0%} of the faster one's calls or more"
    if min(shares) < FAIR:
        tally.fail("one process starves the other")
    return tally


def _done(logs: list[Path]) -> list[int]:
    return [sum(call.said in DEFINITE for call in read_calls(log)) for log in logs]


def stock_recorder(place: Place, plan: Plan) -> Tally:
    """Append with the library's own recorder beside the callers: it must fail, at once."""
    tally = Tally(fault="stock recorder appends", store=place.name)
    history = History(place, tally)
    recorder, datastore = _recorder(history.url, place)

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(CALLERS, "sequenced")
            stranger = StoredEvent(str(uuid4()), 1, "stranger", b"{}")
            try:
                recorder.insert_events([stranger])
            except Exception:  # noqa: BLE001 - how it fails is its own affair
                tally.count += 1
            else:
                tally.fail("the stock recorder appended")
            plan.tick()

    with closing(datastore):
        history.disturb(disturb)
    return tally


def _recorder(url: str, place: Place) -> tuple[Any, Any]:
    if not isinstance(place, PostgresPlace):
        files = SQLiteDatastore(url.removeprefix("sqlite:///"), originator_id_type="text")
        return SQLiteApplicationRecorder(files), files
    databases = PostgresDatastore(
        dbname=database_of(url),
        host=str(place.server.home),
        port="",
        user="svx",
        password="",
        originator_id_type="text",
    )
    return PostgresApplicationRecorder(databases, events_table_name="stored_events"), databases


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisoned(Command):
    """A command with a fault of ours: a method that raises, or an event beyond any record.

    What people can send has neither, so it takes a command that nobody else can give.
    """

    organisation_id: str
    where: str

    def _fail_in(self, where: str) -> None:
        if where == self.where:
            raise ZeroDivisionError

    def creates(self, states: States) -> tuple[str, ...]:
        """Fail, or name the new stream."""
        del states
        self._fail_in("creates")
        return (self.organisation_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Fail, or name nothing."""
        del states
        self._fail_in("reads")
        return ()

    def claims(self) -> tuple[str, ...]:
        """Fail, or name nothing."""
        self._fail_in("claims")
        return ()

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Fail as a bug would, or lead to more than a record holds."""
        del states, actor
        if self.where != "record":
            raise ZeroDivisionError
        rejected = BidRejected(
            supplier_id=self.organisation_id,
            lines=(BidLine(need_id="need-0001", unit="£", quantity=Decimal(1)),),
            bid_no=1,
            rule="too-talkative",
            facts={f"fact_{n}": "x" * 2_000 for n in range(40)},
            minute=now.replace(second=0, microsecond=0),
            of_minute=1,
        )
        return [(self.organisation_id, rejected)]


POISONS = ("creates", "reads", "claims", "decide")


def poisoned(place: Place, plan: Plan) -> Tally:
    """Put commands among the others that no decider or no record can take."""
    tally = Tally(fault="poisoned command in a batch", store=place.name)
    history = History(place, tally)
    world = place.world
    with reopened(history.url) as ledger:
        callers = [asks(world, bidder, run=1) for bidder in range(CALLERS)]
        with Crowd(ledger, callers) as others, Crowd(ledger, [_poison(plan)]) as bad:
            bad.join()
            others.wait_for(CALLERS, "sequenced")
    history.add(others.calls)
    history.add(bad.calls)
    history.check()
    for call in bad.calls:
        tally.count += call.said == "failed" or call.detail == "record-too-large"
    if tally.count != plan.times:
        tally.fail(f"{plan.times - tally.count} poisoned commands did not fail")
    history.settle([*others.unresolved, *bad.unresolved])
    return tally


def _poison(plan: Plan) -> Iterator[Ask]:
    kinds = cycle((*POISONS, "record"))
    for n, where in enumerate(islice(kinds, plan.times)):
        yield Ask(
            command=Poisoned(organisation_id=f"organisation-bad{n}", where=where),
            actor=OPERATOR,
            command_id=f"poison-{n}",
            rightly_refused=("record-too-large",) if where == "record" else (),
        )
        plan.tick()
