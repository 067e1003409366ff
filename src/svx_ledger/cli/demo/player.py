"""Playing a story: each command by its person at its time, the clock's own as they fall due."""

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Final

from svx_ledger.cli.failing import Refused
from svx_ledger.cli.progress import watched
from svx_ledger.domain import vocabulary
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.ledger.batch import DUE

from .binding import binding
from .buying import buying
from .scenario import Scenario, utc
from .setting import Step, setting

LEDGER_USED: Final = Rule(
    "ledger-used",
    "The demo fills an empty ledger only.",
    "Delete the file of an earlier demo, or name another ledger with --ledger.",
    "conflict",
)


def fill(address: str, scenario: Scenario) -> int:
    """Play a story into an empty ledger; return how many events it has then.

    Raises Refused for a used ledger, and where something in the story breaks a rule.
    """
    with closing(open_store(address)) as store:
        store.create()
        store.check()
        if events := store.head().position:
            raise Refused(LEDGER_USED.refuse(events=events))
        clock = SimulatedClock(utc(scenario.begins_at))
        told = steps(scenario)
        with Ledger(store, clock=clock, salts=seeded_salts()) as ledger:
            play(ledger, clock, watched(told, len(told), "playing"))
        return store.head().position


def steps(scenario: Scenario) -> list[Step]:
    """Return everything that people do in a story, in the order of time."""
    told = [*setting(scenario)]
    for procurement in scenario.procurements:
        told += buying(scenario, procurement)
        told += binding(scenario, procurement)
    return sorted(told, key=lambda step: step.at)


def seeded_salts() -> Callable[[], bytes]:
    """Return salts that anybody can make again: for a story, in which nothing is secret."""
    numbers = count(1)
    return lambda: sha256(f"svx demo salt {next(numbers)}".encode()).digest()[:16]


def play(ledger: Ledger, clock: SimulatedClock, told: Iterable[Step]) -> None:
    """Give each step's command to the ledger. Raises Refused where one is refused."""
    for n, step in enumerate(told, start=1):
        _reach(ledger, clock, step.at)
        answer = ledger.execute(step.command, step.actor, f"demo-{n:04d}")
        if isinstance(answer, Refusal):
            raise Refused(answer)


def _reach(ledger: Ledger, clock: SimulatedClock, at: datetime) -> None:
    """Come to an instant, letting the ticker decide each deadline on the way at its time."""
    while (due_at := _next_deadline(ledger)) is not None and due_at <= at:
        clock.advance_to(due_at)
        ledger.ticker.look()
        if not ledger.ticker.tick():
            raise RuntimeError(f"nothing was decided at the deadline {due_at}")
    clock.advance_to(at)


def _next_deadline(ledger: Ledger) -> datetime | None:
    streams = [key.removeprefix(DUE) for key in ledger.store.held(DUE)]
    found = [vocabulary.due(stream, ledger.state(object, stream)) for stream in streams]
    return min((due[0] for due in found if due), default=None)
