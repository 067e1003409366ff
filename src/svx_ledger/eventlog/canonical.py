"""Canonical JSON: one byte string for one value, equal to RFC 8785 within our profile.

The profile: ASCII keys, integers below 2^53, no floats, text in NFC. Under it sorted keys in
orjson's compact form are what RFC 8785 asks for; a property test holds the two together.
"""

import json
from typing import Any, Final

import orjson

from . import malformed as why
from .malformed import malformed

MAX_MESSAGE_BYTES = 64 * 1024
MAX_DEPTH = 16


class Inexact:
    """A number that no field holds: with a point or an exponent, of 2^53 and more, or none."""


INEXACT: Final = Inexact()


def canonical(plain: Any) -> bytes:
    """Write plain JSON values (dict, list, str, int, bool) in canonical form."""
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def read_message(text: bytes) -> dict[str, Any]:
    """Read one JSON object that comes from outside, holding it to the profile.

    A float, NaN, Infinity and an integer of 2^53 or more are `INEXACT`, which every field
    refuses: so whoever sent it is told which field. Raises Malformed: over 64 KiB, deeper than
    16, a key twice, a lone surrogate, anything that is not one object in UTF-8.
    """
    if len(text) > MAX_MESSAGE_BYTES:
        malformed(why.TOO_LARGE)
    _check_depth(text)
    try:
        decoded = text.decode("utf-8")
        value = json.loads(
            decoded,
            object_pairs_hook=_once,
            parse_float=_inexact,
            parse_constant=_inexact,
            parse_int=_integer,
        )
    except why.Malformed:
        raise
    except json.JSONDecodeError as fault:
        place = {"line": fault.lineno, "column": fault.colno}
        raise why.Malformed(why.BAD_JSON, facts=place) from None
    except (ValueError, RecursionError):
        malformed(why.BAD_JSON)
    if type(value) is not dict:
        malformed(why.BAD_JSON)
    if b"\\u" in text:
        _check_surrogates(value)
    return value


def _check_surrogates(value: dict[str, Any]) -> None:
    """Refuse half a character, which only an escape can smuggle in and UTF-8 cannot write."""
    try:
        json.dumps(value, ensure_ascii=False, default=lambda _: None).encode()
    except UnicodeEncodeError:
        malformed(why.BAD_TEXT)


def _check_depth(text: bytes) -> None:
    """Count brackets outside strings before any parser recurses."""
    depth, quoted, escaped = 0, False, False
    for byte in text:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                malformed(why.TOO_DEEP)
        elif byte in b"]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        malformed(why.DUPLICATE_KEY)
    return plain


def _inexact(_: str) -> Inexact:
    return INEXACT


def _integer(digits: str) -> int | Inexact:
    if len(digits) > 17 or abs(value := int(digits)) >= 2**53:
        return INEXACT
    return value
