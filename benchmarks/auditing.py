"""The row about the audit: decisions made again, beside its goal and beside the rules alone."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from time import perf_counter

from svx_ledger.audit import audit
from svx_ledger.audit.grouping import groups
from svx_ledger.audit.reading import Read, read
from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, States
from svx_ledger.eventlog.open import open_store

from . import rebuilding
from .measure import Sample, in_turn
from .places import Place
from .report import Line, line
from .scale import Scale

GOAL = 100_000
"""Events a second on two processes."""

Step = tuple[Command, list[Read]]


def audits(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Audit a whole ledger, on one process and on two."""
    address = place.address()
    events = rebuilding.history(address, scale.log_events, scale.kept)
    steps = _steps(address)
    done = in_turn(
        f"audit, {place.name}",
        {
            "one": partial(_audited, address, 1),
            "two": partial(_audited, address, 2),
            "rules": partial(_rules_alone, steps),
        },
        scale.rounds and 3,
    )
    for side, what in (("one", "1 process"), ("two", "2 processes")):
        yield line(
            "audit",
            store=place.name,
            what=f"audit of {events:,} events, {what}",
            measured=done[side],
            beside="the rules alone, 1 process: decide and fold, all decoded before",
            against=done["rules"],
            goal=None,
        )
    yield line(
        "audit",
        store=place.name,
        what="the same, beside its goal",
        measured=done["two"],
        beside="100,000 events a second",
        against=Sample(GOAL, 1.0),
        goal=1.0,
    )


def _audited(address: str, processes: int) -> Sample:
    with closing(open_store(address)) as store:
        began = perf_counter()
        done = audit(store, processes=processes, again=partial(open_store, address))
        seconds = perf_counter() - began
    assert done.clean, done.first
    return Sample(done.events, seconds)


def _steps(address: str) -> list[Step]:
    """Read every command back, so that only the rules are left to run."""
    steps: list[Step] = []
    with closing(open_store(address)) as store:
        for group in groups(store.rows()):
            reads = [read(row) for row in group.rows]
            first = reads[0]
            assert first.command is not None
            cls = vocabulary.COMMANDS[first.command.type]
            events = [(one.stream, one.event) for one in reads if one.event is not None]
            steps.append((cls.of(events), reads))
    return steps


def _rules_alone(steps: list[Step]) -> Sample:
    """Decide every command and fold its events, and nothing else; unheld keys and all."""
    states: dict[str, object] = {}
    holders: dict[str, str] = {}
    count = 0
    began = perf_counter()
    for command, reads in steps:
        first = reads[0]
        known = {key: holders[key] for key in command.claims() if key in holders}
        decision = vocabulary.decide(
            command, States(states, known), first.actor, first.recorded_at
        )
        assert isinstance(decision, list)
        for stream, event in decision:
            states[stream] = vocabulary.evolve(stream, states.get(stream), event)
            for claim in event.claims():
                if claim.held:
                    holders[claim.key] = stream
                else:
                    holders.pop(claim.key, None)
            count += 1
    return Sample(count, perf_counter() - began)
