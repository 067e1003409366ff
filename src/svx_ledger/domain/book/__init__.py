"""The ledger's own stream: its opening, always position 1, and what befell the ledger itself.

- `state`: what happened, and the ledger as its own rules see it
- `opening`: its first act; `clock`: steps and outages
- `published`: the names, keys and checkpoints of the log that is published
- `signing`, `restoring`: who signs it, and what follows a restore
"""

from svx_ledger.domain.kind import Command, StreamKind

from .clock import (
    CLOCK_FACT_AHEAD,
    OUTAGE_TIMES,
    OUTAGE_TWICE,
    OWN_CLOCK,
    AcceptClockStep,
    ResumeLedger,
)
from .opening import ALREADY_OPEN, OpenLedger
from .restoring import CHECKPOINT_ELSEWHERE, CHECKPOINT_UNREADABLE, EPOCH_NOT_NEXT, StartEpoch
from .signing import (
    LOG_KEY_ID,
    LOG_KEY_NAME,
    LOG_KEY_NOT_IN_FORCE,
    LOG_KEY_TWICE,
    AddLogKey,
    RevokeLogKey,
)
from .state import (
    EVENTS,
    OPENING,
    Book,
    ClockKind,
    ClockStepAccepted,
    EpochStarted,
    LedgerEvent,
    LedgerId,
    LedgerOpened,
    LedgerResumed,
    LogKeyAdded,
    LogKeyRevoked,
    evolve,
)

__all__ = [
    "ALREADY_OPEN",
    "CHECKPOINT_ELSEWHERE",
    "CHECKPOINT_UNREADABLE",
    "CLOCK_FACT_AHEAD",
    "COMMANDS",
    "EPOCH_NOT_NEXT",
    "EVENTS",
    "KIND",
    "LOG_KEY_ID",
    "LOG_KEY_NAME",
    "LOG_KEY_NOT_IN_FORCE",
    "LOG_KEY_TWICE",
    "OPENING",
    "OUTAGE_TIMES",
    "OUTAGE_TWICE",
    "OWN_CLOCK",
    "AcceptClockStep",
    "AddLogKey",
    "Book",
    "ClockKind",
    "ClockStepAccepted",
    "EpochStarted",
    "LedgerEvent",
    "LedgerId",
    "LedgerOpened",
    "LedgerResumed",
    "LogKeyAdded",
    "LogKeyRevoked",
    "OpenLedger",
    "ResumeLedger",
    "RevokeLogKey",
    "StartEpoch",
]

KIND = StreamKind("ledger", Book, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    OpenLedger,
    AcceptClockStep,
    ResumeLedger,
    AddLogKey,
    RevokeLogKey,
    StartEpoch,
)
