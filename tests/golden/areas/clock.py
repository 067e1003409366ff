"""What befalls the clock of a ledger."""

from datetime import UTC, datetime, timedelta

from svx_ledger.domain.book import ClockStepAccepted
from svx_ledger.domain.kind import Event

AT = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC)
REACHED = AT + timedelta(hours=1)
"""What the log had reached while the clock was wrong."""
EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        "ledger-demo",
        "AcceptClockStep",
        ClockStepAccepted(
            reason="The clock of the crisis café's server was set right (fictional)",
            clock_at=AT,
            last_recorded_at=REACHED,
        ),
    ),
)
