"""One command, decided again: the heart of the audit.

The command is read back from its events, its digest is computed where all that it covers is
on record, and the rules decide it on the states before it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, Event, States
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.scalars import instant

from .comparing import differences, follows, refused
from .digesting import Texts, digest_of
from .finding import Finding, Plain
from .reading import Read
from .streams import Entry, Streams

UNREAD: Final = "commands with a record that cannot be read, or not whole: not decided again"
ON_DAMAGE: Final = "commands that read a stream which cannot be folded: not decided again"
ERASED: Final = "command digests that cover a private text which is gone"


class Keys(Protocol):
    """Who holds which unique key, before a command."""

    def holder(self, key: str, position: int) -> str | None:
        """Return the stream that holds a key just before a position."""


class Decider:
    """Decides commands again, one at a time, on the streams as they were before it."""

    def __init__(self, streams: Streams, keys: Keys, texts: Texts) -> None:
        self._streams = streams
        self._keys = keys
        self._texts = texts
        self.derived = 0
        self.commands: Counter[str] = Counter()
        self.leads_to: dict[str, type[Event]] = {}
        """By command, the class of its first event when it was last met."""
        self.unchecked: Counter[str] = Counter()

    def check(self, reads: Sequence[Read], entries: dict[str, Entry]) -> list[Finding]:
        """Decide the command of these events again, and return what differs.

        `entries` has the streams of the events; what else the command reads is added.
        """
        first = reads[0]
        assert first.command is not None
        cls = vocabulary.COMMANDS.get(first.command.type)
        if cls is None:
            return [_of(first, "unknown-type", first.command.type)]
        events = [(read.stream, read.event) for read in reads if read.event is not None]
        if len(events) < len(reads):
            self.unchecked[UNREAD] += 1
            return []
        try:
            command = cls.of(events)
        except Exception:  # noqa: BLE001 - events that are not its own may fail it in any way
            return [_of(first, "unknown-type", [cls.__name__, reads[0].type])]
        self.commands[cls.__name__] += 1
        self.leads_to[cls.__name__] = type(events[0][1])
        found = self._digest(first, command)
        try:
            states = self._read(command, first, entries)
        except Exception as fault:  # noqa: BLE001 - a command of another's events reads anything
            return [*found, _of(first, "undecidable", cls.__name__, type(fault).__name__)]
        for entry in entries.values():
            if entry.damaged:
                self.unchecked[ON_DAMAGE] += 1
                return found
        late, early = self._deadlines(first, command, entries, states)
        return [*found, *late, *self._decide(reads, command, states, early=early)]

    def _read(
        self, command: Command, first: Read, entries: dict[str, Entry]
    ) -> dict[str, object]:
        """Follow what a command reads, as far as the states lead.

        It begins at the stream of its first event, which it reads or creates for the most
        part; where it does neither, that is left out again.
        """
        states: dict[str, object] = {first.stream: entries[first.stream].state}
        known = States(states)
        named: tuple[str, ...] = ()
        count = -1
        while count < len(states):
            count = len(states)
            named = command.streams(known)
            for stream in named:
                if stream not in states:
                    entry = entries.get(stream)
                    if entry is None:
                        entry = entries[stream] = self._streams.before(first.position, stream)
                    states[stream] = entry.state
        if first.stream not in named:
            del states[first.stream]
        return states

    def _digest(self, first: Read, command: Command) -> list[Finding]:
        assert first.command is not None
        digest = digest_of(first, command, self._texts)
        if digest == first.command.sha256:
            return []
        if digest is None:
            self.unchecked[ERASED] += 1
            return []
        return [_of(first, "command-digest", first.command.sha256, digest)]

    def _deadlines(
        self,
        first: Read,
        command: Command,
        entries: Mapping[str, Entry],
        states: Mapping[str, object],
    ) -> tuple[list[Finding], bool]:
        """Hold the clock to its deadlines, and everybody else to the clock's turn.

        Returns what was found, and whether the clock was early.
        """
        asked = first.command
        assert asked is not None
        found: list[Finding] = []
        if not command.by_clock:
            if asked.id.startswith("clock:"):
                found.append(_of(first, "clock-command-id", asked.id))
            for stream in states:
                due = entries[stream].due
                if due is not None and due[0] <= first.recorded_at:
                    derived = {"command": type(due[1]).__name__, "due_at": instant(due[0])}
                    recorded = {"command": asked.type, "at": first.at}
                    derived = {"stream": stream, **derived}
                    found.append(_of(first, "deadline-skipped", recorded, derived))
            return found, False
        if first.actor.role != "clock":
            return found, False  # the rules refuse that
        stream = command.target()
        entry = entries.get(stream)
        due = entry.due if entry else None
        if due is None or due[1] != command:
            return found, False  # the rules refuse it
        expected = f"clock:{stream}:{type(command).__name__}:{instant(due[0])}"
        if asked.id != expected:
            found.append(_of(first, "clock-command-id", asked.id, expected))
        early = first.recorded_at < due[0]
        if early:
            found.append(_of(first, "deadline-early", first.at, instant(due[0])))
        return found, early

    def _decide(
        self,
        reads: Sequence[Read],
        command: Command,
        states: Mapping[str, object],
        *,
        early: bool,
    ) -> Iterable[Finding]:
        first = reads[0]
        holders: dict[str, str] = {}
        for key in command.claims():
            holder = self._keys.holder(key, first.position)
            if holder is not None:
                holders[key] = holder
        known = States(states, holders)
        try:
            decision = vocabulary.decide(command, known, first.actor, first.recorded_at)
        except Exception as fault:  # noqa: BLE001 - any failure is a finding
            return [_of(first, "undecidable", type(command).__name__, type(fault).__name__)]
        self.derived += 1
        if isinstance(decision, Refusal):
            return [] if early else [refused(reads, decision)]
        if follows(decision, reads):
            return ()
        return differences(decision, reads)


def _of(read: Read, rule: str, recorded: Plain = None, derived: Plain = None) -> Finding:
    return Finding(
        position=read.position,
        stream=read.stream,
        rule=rule,
        recorded=recorded,
        derived=derived,
    )
