"""Procurements: one buying exercise of one authority, under one OCID for life.

*Registered → Published → Completed or Terminated.* A joint procurement has one lead
authority, to which every match is attributed (invariant 19); `acts_for` names the force areas
that it buys for. Interests are declared, and conflicts reviewed, at any time.
"""

from svx_ledger.domain.kind import Command

from . import interests, notices, registering
from .events import (
    EVENTS,
    ConflictsReviewed,
    Finding,
    InterestDeclared,
    Lot,
    NoticePublished,
    ProcurementCompleted,
    ProcurementEvent,
    ProcurementRegistered,
    ProcurementTerminated,
    Regime,
    SupplierFinding,
    TenderNoticePublished,
)
from .interests import DeclareInterest, ReviewConflicts
from .notices import NOTICE_IN_THE_FUTURE, PublishNotice, PublishTenderNotice
from .registering import RegisterProcurement
from .state import Procurement, evolve  # the kind of stream is made in `observation`

__all__ = [
    "COMMANDS",
    "EVENTS",
    "NOTICE_IN_THE_FUTURE",
    "ConflictsReviewed",
    "DeclareInterest",
    "Finding",
    "InterestDeclared",
    "Lot",
    "NoticePublished",
    "Procurement",
    "ProcurementCompleted",
    "ProcurementEvent",
    "ProcurementRegistered",
    "ProcurementTerminated",
    "PublishNotice",
    "PublishTenderNotice",
    "Regime",
    "RegisterProcurement",
    "ReviewConflicts",
    "SupplierFinding",
    "TenderNoticePublished",
    "evolve",
]

COMMANDS: tuple[type[Command], ...] = (
    *registering.COMMANDS,
    *interests.COMMANDS,
    *notices.COMMANDS,
)
