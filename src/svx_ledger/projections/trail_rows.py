"""The rows of the trail as one reads them: each entry with its act and its trace."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from typing import Final, NamedTuple

from .table import Rows
from .trail import ACT, ENTRY, MENTION, TRACE, ActRow, EntryRow, TraceRow

_AT_ONCE: Final = 500


class TrailRow(NamedTuple):
    """An event without what it says: who, in which role, for whom, by which command.

    `type` is the newest name of its type. The event is number `n` of the `of` that its command
    led to. `causation` and `correlation` are what the edge said of where the command came from,
    `request` is the edge's own id. By the last three `visibility` tells who may see it, where
    that is not everybody: the supplier it is about, and its bid.
    """

    position: int
    recorded_at: datetime
    stream: str
    version: int
    type: str
    person_id: str
    role: str
    organisation_id: str | None
    on_behalf_of: str | None
    command_id: str
    command_type: str
    n: int
    of: int
    causation: str | None
    correlation: str | None
    request: str | None
    supplier_id: str | None
    bid_no: int | None


class TrailRows:
    """The trail at one moment of the views. Everything comes in the order of positions."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._acts: dict[str, ActRow] = {}

    def at(self, position: int) -> TrailRow | None:
        """Return the entry at a position, if there is one."""
        entry = self.rows.get(ENTRY, position)
        return None if entry is None else self._whole(entry)

    def after(self, position: int) -> Iterator[TrailRow]:
        """Yield all entries after a position, read a page at a time."""
        while page := list(self.rows.page(ENTRY, (position,), _AT_ONCE)):
            yield from map(self._whole, page)
            position = page[-1].position

    def all(self) -> Iterator[TrailRow]:
        """Yield all entries."""
        return map(self._whole, self.rows.all(ENTRY))

    def of_stream(self, stream: str) -> Iterator[TrailRow]:
        """Yield the entries of a stream."""
        return map(self._whole, self.rows.where(ENTRY, "stream", stream))

    def of_thing(self, thing: str) -> Iterator[TrailRow]:
        """Yield the entries of a stream, and those that name it."""
        own = {row.position: row for row in self.rows.where(ENTRY, "stream", thing)}
        named = (mention.position for mention in self.rows.select(MENTION, thing))
        for position in merge(own, named):
            row = own.get(position) or self.rows.get(ENTRY, position)
            if row is not None:
                yield self._whole(row)

    def of_command(self, command_id: str) -> Iterator[TrailRow]:
        """Yield what a command led to."""
        return map(self._whole, self.rows.where(ENTRY, "command_id", command_id))

    def of_correlation(self, correlation: str) -> Iterator[TrailRow]:
        """Yield what came of all commands that the edge gave this correlation."""
        for trace in self.rows.where(TRACE, "correlation", correlation):
            row = self.rows.get(ENTRY, trace.position)
            if row is not None:
                yield self._whole(row)

    def of_type(self, name: str) -> Iterator[TrailRow]:
        """Yield the events of a type, by its newest name."""
        return self._of_acts(self.rows.where(ACT, "type", name))

    def of_person(self, person_id: str) -> Iterator[TrailRow]:
        """Yield what a person did, in whatever role."""
        return self._of_acts(self.rows.where(ACT, "person_id", person_id))

    def of_organisation(self, organisation_id: str) -> Iterator[TrailRow]:
        """Yield what persons did for an organisation, or on its behalf; each once."""
        acted = self.rows.where(ACT, "organisation_id", organisation_id)
        represented = self.rows.where(ACT, "on_behalf_of", organisation_id)
        return self._of_acts({act.act: act for act in (*acted, *represented)}.values())

    def _of_acts(self, acts: Iterable[ActRow]) -> Iterator[TrailRow]:
        found = [self.rows.where(ENTRY, "act", act.act) for act in acts]
        return map(self._whole, merge(*found, key=_position))

    def _whole(self, entry: EntryRow) -> TrailRow:
        act = self._acts.get(entry.act)
        if act is None:
            found = self.rows.get(ACT, entry.act)
            assert found is not None, "an entry and its act are written together"
            act = self._acts[entry.act] = found
        trace = self.rows.get(TRACE, entry.position) if entry.traced else None
        return joined(entry, act, trace)


def joined(entry: EntryRow, act: ActRow, trace: TraceRow | None) -> TrailRow:
    """Return one row of the three that it was taken apart into."""
    return TrailRow(
        position=entry.position,
        recorded_at=entry.recorded_at,
        stream=entry.stream,
        version=entry.version,
        type=act.type,
        person_id=act.person_id,
        role=act.role,
        organisation_id=act.organisation_id,
        on_behalf_of=act.on_behalf_of,
        command_id=entry.command_id,
        command_type=act.command_type,
        n=entry.n,
        of=entry.of,
        causation=trace.causation if trace else None,
        correlation=trace.correlation if trace else None,
        request=trace.request if trace else None,
        supplier_id=entry.supplier_id,
        bid_no=entry.bid_no,
    )


def _position(entry: EntryRow) -> int:
    return entry.position
