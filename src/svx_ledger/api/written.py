"""How numbers, versions and types are written in addresses and headers: each form once.

What reads a form and what documents it have it from here.
"""

import re
from typing import Annotated, Final

from svx_ledger.domain.form import Matching

MOST_POSITION: Final = 2**53 - 1
NUMBER: Final = rf"0|[1-9][0-9]{{0,{len(str(MOST_POSITION)) - 1}}}"
"""A whole number in digits: of several ways to write it, one is right."""
_NUMBER: Final = re.compile(NUMBER, re.ASCII)
VERSION: Final = rf'"(?:{NUMBER})"'
"""The version of a stream, as the ETag of what a command is answered."""
TAG: Final = rf'"({NUMBER})(?:-[0-9a-f]{{16}})?"'
"""What If-Match takes: a version, perhaps with the digest that a read puts behind it."""
_TAG: Final = re.compile(TAG, re.ASCII)
EVENT_TYPE: Final = r"[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]{0,2}"
"""The stored name of a type of event."""
EventType = Annotated[
    str, Matching(EVENT_TYPE, "a type of docs/events.md, such as bid-accepted.v1")
]


def whole(text: str) -> int | None:
    """Return the number that a text of digits is; None for what is none."""
    return int(text) if _NUMBER.fullmatch(text) else None


def position_of(text: str) -> int:
    """Return the log position that a part of a path names; 0 for what is no number."""
    return whole(text) or 0


def version_in(tag: str) -> int | None:
    """Return the version that a tag says, whatever its digest; None for what is no tag."""
    found = _TAG.fullmatch(tag)
    return int(found[1]) if found else None
