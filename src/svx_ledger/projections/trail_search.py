"""Reading the audit trail: found by person, organisation, thing, command and time.

An entry whose event the viewer may not see shows that something happened on its stream, and
when, and nothing else. It is found by its stream and its time alone: whoever looks for a
person, an organisation or a supplier finds what that viewer may see of them, and no count,
page or cursor tells that there is more (ADR 36).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor

from .table import Rows
from .trail import ENTRY, MENTION
from .trail_rows import TrailRow, TrailRows
from .visibility import HIDDEN, entry_placed, entry_shown, may_know, part_shown

MOST: Final = 1000
"""Entries of one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as its viewer may see it now; of a hidden one what `Seen` leaves of it.

    A person acted in a `role` for `organisation_id`, `on_behalf_of` another where that differs.
    The event is number `n` of the `of` that its command led to. `caused_by` are the positions
    of the events of the command that led to this one, `causation`, as far as they can be seen.
    """

    position: int
    recorded_at: datetime
    stream: str | None
    version: int | None
    type: str
    person_id: str | None = None
    role: str | None = None
    organisation_id: str | None = None
    on_behalf_of: str | None = None
    command_id: str | None = None
    command_type: str | None = None
    n: int | None = None
    of: int | None = None
    causation: str | None = None
    caused_by: tuple[int, ...] = ()
    correlation: str | None = None

    @property
    def withheld(self) -> bool:
        """Whether there is more to it that the viewer may not see now."""
        return self.type == HIDDEN


class Entries(NamedTuple):
    """A page of the trail; `next` is the position to go on after, None at the end."""

    items: tuple[Entry, ...]
    next: int | None


class Sought(NamedTuple):
    """What is looked for: an entry must be all of it. Times from `since` to before `until`.

    `organisation` is the one that the person acted for, or on whose behalf. `thing` is a
    stream: the entries of it, and those that name it.
    """

    person: str | None = None
    organisation: str | None = None
    thing: str | None = None
    command: str | None = None
    correlation: str | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def by_content(self) -> bool:
        """Whether anything is asked that a hidden entry must not answer."""
        asked = (self.person, self.organisation, self.command, self.correlation, self.type)
        return any(one is not None for one in asked)


def trail(  # noqa: PLR0913 - what an entry can be found by, each by its name
    rows: Rows,
    viewer: Actor | None = None,
    *,
    person: str | None = None,
    organisation: str | None = None,
    thing: str | None = None,
    command: str | None = None,
    correlation: str | None = None,
    type: str | None = None,  # noqa: A002 - as the column is called
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    limit: int = 100,
) -> Entries:
    """Return at most `limit` entries after a position, in the order of the log.

    Raises ValueError for a limit below 1 or above `MOST`.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"a limit is from 1 to {MOST}")
    if thing is not None and not may_know(thing, viewer):
        return Entries((), None)
    sought = Sought(person, organisation, thing, command, correlation, type, since, until)
    kept = TrailRows(rows)
    found = (
        entry
        for row in _candidates(kept, sought, after)
        if (entry := _matched(kept, row, sought, viewer)) is not None
    )
    items = tuple(islice(found, limit + 1))
    if len(items) <= limit:
        return Entries(items, None)
    return Entries(items[:limit], items[limit - 1].position)


def _candidates(kept: TrailRows, sought: Sought, after: int) -> Iterator[TrailRow]:
    """Yield what an index or the log itself has, by position, within the times asked for."""
    if sought.since is not None:
        after = max(after, first_at(kept.rows, sought.since) - 1)
    for row in _source(kept, sought, after):
        if sought.until is not None and row.recorded_at >= sought.until:
            return
        if row.position > after:
            yield row


def _source(kept: TrailRows, sought: Sought, after: int) -> Iterator[TrailRow]:
    """Return rows by position, from the index that finds the fewest as a rule."""
    for find, value in (
        (kept.of_command, sought.command),
        (kept.of_correlation, sought.correlation),
        (kept.of_person, sought.person),
        (kept.of_thing, sought.thing),
        (kept.of_organisation, sought.organisation),
        (kept.of_type, sought.type),
    ):
        if value is not None:
            return find(value)
    return kept.after(after)


def first_at(rows: Rows, instant: datetime) -> int:
    """Return the first position that was recorded at this instant or later.

    Recorded times never decrease along the log, and positions have no gaps: it is found by
    halving. One more than the last position where nothing is that late.
    """

    def later(position: int) -> bool:
        row = rows.get(ENTRY, position)
        return row is None or row.recorded_at >= instant

    low, high = 0, 1
    while not later(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if later(middle) else (middle, high)
    return high


def _matched(
    kept: TrailRows, row: TrailRow, sought: Sought, viewer: Actor | None
) -> Entry | None:
    """Return the entry if it is what is looked for, as far as this viewer may know."""
    if not entry_shown(row, kept.rows, viewer):
        return None if sought.by_content else _withheld(row, sought.thing)
    asked = (
        (sought.person, (row.person_id,)),
        (sought.organisation, (row.organisation_id, row.on_behalf_of)),
        (sought.command, (row.command_id,)),
        (sought.correlation, (row.correlation,)),
        (sought.type, (row.type,)),
    )
    if any(value is not None and value not in said for value, said in asked):
        return None
    if sought.thing not in (None, row.stream) and not _names(
        kept.rows, row, sought.thing, viewer
    ):
        return None
    return _entry(kept, row, viewer)


def _names(rows: Rows, row: TrailRow, thing: str | None, viewer: Actor | None) -> bool:
    """Whether an event that the viewer sees names this thing where the viewer sees that too."""
    mention = rows.get(MENTION, thing, row.position)
    return mention is not None and (
        mention.part is None or part_shown(row, mention.part, rows, viewer)
    )


def _withheld(row: TrailRow, thing: str | None) -> Entry | None:
    """Return what is left of a hidden entry; found by its stream, if that may be named."""
    placed = entry_placed(row)
    if thing is not None and not (placed and row.stream == thing):
        return None
    return Entry(
        position=row.position,
        recorded_at=row.recorded_at,
        stream=row.stream if placed else None,
        version=row.version if placed else None,
        type=HIDDEN,
    )


def _entry(kept: TrailRows, row: TrailRow, viewer: Actor | None) -> Entry:
    causation, caused_by = _cause(kept, row, viewer)
    return Entry(
        position=row.position,
        recorded_at=row.recorded_at,
        stream=row.stream,
        version=row.version,
        type=row.type,
        person_id=row.person_id,
        role=row.role,
        organisation_id=row.organisation_id,
        on_behalf_of=row.on_behalf_of,
        command_id=row.command_id,
        command_type=row.command_type,
        n=row.n,
        of=row.of,
        causation=causation,
        caused_by=caused_by,
        correlation=row.correlation,
    )


def cause_shown(position: int, rows: Rows, viewer: Actor | None) -> bool:
    """Whether a viewer may know which command led to an entry, if one is named."""
    kept = TrailRows(rows)
    row = kept.at(position)
    return row is not None and _cause(kept, row, viewer)[0] == row.causation


def _cause(
    kept: TrailRows, row: TrailRow, viewer: Actor | None
) -> tuple[str | None, tuple[int, ...]]:
    """Return the command that led to this one, unless all that it led to is hidden."""
    if row.causation is None:
        return None, ()
    earlier = [
        cause for cause in kept.of_command(row.causation) if cause.position < row.position
    ]
    seen = tuple(c.position for c in earlier if entry_shown(c, kept.rows, viewer))
    return (row.causation if seen or not earlier else None), seen
