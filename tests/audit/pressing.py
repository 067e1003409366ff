"""Pressing a history into tables: each row as it follows from those before it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.private_fields import PrivateRow, private_fields, sealed
from svx_ledger.eventlog.record import CommandRef, Row, leaf_of, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import OutcomeRow

from .history import Fact, Told
from .tables import Tables
from .unique import Keys


class Press:
    """Rows as they follow from one another."""

    def __init__(self, texts: Mapping[str, PrivateRow]) -> None:
        self._tables = Tables()
        self._texts = texts
        self._kept: dict[str, PrivateRow] = {}
        self._position = 0
        self._versions: Counter[str] = Counter()
        self._leaves: dict[str, bytes] = {}
        self._opening: bytes | None = None
        self._keys = Keys()

    def all(self, told: Sequence[Told], digest: Callable[[Told], str]) -> Tables:
        outcomes: dict[tuple[str, str], OutcomeRow] = {}
        for one in told:
            sha256 = digest(one)
            for n, fact in enumerate(one.facts, start=1):
                self._write(one, fact, n, sha256)
            key = one.actor.principal, one.id
            first, last = one.first.position, one.facts[-1].position
            outcomes.setdefault(key, OutcomeRow(*key, sha256, first, last, None))
        self._tables.outcomes = list(outcomes.values())
        self._tables.claims = self._keys.claims
        self._tables.private = list(self._kept.values())
        return self._tables

    def _write(self, told: Told, fact: Fact, n: int, sha256: str) -> None:
        self._versions[fact.stream] += 1
        version = self._versions[fact.stream]
        event, private = _sealed(fact.event, fact.stream, version)
        private += [self._texts[name] for name in _commitments(event) if name in self._texts]
        self._kept |= {row.commitment: row for row in private}
        row = write_record(
            position=self._position + 1,
            stream=fact.stream,
            version=version,
            recorded_at=fact.at or told.at,
            actor=shape_of(Actor).encode(told.actor),
            command=CommandRef(told.id, told.command, sha256, n, told.of or len(told.facts)),
            trace=told.trace,
            prev=self._leaves.get(fact.stream, self._opening),
            salt=fact.salt,
            event=event,
        )
        row = _spoiled(row, fact)
        self._position, self._versions[fact.stream] = row.position, row.version
        fact.position = row.position
        leaf = self._leaves[fact.stream] = leaf_of(row.record)
        self._opening = self._opening or leaf
        self._tables.rows.append(row)
        for commitment in event.erases():
            self._kept.pop(commitment, None)
        self._keys.add(row, event)


def _sealed(event: Event, stream: str, version: int) -> tuple[Event, list[PrivateRow]]:
    """Seal what still has a text in it; what was read back has commitments already."""
    given = (getattr(event, name) for name in private_fields(type(event)))
    if any(said is not None and said.text is not None for said in given):
        return sealed(event, stream, version)
    return event, []


def _commitments(event: Event) -> list[str]:
    """Return the commitments to private texts in an event."""
    said = [getattr(event, name) for name in private_fields(type(event))]
    return [private.commitment for private in said if private is not None]


def _spoiled(row: Row, fact: Fact) -> Row:
    """Return a row as its breach has it, its columns saying what its bytes say."""
    if fact.edit or fact.prev:
        plain = orjson.loads(row.record)
        if fact.prev:
            plain["prev"] = fact.prev
        if fact.edit:
            fact.edit(plain)
        said = [plain[name] for name in ("position", "stream", "version", "type")]
        row = Row._make([*said, canonical(plain)])
    if fact.spoil:
        row = row._replace(record=fact.spoil(row.record))
    return row._replace(**fact.columns)
