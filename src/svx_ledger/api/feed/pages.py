"""Pages of the log as one viewer may see it, for those who follow it.

The cursor is a position. Positions are given out under the write lock, and a page ends where
the views are, so that no event turns up later at or before a position that was read past.
What decides who sees an event comes from the rows of the views, as they are now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.private_texts import private_texts
from svx_ledger.eventlog.record import Recorded, Row, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import TYPES
from svx_ledger.projections.remembered import Remembered
from svx_ledger.projections.shown_events import plain_event
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import PARTS, RULES, Seen, may_see, seen
from svx_ledger.projections.visibility.rules import PUBLIC

MOST_READ: Final = 2_000
"""Records that are read for one page, however few of them are asked for."""
MOST_PASSED: Final = 20_000
"""The same where one type is asked for that is everybody's: the others are passed over."""
_PAGE: Final = 1_000


class Wanted(NamedTuple):
    """What somebody follows: everything, one stream, one type of event, or both of these."""

    stream: str | None = None
    type: str | None = None


EVERYTHING: Final = Wanted()


class Told(NamedTuple):
    """An event as its viewer is told of it; `stream` and `type` are those that are shown."""

    position: int
    stream: str | None
    type: str
    json: bytes
    has_texts: bool
    """Whether private texts are in it, which may be erased at any time."""

    def is_wanted(self, wanted: Wanted) -> bool:
        """Whether it is asked for: by what is shown of it, so that nothing else is told."""
        return wanted.stream in (None, self.stream) and wanted.type in (None, self.type)


class Page(NamedTuple):
    """Some events in order, and the position up to which the log was looked through."""

    events: Sequence[Told]
    upto: int
    more: bool


def page(
    store: Store,
    view: View,
    viewer: Actor | None,
    *,
    after: int,
    limit: int,
    wanted: Wanted = EVERYTHING,
) -> Page:
    """Return what a viewer is told of the events after a position, `limit` of them at most.

    There is more where another event would be told of. Where many records have to be looked
    through, it ends early, and may be empty. In the feed of a stream, what the viewer may not
    know to be on it is as if it were not there: it neither counts nor moves where a page ends.
    Raises NotRead and Unreadable.
    """
    rows, found, upto, looked = Remembered(view.rows), list[Told](), after, 0
    passes = _is_everybodys(wanted.type)
    most = MOST_PASSED if passes else MOST_READ
    for row in _candidates(store, after, view.position, wanted.stream):
        told = None
        if not passes or row.type == wanted.type or not _leaves_a_trace(row, wanted.stream):
            told = told_of(store, rows, viewer, read_record(row))
        if wanted.stream is not None and told is not None and told.stream is None:
            continue
        if looked == most:
            return Page(found, upto, more=True)
        if told is not None and told.is_wanted(wanted):
            if len(found) == limit:
                return Page(found, found[-1].position, more=True)
            found.append(told)
        looked, upto = looked + 1, row.position
    return Page(found, max(view.position, after), more=False)


def told_of(store: Store, rows: Rows, viewer: Actor | None, recorded: Recorded) -> Told:
    """Return what a viewer is told of a record, judged by these rows."""
    event = seen(recorded, rows, viewer)
    texts = texts_shown(store, event, viewer)
    json = orjson.dumps(plain_event(event, texts))
    return Told(event.position, event.stream, event.type, json, bool(texts))


def told_to_each(
    store: Store, rows: Rows, viewers: Iterable[Actor | None], recorded: Recorded
) -> Iterator[tuple[Actor | None, Told]]:
    """Yield what each viewer is told of a record: the same to all who see as much of it.

    What everybody sees is told to all alike, but for private texts and for parts that have
    rules of their own; who does not see what is hidden is told no more than the public.
    """
    told = told_of(store, rows, None, recorded)
    shown = may_see(recorded, rows)
    alike = shown and not told.has_texts and type(recorded.event) not in PARTS
    for viewer in viewers:
        if alike or viewer is None or not (shown or may_see(recorded, rows, viewer)):
            yield viewer, told
        else:
            yield viewer, told_of(store, rows, viewer, recorded)


def texts_shown(store: Store, event: Seen, viewer: Actor | None) -> Mapping[str, str]:
    """Return what is to be shown of the private texts of an event that is not hidden.

    Raises NotRead and Unreadable.
    """
    if event.event is None or event.stream is None or event.actor is None:
        return {}
    return private_texts(
        store, event.stream, event.event, written_by=event.actor, reader=viewer
    )


def _is_everybodys(kind: str | None) -> bool:
    cls = TYPES.get(kind or "")
    return cls is not None and RULES.get(cls) is PUBLIC


def _leaves_a_trace(row: Row, stream: str | None) -> bool:
    """Whether everybody may know of a record where it is looked for, whatever is hidden of it.

    A position is everybody's in the whole log; on one stream it goes by the rule of its type.
    """
    cls = TYPES.get(row.type)
    rule = RULES.get(cls) if cls else None
    return stream is None or (rule is not None and not rule.traceless)


def _candidates(store: Store, after: int, upto: int, stream: str | None) -> Iterator[Row]:
    """Yield the records after a position, up to another one, of all streams or of one."""
    if stream is None:
        yield from store.rows(after=after, limit=upto - after)
        return
    for row in store.stream(stream, after=_version_before(store, stream, after)):
        if row.position > upto:
            return
        if row.position > after:
            yield row


def _version_before(store: Store, stream: str, position: int) -> int:
    """Return a version of a stream that is recorded at or before a position, not far from it.

    Versions rise with positions, so that a long stream is not read from its beginning.
    """
    low, step = 0, _PAGE
    while (row := next(store.stream(stream, after=low + step - 1), None)) is not None:
        if row.position > position:
            break
        low, step = low + step, 2 * step
    high = low + step
    while high - low > _PAGE:
        middle = (low + high) // 2
        row = next(store.stream(stream, after=middle - 1), None)
        low, high = (middle, high) if row and row.position <= position else (low, middle)
    return low
