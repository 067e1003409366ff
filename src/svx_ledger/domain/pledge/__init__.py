"""Pledges: one line of the winning bid as an obligation, claimed by instalments, confirmed.

*Committed* when the contract is entered, varied only with it. The supplier claims what it
delivered; the community organisation or the authority says how much of each claim arrived.
"""

from svx_ledger.domain.kind import StreamKind

from .delivering import COMMANDS
from .events import EVENTS
from .state import Pledge, evolve

__all__ = ["COMMANDS", "KIND"]

KIND = StreamKind("pledge", Pledge, EVENTS, evolve)
