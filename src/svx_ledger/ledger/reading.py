"""Which streams a command reads, and folding them from the log."""

from collections.abc import Callable, Iterable, Mapping

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, States
from svx_ledger.eventlog.record import Row, leaf_of, read_event

from .cache import ABSENT, Entry


def fold(entry: Entry, rows: Iterable[Row]) -> Entry:
    """Fold further records of one stream into its entry."""
    state, last = entry.state, None
    for row in rows:
        state = vocabulary.evolve(row.stream, state, read_event(row))
        last = row
    if last is None:
        return entry
    return Entry(last.version, leaf_of(last.record), state)


def entries_for(
    command: Command, find: Callable[[str], Entry | None]
) -> tuple[dict[str, Entry], list[str]]:
    """Follow a command's reads as far as known entries lead: (entries, streams missing).

    What a decider reads may be named by a state, so the question is asked until it names
    nothing new. A stream that the command creates is taken as absent until the lock is held.
    """
    entries: dict[str, Entry] = {}
    known: dict[str, object] = {}
    states = States(known)
    while True:
        created, read = command.creates(states), command.reads(states)
        wanted = [s for s in dict.fromkeys((*created, *read)) if s not in entries]
        missing = []
        for stream in wanted:
            entry = find(stream) or (ABSENT if stream in created else None)
            if entry is None:
                missing.append(stream)
            else:
                entries[stream], known[stream] = entry, entry.state
        if missing or not wanted:
            return entries, missing


def states_of(entries: Mapping[str, Entry]) -> dict[str, object]:
    """Return just the states."""
    return {stream: entry.state for stream, entry in entries.items()}
