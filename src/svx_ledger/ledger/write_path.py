"""`Ledger`: the one way in. A command and who gives it go in; what became of it comes out."""

import asyncio
import copy
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from time import monotonic
from typing import Self, TypeVar

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.book import Book, OpenLedger
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal
from svx_ledger.eventlog.record import Recorded, Trace, read_record
from svx_ledger.eventlog.store import NotWritten, OutcomeRow, OutcomeUnknown, Store, StoreError

from .answer import (
    BAD_COMMAND_ID,
    WRONG_CLOCK,
    Answer,
    CommandFailed,
    Sequenced,
    refusal_in,
)
from .batch import Salts, clock_command_id
from .cache import Entry
from .clock import Clock, SystemClock, unless_of_its_kind
from .forming import MAX_SECONDS, formed, well_formed_id
from .randomness import new_command_id, random_salt
from .sequencer import Sequencer
from .submission import CallersFuture, Result, Submission
from .ticker import Deadline, Ticker

S = TypeVar("S")

MAX_OUTSTANDING = 1_000
"""Commands of an import that wait at a time."""


class Ledger:
    """A ledger, open for writing and reading. Safe from any thread and any event loop.

    Every call on it ends in one of: `Sequenced` (done), a `Refusal` (nothing written),
    NotWritten or CommandFailed (nothing written), OutcomeUnknown (ask again, same id).
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock | None = None,
        salts: Salts = random_salt,
        owns_store: bool = False,
    ) -> None:
        self.store = store
        self._owns_store = owns_store
        self.clock: Clock = clock or SystemClock()
        self._unless_wrong_clock()
        self._sequencer = Sequencer(store, self.clock, salts)
        self.ticker = Ticker(store, self._sequencer.read, self._decide_due, self.clock.wall)
        self._sequencer.on_commit = self._committed
        self._listeners: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits and close; the store too, where this ledger owns it."""
        self.ticker.close()
        self._sequencer.close()
        if self._owns_store:
            self.store.close()

    def execute(
        self,
        command: Command,
        actor: Actor,
        command_id: str | None = None,
        *,
        expected_version: int | None = None,
        trace: Trace | None = None,
    ) -> Answer:
        """Give one command and wait for what becomes of it.

        `command_id` makes a repeat harmless: the same id from the same person returns the
        first answer, in whatever role. `expected_version` is of the command's first stream,
        when the command is decided: after any deadline that is due there.
        """
        submission = self._prepare(command, actor, command_id, future=Future(), trace=trace)
        if isinstance(submission, Refusal):
            return submission
        submission.expected_version = expected_version
        self._sequencer.submit(submission)
        return self._wait(submission)

    def execute_all(
        self, commands: Iterable[tuple[Command, str | None]], actor: Actor
    ) -> list[Answer]:
        """Give many commands of one person in order: as `execute_each`."""
        return self.execute_each((command, actor, given_id) for command, given_id in commands)

    def execute_each(self, steps: Iterable[tuple[Command, Actor, str | None]]) -> list[Answer]:
        """Give many commands in order, behind everybody else's: for imports.

        Raises the first failure that is not a refusal. Some of the commands behind that one
        may be done: give all of them again under the same ids, which repeats nothing.
        """
        answers: list[Answer] = []
        waiting: deque[Submission | Refusal] = deque()
        for command, actor, command_id in steps:
            submission = self._prepare(command, actor, command_id, future=Future())
            waiting.append(submission)
            if isinstance(submission, Submission):
                submission.deadline = float("inf")
                submission.bulk = True
                self._sequencer.submit(submission)
            if len(waiting) > MAX_OUTSTANDING:
                answers.append(self._answer_to(waiting.popleft()))
        return answers + [self._answer_to(submission) for submission in waiting]

    async def submit(
        self,
        command: Command,
        actor: Actor,
        command_id: str | None = None,
        *,
        expected_version: int | None = None,
        trace: Trace | None = None,
    ) -> Answer:
        """Give one command from an event loop; otherwise as `execute`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        submission = self._prepare(command, actor, command_id, future=future, trace=trace)
        if isinstance(submission, Refusal):
            return submission
        submission.loop = loop
        submission.expected_version = expected_version
        timer = loop.call_later(MAX_SECONDS, _expire, submission)
        try:
            self._sequencer.submit(submission)
            result = await future
        except asyncio.CancelledError:
            submission.give_up()  # if it still waits, it is not decided any more
            raise
        finally:
            timer.cancel()
        if isinstance(result, OutcomeRow) and result.first_position is not None:
            return await asyncio.to_thread(self._finish, submission, result)
        return self._finish(submission, result)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after every commit of this process, from the thread that writes.

        It must return at once. Other processes' commits are not told.
        """
        self._listeners.append(listener)

    @property
    def waiting(self) -> int:
        """How many commands wait to be decided, as of just now."""
        return self._sequencer.waiting

    @property
    def stopped(self) -> str | None:
        """Why nothing more is written by this process; None while it is."""
        return self._sequencer.stopped

    @property
    def hindrance(self) -> str | None:
        """What the store refused to write for at last, where that lasts; it names no place."""
        return self._sequencer.hindrance

    def state(self, kind: type[S], stream: str) -> S | None:
        """Return the state of a stream as the log has it now, or None if there is none."""
        state = self._sequencer.read(stream).state
        return state if isinstance(state, kind) else None

    def recorded(self, first: int, last: int) -> list[Recorded]:
        """Return the events at these positions."""
        rows = self.store.rows(after=first - 1, limit=last - first + 1)
        return [read_record(row) for row in rows]

    def _prepare(
        self,
        command: Command,
        actor: Actor,
        command_id: str | None,
        *,
        future: CallersFuture,
        trace: Trace | None = None,
    ) -> Submission | Refusal:
        """Check the form of a command and of who gives it, before anything waits for it."""
        given_id = new_command_id() if command_id is None else command_id
        if actor.role == "clock":
            return ROLE_NOT_ALLOWED.refuse(role=actor.role)
        if not well_formed_id(given_id) or given_id.startswith("clock:"):
            return BAD_COMMAND_ID.refuse()
        submission = formed(command, actor, given_id, future=future, trace=trace)
        if isinstance(submission, Refusal):
            return submission
        if isinstance(command, OpenLedger) and command.clock != self.clock.kind:
            return WRONG_CLOCK.refuse(asked=command.clock, kept=self.clock.kind)
        return submission

    def _committed(self, touched: Mapping[str, Entry]) -> None:
        self.ticker.watch(touched)
        for listener in self._listeners:
            listener()

    def _answer_to(self, submission: Submission | Refusal) -> Answer:
        return submission if isinstance(submission, Refusal) else self._wait(submission)

    def _wait(self, submission: Submission) -> Answer:
        assert isinstance(submission.future, Future)
        left = submission.deadline - monotonic()
        try:
            result = submission.future.result(None if left == float("inf") else left)
        except TimeoutError:
            result = _given_up(submission)
            if submission.future.done():  # it came just now
                result = submission.future.result()
        return self._finish(submission, result)

    def _finish(self, submission: Submission, result: Result) -> Answer:
        """Turn what the sequencer said into the answer, reading back an earlier one."""
        if isinstance(result, Exception):
            raise _own_copy(result, submission.command_id)
        if not isinstance(result, OutcomeRow):
            return result
        if result.first_position is None or result.last_position is None:
            return refusal_in(result)
        events = self._read_back(submission, result.first_position, result.last_position)
        first = events[0]
        return Sequenced(
            command_id=submission.command_id,
            first_position=result.first_position,
            last_position=result.last_position,
            stream=first.stream,
            version=max(e.version for e in events if e.stream == first.stream),
            recorded_at=first.recorded_at,
            events=tuple((e.stream, e.event) for e in events),
        )

    def _read_back(self, submission: Submission, first: int, last: int) -> list[Recorded]:
        """Read what was recorded earlier, within the time that the call has left.

        A store that is silent by now is given up on, not waited for: hence the thread.
        """
        reading: Future[list[Recorded]] = Future()

        def read() -> None:
            try:
                reading.set_result(self.recorded(first, last))
            except Exception as failure:  # noqa: BLE001 - the caller's, who waits for it
                reading.set_exception(failure)

        threading.Thread(target=read, name="svx-read-back", daemon=True).start()
        left = submission.deadline - monotonic()
        try:
            return reading.result(None if left == float("inf") else left)
        except (StoreError, TimeoutError):
            message = "recorded, but it cannot be read back now: ask again with the same id"
            raise OutcomeUnknown(message) from None

    def _decide_due(self, deadlines: Sequence[Deadline]) -> list[object]:
        """Give the clock's commands, all at once; a failure stands in its place."""
        given: list[Submission | Exception] = []
        for stream, due_at, command in deadlines:
            command_id = clock_command_id(stream, command, due_at)
            submission = formed(command, CLOCK, command_id, future=Future())
            assert isinstance(submission, Submission), "the clock's commands are well formed"
            try:
                self._sequencer.submit(submission)
                given.append(submission)
            except StoreError as failure:
                given.append(failure)
        answers: list[object] = []
        for waiting in given:
            try:
                answers.append(
                    waiting if isinstance(waiting, Exception) else self._wait(waiting)
                )
            except (StoreError, CommandFailed) as failure:
                answers.append(failure)
        return answers

    def _unless_wrong_clock(self) -> None:
        for row in self.store.rows(limit=1):
            opened = vocabulary.evolve(row.stream, None, read_record(row).event)
            unless_of_its_kind(self.clock, opened if isinstance(opened, Book) else None)


def _own_copy(failure: Exception, command_id: str) -> Exception:
    """Return a failure for one caller: it may be told to many, and each raises its own."""
    own = copy.copy(failure).with_traceback(None)
    if isinstance(own, OutcomeUnknown):
        own.command_id = command_id
    return own


def _given_up(submission: Submission) -> Exception:
    if submission.give_up():
        return NotWritten("the queue is long: nothing was written, try again")
    return OutcomeUnknown("no answer in time: ask again with the same command id")


def _expire(submission: Submission) -> None:
    if not submission.future.done():
        submission.future.set_result(_given_up(submission))
