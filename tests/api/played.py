"""The whole story on a ledger in a file, with a moment of its views whenever one is wanted."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from svx_ledger.cli.demo.player import play
from svx_ledger.cli.demo.seeding import SEED, seeded_salts
from svx_ledger.cli.demo.step import Step
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import CommandRef, Row, read_record, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.projections.memory import Views
from svx_ledger.projections.view import View

from .story import told


def play_into(url: str, given: tuple[Step, ...] | None = None) -> datetime:
    """Play the whole story, or another, into an empty ledger; return when it ends."""
    given = given or told()
    clock = SimulatedClock(given[0].at)
    with closing(open_store(url)) as store:
        store.create()
        with Ledger(store, clock=clock, salts=seeded_salts(SEED)) as ledger:
            for _ in play(ledger, clock, given, "told"):
                pass
    return given[-1].at


class Log(NamedTuple):
    """A log that is read from memory."""

    log: list[Row]

    def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stream records as a store does."""
        return iter(self.log[after : None if limit is None else after + limit])


def log_in(folder: Path) -> Log:
    """Play the story, and return its log."""
    url = f"sqlite:///{folder / 'told.db'}"
    play_into(url)
    with closing(open_store(url)) as store:
        return Log(list(store.rows()))


def instead(log: Log, position: int, said: tuple[str, Event], actor: Actor) -> Log:
    """Return a log in which this came after a position, and nothing else."""
    before, (stream, event) = log.log[:position], said
    at = read_record(before[-1]).recorded_at
    row = write_record(
        position=position + 1,
        stream=stream,
        version=1 + sum(row.stream == stream for row in before),
        recorded_at=at,
        actor=shape_of(Actor).encode(actor),
        command=CommandRef("instead", "Instead", "0" * 64, 1, 1),
        trace={},
        prev=None,
        salt=bytes(16),
        event=event,
    )
    return Log([*before, row])


def moments(log: Log, *before: str) -> Iterator[View]:
    """Give the views just before each event of these types, and at the end.

    They are the same views, which go on: each is to be looked at before the next is asked for.
    """
    views = Views(log)
    for row in log.log:
        if row.type in before and row.position - 1 > views.position:
            yield _moment(views, row.position - 1)
    yield _moment(views, len(log.log))


def _moment(views: Views, position: int) -> View:
    views.refresh(limit=position - views.position)
    assert views.recorded_at is not None
    return View(views.tables, views.position, views.recorded_at)
