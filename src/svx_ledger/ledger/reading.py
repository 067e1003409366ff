"""Which streams a command reads, and folding them from the log."""

from collections.abc import Callable, Iterable, Mapping

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, States
from svx_ledger.eventlog.record import Row, Unreadable, leaf_of, read_link

from .cache import Entry


def fold(entry: Entry, rows: Iterable[Row], opening: bytes | None) -> Entry:
    """Fold further records of one stream into its entry, link by link.

    Each must follow the one before it, in version and in `prev`; a stream's first names the
    leaf of the ledger's opening. Raises Unreadable: what does not fit was not written here.
    """
    version, prev, state = entry.version, entry.prev, entry.state
    if version == 0:
        prev = opening
    for row in rows:
        named, event = read_link(row)
        expected = prev.hex() if prev and row.position > 1 else None
        if row.version != version + 1 or named != expected:
            raise Unreadable(row, "it does not follow the event before it")
        try:
            state = vocabulary.evolve(row.stream, state, event)
        except (TypeError, LookupError) as fault:
            raise Unreadable(row, str(fault)) from None
        version, prev = row.version, leaf_of(row.record)
    if version == entry.version:
        return entry
    return Entry(version, prev, state, vocabulary.due(row.stream, state))


def entries_for(
    command: Command, find: Callable[[str], Entry | None], unread: Entry | None = None
) -> tuple[dict[str, Entry], list[str]]:
    """Follow a command's reads as far as known entries lead: (entries, streams missing).

    What a decider reads may be named by a state, so the question is asked until it names
    nothing new. `unread` is what a stream to be created is taken for while nobody has looked;
    what is only consulted is looked for, and found to be absent where it is.
    """
    entries: dict[str, Entry] = {}
    known: dict[str, object] = {}
    states = States(known)
    missing: list[str] = []
    named = -1
    while not missing and named < len(entries):
        named = len(entries)
        for stream in command.streams(states):
            if stream not in entries:
                entry = find(stream)
                if entry is None and unread is not None and stream in command.creates(states):
                    entry = unread
                if entry is None:
                    missing.append(stream)
                else:
                    entries[stream], known[stream] = entry, entry.state
    return entries, missing


def states_of(entries: Mapping[str, Entry]) -> dict[str, object]:
    """Return just the states."""
    return {stream: entry.state for stream, entry in entries.items()}
