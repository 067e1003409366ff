"""The sequencer: one thread that owns writing, so that there are no conflicts to retry.

It drains waiting commands into a batch, takes the store's write lock, reads what the batch
needs in the same round trip, decides command by command, and makes everything durable with
one commit. Deadlines are thereby judged in the order of the log.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from svx_ledger.domain import book
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Row, leaf_of, recorded_at
from svx_ledger.eventlog.store import (
    MAX_TAIL,
    Forked,
    Head,
    Locked,
    NotRead,
    NotWritten,
    OutcomeUnknown,
    Store,
)

from .answer import ClockRefused, CommandFailed, Stopped
from .batch import Batch, Genesis, NotWarm, Salts, Surroundings
from .cache import ABSENT, Entry, StateCache
from .clock import Clock
from .lanes import Lanes
from .loader import Loader
from .randomness import random_salt
from .reading import entries_for, fold
from .submission import Result, Submission, answer_all

MAX_DECIDING_SECONDS = 0.020
SLOW_DECIDE_SECONDS = 0.050

_log = logging.getLogger(__name__)

Answers = list[tuple[Submission, Result]]


class Sequencer:
    """The one writer of this process; other processes may have theirs on the same store."""

    def __init__(self, store: Store, clock: Clock, salts: Salts = random_salt) -> None:
        self._store = store
        self._clock = clock
        self._salts = salts
        self._writer = store.writer()
        self._cache = StateCache()
        self._lanes = Lanes()
        self._loader = Loader(self.read, self._lanes.come_back)
        self._head = Head(0, b"")
        self._genesis: Genesis | None = None
        self._stopped: Stopped | None = None
        self._thread = threading.Thread(target=self._run, name="svx-sequencer", daemon=True)
        self._starting = threading.Lock()
        self.on_commit: Callable[[Mapping[str, Entry]], None] = lambda _: None
        """Told the newest entries of the streams that a commit touched."""

    def submit(self, submission: Submission, *, bulk: bool = False) -> None:
        """Queue a command. Raises NotWritten when it cannot be queued."""
        if self._stopped is not None:
            raise self._stopped
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()
        if not self._lanes.put(submission, bulk=bulk):
            message = "the queue is full or closed: try again in a second"
            raise NotWritten(message)

    def read(self, stream: str) -> Entry:
        """Return a stream as the log has it now, from the cache as far as that goes."""
        cached = self._cache.get(stream) or ABSENT
        entry = fold(cached, self._store.stream(stream, after=cached.version))
        if entry is not cached:
            self._cache.put(stream, entry)
        return entry

    def close(self) -> None:
        """Write what waits, then stop."""
        self._lanes.close()
        if self._thread.ident is not None:
            self._thread.join()
        self._stopped = self._stopped or Stopped("the ledger was closed")
        self._loader.close()
        self._writer.close()

    def _run(self) -> None:
        while batch := self._lanes.take():
            taken = [submission for submission in batch if submission.take()]
            ready = [] if self._stopped else self._warm(taken)
            if self._stopped:
                answer_all((submission, self._stopped) for submission in taken)
            elif ready:
                self._write(ready)

    def _warm(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Return those whose streams are all known; the loader reads for the others."""
        ready = []
        for submission in submissions:
            warm = submission.warm

            def find(stream: str, warm: Mapping[str, Entry] = warm) -> Entry | None:
                return self._cache.get(stream) or warm.get(stream)

            try:
                submission.warm, missing = entries_for(submission.command, find)
                submission.keys = submission.command.claims()
            except Exception as fault:  # noqa: BLE001 - it fails alone, the batch goes on
                _log.exception("%s failed", type(submission.command).__name__)
                answer_all([(submission, CommandFailed(type(fault).__name__))])
                continue
            if missing:
                self._load(submission)
            else:
                ready.append(submission)
        return ready

    def _load(self, submission: Submission) -> None:
        self._lanes.send_away()
        self._loader.put(submission)

    def _write(self, submissions: list[Submission]) -> None:
        """Write a batch; turn every way it can fail into what the callers are told."""
        if self._stopped is not None:  # since these were taken: one before them met the fault
            stopped = self._stopped
            answer_all((submission, stopped) for submission in submissions)
            return
        try:
            answers = self._attempt(submissions)
        except ClockRefused as refused:
            self._refuse_by_clock(submissions, refused)
        except NotWritten as failure:
            self._cache.clear()
            self._retry(submissions, failure)
        except OutcomeUnknown as unknown:
            self._cache.clear()
            self._reconcile(submissions, unknown)
        except Exception as fault:  # noqa: BLE001 - callers must be told, whatever it is
            _log.exception("the sequencer stops")
            self._stop(submissions, fault)
        else:
            answer_all(answers)

    def _attempt(self, submissions: list[Submission]) -> Answers:
        entries = {name: entry for s in submissions for name, entry in s.warm.items()}
        if self._genesis is None:
            self._learn_genesis()
        if self._genesis is not None:
            ledger = self._genesis.stream
            entries.setdefault(ledger, self._cache.get(ledger) or ABSENT)
        keys = frozenset(key for s in submissions for key in s.keys)
        versions = {stream: entry.version for stream, entry in entries.items()}
        locked = self._writer.begin(
            [s.key for s in submissions], sorted(keys), versions, self._head.position
        )
        try:
            tails = self._check_past(locked)
            long = {stream for stream, rows in tails.items() if len(rows) >= MAX_TAIL}
            for stream, rows in tails.items():
                entries[stream] = fold(entries[stream], rows)
                self._cache.put(stream, entries[stream])
            cold = [s for s in submissions if not long.isdisjoint(s.warm)]
            batch = self._open(submissions, locked, entries, keys)
            answers, postponed = self._decide(batch, submissions, cold)
        except BaseException:
            self._writer.abandon()
            raise
        if batch.outcomes:
            self._writer.append(batch.added.rows, batch.outcomes, batch.added.claims)
        else:
            self._writer.abandon()
        self._committed(batch, locked)
        self._lanes.put_back(postponed)
        for submission in cold:
            self._load(submission)
        return answers

    def _learn_genesis(self) -> None:
        try:
            for row in self._store.rows(limit=1):
                self._genesis = Genesis(row.stream, leaf_of(row.record))
        except NotRead as failure:
            raise NotWritten(f"reading failed: {failure}") from None

    def _check_past(self, locked: Locked) -> dict[str, list[Row]]:
        """Refuse a past that changed; return what other writers added to our streams."""
        known = self._head
        if known.position and (
            locked.head.position < known.position or locked.known != known.record
        ):
            message = f"position {known.position} is no longer what this process wrote or read"
            raise Forked(message)
        tails: dict[str, list[Row]] = {}
        for row in locked.tails:
            tails.setdefault(row.stream, []).append(row)
        return tails

    def _open(
        self,
        submissions: Sequence[Submission],
        locked: Locked,
        entries: Mapping[str, Entry],
        keys: frozenset[str],
    ) -> Batch:
        """Look at the clock and lay out what the batch starts from."""
        last = recorded_at(locked.head.record) if locked.head.position else None
        clock_at = self._clock.now(locked.clock_at)
        if not all(isinstance(s.command, book.AcceptClockStep) for s in submissions):
            ledger = entries[self._genesis.stream].state if self._genesis else None
            self._clock.check(last, ledger if isinstance(ledger, book.Book) else None)
        return Batch(
            Surroundings(
                position=locked.head.position,
                last=last,
                clock_at=clock_at,
                genesis=self._genesis,
                outcomes={(row.principal, row.command_id): row for row in locked.outcomes},
                holders=locked.holders,
                keys=keys,
                find=entries.get,
                salts=self._salts,
            )
        )

    def _decide(
        self, batch: Batch, submissions: list[Submission], cold: list[Submission]
    ) -> tuple[Answers, list[Submission]]:
        """Decide in turn until the time under the lock is used up.

        Passes over those that are cold, and adds those that turn out to be.
        """
        answers: Answers = []
        began = monotonic()
        for index, submission in enumerate(submissions):
            before = monotonic()
            if before - began > MAX_DECIDING_SECONDS:
                return answers, submissions[index:]
            if submission in cold:
                continue
            try:
                answers.append((submission, batch.answer(submission)))
            except NotWarm:
                cold.append(submission)
            except Malformed as fault:
                answers.append((submission, fault.refusal()))
            except Exception as fault:  # noqa: BLE001 - the batch goes on without it
                _log.exception("%s failed", type(submission.command).__name__)
                answers.append((submission, CommandFailed(type(fault).__name__)))
            if monotonic() - before > SLOW_DECIDE_SECONDS:
                _log.warning("%s took over 50 ms", type(submission.command).__name__)
        return answers, []

    def _committed(self, batch: Batch, locked: Locked) -> None:
        self._head = locked.head
        if batch.added.rows:
            self._head = Head(batch.added.rows[-1].position, batch.added.rows[-1].record)
        self._genesis = batch.genesis
        for stream, entry in batch.added.entries.items():
            self._cache.put(stream, entry)
        self.on_commit(batch.added.entries)

    def _retry(self, submissions: Sequence[Submission], failure: NotWritten) -> None:
        """Try each command once more, alone, so that one cannot fail the others."""
        for submission in submissions:
            if submission.tried or monotonic() > submission.deadline:
                answer_all([(submission, failure)])
                continue
            submission.tried = True
            for ready in self._warm([submission]):
                self._write([ready])

    def _reconcile(self, submissions: Sequence[Submission], unknown: OutcomeUnknown) -> None:
        """Find out what became of a commit whose answer was lost.

        Where the store's lock cannot be had before the earlier transaction has ended, what
        is found under it is final. Otherwise only a restart can tell.
        """
        if not unknown.settled_by_lock:
            self._stop(submissions, unknown)
            return
        try:
            locked = self._writer.begin([s.key for s in submissions], (), {}, 0)
            self._writer.abandon()
        except NotWritten:
            answer_all((submission, unknown) for submission in submissions)
            return
        except Exception as fault:  # noqa: BLE001 - such as a server that is unsafe by now
            _log.exception("the sequencer stops")
            self._stop(submissions, fault)
            return
        found = {(row.principal, row.command_id, row.sha256): row for row in locked.outcomes}
        stored = [s for s in submissions if (*s.key, s.sha256) in found]
        answer_all((s, found[*s.key, s.sha256]) for s in stored)
        self._retry([s for s in submissions if s not in stored], NotWritten(str(unknown)))

    def _refuse_by_clock(
        self, submissions: Sequence[Submission], refused: ClockRefused
    ) -> None:
        accepting = [s for s in submissions if isinstance(s.command, book.AcceptClockStep)]
        answer_all((s, refused) for s in submissions if s not in accepting)
        if accepting:
            self._write(accepting)

    def _stop(self, submissions: Sequence[Submission], reason: Exception) -> None:
        """Write no more in this process: what it believes of the store may be wrong."""
        self._cache.clear()
        self._stopped = Stopped(f"{reason} Restart the process; nothing more is written here.")
        answer_all((submission, OutcomeUnknown(str(reason))) for submission in submissions)
