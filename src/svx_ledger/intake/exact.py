"""JSON from outside, read to the last digit and written again in one way only.

Nothing is refused while parsing that could spoil its neighbours: a duplicate key or a number
that is none stays in the value as `Unusable`, and whoever comes to it says where it stands.
"""

import json
from decimal import Decimal
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

MOST_DEEP = 64
MOST_DIGITS = 100


class Faulty(ValueError):
    """Something in a document that cannot be taken: where (a JSON pointer), and why."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.reason = reason
        self.pointer = pointer

    def under(self, key: str | int) -> "Faulty":
        """Return the same fault as seen from one level further out."""
        return Faulty(self.reason, f"/{escaped(key)}{self.pointer}")


class Unusable:
    """Stands in a value for what JSON does not allow, or allows to mean two things."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


def escaped(key: str | int) -> str:
    """Return a key as a JSON pointer has it (RFC 6901), shortened where it is long."""
    return str(key).replace("~", "~0").replace("/", "~1")[:60].encode("unicode_escape").decode()


def parsed(text: bytes) -> Any:
    """Read one JSON document; decimals are exact. Raises Faulty."""
    try:
        decoded = text.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        packed = text[:2] == b"\x1f\x8b"
        raise Faulty("compressed: unpack it first" if packed else "no text in UTF-8") from None
    try:
        return json.loads(
            decoded,
            parse_float=decimal_in,
            parse_int=_whole,
            parse_constant=lambda _: Unusable("NaN and Infinity are no numbers"),
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno} column {fault.colno}"
        raise Faulty(f"no JSON: {fault.msg} ({where})") from None
    except RecursionError:
        raise Faulty(f"nested more than {MOST_DEEP} deep") from None


def canonical(value: Any) -> bytes:
    """Return a value in canonical JSON: sorted keys, plain numbers, no space.

    These are the bytes of RFC 8785 wherever a number has at most 15 digits and needs no
    exponent there. Raises Faulty with the pointer to what cannot be taken.
    """
    parts: list[str] = []
    _write(value, parts.append, 0)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError:
        raise Faulty("half a character (a lone surrogate)") from None


def digest(value: Any) -> str:
    """Return the hex SHA-256 of a value's canonical JSON. Raises Faulty."""
    return sha256(canonical(value)).hexdigest()


def _write(value: Any, put: Any, depth: int) -> None:
    if depth > MOST_DEEP:
        raise Faulty(f"nested more than {MOST_DEEP} deep")
    if isinstance(value, str):
        put(encode_basestring(value))
    elif value is None or isinstance(value, bool):
        put({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int):
        put(str(value))
    elif isinstance(value, Decimal):
        put(_plain(value))
    elif isinstance(value, dict):
        for n, key in enumerate(sorted(value, key=_utf16)):
            put(("," if n else "{") + encode_basestring(key) + ":")
            try:
                _write(value[key], put, depth + 1)
            except Faulty as fault:
                raise fault.under(key) from None
        put("}" if value else "{}")
    elif isinstance(value, list):
        for n, item in enumerate(value):
            put("," if n else "[")
            try:
                _write(item, put, depth + 1)
            except Faulty as fault:
                raise fault.under(n) from None
        put("]" if value else "[]")
    else:
        assert isinstance(value, Unusable)
        raise Faulty(value.reason)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def decimal_in(text: str) -> Decimal | Unusable:
    """Read a decimal number; what would fill the memory when written out is unusable."""
    if len(text) > MOST_DIGITS:
        return Unusable(f"a number of more than {MOST_DIGITS} digits")
    try:
        number = Decimal(text)
    except ArithmeticError:
        return Unusable("a number beyond all measure")
    if number and abs(number.adjusted()) > MOST_DIGITS:
        return Unusable("a number beyond all measure")
    return number or Decimal(0)


def _whole(text: str) -> int | Unusable:
    if len(text) > MOST_DIGITS:
        return Unusable(f"a number of more than {MOST_DIGITS} digits")
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Unusable:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Unusable("a key stands there twice")
