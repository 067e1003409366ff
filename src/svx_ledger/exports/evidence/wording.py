"""How times read in the texts of a bundle."""

from svx_ledger.eventlog.record import Recorded


def moment_text(recorded: Recorded) -> str:
    """When something was recorded, to the second, in UTC."""
    return f"{recorded.recorded_at:%Y-%m-%d %H:%M:%S}Z"
