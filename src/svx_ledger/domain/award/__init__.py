"""Awards: for one lot, the tender that one person recommends and another approves.

*Assessed → Recommended → Approved → SummariesSent → Standstill*, and then a contract.
"""

from svx_ledger.domain.kind import Command, StreamKind

from . import announcing, choosing
from .events import EVENTS
from .state import Award, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("award", Award, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (*choosing.COMMANDS, *announcing.COMMANDS)
