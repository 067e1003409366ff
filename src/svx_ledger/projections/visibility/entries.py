"""Entries of the trail as one viewer may see them: by the rules of the events they are of."""

from typing import Protocol

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.types import event_type
from svx_ledger.projections.table import Rows

from .about import About, Told
from .table import PARTS, RULES


class Entry(Protocol):
    """What an entry keeps of its event for the rules to ask about."""

    @property
    def type(self) -> str:
        """Return the newest stored name of its type."""

    @property
    def stream(self) -> str:
        """Return its stream."""

    @property
    def position(self) -> int:
        """Return its place in the log."""

    @property
    def supplier_id(self) -> str | None:
        """Return the supplier that it is about, where not everybody may see it."""

    @property
    def bid_no(self) -> int | None:
        """Return the bid that it names, likewise."""


def entry_shown(entry: Entry, rows: Rows, viewer: Actor | None = None) -> bool:
    """Whether the viewer may see the event of an entry: as `may_see` says of its record."""
    rule = RULES.get(event_type(entry.type))
    return rule is not None and rule.allows(_about(entry, rows), viewer)


def entry_placed(entry: Entry) -> bool:
    """Whether the stream of an event may be named to those who may not see it."""
    rule = RULES.get(event_type(entry.type))
    return rule is not None and not rule.traceless


def part_shown(entry: Entry, part: str, rows: Rows, viewer: Actor | None = None) -> bool:
    """Whether the viewer, who may see the event, may see this field of it too."""
    rule = PARTS.get(event_type(entry.type), {}).get(part)
    return rule is None or rule.allows(_about(entry, rows), viewer)


def _about(entry: Entry, rows: Rows) -> About:
    told = Told(entry.supplier_id, entry.bid_no)
    return About(rows, entry.stream, told, entry.position)
