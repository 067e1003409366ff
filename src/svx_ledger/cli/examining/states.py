"""States of streams as the log has them, folded here: the doctor opens no writer."""

from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

from svx_ledger.domain import vocabulary
from svx_ledger.eventlog.record import read_event
from svx_ledger.eventlog.store import Store

MOST_SECONDS = 10.0
"""For which streams are folded; a large ledger has more than can be looked at in passing."""


class Folded(NamedTuple):
    """One stream with its state, and how many of so many are looked at with it."""

    stream: str
    state: object
    number: int
    of: int


def state_of(store: Store, stream: str) -> object:
    """Fold a stream."""
    state: object = None
    for row in store.stream(stream):
        state = vocabulary.evolve(stream, state, read_event(row))
    return state


def folded(store: Store, streams: list[str]) -> Iterator[Folded]:
    """Fold streams as long as there is time."""
    until = monotonic() + MOST_SECONDS
    for number, stream in enumerate(streams, 1):
        if monotonic() > until:
            return
        yield Folded(stream, state_of(store, stream), number, len(streams))
