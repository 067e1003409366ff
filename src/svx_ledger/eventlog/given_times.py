"""Instants as they come from outside: RFC 3339, in any offset, read into UTC.

One rule for the bodies of commands, the parameters of addresses and the options of the command
line. What is stored has one spelling only, which `scalars.instant` writes and
`scalars.read_instant` holds it to.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

from . import malformed as why
from .malformed import malformed

CLOCK: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""Of a day or of an offset. No second is the 60th: the ledger's time has no leap seconds."""
OFFSET: Final = rf"(?:Z|\+{CLOCK}|-(?!00:00){CLOCK})"
"""From UTC. `-00:00` says that the local time is not known (RFC 3339, section 4.3)."""
GIVEN_FORM: Final = (
    "YYYY-MM-DDTHH:MM:SS, up to six decimals of the second, then Z or the offset from UTC: "
    "2026-12-01T09:30:00Z or 2026-12-01T10:30:00.5+01:00"
)
_GIVEN: Final = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{OFFSET}", re.ASCII
)


def given_instant(text: Any) -> datetime:
    """Return the instant that a text from outside names, in UTC.

    Raises Malformed (bad-time) for any other form, a day that there is not, and an instant
    that lies in UTC outside the years 1 to 9999.
    """
    if type(text) is not str or _GIVEN.fullmatch(text) is None:
        malformed(why.BAD_TIME)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        malformed(why.BAD_TIME)
