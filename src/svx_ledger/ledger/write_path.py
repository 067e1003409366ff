"""`Ledger`: the one way in. A command and who gives it go in; what became of it comes out."""

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import Self, TypeVar

import orjson

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import CLOCK, Actor
from svx_ledger.domain.book import Book
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import ROLE_NOT_ALLOWED, Refusal, Rule
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Recorded, Trace, read_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import (
    NotRead,
    NotWritten,
    OutcomeRow,
    OutcomeUnknown,
    Store,
)

from .answer import OWN_RULES, Answer, Sequenced
from .batch import Salts, clock_command_id
from .clock import Clock, SystemClock
from .randomness import new_command_id, random_salt
from .sequencer import Sequencer
from .submission import Result, Submission
from .ticker import Ticker

S = TypeVar("S")

MAX_SECONDS = 5.0
"""Within which every call ends, answered or not."""

BAD_COMMAND_ID = Rule(
    "bad-command-id",
    "A command id is 1 to 128 printable ASCII characters that do not begin with clock:.",
    "Send another id, such as a random UUID.",
    "malformed",
)


class WrongClock(Exception):
    """Real and simulated time never meet in one ledger."""


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
        self._check_clock()
        self._sequencer = Sequencer(store, self.clock, salts)
        self.ticker = Ticker(store, self._sequencer.read, self._decide_due, self._now)
        self._sequencer.on_commit = self.ticker.watch

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
        first answer. `expected_version` is of the command's first stream.
        """
        submission = self._prepare(command, actor, command_id, Future())
        if isinstance(submission, Refusal):
            return submission
        submission.expected_version = expected_version
        submission.trace = trace or submission.trace
        return self._give(submission)

    def execute_all(
        self, commands: Iterable[tuple[Command, str | None]], actor: Actor
    ) -> list[Answer]:
        """Give many commands in order, behind everybody else's: for imports.

        Raises the first failure that is not a refusal; those before it are done.
        """
        prepared: list[Submission | Refusal] = []
        for command, command_id in commands:
            submission = self._prepare(command, actor, command_id, Future())
            prepared.append(submission)
            if isinstance(submission, Submission):
                submission.deadline = float("inf")
                self._sequencer.submit(submission, bulk=True)
        return [p if isinstance(p, Refusal) else self._wait(p) for p in prepared]

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
        submission = self._prepare(command, actor, command_id, future)
        if isinstance(submission, Refusal):
            return submission
        submission.loop = loop
        submission.expected_version = expected_version
        submission.trace = trace or submission.trace
        timer = loop.call_later(MAX_SECONDS, _expire, submission)
        try:
            self._sequencer.submit(submission)
            result = await future
        finally:
            timer.cancel()
        if isinstance(result, OutcomeRow) and result.first_position is not None:
            return await asyncio.to_thread(self._finish, submission, result)
        return self._finish(submission, result)

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
        future: "Future[Result] | asyncio.Future[Result]",
    ) -> Submission | Refusal:
        """Check the form of a command and of who gives it, before anything waits for it."""
        given_id = new_command_id() if command_id is None else command_id
        if actor.role == "clock":
            return ROLE_NOT_ALLOWED.refuse(role=actor.role)
        if not _well_formed_id(given_id) or given_id.startswith("clock:"):
            return BAD_COMMAND_ID.refuse()
        return self._form(command, actor, given_id, future)

    @staticmethod
    def _form(
        command: Command,
        actor: Actor,
        command_id: str,
        future: "Future[Result] | asyncio.Future[Result]",
    ) -> Submission | Refusal:
        try:
            text = command_bytes(command)
            actor_plain = shape_of(Actor).encode(actor)
        except Malformed as fault:
            return fault.refusal()
        return Submission(
            command=command,
            actor=actor,
            actor_plain=actor_plain,
            command_id=command_id,
            sha256=sha256_of(text),
            size=len(text),
            deadline=monotonic() + MAX_SECONDS,
            future=future,
        )

    def _give(self, submission: Submission) -> Answer:
        self._sequencer.submit(submission)
        return self._wait(submission)

    def _wait(self, submission: Submission) -> Answer:
        assert isinstance(submission.future, Future)
        left = submission.deadline - monotonic()
        try:
            result = submission.future.result(None if left == float("inf") else left)
        except TimeoutError:
            result = _given_up(submission)
        return self._finish(submission, result)

    def _finish(self, submission: Submission, result: Result) -> Answer:
        """Turn what the sequencer said into the answer, reading back an earlier one."""
        if isinstance(result, Exception):
            raise result
        if not isinstance(result, OutcomeRow):
            return result
        if result.first_position is None or result.last_position is None:
            return _refusal_from(result)
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
        except (NotRead, TimeoutError):
            message = "recorded, but it cannot be read back now: ask again with the same id"
            raise OutcomeUnknown(message) from None

    def _decide_due(self, stream: str, due_at: datetime, command: Command) -> Answer:
        command_id = clock_command_id(stream, command, due_at)
        submission = self._form(command, CLOCK, command_id, Future())
        assert isinstance(submission, Submission), "the clock's commands are well formed"
        return self._give(submission)

    def _now(self) -> datetime:
        return self.clock.now(None)

    def _check_clock(self) -> None:
        for row in self.store.rows(limit=1):
            opened = vocabulary.evolve(row.stream, None, read_record(row).event)
            if isinstance(opened, Book) and opened.clock != self.clock.kind:
                message = (
                    f"This ledger's time is {opened.clock}, as its first event says, and "
                    f"{self.clock.kind} time may not enter it. Open another ledger for that."
                )
                raise WrongClock(message)


def _well_formed_id(command_id: str) -> bool:
    return 1 <= len(command_id) <= 128 and command_id.isascii() and command_id.isprintable()


def _refusal_from(row: OutcomeRow) -> Refusal:
    said = orjson.loads(row.refusal or "{}")
    rule = {**vocabulary.RULES, **OWN_RULES}.get(said["rule"])
    return Refusal(
        rule or Rule(said["rule"], "A rule of an earlier version.", ""), said["facts"]
    )


def _given_up(submission: Submission) -> Exception:
    if submission.give_up():
        return NotWritten("the queue is long: nothing was written, try again")
    return OutcomeUnknown("no answer in time: ask again with the same command id")


def _expire(submission: Submission) -> None:
    if not submission.future.done():
        submission.future.set_result(_given_up(submission))
