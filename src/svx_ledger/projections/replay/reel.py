"""Events of a few streams, wound to any position: their rows as they were and as they are."""

from collections.abc import Iterable, Iterator, Sequence

from svx_ledger.domain.kind import Event
from svx_ledger.domain.rule import NOT_FOUND, Refusal
from svx_ledger.eventlog.record import Recorded, read_record, unbroken
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.auction_board import BOARD
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.organisations import ORGANISATIONS
from svx_ledger.projections.projection import Projection
from svx_ledger.projections.table import Rows
from svx_ledger.projections.visibility import VISIBILITY

from .moments import Log, NoSuchMoment

TELLING = (BOARD, VISIBILITY)
"""The projections whose rows say who may see what of an auction's stream, or of any other."""


class NoSuchStream(Exception):
    """Nothing was ever recorded of a stream, or it is none of the kind that was asked for."""

    def __init__(self, message: str, **names: str) -> None:
        super().__init__(message)
        self.refusal: Refusal = NOT_FOUND.refuse(**names)


class Reel:
    """Events in the order of the log, and the rows that follow from those up to a position.

    Rows of a projection follow from the events of one stream each (`tests` hold them to it), so
    those of a few streams are what the whole log would make of them.
    """

    def __init__(
        self, recorded: Iterable[Recorded], projections: Sequence[Projection] = TELLING
    ) -> None:
        self._recorded = sorted(recorded, key=lambda event: event.position)
        self._projections = projections
        self._then, self._wound = Tables(), 0
        self.now: Rows = self._applied(Tables(), self._recorded)

    def then(self, position: int) -> Rows:
        """Return the rows as they were at a position: good until they are wound elsewhere."""
        if self._wound and self._recorded[self._wound - 1].position > position:
            self._then, self._wound = Tables(), 0
        first = self._wound
        while self._wound < len(self._recorded):
            if self._recorded[self._wound].position > position:
                break
            self._wound += 1
        self._applied(self._then, self._recorded[first : self._wound])
        return self._then

    def _applied(self, tables: Tables, recorded: Iterable[Recorded]) -> Tables:
        for event in recorded:
            for projection in self._projections:
                tables.apply(projection.project(event))
        return tables


def read_stream(log: Log, name: str, *, until: int | None = None) -> tuple[Recorded, ...]:
    """Return the events of a stream up to a position, at least one.

    Raises NoSuchStream, NoSuchMoment where it begins later, and Unreadable, also where an event
    of it is missing.
    """
    begins: int | None = None
    found = []
    for row in unbroken(log.stream(name)):
        begins = begins or row.position
        if until is not None and row.position > until:
            break
        found.append(read_record(row))
    if found:
        return tuple(found)
    if begins is None:
        raise no_such_stream(name)
    raise not_yet(name, begins, until or 0)


def no_such_stream(name: str) -> NoSuchStream:
    """Return the error that says that there is no stream of this name."""
    return NoSuchStream(f"nothing is on record of {name}", stream=name)


def not_yet(name: str, begins: int, position: int) -> NoSuchMoment:
    """Return the error that says where a stream begins that was asked for before that."""
    told = f"{name} begins at position {begins}, after {position}"
    return NoSuchMoment(told, stream=name, position=str(position), begins_at=str(begins))


def events_of(
    log: Log, streams: Iterable[str], kinds: frozenset[type[Event]]
) -> Iterator[Recorded]:
    """Read of some streams only the events of these kinds, by the type that each row states.

    A row of a type that this program does not know stops it: nothing is skipped in silence.
    """
    for stream in streams:
        for row in log.stream(stream):
            kind = TYPES.get(row.type)
            if kind is None or kind in kinds:
                yield read_record(row)


def names_of(log: Log, organisations: Iterable[str]) -> Iterator[Recorded]:
    """Read what organisations were called, and nothing of what else they did."""
    return events_of(log, organisations, ORGANISATIONS.takes)
