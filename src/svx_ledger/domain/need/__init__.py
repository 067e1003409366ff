"""Needs: what a project lacks, in one measure and unit, and how it would be put to use.

*Proposed → Approved*, then listed in at most one auction at a time and committed to by the
pledges of the contracts that follow. What no pledge covers is outstanding, until it is
covered, or *withdrawn*.

- `events`, `state`: what happened, and the need as the rules see it
- `proposing`, `approving`, `withdrawing`: its acts; `domain.listing` puts it up for bids
"""

from svx_ledger.domain.kind import Command, StreamKind

from .approving import ApproveNeed
from .events import (
    EVENTS,
    NeedApproved,
    NeedCommitted,
    NeedListed,
    NeedOfferAccepted,
    NeedProposed,
    NeedReleased,
    NeedRelisted,
    NeedWithdrawn,
    Theme,
)
from .proposing import ProposeNeed
from .state import Need, evolve
from .withdrawing import WithdrawNeed

__all__ = [
    "COMMANDS",
    "KIND",
    "ApproveNeed",
    "Need",
    "NeedApproved",
    "NeedCommitted",
    "NeedListed",
    "NeedOfferAccepted",
    "NeedProposed",
    "NeedReleased",
    "NeedRelisted",
    "NeedWithdrawn",
    "ProposeNeed",
    "Theme",
    "WithdrawNeed",
]

KIND = StreamKind("need", Need, EVENTS, evolve)
COMMANDS: tuple[type[Command], ...] = (ProposeNeed, ApproveNeed, WithdrawNeed)
