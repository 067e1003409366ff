"""Corrections: a record was wrong, and two people say what holds from now on.

*Requested → Approved.* The first statement stays in the log; the correction stands beside it
on the same stream.

- `correctable`: the one table of what can be corrected
- `state`: what happened, and the correction as the rules see it
- `correcting`: its two acts
"""

from svx_ledger.domain.kind import Command, StreamKind

from .correcting import ApproveCorrection, RequestCorrection
from .state import EVENTS, Correction, CorrectionApproved, CorrectionRequested, evolve

__all__ = [
    "COMMANDS",
    "KIND",
    "ApproveCorrection",
    "Correction",
    "CorrectionApproved",
    "CorrectionRequested",
    "RequestCorrection",
]

KIND = StreamKind("correction", Correction, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (RequestCorrection, ApproveCorrection)
