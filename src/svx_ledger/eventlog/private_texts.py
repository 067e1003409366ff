"""Private texts as somebody may read them now, and erasing them again after a restore."""

from collections.abc import Mapping
from contextlib import closing
from typing import Final

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.erasing import may_read
from svx_ledger.domain.kind import Event
from svx_ledger.domain.private import SubjectErased

from .private_fields import Altered, private_fields, text_of
from .record import read_event
from .store import Store
from .types import stored_name

PRIVATE: Final = "(private)"
ERASED: Final = "(erased)"
ALTERED: Final = "(altered: not what the record committed to)"


def private_texts(
    store: Store, stream: str, event: Event, *, written_by: Actor, reader: Actor | None
) -> Mapping[str, str]:
    """Return what is to be shown for each private field of a recorded event.

    The text, to those who may read it; else that it is private, or that it was erased. Whether
    the reader may see the event at all is for others to say. Raises NotRead, Unreadable.
    """
    said = {name: getattr(event, name) for name in private_fields(type(event))}
    rows = {name: store.private(given.commitment) for name, given in said.items() if given}
    kept = any(row is not None for row in rows.values())
    allowed = kept and reader is not None and _allowed(store, stream, written_by, reader)
    shown = {}
    for name, row in rows.items():
        try:
            shown[name] = ERASED if row is None else text_of(row) if allowed else PRIVATE
        except Altered:
            shown[name] = ALTERED
    return shown


def reapply_erasures(store: Store) -> int:
    """Erase again what the log says was erased, and return how many texts were back.

    For after a restore: a copy of the private texts from before an erasure has them still.
    Raises NotRead, NotWritten or OutcomeUnknown; doing it again is safe.
    """
    erasing = stored_name(SubjectErased)
    back = [
        commitment
        for row in store.rows()
        if row.type == erasing
        for commitment in read_event(row).erases()
        if store.private(commitment) is not None
    ]
    if back:
        with closing(store.writer()) as writer:
            writer.begin([], [], {}, 0)
            writer.append([], [], [], erased=back)
    return len(back)


def _allowed(store: Store, stream: str, written_by: Actor, reader: Actor) -> bool:
    state: object = None
    for row in store.stream(stream):
        state = vocabulary.evolve(stream, state, read_event(row))
    return may_read(reader, stream, state, written_by)
