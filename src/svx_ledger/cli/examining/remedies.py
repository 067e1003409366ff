"""What to do where something could not be looked at: as its cause has it, where that tells."""

from typing import Final

from svx_ledger.api.problems import FAILURES, problem_of
from svx_ledger.api.remedies import PUBLISHING_CAUSES, SAME_ID

_GENERAL: Final = frozenset(remedy.replace(SAME_ID, "") for *_, remedy in FAILURES)


def remedy_of(fault: Exception, usual: str) -> str:
    """Return what the cause of a fault asks for; the usual remedy where it asks for nothing."""
    if isinstance(fault, OSError):
        return PUBLISHING_CAUSES.get(fault.strerror or "", usual)
    problem = problem_of(fault)
    return usual if problem is None or problem.remedy in _GENERAL else problem.remedy
