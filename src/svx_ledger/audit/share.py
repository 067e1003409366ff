"""A share of a log: the commands that one process looks at, all of them where there is one."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from svx_ledger.domain.auction.events import AuctionDrafted, BidsRanked
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.private_fields import private_fields, stands_apart
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.eventlog.store import Store

from .chaining import in_place, link_faults, log_faults
from .deciding import UNREAD, Decider
from .finding import Finding
from .grouping import Group
from .homes import PROXY_SETS, Homes
from .kept import Kept
from .keys import CLAIMING, DUE, Followed, LookedUp
from .leverage import NO_REPORT, Report
from .reading import Read, read
from .streams import Entry, Streams
from .sums import MOVING

Owner = Callable[[str], bool]
"""Whether what is on the streams of a procurement falls to a share."""
Beside = Callable[[list[Read]], Iterable[Finding]]
"""Holds a command to the tables at once, where only part of a log is looked at."""

_PRIME: Final = 2**64 - 59
"""Of a salt the remainder is kept; what looks repeated is looked at again."""


class Share:
    """Looks at the commands that it owns, and only takes note of the others."""

    def __init__(
        self,
        store: Store,
        key: bytes,
        *,
        owns: Owner | None = None,
        most: int,
        beside: Beside | None = None,
        report: Report | None = None,
    ) -> None:
        self.kept = Kept.nothing(key)
        self._owns = owns
        self._most = most
        self._beside = beside
        self._report = report
        self._streams = Streams(store, live=beside is None)
        self._keys = Followed() if beside is None else LookedUp(store)
        self.read: set[str] = set()
        """The streams that the commands looked at read or wrote; kept where few are."""
        self._decider = Decider(self._streams, self._keys, store)
        self._opening: Final = opening_of(store)
        self._homes: Final = Homes()

    def take(self, group: Group) -> None:
        """Look at a group of rows that is this share's, or see it go by."""
        self._homes.see(group.rows)
        if self._owns is not None and not self._owns(self._homes.of(group.rows[0][1])):
            for row in group.rows:
                self._streams.see(row)
                self._keys.see(row)
            if self._report is not None:
                self._told(group, None)
            return
        reads = [read(row) for row in group.rows]
        if self._report is not None:
            self._told(group, reads)
        found = self._check(group, reads)
        if found:
            self._found(found)
        self._note(group, reads)

    def _told(self, group: Group, reads: list[Read] | None) -> None:
        """Let the report have the rows that are its own: those of this share's procurements.

        A command may write to streams of another procurement than its first one's.
        """
        assert self._report is not None
        for n, row in enumerate(group.rows):
            home = self._homes.of(row[1])
            its_own = reads is not None if n == 0 else self._owns is None or self._owns(home)
            if its_own or row[1].startswith(PROXY_SETS):
                self._report.take(row, reads[n] if reads else None, home)

    def finish(self) -> None:
        """Make this share's part of the leverage report, once all rows were seen."""
        if self._report is not None:
            try:
                self.kept.said = self._report.said(self._homes, self._owns)
            except NO_REPORT:
                self.kept.said = None

    def done(self) -> Kept:
        """Return what was found and counted."""
        self.kept.derived = self._decider.derived
        self.kept.leads_to = self._decider.leads_to
        self.kept.commands = dict(self._decider.commands)
        self.kept.unchecked = dict(self._decider.unchecked)
        return self.kept

    def _check(self, group: Group, reads: list[Read]) -> list[Finding]:
        found: list[Finding] = []
        entries: dict[str, Entry] = {}
        readable = group.whole
        for one in reads:
            if one.command is None:
                readable = False
            if one.stream not in entries:
                new = one.version == 1
                self.kept.streams += new
                entries[one.stream] = self._streams.before(
                    reads[0].position, one.stream, fresh=new
                )
        touched = dict(entries)
        if not in_place(group, reads):
            found += log_faults(group, reads)
        found += link_faults(reads, touched, self._opening)
        if readable:
            found += self._decider.check(reads, entries)
        else:
            self._decider.unchecked[UNREAD] += 1
        for one in reads:
            misfit = self._fold(one, touched[one.stream])
            if misfit is not None:
                found.append(
                    Finding(
                        position=one.position,
                        stream=one.stream,
                        rule="unfoldable",
                        recorded=misfit,
                    )
                )
        if self._beside is not None:
            self.read |= entries.keys()
            found += self._beside(reads)
        return found

    def _fold(self, one: Read, entry: Entry) -> str | None:
        """Fold what is on record, whatever was derived, and what it claims.

        Returns why it does not fit, where it does not.
        """
        was_due, before = entry.due is not None, entry.state
        stream, event = one.stream, one.event
        misfit = entry.fold(stream, event)
        self._streams.grown()
        kind = type(event)
        if kind in MOVING:
            self.kept.sums.moved(stream, before, entry.state)
            if kind is AuctionDrafted:
                self.kept.unranked.add(stream)
            elif kind is BidsRanked:
                self.kept.unranked.discard(stream)
        if entry.damaged:
            self.kept.damaged.add(stream)
        elif was_due != (entry.due is not None):
            self._claim(one, DUE + stream, held=entry.due is not None)
        if event is not None and one.type in CLAIMING:
            claims = event.claims()
            for claim in claims:
                self._claim(one, claim.key, held=claim.held)
            self._keys.take(stream, claims)
        return misfit

    def _claim(self, one: Read, key: str, *, held: bool) -> None:
        stream = one.stream if held else None
        self.kept.claims.add(one.position, key, one.position, stream)

    def _note(self, group: Group, reads: list[Read]) -> None:
        """Keep what can be held to the tables only once all was seen."""
        kept, first, last = self.kept, reads[0], reads[-1]
        kept.events += len(reads)
        for one in reads:
            if one.salt is not None:
                kept.salts.digests.append(int(one.salt, 16) % _PRIME)
                kept.salts.positions.append(one.position)
            if one.event is not None and stands_apart(type(one.event)):
                self._note_texts(one, one.event)
        if not group.whole or first.command is None:
            kept.broken.update(one.position for one in reads)
            return
        who, command = first.actor.principal, first.command
        kept.outcomes.add(
            first.position, who, command.id, command.sha256, first.position, last.position
        )

    def _note_texts(self, one: Read, event: Event) -> None:
        for name in private_fields(type(event)):
            said = getattr(event, name)
            if said is not None:
                place = one.position, one.stream, one.version, name
                self.kept.texts[said.commitment] = place
        self.kept.erased |= dict.fromkeys(event.erases(), one.position)

    def _found(self, found: list[Finding]) -> None:
        room = self._most - len(self.kept.findings)
        self.kept.findings += found[:room]
        self.kept.more += len(found[room:])


def opening_of(store: Store) -> bytes | None:
    """Return the leaf of the first record, which every stream's first event names."""
    rows = islice(store.rows(limit=1), 1)
    return next((leaf_of(row.record) for row in rows), None)
