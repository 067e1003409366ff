"""The sequencer: one thread that owns writing, so that there are no conflicts to retry.

It drains waiting commands into a batch, takes the store's write lock, reads what the batch
needs in the same round trip, decides command by command, and makes everything durable with
one commit. Deadlines are thereby judged in the order of the log.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from time import monotonic

from svx_ledger.eventlog import causes
from svx_ledger.eventlog.record import Unreadable
from svx_ledger.eventlog.store import NotWritten, OutcomeUnknown, Store, StoreError

from .answer import ClockRefused, CommandFailed, Stopped
from .attempt import Attempt, Past, Unlocked
from .batch import Salts
from .cache import ABSENT, Entry, StateCache
from .clock import Clock, accepts_a_step
from .lanes import Lanes
from .loader import Loader
from .randomness import random_salt
from .reading import entries_for, fold
from .submission import Submission, answer_all

_log = logging.getLogger(__name__)


class Sequencer:
    """The one writer of this process; other processes may have theirs on the same store."""

    def __init__(self, store: Store, clock: Clock, salts: Salts = random_salt) -> None:
        self._store = store
        self._clock = clock
        self._salts = salts
        self._writer = store.writer()
        self._cache = StateCache()
        self._past = Past(store)
        self._lanes = Lanes()
        self._callers_loader = Loader(
            self.read, lambda back: self._lanes.come_back(back, bulk=False)
        )
        self._bulk_loader = Loader(
            self.read, lambda back: self._lanes.come_back(back, bulk=True)
        )
        self._stopped: str | None = None
        self._hindrance: str | None = None
        self._thread = threading.Thread(target=self._run, name="svx-sequencer", daemon=True)
        self._starting = threading.Lock()
        self._process = os.getpid()
        self.on_commit: Callable[[Mapping[str, Entry]], None] = lambda _: None
        """Told the newest entries of the streams that a commit touched."""

    @property
    def waiting(self) -> int:
        """How many commands wait to be decided, as of just now."""
        return self._lanes.waiting

    @property
    def stopped(self) -> str | None:
        """Why nothing more is written here; None while it is."""
        return self._stopped

    @property
    def hindrance(self) -> str | None:
        """What the store refused to write for at last, where that lasts; it names no place.

        None again once something was written.
        """
        return self._hindrance

    def submit(self, submission: Submission) -> None:
        """Queue a command. Raises NotWritten when it cannot be queued."""
        if os.getpid() != self._process:
            raise Stopped("this process was forked off: it must open the ledger itself")
        if self._stopped is not None:
            raise Stopped(self._stopped)
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()
        if not self._lanes.put(submission):
            raise NotWritten("the queue is full or closed: try again in a second")

    def read(self, stream: str) -> Entry:
        """Return a stream as the log has it now, from the cache as far as that goes.

        Raises StoreError, or Unreadable for a record that does not fit.
        """
        cached = self._cache.get(stream) or ABSENT
        opening = self._past.opening()
        if opening is None:  # an empty log: what comes now is caught up with under the lock
            return cached
        rows = self._store.stream(stream, after=cached.version)
        entry = fold(cached, rows, opening.leaf)
        if entry is not cached:
            self._cache.put(stream, entry)
        return entry

    def close(self) -> None:
        """Write what waits, then stop."""
        self._lanes.close()
        if self._thread.ident is not None:
            self._thread.join()
        self._stopped = self._stopped or "the ledger was closed"
        self._callers_loader.close()
        self._bulk_loader.close()
        self._writer.close()

    def _run(self) -> None:
        while batch := self._lanes.take():
            now = monotonic()
            taken = [s for s in batch if s.take() and not s.expired(now)]
            try:
                for alone, group in groupby(self._warm(taken), key=lambda s: s.alone):
                    for submissions in [[s] for s in group] if alone else [list(group)]:
                        self._write(submissions)
            except BaseException as fault:  # noqa: BLE001 - later callers must be told
                _log.exception("the sequencer stops")
                self._stop(f"{type(fault).__name__} in the sequencer.")
                answer_all((s, OutcomeUnknown("the writer failed")) for s in taken)

    def _warm(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Return those whose streams are known; the loader reads for the others.

        From the first cold command of an import on, all of it goes to the loader.
        """
        ready: list[Submission] = []
        cold: list[Submission] = []
        for submission in submissions:
            if submission.bulk and any(s.bulk for s in cold[-1:]):
                cold.append(submission)
                continue
            warm = submission.warm

            def find(stream: str, warm: Mapping[str, Entry] = warm) -> Entry | None:
                return self._cache.get(stream) or warm.get(stream)

            try:
                submission.warm, missing = entries_for(submission.command, find, ABSENT)
                submission.keys = submission.command.claims()
            except Exception as fault:  # noqa: BLE001 - it fails alone, the batch goes on
                _log.exception("%s failed", type(submission.command).__name__)
                answer_all([(submission, CommandFailed(type(fault).__name__))])
                continue
            (cold if missing else ready).append(submission)
        self._load(cold)
        return ready

    def _load(self, cold: Sequence[Submission]) -> None:
        """Send callers' commands to the loader one by one, those of an import together."""
        imported = [s for s in cold if s.bulk]
        for submission in cold:
            if not submission.bulk:
                self._lanes.send_away([submission])
                self._callers_loader.put([submission])
        if imported:
            self._lanes.send_away(imported)
            self._bulk_loader.put(imported)

    def _write(self, submissions: list[Submission]) -> None:
        """Write a batch; turn every way it can fail into what the callers are told."""
        if self._stopped is not None:  # since these were taken: one before them met the fault
            stopped = Stopped(self._stopped)
            answer_all((submission, stopped) for submission in submissions)
            return
        attempt = Attempt(
            self._writer,
            cache=self._cache,
            past=self._past,
            clock=self._clock,
            salts=self._salts,
        )
        try:
            answers = attempt.write(submissions)
        except ClockRefused as refused:
            self._refuse_by_clock(submissions, refused)
        except Unlocked as failure:
            self._try_again(submissions, failure, alone=False)
        except NotWritten as failure:
            self._try_again(submissions, failure, alone=True)
        except OutcomeUnknown as unknown:
            self._reconcile(submissions, unknown)
        except (StoreError, Unreadable) as fault:
            self._stop(str(fault))
            stopped = Stopped(str(fault))
            answer_all((submission, stopped) for submission in submissions)
        else:
            answer_all(answers)
            self._after_commit(attempt)

    def _after_commit(self, attempt: Attempt) -> None:
        """Hand on what was postponed or turned out to be cold; tell the listener."""
        if attempt.touched:
            self._hindrance = None
        self._lanes.put_back(attempt.postponed)
        self._load(attempt.cold)
        try:
            self.on_commit(attempt.touched)
        except Exception:  # noqa: BLE001 - the events are on the log, whatever becomes of this
            _log.exception("a listener failed after a commit")

    def _try_again(
        self, submissions: Sequence[Submission], failure: NotWritten, *, alone: bool
    ) -> None:
        """Queue commands once more; those for which it was the second time are answered.

        Where the failure may be one command's, each goes alone, so that it fails no other.
        """
        self._hindrance = causes.lasting(failure) or self._hindrance
        self._cache.clear()
        answer_all((s, failure) for s in submissions if s.tried)
        again = [s for s in submissions if not s.tried]
        for submission in again:
            submission.tried, submission.alone = True, alone
        self._lanes.put_back(again)

    def _reconcile(self, submissions: Sequence[Submission], unknown: OutcomeUnknown) -> None:
        """Find out what became of a commit whose answer was lost.

        Where the store's lock cannot be had before the earlier transaction has ended, what
        is found under it is final. Otherwise only a restart can tell.
        """
        self._cache.clear()
        if not unknown.settled_by_lock:
            self._stop(str(unknown))
            answer_all((submission, unknown) for submission in submissions)
            return
        try:
            locked = self._writer.begin([s.key for s in submissions], (), {}, 0)
            self._writer.abandon()
        except StoreError as fault:
            if not isinstance(fault, NotWritten):  # such as a server that is unsafe by now
                self._stop(str(fault))
            answer_all((submission, unknown) for submission in submissions)
            return
        found = {(row.principal, row.command_id, row.sha256): row for row in locked.outcomes}
        stored = [s for s in submissions if (*s.key, s.sha256) in found]
        answer_all((s, found[*s.key, s.sha256]) for s in stored)
        missing = [s for s in submissions if s not in stored]
        self._try_again(missing, NotWritten(str(unknown)), alone=True)

    def _refuse_by_clock(
        self, submissions: Sequence[Submission], refused: ClockRefused
    ) -> None:
        accepting = [s for s in submissions if accepts_a_step(s.command)]
        answer_all((s, refused) for s in submissions if s not in accepting)
        if accepting:
            self._write(accepting)

    def _stop(self, reason: str) -> None:
        """Write no more in this process: what it believes of the store may be wrong."""
        _log.error("nothing more is written here: %s", reason)
        self._cache.clear()
        self._stopped = f"{reason} Nothing more is written here: restart the process."
