"""One hold of the write lock: from `begin` to the commit, for one batch."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic

from svx_ledger.domain import book
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Row, Unreadable, leaf_of, recorded_at
from svx_ledger.eventlog.store import (
    MAX_TAIL,
    Forked,
    Head,
    Locked,
    NotRead,
    NotWritten,
    OutcomeUnknown,
    Store,
    StoreError,
    Writer,
)

from .answer import CommandFailed
from .batch import Batch, Genesis, NotWarm, Salts, Surroundings
from .cache import ABSENT, Entry, StateCache
from .clock import Clock, accepts_a_step, unless_of_its_kind
from .reading import fold
from .submission import Result, Submission

MAX_DECIDING_SECONDS = 0.020
SLOW_DECIDE_SECONDS = 0.050

_log = logging.getLogger(__name__)

Answers = list[tuple[Submission, Result]]


class Unlocked(NotWritten):
    """The lock could not be had, or not with all that a batch needs: no command's fault."""


class Past:
    """What this process has seen of the log: its opening, and the head it last met."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opening: Genesis | None = None
        self._lock = threading.Lock()
        self.head = Head(0, b"")

    def opening(self) -> Genesis | None:
        """Return position 1, read once; None on an empty log. Raises NotRead."""
        with self._lock:
            if self._opening is None:
                for row in self._store.rows(limit=1):
                    self._opening = Genesis(row.stream, leaf_of(row.record))
            return self._opening

    def unless_forked(self, locked: Locked) -> None:
        """Raise Forked where the log is not what this process wrote or read."""
        seen = self.head
        if seen.position and (
            locked.head.position < seen.position or locked.known != seen.record
        ):
            message = f"position {seen.position} is no longer what this process wrote or read"
            raise Forked(message)

    @staticmethod
    def unless_opened_since(opening: Genesis | None, locked: Locked) -> None:
        """Raise Unlocked where the log was empty a moment ago: look at it again."""
        if opening is None and locked.head.position:
            raise Unlocked("the ledger was opened meanwhile: try again")


class Attempt:
    """A batch on its way to the log. What it could not decide is `postponed` or `cold`."""

    def __init__(
        self,
        writer: Writer,
        *,
        cache: StateCache,
        past: Past,
        clock: Clock,
        salts: Salts,
    ) -> None:
        self._writer = writer
        self._cache = cache
        self._past = past
        self._clock = clock
        self._salts = salts
        self.postponed: list[Submission] = []
        self.cold: list[Submission] = []
        self.touched: Mapping[str, Entry] = {}

    def write(self, submissions: Sequence[Submission]) -> Answers:
        """Decide a batch and commit what it leads to.

        Raises Unlocked or NotWritten (nothing was written), OutcomeUnknown, ClockRefused, or
        another StoreError for a store that must not be written to any more.
        """
        opening = self._opening()
        entries = {name: entry for s in submissions for name, entry in s.warm.items()}
        if opening is not None:
            entries.setdefault(opening.stream, self._cache.get(opening.stream) or ABSENT)
        keys = frozenset(key for s in submissions for key in s.keys)
        asked_at = self._clock.wall()
        locked = self._begin(submissions, entries, keys)
        try:
            self._past.unless_forked(locked)
            self._past.unless_opened_since(opening, locked)
            find = self._caught_up(entries, locked.tails, opening)
            if len(locked.tails) > MAX_TAIL:
                self._writer.abandon()
                self.cold = list(submissions)
                return []
            clock_at = self._clock.now(locked.clock_at, asked_at)
            last = recorded_at(locked.head.record) if locked.head.position else None
            self._check_clock(submissions, last, find(opening.stream) if opening else None)
            batch = Batch(
                Surroundings(
                    position=locked.head.position,
                    last=last,
                    clock_at=clock_at,
                    genesis=opening,
                    outcomes={(row.principal, row.command_id): row for row in locked.outcomes},
                    holders=locked.holders,
                    keys=keys,
                    find=find,
                    salts=self._salts,
                )
            )
            answers = self._decide(batch, submissions)
        except BaseException:
            self._writer.abandon()
            raise
        self._commit(batch, locked)
        return answers

    def _opening(self) -> Genesis | None:
        try:
            return self._past.opening()
        except NotRead as failure:
            raise Unlocked(f"reading failed: {failure}") from None

    def _begin(
        self,
        submissions: Sequence[Submission],
        entries: Mapping[str, Entry],
        keys: frozenset[str],
    ) -> Locked:
        versions = {stream: entry.version for stream, entry in entries.items()}
        try:
            return self._writer.begin(
                [s.key for s in submissions], sorted(keys), versions, self._past.head.position
            )
        except NotWritten as failure:
            raise Unlocked(str(failure)) from None

    def _caught_up(
        self, entries: dict[str, Entry], tails: Sequence[Row], opening: Genesis | None
    ) -> Callable[[str], Entry | None]:
        """Fold what others wrote since; a stream that cannot be read fails who asks for it."""
        damaged: dict[str, Unreadable] = {}
        by_stream: dict[str, list[Row]] = {}
        if len(tails) <= MAX_TAIL:
            for row in tails:
                by_stream.setdefault(row.stream, []).append(row)
        for stream, rows in by_stream.items():
            try:
                entries[stream] = fold(entries[stream], rows, opening and opening.leaf)
            except Unreadable as damage:
                damaged[stream] = damage
            else:
                self._cache.put(stream, entries[stream])

        def find(stream: str) -> Entry | None:
            if stream in damaged:
                raise damaged[stream]
            return entries.get(stream)

        return find

    def _check_clock(
        self, submissions: Sequence[Submission], last: datetime | None, ledger: Entry | None
    ) -> None:
        state = ledger.state if ledger else None
        known = state if isinstance(state, book.Book) else None
        unless_of_its_kind(self._clock, known)
        if not all(accepts_a_step(s.command) for s in submissions):
            self._clock.check(last, known)

    def _decide(self, batch: Batch, submissions: Sequence[Submission]) -> Answers:
        """Decide in turn until the time under the lock is used up.

        After a command of an import that must wait, the rest of the import waits too.
        """
        answers: Answers = []
        began = monotonic()
        for index, submission in enumerate(submissions):
            before = monotonic()
            if before - began > MAX_DECIDING_SECONDS:
                self._postpone(submissions[index:])
                break
            if submission.bulk and self.cold and self.cold[-1].bulk:
                self.cold.append(submission)
                continue
            try:
                answers.append((submission, batch.answer(submission)))
            except NotWarm:
                self.cold.append(submission)
            except Malformed as fault:
                answers.append((submission, fault.refusal()))
            except Unreadable as damage:
                answers.append((submission, CommandFailed(str(damage))))
            except Exception as fault:  # noqa: BLE001 - the batch goes on without it
                _log.exception("%s failed", type(submission.command).__name__)
                answers.append((submission, CommandFailed(type(fault).__name__)))
            if monotonic() - before > SLOW_DECIDE_SECONDS:
                _log.warning("a command took over 50 ms")  # naming it would tell of a bid
        return answers

    def _postpone(self, rest: Sequence[Submission]) -> None:
        waits = bool(self.cold) and self.cold[-1].bulk
        for submission in rest:
            (self.cold if waits and submission.bulk else self.postponed).append(submission)

    def _commit(self, batch: Batch, locked: Locked) -> None:
        rows = batch.added.rows
        if batch.outcomes:
            try:
                private, erased = batch.added.apart
                self._writer.append(
                    rows, batch.outcomes, batch.added.claims, private=private, erased=erased
                )
            except StoreError:
                raise
            except Exception as fault:
                raise OutcomeUnknown(f"at the commit: {type(fault).__name__}") from fault
        else:
            self._writer.abandon()
        self._past.head = Head(rows[-1].position, rows[-1].record) if rows else locked.head
        for stream, entry in batch.added.entries.items():
            self._cache.put(stream, entry)
        self.touched = batch.added.entries
