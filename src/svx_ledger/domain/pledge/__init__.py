"""Pledges: one line of the winning bid as an obligation, claimed by instalments, confirmed.

*Committed* when the contract is entered, varied only with it; then *Fulfilled*, or *Defaulted*
and *Remedied* or *WrittenOff*, or *Released*. The supplier claims what it delivered; the
community organisation or the authority says how much of each claim arrived, or disputes it.
"""

from svx_ledger.domain.kind import Command, StreamKind

from . import defaulting, delivering, disputing, releasing
from .events import EVENTS
from .state import Pledge, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("pledge", Pledge, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    *delivering.COMMANDS,
    *disputing.COMMANDS,
    *defaulting.COMMANDS,
    *releasing.COMMANDS,
)
