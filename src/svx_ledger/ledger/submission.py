"""One command on its way through the sequencer: prepared outside, answered once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.store import NotWritten, OutcomeRow

from .answer import Answer
from .cache import Entry

Result = Answer | OutcomeRow | Exception
"""An OutcomeRow is the answer of an earlier time, still to be read back by the caller."""

CallersFuture = Future[Result] | asyncio.Future[Result]


@dataclass(slots=True, eq=False, kw_only=True)
class Submission:
    """A well-formed command with who gave it.

    `size` is in bytes; `deadline` is monotonic seconds, after which nobody waits any more.
    The future is the caller's: a thread's, or an event loop's when `loop` is given.
    """

    command: Command
    actor: Actor
    actor_plain: dict[str, Any]
    command_id: str
    sha256: str
    size: int
    deadline: float
    future: CallersFuture
    loop: asyncio.AbstractEventLoop | None = None
    expected_version: int | None = None
    trace: dict[str, Any] = field(default_factory=dict)
    """Plain values of its Trace."""
    bulk: bool = False
    """Of an import: behind everybody else's commands, and in order among its own."""
    turn: int = 0
    """Its place among all of the imports."""
    warm: dict[str, Entry] = field(default_factory=dict)
    """Streams folded for this command outside the lock."""
    keys: tuple[str, ...] = ()
    """The unique keys whose holders its decider asks for."""
    tried: bool = False
    """Whether a failure before a commit has already cost it one try."""
    alone: bool = False
    """Whether it is to be written in a batch of its own."""
    taken: bool = False
    """Whether the sequencer has it: from then on its caller cannot call it back."""
    _token: list[None] = field(default_factory=lambda: [None])

    @property
    def key(self) -> tuple[str, str]:
        """What its outcome is remembered by: the principal and its command id."""
        return self.actor.principal, self.command_id

    def take(self) -> bool:
        """Take it for deciding; False when its caller gave up first."""
        self.taken = self.taken or self._first()
        return self.taken

    def release(self) -> None:
        """Let its caller call it back again: it waits once more."""
        if self.taken:
            self.taken = False
            self._token.append(None)

    def expired(self, now: float) -> bool:
        """Whether nobody waits any more; then it is answered so, and not decided."""
        if now <= self.deadline:
            return False
        answer_all([(self, NotWritten("the queue is long: nothing was written, try again"))])
        return True

    def give_up(self) -> bool:
        """Call it back; False when the sequencer has taken it."""
        return self._first()

    def _first(self) -> bool:
        try:
            self._token.pop()  # atomic: of two threads exactly one succeeds
        except IndexError:
            return False
        return True


def answer_all(answers: Iterable[tuple[Submission, Result]]) -> None:
    """Answer a batch: threads one by one, each event loop in a single wake-up."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[tuple[Submission, Result]]]
    by_loop = defaultdict(list)
    for submission, result in answers:
        if submission.loop is None:
            if not submission.future.done():
                submission.future.set_result(result)
        else:
            by_loop[submission.loop].append((submission, result))
    for loop, waiting in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, waiting)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            continue


def _resolve(answers: Iterable[tuple[Submission, Result]]) -> None:
    for submission, result in answers:
        if not submission.future.done():
            submission.future.set_result(result)
