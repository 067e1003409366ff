"""In which form an answer is given: what was asked for by `format`, or by the header Accept.

Of several forms that are as welcome, the first that is offered is given. Whatever cannot be
read in the header counts as absent; nothing that is acceptable is a 406 (RFC 9110, 12.5.1).
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from fastapi import Request

from .headers import header_of
from .refusals import NOT_ACCEPTABLE, Declined

JSON: Final = "application/json"
CSV: Final = "text/csv"
TEXT: Final = "text/plain"
EVENT_STREAM: Final = "text/event-stream"
FORMATS: Final = {"json": JSON, "csv": CSV}
"""What `format` may say."""
_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE: Final = re.compile(rf"({_NAME})/({_NAME})", re.ASCII)
_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?", re.ASCII)
_MOST_RANGES: Final = 50


class Range(NamedTuple):
    """Some media types, and how welcome they are, from 0 (not at all) to 1."""

    type: str
    subtype: str
    weight: float

    @property
    def breadth(self) -> int:
        """How many of both parts are left open: what is narrower has the last word."""
        return (self.type == "*") + (self.subtype == "*")

    def holds(self, media: str) -> bool:
        """Whether a media type is one of them."""
        kind, _, subtype = media.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)


def ranges_of(accept: str | None) -> tuple[Range, ...]:
    """Read the header; without one, everything is as welcome."""
    read = (_range(one) for one in (accept or "").split(",", _MOST_RANGES)[:_MOST_RANGES])
    found = tuple(one for one in read if one is not None)
    return found or (Range("*", "*", 1.0),)


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return which of the offered media types is most welcome; None where none is."""
    ranges = ranges_of(accept)
    weights = {media: _weight(media, ranges) for media in offered}
    most = max(weights.values())
    return next(media for media in offered if weights[media] == most) if most else None


def form_of(request: Request, offered: Sequence[str]) -> str:
    """Return the media type to answer with. Raises Declined where nothing offered will do."""
    asked = request.query_params.get("format")
    if asked is not None:
        media = FORMATS.get(asked)
        if media is None or media not in offered:
            raise Declined(NOT_ACCEPTABLE)
        return media
    found = best(header_of(request, "accept"), offered)
    if found is None:
        raise Declined(NOT_ACCEPTABLE)
    return found


def _range(text: str) -> Range | None:
    named, *parameters = (part.strip() for part in text.split(";"))
    found = _RANGE.fullmatch(named.lower())
    if found is None or (found[1] == "*" and found[2] != "*"):
        return None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            value = value.strip()
            if _WEIGHT.fullmatch(value) is None:
                return None
            return Range(found[1], found[2], float(value))
    return Range(found[1], found[2], 1.0)


def _weight(media: str, ranges: Sequence[Range]) -> float:
    fitting = [one for one in ranges if one.holds(media)]
    if not fitting:
        return 0.0
    narrowest = min(one.breadth for one in fitting)
    return max(one.weight for one in fitting if one.breadth == narrowest)
