"""The fast way of reading records, for whoever reads a whole log.

msgspec decodes an event straight from its bytes into its class, six times as fast as the
strict codec (`record.read_record`), and holds it to the types of the fields. It does not ask
for the exact form of each value: no pattern, no length, no range, not that a time or a decimal
is written in the one canonical way, not that a field is known. What the write path wrote, both
read alike; what nobody wrote that way is for the audit to find, which reads strictly.

What it cannot take goes to the strict codec, whose word counts: it raises Unreadable, or reads.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec
import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event

from .private_fields import private_fields
from .raw_rows import RawRow
from .record import FORMAT, CommandRef, Envelope, Row, Trace, read_record
from .shapes import shape_of
from .types import TYPES, UPCASTS

if TYPE_CHECKING:
    _Actor = Actor
else:
    _Actor = msgspec.Raw  # the same few actors again and again: decoded once each, strictly

_UNTRACED: Final = Trace()
_KNOWN_ACTORS: Final = 10_000
_FAULTS: Final = (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError)
assert FORMAT == 1


D = TypeVar("D")


class Narrow(msgspec.Struct, Generic[D], gc=False):
    """An `Envelope` with its event: decoded, or still as bytes where nobody takes it."""

    svx: Literal[1]
    position: int
    stream: str
    version: int
    type: str
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    actor: _Actor
    command: CommandRef
    salt: str
    data: D
    received_at: str | None = None
    causation: str | None = None
    correlation: str | None = None
    request: str | None = None

    @property
    def trace(self) -> Trace:
        """Return where its command came from; read strictly, for most have none."""
        if self.received_at is self.causation is self.correlation is self.request is None:
            return _UNTRACED
        said = (self.received_at, self.causation, self.correlation, self.request)
        given = zip(("received_at", "causation", "correlation", "request"), said, strict=True)
        trace = shape_of(Trace).decode({name: text for name, text in given if text is not None})
        assert isinstance(trace, Trace)
        return trace


_Decode = Callable[[bytes], Narrow[Any]]


class Reader:
    """Reads raw rows, for one thread: it keeps the actors and the types that it has met.

    `takes` are the events that somebody wants; of others only the envelope is decoded.
    """

    def __init__(self, takes: Collection[type[Event]] | None = None) -> None:
        self._takes = takes
        self._actors: dict[bytes, Actor] = {}
        self._decoders: dict[str, tuple[_Decode, bool]] = {}

    def read(self, row: RawRow) -> tuple[Envelope, Event | None]:
        """Decode a row; its event is None where nobody takes it. Raises Unreadable."""
        try:
            position, stream, version, name, record = row
            decode, taken = self._decoders.get(name) or self._learn(name)
            at = decode(record)
            if (
                at.position == position >= 1
                and at.stream == stream
                and at.version == version
                and at.type == name
            ):
                said = bytes(at.actor)  # type: ignore[call-overload]
                at.actor = self._actors.get(said) or self._meet(said)
                return at, at.data if taken else None
        except _FAULTS:
            pass  # the strict codec says what is wrong, or that nothing is
        return self.strictly(row)

    def strictly(self, row: RawRow) -> tuple[Envelope, Event]:
        """Decode a row with the strict codec. Raises Unreadable."""
        recorded = read_record(Row._make(row))
        return recorded, recorded.event

    def _meet(self, said: bytes) -> Actor:
        actor = shape_of(Actor).decode(orjson.loads(said))
        assert isinstance(actor, Actor)
        if len(self._actors) >= _KNOWN_ACTORS:
            self._actors.clear()
        self._actors[said] = actor
        return actor

    def _learn(self, name: str) -> tuple[_Decode, bool]:
        if name in UPCASTS:
            raise LookupError(name)  # few and old: the strict codec brings them up to date
        cls = TYPES[name]
        taken = self._takes is None or cls in self._takes
        known = self._decoders[name] = (_decoder(cls if taken else None), taken)
        return known


def _decoder(cls: type[Event] | None) -> _Decode:
    if cls is None:
        return msgspec.json.Decoder(Narrow[msgspec.Raw]).decode
    of: Any = Narrow
    decode: _Decode = msgspec.json.Decoder(of[cls]).decode
    private = private_fields(cls)
    if not private:
        return decode

    def committed(record: bytes) -> Narrow[Any]:
        at = decode(record)
        for name in private:
            text = getattr(at.data, name)
            if text is not None and (text.commitment is None or text.text or text.salt):
                raise ValueError("a private text stands in a record")
        return at

    return committed
