"""What a caller is told: done, refused, or exactly which kind of not knowing.

`execute` returns `Sequenced` (done; a recorded rejection is done too) or a `Refusal` (nothing
was written). It raises `NotWritten` (nothing was written, try again), `CommandFailed` (a fault
of ours; nothing was written) or `OutcomeUnknown` (ask again with the same command id).
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from svx_ledger.domain.kind import Event
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.domain.vocabulary import RULES
from svx_ledger.eventlog.malformed import FORMS
from svx_ledger.eventlog.store import NotWritten, OutcomeRow, OutcomeUnknown

__all__ = [
    "BAD_COMMAND_ID",
    "COMMAND_ID_REUSED",
    "LEDGER_NOT_OPEN",
    "NOT_REMEMBERED",
    "OWN_RULES",
    "VERSION_MISMATCH",
    "WRONG_CLOCK",
    "Answer",
    "ClockRefused",
    "CommandFailed",
    "NotWritten",
    "OutcomeUnknown",
    "Refusal",
    "Sequenced",
    "Stopped",
    "WrongClock",
    "refusal_in",
    "rule_called",
]

COMMAND_ID_REUSED = Rule(
    "command-id-reused",
    "A command id stands for one command for ever.",
    "Give the new command an id of its own.",
    "conflict",
)
VERSION_MISMATCH = Rule(
    "version-mismatch",
    "The expected version must be the stream's version when the command is decided.",
    "Read the stream again, decide on what it says now, and give that under a new command id "
    "(over HTTP a new Idempotency-Key): this one keeps this answer.",
    "conflict",
)
WRONG_CLOCK = Rule(
    "wrong-clock",
    "A ledger is opened with the kind of time that its program keeps.",
    "Open it as the other kind, or from a program with the other clock.",
)
LEDGER_NOT_OPEN = Rule(
    "ledger-not-open",
    "A ledger begins with its opening.",
    "Run `svx-ledger init` first.",
    "conflict",
)

BAD_COMMAND_ID = Rule(
    "bad-command-id",
    "A command id is 1 to 128 printable ASCII characters that do not begin with clock:.",
    "Send another id, such as a random UUID.",
    "malformed",
)

OWN_RULES = {
    rule.name: rule
    for rule in (COMMAND_ID_REUSED, VERSION_MISMATCH, LEDGER_NOT_OPEN, WRONG_CLOCK)
}
NOT_REMEMBERED = FORMS.keys() | {
    rule.name for rule in (BAD_COMMAND_ID, COMMAND_ID_REUSED, LEDGER_NOT_OPEN, WRONG_CLOCK)
}
"""What is refused, and not remembered under the command's id: that may still be used, or stands
for another command already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequenced:
    """A command's events are on the log, durably, in this order at these positions."""

    command_id: str
    first_position: int
    last_position: int
    stream: str
    """The command's first stream, and the version its last event there brought it to."""
    version: int
    recorded_at: datetime
    events: tuple[tuple[str, Event], ...]


Answer = Sequenced | Refusal


class CommandFailed(Exception):
    """Deciding or encoding raised: a fault of the program. Nothing was written."""


class ClockRefused(NotWritten):
    """The clock cannot be trusted now. Nothing was written; the text says what to do."""


class WrongClock(NotWritten):
    """Real and simulated time never meet in one ledger. Nothing was written."""


class Stopped(NotWritten):
    """This process no longer writes (a store it cannot trust, or closing). Restart it."""


def rule_called(name: str) -> Rule:
    """Return the rule that is on record by a name, also where this program has none such."""
    known = OWN_RULES.get(name) or RULES.get(name)
    return known or Rule(name, "A rule of another version.", "")


def refusal_in(row: OutcomeRow) -> Refusal:
    """Return the refusal that is remembered of a command."""
    said = orjson.loads(row.refusal or "{}")
    return Refusal(rule_called(said["rule"]), said["facts"])
