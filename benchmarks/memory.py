"""The row about the most memory that something took."""

from .places import Place
from .report import Line

GOAL_MB = 500.0


def memory(name: str, place: Place, what: str, peak: int) -> Line:
    """Return the row, beside what replay and export may take."""
    return Line(
        name=name,
        store=place.name,
        what=what,
        measured=0.0,
        beside="",
        against=0.0,
        value=peak / 10**6,
        unit="MB",
        goal=GOAL_MB,
    )
