"""How numbers, versions and types are written in addresses and headers: each form once.

What reads a form and what documents it have it from here.
"""

import re
from typing import Annotated, Final

from svx_ledger.domain.form import Matching
from svx_ledger.eventlog.scalars import MAX_INTEGER


def _up_to(most: int) -> str:
    """Return the pattern of a whole number in digits that is no greater than `most`."""
    digits = str(most)
    ways = ["0", f"[1-9][0-9]{{0,{len(digits) - 2}}}"]
    for at, digit in enumerate(digits):  # as long as `most`, and the first that is less is here
        least, greatest = 0 if at else 1, int(digit) - 1
        if least <= greatest:
            rest = len(digits) - at - 1
            ways.append(f"{digits[:at]}[{least}-{greatest}][0-9]{{{rest}}}")
    return "|".join([*ways, digits])


MOST_POSITION: Final = MAX_INTEGER
"""The greatest position or version that is taken, wherever it stands: all are integers of JSON
somewhere, and there a greater one is not exact for every reader."""
NUMBER: Final = _up_to(MOST_POSITION)
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
    """Return the number that a text of digits is; None for what is none, or too great."""
    return int(text) if _NUMBER.fullmatch(text) else None


def position_of(text: str) -> int:
    """Return the log position that a part of a path names; 0 for what is no number."""
    return whole(text) or 0


def version_in(tag: str) -> int | None:
    """Return the version that a tag says, whatever its digest; None for what is no tag."""
    found = _TAG.fullmatch(tag)
    return int(found[1]) if found else None
