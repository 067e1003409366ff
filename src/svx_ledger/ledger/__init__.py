"""The one write path: commands in, events on the log, an exact word about each outcome."""

from .answer import (
    Answer,
    ClockRefused,
    CommandFailed,
    NotWritten,
    OutcomeUnknown,
    Refusal,
    Sequenced,
    Stopped,
    WrongClock,
)
from .clock import Clock, SimulatedClock, SystemClock
from .write_path import Ledger

__all__ = [
    "Answer",
    "Clock",
    "ClockRefused",
    "CommandFailed",
    "Ledger",
    "NotWritten",
    "OutcomeUnknown",
    "Refusal",
    "Sequenced",
    "SimulatedClock",
    "Stopped",
    "SystemClock",
    "WrongClock",
]
