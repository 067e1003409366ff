"""Deciding a batch of commands under the write lock: the heart of the write path.

For each command in turn: is its outcome known? are deadlines due on its streams? then decide,
fold, encode. What a command leads to is staged apart and joins the batch only when all of it
succeeded, so a command that fails leaves no trace and the batch goes on.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from svx_ledger.domain import book, vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.kind import Command, Event, States
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.private_fields import stands_apart
from svx_ledger.eventlog.record import CommandRef, Row, leaf_of, write_record
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow

from .additions import Additions
from .answer import COMMAND_ID_REUSED, LEDGER_NOT_OPEN, VERSION_MISMATCH, Sequenced
from .cache import Entry
from .clock import TICK
from .reading import entries_for, states_of
from .submission import Submission

Salts = Callable[[], bytes]
"""16 fresh random bytes for each record; seeded where a run must be repeatable."""

_NOT_THEIRS: Final = ("forbidden", "not-found")
"""Kinds of refusal that come before a stale version, which is nobody's to learn but theirs."""
DUE = "due:"
"""Claim prefix of streams that have a deadline; it follows from their states."""

CLOCK_PLAIN = shape_of(Actor).encode(CLOCK)


class NotWarm(Exception):
    """A newer state named a stream that nobody has read: it is read outside the lock."""


class Genesis(NamedTuple):
    """Position 1: the ledger's own stream, and the leaf every stream's first event names."""

    stream: str
    leaf: bytes


class Asked(NamedTuple):
    """A command with what its records say of who asked."""

    command: Command
    actor: Actor
    actor_plain: dict[str, Any]
    id: str
    sha256: str
    trace: Mapping[str, Any]
    """Plain values of its Trace."""


class Surroundings(NamedTuple):
    """What a batch starts from, as read under the lock."""

    position: int
    last: datetime | None
    """The instant of the last record."""
    clock_at: datetime
    genesis: Genesis | None
    outcomes: Mapping[tuple[str, str], OutcomeRow]
    holders: Mapping[str, str]
    keys: frozenset[str]
    """The unique keys whose holders were asked for."""
    find: Callable[[str], Entry | None]
    """The caught-up entry of a stream that was asked for before the lock."""
    salts: Salts


