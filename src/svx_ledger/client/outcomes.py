"""What a caller of the API is told: done, refused, not done, unknown; or no answer to a read.

Nothing else comes out of a call: no error of a connection is ever raised bare, and none of
these ever has the key in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, NamedTuple

REUSED: Final = "command-id-reused"
"""The key stands for another command, which may have been done: `outcome(key)` says."""

Told = int | str | tuple[str, ...]
"""What a fact is: a number, a text, or the names of several things."""


class Fault(NamedTuple):
    """One place in what was sent that is at fault: a JSON pointer, and what holds there."""

    pointer: str
    detail: str


State = Literal["sequenced", "integrated", "published"]
"""How far a record has come: on the log; in its tree; under a checkpoint that is published."""


class EventReceipt(NamedTuple):
    """That the published log has an event: what `svx-ledger verify receipt` checks.

    `record` is the event as it is stored, `entry` what the log holds of it, and `receipt` the
    proof as a file has it (C2SP tlog-proof), with the record in it.
    """

    position: int
    record: bytes
    entry: bytes
    receipt: bytes


class OnRecord(NamedTuple):
    """Where in the log a rejection stands, and since when; `receipts` as in `Done`."""

    position: int
    recorded_at: datetime
    state: State = "sequenced"
    receipts: tuple[EventReceipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why the exchange did not do what it was asked (RFC 9457).

    `name` is the rule, the last part of the problem's `type`; /problems/NAME says more. Where
    somebody in between answered, such as a proxy, it is `http-` and the status. `facts` are the
    rule's own numbers and names.
    """

    name: str
    status: int
    title: str = ""
    detail: str = ""
    remedy: str = ""
    facts: Mapping[str, Told] = field(default_factory=dict)
    errors: tuple[Fault, ...] = ()
    command_id: str | None = None
    """In a refusal, under which key the ledger remembers it; in a failure, whose it is."""
    recorded: OnRecord | None = None

    def __str__(self) -> str:
        said = " ".join(text for text in (self.title, self.remedy) if text)
        known = {fault.detail for fault in self.errors}
        places = [self._place(fault) for fault in self.errors]
        because = [self.detail if self.detail not in known else "", *places]
        told = "; ".join(text for text in because if text)
        return f"{self.name}: {said}" + (f" ({told})" if told else "")

    def _place(self, fault: Fault) -> str:
        """Say what should stand where, unless the title says it; the body has no name."""
        wanted = "" if fault.detail == self.title else fault.detail
        if fault.pointer and wanted:
            return f"{fault.pointer}: {wanted}"
        return f"at {fault.pointer}" if fault.pointer else wanted


class WrittenEvent(NamedTuple):
    """An event that a command wrote: its stream, its stored type, its fields as in JSON."""

    stream: str
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command was carried out: its events are on the log, durably, at these positions.

    The same command under the same key gives the same `Done` again. `stream` is the thing that
    it was done to, also where the ledger named it; `version` is what the command brought it to.
    """

    command_id: str
    position: int
    last_position: int
    stream: str
    version: int
    recorded_at: datetime
    events: tuple[WrittenEvent, ...]
    state: State = "sequenced"
    """Where it was waited for: whether it was published in time, and then its receipts."""
    receipts: tuple[EventReceipt, ...] = ()


class NotFulfilled(Exception):
    """What was asked for did not come about, or may not have: which, the class says."""


class Refused(NotFulfilled):
    """The exchange said no, and will say no again: this call did nothing.

    A rejected bid is on record all the same: then `recorded` says where. Whoever repeats a
    command whose outcome was unknown looks at `is_settled`.
    """

    def __init__(self, problem: Problem, idempotency_key: str | None = None) -> None:
        super().__init__(problem, idempotency_key)
        self.problem = problem
        self.idempotency_key = idempotency_key

    @property
    def is_settled(self) -> bool:
        """Whether the ledger refused the command, and remembers that under its key.

        Then it was not carried out under this key, and never will be, however late an attempt
        of any call arrives. Otherwise the request was turned away before anybody looked for the
        key, such as one with an API key that is revoked; or, by `command-id-reused`, the key
        stands for another command, of which `outcome(key)` says what became.
        """
        named = self.problem.command_id  # only where the ledger remembers the refusal
        return named is not None and named == self.idempotency_key

    @property
    def rule(self) -> str:
        """The name of the rule, e.g. `bid-below-increment`."""
        return self.problem.name

    @property
    def facts(self) -> Mapping[str, Told]:
        """The rule's numbers and names that explain it."""
        return self.problem.facts

    @property
    def recorded(self) -> OnRecord | None:
        """Where a rejected bid is on record; None where nothing was written."""
        return self.problem.recorded

    def __str__(self) -> str:
        return str(self.problem)


@dataclass(eq=False, kw_only=True, repr=False)
class Unanswered(NotFulfilled):
    """No final answer came, for this reason; `problem` is the last one that was answered.

    `retry_after` are seconds that the exchange asked to wait; `repeatable` says that the same
    request may find better luck, and it was repeated for as long as the client is to try.
    """

    reason: str = ""
    idempotency_key: str | None = None
    problem: Problem | None = None
    retry_after: float | None = None
    repeatable: bool = True
    meaning: ClassVar[str] = "There was no answer"

    def __str__(self) -> str:
        return f"{self.meaning}: {self.reason}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reason!r})"


class NotDone(Unanswered):
    """This call wrote nothing: it is safe to try again."""

    meaning: ClassVar[str] = "Nothing was written"


class Unknown(Unanswered):
    """The command may be on record or not. Give it again, under `idempotency_key`.

    It is never carried out twice under one key, and the answer says what became of it.
    """

    meaning: ClassVar[str] = "The outcome is unknown"


class NotAnswered(Unanswered):
    """A read was not answered in time."""
