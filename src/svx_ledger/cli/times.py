"""Times that are typed after an option, in the one form for all that comes from outside."""

from datetime import UTC, date, datetime, time

from svx_ledger.cli.session import Usage

_DAY_FORM = "a day that there is, as YYYY-MM-DD"


def day(flag: str, text: str) -> date:
    """Return a day. Raises Usage."""
    found = _day(text)
    if found is None:
        raise Usage(f"{flag} reads {_DAY_FORM}.")
    return found


def day_or_instant(flag: str, text: str) -> date | datetime:
    """Return a day, or an instant in UTC. Raises Usage."""
    from svx_ledger.eventlog.given_times import GIVEN_FORM, given_instant
    from svx_ledger.eventlog.malformed import Malformed

    if (found := _day(text)) is not None:
        return found
    try:
        return given_instant(text)
    except Malformed:
        raise Usage(f"{flag} reads {_DAY_FORM}, or an instant as {GIVEN_FORM}.") from None


def _day(text: str) -> date | None:
    from svx_ledger.eventlog.malformed import Malformed
    from svx_ledger.eventlog.scalars import DATE

    try:
        found: date = DATE.decode(text)
    except Malformed:
        return None
    return found


def begun(flag: str, text: str) -> datetime:
    """Return an instant, or the one with which a day begins in UTC. Raises Usage."""
    at = day_or_instant(flag, text)
    return at if isinstance(at, datetime) else datetime.combine(at, time(tzinfo=UTC))
