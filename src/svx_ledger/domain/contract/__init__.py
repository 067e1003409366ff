"""Contracts: entered after the standstill, varied by two people. From then on pledges bind.

*Entered → Completed / Terminated.* Invoices say what its rate pledges come to, indicators how
well it is performed; what is open of its pledges when it ends is released.
"""

from svx_ledger.domain.kind import Command, StreamKind

from . import apportioning, ending, entering, invoicing, performing, varying
from .events import EVENTS
from .state import Contract, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("contract", Contract, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    *entering.COMMANDS,
    *varying.COMMANDS,
    *invoicing.COMMANDS,
    *apportioning.COMMANDS,
    *performing.COMMANDS,
    *ending.COMMANDS,
)
