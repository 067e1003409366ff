"""Cursors: where the next page of a list begins, in a text that only the ledger reads.

A cursor holds the log position that its page was read at and the place that it ended with,
behind a digest that binds both to the list, to what was asked for and to whoever asked. Of a
list that can be made again as it was, it holds the instant too that the list is of. There is
nothing secret in it, the digest neither: anybody can work it out. So a cursor is read as
strictly as any parameter. One that was changed, that belongs to another list, or that holds
what no list gives, is refused.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.scalars import instant, read_instant

from .parameters import CURSOR, bad_parameters
from .written import MOST_POSITION

_DIGEST_BYTES: Final = 12
_MOST_PARTS: Final = 2
"""Of a key."""
NOT_GIVEN: Final = ("/query/cursor", CURSOR)


class Moment(NamedTuple):
    """What a list is of: what was true at an instant, as known at a log position."""

    position: int
    as_at: datetime


class Place(NamedTuple):
    """Where a page ended: at a log position, and there at a key of the list's own.

    Each list takes its key by the form that it gives it. Raises Declined for any other.
    `as_at` is there where the list is of an instant.
    """

    position: int
    key: Any
    as_at: datetime | None = None

    def number(self) -> int:
        """Return the key of a list that goes by whole numbers."""
        return _number(self.key)

    def text(self) -> str:
        """Return the key of a list that goes by texts."""
        return _text(self.key)

    def texts(self) -> tuple[str, str]:
        """Return the key of a list that goes by two texts."""
        first, second = _pair(self.key)
        return _text(first), _text(second)

    def numbered_text(self) -> tuple[int, str]:
        """Return the key of a list that goes by a whole number and a text."""
        number, text = _pair(self.key)
        return _number(number), _text(text)


class Listing(NamedTuple):
    """A list as somebody asked for it: what its cursors belong to."""

    name: str
    given: Mapping[str, Any]
    viewer: Actor | None

    def cursor(self, place: Place) -> str:
        """Write a place down."""
        at = () if place.as_at is None else (instant(place.as_at),)
        payload = orjson.dumps([place.position, place.key, *at])
        return urlsafe_b64encode(self._digest(payload) + payload).rstrip(b"=").decode()

    def place(self, cursor: str) -> Place:
        """Read a place again. Raises Declined for what no page of this list gave."""
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise bad_parameters(NOT_GIVEN) from None
        digest, payload = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
        if digest != self._digest(payload):
            raise bad_parameters(NOT_GIVEN)
        place = _place(payload)
        if self.cursor(place) != cursor:  # of several ways to write it, one is right
            raise bad_parameters(NOT_GIVEN)
        return place

    def _digest(self, payload: bytes) -> bytes:
        whose = self.viewer.principal if self.viewer else ""
        asked = orjson.dumps(plain_of(dict(self.given)), option=orjson.OPT_SORT_KEYS)
        said = b"\0".join((b"svx/cursor/1", self.name.encode(), whose.encode(), asked, payload))
        return hashlib.sha256(said).digest()[:_DIGEST_BYTES]


def _place(payload: bytes) -> Place:
    try:
        position, key, *at = _parts(orjson.loads(payload), 2, 3)
        return Place(_number(position), _key(key), *map(read_instant, at))
    except (orjson.JSONDecodeError, Malformed):
        raise bad_parameters(NOT_GIVEN) from None


def _key(value: Any) -> Any:
    """Return what may be the key of a list: one number or text, or two of these."""
    parts = value if type(value) is list else (value,)
    if len(parts) > _MOST_PARTS or any(type(part) not in (int, str) for part in parts):
        raise bad_parameters(NOT_GIVEN)
    return value


def _pair(value: Any) -> tuple[Any, Any]:
    first, second = _parts(value, 2)
    return first, second


def _parts(value: Any, *lengths: int) -> list[Any]:
    if type(value) is not list or len(value) not in lengths:
        raise bad_parameters(NOT_GIVEN)
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_POSITION:
        raise bad_parameters(NOT_GIVEN)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise bad_parameters(NOT_GIVEN)
    return value
