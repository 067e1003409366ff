"""Awards: for one lot, the tender that one person recommends and another approves.

*Assessed → Recommended → Approved → SummariesSent → Standstill*, and then a contract; or
*Lapsed*, *SetAside*. A tender that drops out takes an award back to *Assessed*. Proceedings
may suspend it in any state: then there is no contract until the suspension is lifted.
"""

from svx_ledger.domain.kind import Command, StreamKind

from . import announcing, assessing, choosing, dropping, objecting
from .events import EVENTS
from .state import Award, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("award", Award, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (
    *assessing.COMMANDS,
    *choosing.COMMANDS,
    *announcing.COMMANDS,
    *objecting.COMMANDS,
    *dropping.COMMANDS,
)
