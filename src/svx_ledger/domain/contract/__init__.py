"""Contracts: entered after the standstill, varied by two people. From then on pledges bind."""

from svx_ledger.domain.kind import Command, StreamKind

from . import entering, varying
from .events import EVENTS
from .state import Contract, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("contract", Contract, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (*entering.COMMANDS, *varying.COMMANDS)
