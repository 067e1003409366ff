"""One command, decided again: the heart of the audit.

The command is read back from its events, its digest is computed where all that it covers is
on record, and the rules decide it on the states before it.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Final, Protocol

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command, Event, States
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.scalars import instant

from .comparing import differences, refused
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

    def check(self, reads: Sequence[Read], entries: dict[str, Entry]) -> Iterator[Finding]:
        """Decide the command of these events again, and give what differs.

        `entries` has the streams of the events; what else the command reads is added.
        """
        first = reads[0]
        assert first.command is not None
        events = [(read.stream, read.event) for read in reads if read.event is not None]
        cls = vocabulary.COMMANDS.get(first.command.type)
        if cls is None:
            yield _of(first, "unknown-type", first.command.type)
            return
        if len(events) < len(reads):
            self.unchecked[UNREAD] += 1
            return
        try:
            command = cls.of(events)
        except Exception:  # noqa: BLE001 - events that are not its own may fail it in any way
            yield _of(first, "unknown-type", [cls.__name__, reads[0].type])
            return
        self.commands[cls.__name__] += 1
        self.leads_to[cls.__name__] = type(events[0][1])
        yield from self._digest(first, command)
        try:
            states = self._read(command, first.position, entries)
        except Exception as fault:  # noqa: BLE001 - a command of another's events reads anything
            yield _of(first, "undecidable", cls.__name__, type(fault).__name__)
            return
        if any(entry.damaged for entry in entries.values()):
            self.unchecked[ON_DAMAGE] += 1
            return
        early = yield from self._deadlines(first, command, entries, states)
        yield from self._decide(reads, command, states, early=early)

    def _read(
        self, command: Command, position: int, entries: dict[str, Entry]
    ) -> Mapping[str, object]:
        """Follow what a command reads, as far as the states lead."""
        states: dict[str, object] = {}
        known = States(states)
        count = -1
        while count < len(states):
            count = len(states)
            for stream in (*command.creates(known), *command.reads(known)):
                if stream not in states:
                    entry = entries.get(stream)
                    if entry is None:
                        entry = entries[stream] = self._streams.before(position, stream)
                    states[stream] = entry.state
        return states

    def _digest(self, first: Read, command: Command) -> Iterator[Finding]:
        assert first.command is not None
        digest = digest_of(first, command, self._texts)
        if digest is None:
            self.unchecked[ERASED] += 1
        elif digest != first.command.sha256:
            yield _of(first, "command-digest", first.command.sha256, digest)

    def _deadlines(
        self,
        first: Read,
        command: Command,
        entries: Mapping[str, Entry],
        states: Mapping[str, object],
    ) -> Generator[Finding, None, bool]:
        """Hold the clock to its deadlines, and everybody else to the clock's turn.

        Returns whether the clock was early.
        """
        assert first.command is not None
        if not command.by_clock:
            if first.command.id.startswith("clock:"):
                yield _of(first, "clock-command-id", first.command.id)
            for stream in states:
                due = entries[stream].due
                if due is not None and due[0] <= first.recorded_at:
                    derived = {"command": type(due[1]).__name__, "due_at": instant(due[0])}
                    recorded = {"command": first.command.type, "at": first.at}
                    yield _of(
                        first, "deadline-skipped", recorded, {"stream": stream, **derived}
                    )
            return False
        if first.actor.role != "clock":
            return False  # the rules refuse that
        stream = command.target()
        entry = entries.get(stream)
        due = entry.due if entry else None
        if due is None or due[1] != command:
            return False  # the rules refuse it
        expected = f"clock:{stream}:{type(command).__name__}:{instant(due[0])}"
        if first.command.id != expected:
            yield _of(first, "clock-command-id", first.command.id, expected)
        if first.recorded_at < due[0]:
            yield _of(first, "deadline-early", first.at, instant(due[0]))
            return True
        return False

    def _decide(
        self,
        reads: Sequence[Read],
        command: Command,
        states: Mapping[str, object],
        *,
        early: bool,
    ) -> Iterator[Finding]:
        first = reads[0]
        held = ((key, self._keys.holder(key, first.position)) for key in command.claims())
        holders = {key: stream for key, stream in held if stream is not None}
        known = States(states, holders)
        try:
            decision = vocabulary.decide(command, known, first.actor, first.recorded_at)
        except Exception as fault:  # noqa: BLE001 - any failure is a finding
            yield _of(first, "undecidable", type(command).__name__, type(fault).__name__)
            return
        self.derived += 1
        if isinstance(decision, Refusal):
            if not early:
                yield refused(reads, decision)
            return
        yield from differences(decision, reads)


def _of(read: Read, rule: str, recorded: Plain = None, derived: Plain = None) -> Finding:
    return Finding(
        position=read.position,
        stream=read.stream,
        rule=rule,
        recorded=recorded,
        derived=derived,
    )