class Batch:
    """Commands decided so far under one hold of the lock, and what is to be written."""

    def __init__(self, given: Surroundings) -> None:
        self.added = Additions()
        self.outcomes: list[OutcomeRow] = []
        self.genesis = given.genesis
        self.last = given.last
        self._given = given
        self._known = dict(given.outcomes)

    def answer(self, submission: Submission) -> Sequenced | Refusal | OutcomeRow:
        """Decide one command. A refusal is remembered by its id, as events are."""
        known = self._known.get(submission.key)
        if known is not None:
            if known.sha256 == submission.sha256:
                return known
            return COMMAND_ID_REUSED.refuse(command_id=submission.command_id)
        asked = Asked(
            submission.command,
            submission.actor,
            submission.actor_plain,
            submission.command_id,
            submission.sha256,
            submission.trace,
        )
        answer = self._decide(asked, submission.expected_version)
        if isinstance(answer, Refusal) and _remembered(answer, asked.command):
            refusal = canonical({"facts": dict(answer.facts), "rule": answer.rule.name})
            self._remember(
                OutcomeRow(*submission.key, asked.sha256, None, None, refusal.decode())
            )
        return answer

    def _decide(self, asked: Asked, expected_version: int | None = None) -> Sequenced | Refusal:
        if self.genesis is None and not isinstance(asked.command, book.OpenLedger):
            return LEDGER_NOT_OPEN.refuse()
        entries = self._settled(asked.command)
        target = asked.command.target()
        now = self._next_instant()
        states = States(states_of(entries), self._holders(asked.command))
        decision = vocabulary.decide(asked.command, states, asked.actor, now)
        if isinstance(decision, Refusal) and decision.rule.kind in _NOT_THEIRS:
            return decision
        if expected_version is not None and expected_version != entries[target].version:
            # By how much is not said: it would count events that may be hidden.
            return VERSION_MISMATCH.refuse(expected=expected_version)
        if isinstance(decision, Refusal):
            return decision
        return self._record(asked, decision, entries, now)

    def _settled(self, command: Command) -> dict[str, Entry]:
        """Return what a command reads, after every deadline that is due there was decided.

        Nothing is decided on a stream at or after a deadline before the deadline is.
        """
        while True:
            entries, missing = entries_for(command, self._find)
            if missing:
                raise NotWarm
            if command.by_clock or not self._decide_due(entries):
                return entries

    def _decide_due(self, entries: Mapping[str, Entry]) -> bool:
        """Decide the earliest deadline that has passed on these streams, if there is one."""
        now = self._next_instant()
        passed = [
            (entry.due[0], stream, entry.due[1])
            for stream, entry in entries.items()
            if entry.due is not None and entry.due[0] <= now
        ]
        if not passed:
            return False
        due_at, stream, command = min(passed, key=lambda due: due[:2])
        command_id = clock_command_id(stream, command, due_at)
        asked = Asked(
            command, CLOCK, CLOCK_PLAIN, command_id, sha256_of(command_bytes(command)), {}
        )
        if isinstance(self._decide(asked), Refusal):
            message = f"{type(command).__name__} was refused when it fell due"
            raise TypeError(message)
        return True

    def _next_instant(self) -> datetime:
        """Return the time of the next command: the clock's, but always after the last one."""
        clock_at = self._given.clock_at
        return clock_at if self.last is None else max(clock_at, self.last + TICK)

    def _find(self, stream: str) -> Entry | None:
        return self.added.entries.get(stream) or self._given.find(stream)

    def _holders(self, command: Command) -> dict[str, str]:
        holders = {key: self._holder(key) for key in command.claims()}
        return {key: stream for key, stream in holders.items() if stream is not None}

    def _holder(self, key: str) -> str | None:
        if key in self.added.holders:
            return self.added.holders[key]
        return self._given.holders.get(key)

    def _record(
        self,
        asked: Asked,
        decided: list[tuple[str, Event]],
        read: Mapping[str, Entry],
        now: datetime,
    ) -> Sequenced:
        """Encode what was decided and stage it; only then does it join the batch."""
        staged = Additions()
        genesis = self.genesis
        position = self._given.position + len(self.added.rows)
        for n, (stream, event) in enumerate(decided, start=1):
            entry = staged.entries.get(stream) or read[stream]
            prev = entry.prev or (genesis.leaf if genesis else None)
            if stands_apart(type(event)):
                event = staged.record(event, stream, entry.version + 1)  # noqa: PLW2901
                decided[n - 1] = stream, event
            row = write_record(
                position=position + n,
                stream=stream,
                version=entry.version + 1,
                recorded_at=now,
                actor=asked.actor_plain,
                command=CommandRef(
                    asked.id, type(asked.command).__name__, asked.sha256, n, len(decided)
                ),
                trace=asked.trace,
                prev=prev,
                salt=self._given.salts(),
                event=event,
            )
            leaf = leaf_of(row.record)
            genesis = genesis or Genesis(stream, leaf)
            state = vocabulary.evolve(stream, entry.state, event)
            after = Entry(row.version, leaf, state, vocabulary.due(stream, state))
            staged.rows.append(row)
            staged.entries[stream] = after
            self._claim(staged, row, event)
            if (entry.due is None) != (after.due is None):
                held = after.due is not None
                self._stage_claim(staged, row, DUE + stream, held=held)
        self.genesis, self.last = genesis, now
        self.added.extend(staged)
        first, last = staged.rows[0].position, staged.rows[-1].position
        self._remember(
            OutcomeRow(asked.actor.principal, asked.id, asked.sha256, first, last, None)
        )
        stream = decided[0][0]
        return Sequenced(
            command_id=asked.id,
            first_position=first,
            last_position=last,
            stream=stream,
            version=staged.entries[stream].version,
            recorded_at=now,
            events=tuple(decided),
        )

    def _claim(self, staged: Additions, row: Row, event: Event) -> None:
        """Stage the unique keys that an event takes or frees."""
        for claim in event.claims():
            holder = staged.holders.get(claim.key, self._holder(claim.key))
            asked = claim.key in self._given.keys
            known = asked or claim.key in staged.holders or claim.key in self.added.holders
            taken = asked and holder is None
            freed = holder == row.stream or not known
            if not (taken if claim.held else freed):
                message = f"{row.type} took a key that was not free, or freed another's"
                raise RuntimeError(message)
            self._stage_claim(staged, row, claim.key, held=claim.held)

    @staticmethod
    def _stage_claim(staged: Additions, row: Row, key: str, *, held: bool) -> None:
        stream = row.stream if held else None
        staged.holders[key] = stream
        staged.claims.append(ClaimRow(key, row.position, stream))

    def _remember(self, row: OutcomeRow) -> None:
        self.outcomes.append(row)
        self._known[row.principal, row.command_id] = row


def _remembered(refusal: Refusal, command: Command) -> bool:
    """Whether a refusal is the answer for ever: not while it only says "not yet"."""
    return not command.by_clock and refusal.rule is not LEDGER_NOT_OPEN


def clock_command_id(stream: str, command: Command, due_at: datetime) -> str:
    """Return the one id that a deadline's command has, whoever submits it."""
    return f"clock:{stream}:{type(command).__name__}:{instant(due_at)}"
