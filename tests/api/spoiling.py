"""JSON of a command as only an attacker, or a very poor client, would write it."""

import json
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any, Final

import orjson

from .directly import MARK

MESSAGE: Final = 64 * 1024
BOUND: Final = (MESSAGE - 1, MESSAGE, MESSAGE + 1)
STRANGE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 2**53 - 1, 2**53, -(2**53), 10**30, 0.5, 1.0, 1e300),
    *("", " ", MARK, f" {MARK}", f"{MARK}\u0000", f"{MARK}\r\nSet-Cookie: a=b", f"=1+1{MARK}"),
    *(f"<script>{MARK}</script>", f"\u202e{MARK}", f"{MARK}\u200b", f"e\u0301{MARK}"),
    *(
        f"\ud800{MARK}",
        MARK + "\u0301" * 500,
        MARK + "x" * 5_000,
        f"../../{MARK}",
        "1e5",
        "NaN",
    ),
    *("-0", "00", "1" * 400, "2026-02-30", "2026-06-01", "9999-12-31T23:59:60.000000Z"),
    *([], {}, [MARK], {MARK: MARK}, [[[]]], [None] * 50, {"a": {"b": {"c": [MARK]}}}),
)
"""What is put where something else should stand."""


def _json(body: Any) -> bytes:
    """Write it as most clients do, whatever it is."""
    try:
        return orjson.dumps(body)
    except TypeError:  # a lone surrogate, or a number beyond 64 bits
        return json.dumps(body).encode()


def _as_it_is(_: Random, body: Any) -> bytes:
    return _json(body)


def _one_off(random: Random, body: Any) -> bytes:
    return _json(_changed(random, body))


