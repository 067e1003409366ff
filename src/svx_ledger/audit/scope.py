"""The audit of one stream: its commands, and those on the streams that they read.

First every command that wrote to the stream is decided again. What these read and wrote is
what it rests on: the commands on those streams, before the last one on the stream itself, are
decided again as well. What rests further back is folded as it is recorded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store

from .finding import Finding
from .grouping import Group, groups
from .kept import Kept
from .reading import Read
from .share import Share
from .tables import text_faults_of

BEYOND = "streams that what was read rests on in turn: folded as recorded, not decided again"
ELSEWHERE = "salts and command ids: not compared with the rest of the log (audit --all does)"


def audit_of(store: Store, stream: str, key: bytes, most: int) -> Kept:
    """Look at what concerns a stream. Raises LookupError where there is none of this name."""
    its_own = list(store.stream(stream))
    if not its_own:
        raise LookupError(stream)
    asked, positions = commands_of(store, its_own)
    share = Share(store, key, most=most, beside=Tables(store).faults)
    for group in asked:
        share.take(group)
    kept = share.done()
    kept.findings += before_the_log(sorted(its_own))
    last = max(row.position for row in its_own)
    under: dict[int, Row] = {}
    for name in share.read - {stream}:
        for row in store.stream(name):
            if row.position > last:
                break
            if row.position not in positions:
                under[row.position] = row
    rests_on, _ = commands_of(store, [under[position] for position in sorted(under)])
    below = Share(store, key, most=most, beside=Tables(store).faults)
    for group in rests_on:
        below.take(group)
    other = below.done()
    other.findings += before_the_log(under[position] for position in sorted(under))
    other.findings = [replace(found, rests_on=True) for found in other.findings]
    kept.add(other)
    kept.streams = len(share.read)
    further = len(below.read - share.read)
    kept.unchecked |= {BEYOND: further} if further else {}
    kept.unchecked[ELSEWHERE] = len(positions) + len(under)
    return kept


def before_the_log(rows: Iterable[Row]) -> Iterator[Finding]:
    """Give those of the rows, by position, that stand before the first: no command has any."""
    for row in rows:
        if row.position >= 1:
            return
        yield Finding(
            position=row.position,
            stream=row.stream,
            rule="position-gap",
            recorded=row.position,
        )


def commands_of(store: Store, rows: Iterable[Row]) -> tuple[list[Group], set[int]]:
    """Return the commands that these rows belong to, in order, and all their positions."""
    found: list[Group] = []
    positions: set[int] = set()
    for row in rows:
        if row.position in positions or row.position < 1:
            continue
        first, count = _extent(row)
        near = list(store.rows(after=max(first - 2, 0), limit=count + 1))
        before = [one for one in near if one.position < first]
        within = [one for one in near if first <= one.position < first + count]
        after, at = (before[-1].position, _time_of(before[-1])) if before else (first - 2, "")
        for group in groups(within, after if first > 1 else 0, at):
            if any(one[0] == row.position for one in group.rows):
                found.append(group)
                positions.update(one[0] for one in group.rows)
    return found, positions


class _Numbers(msgspec.Struct, gc=False):
    n: int
    of: int


class _Extent(msgspec.Struct, gc=False):
    command: _Numbers
    recorded_at: str


_extent_of = msgspec.json.Decoder(_Extent).decode


def _extent(row: Row) -> tuple[int, int]:
    """Return where the command of a row begins, and how many events it has."""
    try:
        command = _extent_of(row.record).command
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return row.position, 1
    if not 1 <= command.n <= command.of:
        return row.position, 1
    return max(row.position - command.n + 1, 1), command.of


def _time_of(row: Row) -> str:
    try:
        return _extent_of(row.record).recorded_at
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return ""


@dataclass(slots=True)
class Tables:
    """The tables beside the log, asked about one command at a time."""

    store: Store

    def faults(self, reads: list[Read]) -> Iterator[Finding]:
        """Hold the outcome of a command, its claims and its texts to its events."""
        first, last = reads[0], reads[-1]
        if first.command is not None and first.command.of == len(reads):
            yield from self._outcome(first, last)
        for one in reads:
            for claim in () if one.event is None else one.event.claims():
                rows = (r for r in self._claims(claim.key) if r[1] == one.position)
                held = next((r[2] for r in rows), "")
                expected = one.stream if claim.held else None
                if held != expected:
                    yield Finding(
                        position=one.position,
                        stream=one.stream,
                        rule="claims-differ",
                        recorded={"key": claim.key, "stream": held or None},
                        derived={"key": claim.key, "stream": expected},
                    )
            yield from text_faults_of(self.store, one)

    def _claims(self, key: str) -> Iterator[tuple[str, int, str | None]]:
        for row in self.store.claims(key):
            if row.key != key:
                return
            yield row

    def _outcome(self, first: Read, last: Read) -> Iterator[Finding]:
        assert first.command is not None
        who, command = first.actor.principal, first.command
        row = self.store.outcome(who, command.id)
        derived = {
            "principal": who,
            "command_id": command.id,
            "sha256": command.sha256,
            "first_position": first.position,
            "last_position": last.position,
        }
        if row is None or row[:5] != tuple(derived.values()):
            yield Finding(
                position=first.position,
                stream=first.stream,
                rule="outcomes-differ",
                recorded=row and row._asdict(),
                derived=derived,
            )
