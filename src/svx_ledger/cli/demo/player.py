"""Playing a story: each command by its person at its time, the clock's own as they fall due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from svx_ledger.cli.failing import Refused
from svx_ledger.cli.progress import watched
from svx_ledger.domain import vocabulary
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.ledger.batch import DUE

from .announcing import announcing
from .binding import binding
from .buying import buying
from .chronicle import Entry, told
from .scenario import Scenario
from .seeding import SEED, seeded_salts
from .setting import adding, setting
from .step import PACE, Step, utc

LEDGER_USED: Final = Rule(
    "ledger-used",
    "An empty ledger is filled, and no other.",
    "Delete the file of an earlier run, or name another ledger with --ledger.",
    "conflict",
)


class Played(NamedTuple):
    """What came of playing a story: how many commands and events, and its chronicle."""

    commands: int
    events: int
    chronicle: tuple[Entry, ...]


def fill(
    address: str,
    scenario: Scenario,
    seed: int = SEED,
    log_key: Callable[[], str] | None = None,
) -> Played:
    """Play a story into an empty ledger.

    `log_key` makes what the log can be published with, and returns its verifier key: it is
    random, so it comes last, and what the story tells has the same bytes each time.
    Raises Refused for a used ledger, and where something in the story breaks a rule.
    """
    with closing(open_store(address)) as store:
        store.create()
        store.check()
        if events := store.head().position:
            raise Refused(LEDGER_USED.refuse(events=events))
        clock = SimulatedClock(utc(scenario.begins_at))
        given = steps(scenario, seed)
        if log_key is not None:
            given.append(adding(log_key(), scenario, given[-1].at + PACE))
        with Ledger(store, clock=clock, salts=seeded_salts(seed)) as ledger:
            seen = watched(given, len(given), "playing")
            chronicle = tuple(play(ledger, clock, seen, f"demo-{seed}"))
        return Played(len(given), store.head().position, chronicle)


def steps(scenario: Scenario, seed: int = SEED) -> list[Step]:
    """Return everything that people do in a story, in the order of time."""
    given = [*_with_sentences(setting(scenario), scenario.says), *scenario.beside]
    for of in scenario.procurements:
        bought = (*announcing(of), *buying(scenario, of, seed))
        acted = (*bought, *binding(scenario, of), *of.extras)
        given += _with_sentences(acted, of.says, of.called)
    return sorted(given, key=lambda step: step.at)


def _with_sentences(
    given: Iterable[Step], says: Mapping[str, str], of: str = ""
) -> Iterator[Step]:
    """Put what is said of a command to the first one of that name which says nothing itself."""
    left = dict(says)
    for step in given:
        said = step.says or left.pop(type(step.command).__name__, "")
        yield replace(step, says=said, of=of)


def play(
    ledger: Ledger, clock: SimulatedClock, given: Iterable[Step], prefix: str
) -> Iterator[Entry]:
    """Give each step's command to the ledger, and what is told of it.

    Raises Refused where one is refused.
    """
    for n, step in enumerate(given, start=1):
        _reach(ledger, clock, step.at)
        answer = ledger.execute(step.command, step.actor, f"{prefix}-{n:04d}")
        if isinstance(answer, Refusal):
            raise Refused(answer)
        if step.says:
            yield Entry(answer.recorded_at, step.of, told(step.says, answer.events))


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