def _changed(random: Random, value: Any) -> Any:
    """Return a value with one place in it that is not as it was."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        name = random.choice(list(value))
        how = random.randrange(8)
        if how == 0:
            return {n: v for n, v in value.items() if n != name}
        if how == 1:
            return value | {f"{MARK}{random.randrange(9)}": random.choice(STRANGE)}
        return value | {name: _changed(random, value[name])}
    if isinstance(value, list) and value and random.random() < 0.9:
        at = random.randrange(len(value))
        if random.random() < 0.2:
            return value * random.choice((0, 2, 300))
        return [*value[:at], _changed(random, value[at]), *value[at + 1 :]]
    if isinstance(value, str) and random.random() < 0.3:
        at = random.randrange(len(value) + 1)
        put = random.choice(("\u0000", "\u202e", "e\u0301", MARK, "\n", " ", "\U000e0001", "'"))
        return value[:at] + put + value[at:]
    return random.choice(STRANGE)


def _truncated(random: Random, body: Any) -> bytes:
    content = _json(body)
    return content[: random.randrange(len(content))]


def _flipped(random: Random, body: Any) -> bytes:
    content = bytearray(_json(body))
    for _ in range(random.randrange(1, 5)):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(content)


def _twice(random: Random, body: Any) -> bytes:
    content = _json(body)
    name = orjson.dumps(random.choice([*body, MARK]))
    first = b"{" + name + b":1," + name + b":2"
    return first + (b"," + content[1:] if body else b"}")


def _deep(random: Random, body: Any) -> bytes:
    depth = random.choice((14, 15, 16, 17, 100, 30_000))
    opened, closed = random.choice(((b"[", b"]"), (b'{"a":', b"}")))
    deep = opened * depth + b"1" + closed * depth
    return _with(body, random.choice([*body, MARK]), random.choice((deep, opened * depth)))


def _number(random: Random, body: Any) -> bytes:
    numbers = (
        *(
            b"1e400",
            b"-1e400",
            b"NaN",
            b"Infinity",
            b"-Infinity",
            b"1" * 60_000,
            b"0x10",
            b"+1",
        ),
        *(b"01", b"1.", b".5", b"-", b"1e", b"9007199254740993", b"1" * 4_301, b"-0", b"1E+2"),
        *(b"0." + b"0" * 5_000 + b"1", b"1_000", "\uff11".encode()),
    )
    return _with(body, random.choice([*body, MARK]), random.choice(numbers))


def _bytes(random: Random, body: Any) -> bytes:
    """Bytes that are no UTF-8, or that only some take for it."""
    bad = random.choice(
        (b"\xc0\x80", b"\xed\xa0\x80", b"\xff", b"\xf8\x88\x80\x80\x80", b"\x00", b"\xc1\xbf")
    )
    content = _json(body)
    at = random.randrange(len(content) + 1)
    return content[:at] + bad + content[at:]


def _text(random: Random, body: Any) -> bytes:
    """Texts that are written in other ways, or that cannot be."""
    texts = (
        *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\\ud83d\\ude00"', b'"\\u00e9"'),
        *(b'"\\x41"', b'"\n"', b'"\t"', b'"\\', b"'a'", b'"\\u12"', b'"\\u202e"'),
        *(('"' + mark * 3_000 + '"').encode() for mark in ("\u0301", "\u0e31", "\u1160")),
        ('"' + unicodedata.normalize("NFD", "ǖ" * 900) + '"').encode(),
        ('"' + "\ufdfa" * 3_000 + '"').encode(),
        ('"' + "a\u0315\u0300\u05ae\u0300\u0062" * 4_000 + '"').encode(),
    )
    return _with(body, random.choice([*body, MARK]), random.choice(texts))


def _framed(random: Random, body: Any) -> bytes:
    """Something around an object, or something else altogether."""
    content = _json(body)
    return random.choice(
        (
            *(b"\xef\xbb\xbf" + content, content.decode().encode("utf-16"), content + content),
            *(content + b"\x00", b"\x00" + content, b"[" + content + b"]", b"", b"null", b"[]"),
            *(b'"a"', b"1", b"{}", b" \n\t" + content + b"\r\n", content + b"//", b"{,}", b"{"),
            *(b"a=b&c=d", b"<a/>", b"---\r\n", b")]}'," + content, b"\x1f\x8b\x08" + content),
        )
    )


def _large(random: Random, body: Any) -> bytes:
    """Sizes about the bound, and far beyond it."""
    content, size = _json(body), random.choice(BOUND)
    how = random.randrange(7)
    if how == 0:
        return content + b" " * (size - len(content))
    if how == 1:
        return _with(body, random.choice([*body, MARK]), b'"' + b"a" * size + b'"')[:size]
    if how == 2:
        padded = b'{"a":"' + b"a" * (size - 8) + b'"}'
        return padded[:size]
    if how == 3:
        return b'{"a":[' + b",".join([b"0"] * 10**5) + b"]}"
    if how == 4:
        return b'{"a":[' + b",".join([b"0"] * 32_000) + b"]}"
    if how == 5:
        keys = b",".join(b'"k%d":0' % n for n in range(6_000))
        return b"{" + keys[: keys.rindex(b",")] + b"}"
    return b'{"' + MARK.encode() * 2_000 + b'":1,' + content[1:]


def _with(body: Any, name: str, raw: bytes) -> bytes:
    """Write an object with raw bytes as one of its values."""
    kept = {n: v for n, v in body.items() if n != name}
    content = _json(kept)[:-1]
    return content + (b"," if kept else b"") + orjson.dumps(name) + b":" + raw + b"}"


Sort = tuple[str, Callable[[Random, Any], bytes]]
SORTS: Final[tuple[Sort, ...]] = (
    ("right", _as_it_is),
    *[("one place off", _one_off)] * 5,
    ("truncated", _truncated),
    *[("bits flipped", _flipped)] * 2,
    ("a name twice", _twice),
    ("deep", _deep),
    ("number", _number),
    ("bytes", _bytes),
    ("text", _text),
    ("framed", _framed),
    ("large", _large),
    *[("header", _as_it_is)] * 3,
    ("path", _as_it_is),
    ("query", _as_it_is),
    ("method", _as_it_is),
    ("cut off", _as_it_is),
)
