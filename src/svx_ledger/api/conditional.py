"""Headers of what was read: of which position it is, and whether it need be sent again.

- `Svx-Position`: the log position that the answer is of
- `ETag`: a stream's version, by which `If-Match` guards a write, and a digest of the body: one
  version is shown in several ways, by viewer and by time, and a strong tag stands for one of
  them (RFC 9110, section 8.8.3). Of anything else the log position and the digest
- `Cache-Control`: what is of the past and shown to everybody never changes; anything else is
  asked for again each time, which costs a 304 where it is the same
"""

import re
from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from .headers import header_of

VARY: Final = "Accept, Authorization"
"""What an answer hangs on: its form, and who asks."""
VARY_OF_ALL: Final = "Accept"
"""The same of what everybody is answered alike."""
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e]*")')
_FOR_EVER: Final = 31_536_000


def cache_control(*, public: bool, final: bool) -> str:
    """Return who may keep an answer, and whether it is to be asked for again."""
    for_whom = "public" if public else "private"
    return f"{for_whom}, max-age={_FOR_EVER}, immutable" if final else f"{for_whom}, no-cache"


def unless_unchanged(request: Request, answer: Response) -> Response:
    """Return an answer, or 304 where whoever asks has it already."""
    given = header_of(request, "if-none-match")
    tag = answer.headers.get("etag")
    if given is None or tag is None or not _is_among(tag, given):
        return answer
    return Response(status_code=304, headers=_without_body(answer.headers))


def _is_among(tag: str, given: str) -> bool:
    """Compare tags as RFC 9110 does for reading: whether weak or strong makes no difference."""
    if given.strip() == "*":
        return True
    mine = _TAG.fullmatch(tag)
    return mine is not None and mine[1] in _TAG.findall(given)


def _without_body(headers: Mapping[str, str]) -> dict[str, str]:
    about = ("content-length", "content-type", "link")
    return {name: value for name, value in headers.items() if name not in about}
