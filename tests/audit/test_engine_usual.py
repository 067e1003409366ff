"""Patterns of usual records: what one matches, the strict codec writes in the same bytes."""

from functools import cache
from random import Random

import msgspec
import pytest

from svx_ledger.audit.envelope_parts import in_order
from svx_ledger.audit.reading import read
from svx_ledger.audit.usual import usual
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES
from tests.golden.areas import EXAMPLES

from .playing import honest

NONE = {"ledger-opened.v1", "epoch-started.v1", "proxy-added.v1"}
"""Classes with a number that begins at a bound of its own, or a text in which a dash stands."""
ENOUGH = 0.9
ALTERATIONS = (
    *(
        b'"',
        b"\\",
        b"\n",
        b"\x7f",
        b" ",
        b"  ",
        b"-",
        b"+",
        b"0",
        b"00",
        b"1",
        b"9",
        b".0",
        b"e5",
    ),
    *(
        b",",
        b":",
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"true",
        b"Z",
        b"z",
        b"\xc2\xa3",
        b"e\xcc\x81",
    ),
)


@cache
def written() -> list[tuple[type, bytes]]:
    """Events of every class, the longest few of each, in the bytes of the strict codec."""
    made = [event for _, _, event in EXAMPLES]
    made += [one.event for row in honest("demo").tables.rows if (one := read(row)).event]
    by_class: dict[type, set[bytes]] = {}
    for event in made:
        data = canonical(shape_of(type(event)).encode(event))
        by_class.setdefault(type(event), set()).add(data)
    assert len(by_class) == len(TYPES)
    return [
        (cls, data)
        for cls, some in by_class.items()
        for data in sorted(some, key=lambda data: (-len(data), data))[:3]
    ]


def is_exact(cls: type, data: bytes) -> bool:
    """Whether the strict codec would have written these bytes."""
    try:
        plain = msgspec.json.decode(data)
        event = shape_of(cls).decode(plain)
        return canonical(shape_of(cls).encode(event)) == data
    except (ValueError, Malformed):
        return False


def said_to_be(cls: type, data: bytes) -> bool:
    """Whether the fast way takes these bytes: msgspec reads them, and the pattern matches."""
    pattern = usual(cls)
    try:
        msgspec.json.decode(data, type=cls)
    except (ValueError, msgspec.MsgspecError):
        return False
    match = pattern and pattern.fullmatch(data.decode())
    return bool(pattern and match and all(in_order(match[facts]) for facts in pattern.facts))


def test_most_of_what_is_recorded_looks_as_usual() -> None:
    rows = honest("demo").tables.rows
    with_pattern = [row for row in rows if usual(TYPES[row.type]) is not None]

    assert {name for name, cls in TYPES.items() if usual(cls) is None} == NONE
    assert sum(read(row).match is not None for row in rows) > ENOUGH * len(rows)
    assert len(with_pattern) > ENOUGH * len(rows)


@pytest.mark.parametrize("seed", range(2))
def test_what_matches_a_pattern_is_what_the_strict_codec_writes(seed: int) -> None:
    random = Random(seed)
    taken = 0
    for cls, data in written():
        for _ in range(40):
            first, last = sorted(random.choices(range(len(data) + 1), k=2))
            last = min(last, first + random.choice((0, 1, 1, 2, 4)))
            altered = data[:first] + random.choice((b"", *ALTERATIONS)) + data[last:]
            if said_to_be(cls, altered):
                taken += 1
                assert is_exact(cls, altered), (cls.__name__, altered)

    assert taken > len(written())


def test_no_pattern_is_wider_than_the_bounds_of_a_number() -> None:
    """The edges of numbers, lengths and counts, one field at a time."""
    for cls, data in written():
        for value in (
            b"0",
            b"1",
            b"-1",
            b"999999999999999",
            b"1000000000000000",
            b"1" + b"0" * 16,
        ):
            for at in [n for n in range(len(data)) if data[n : n + 1] == b":"]:
                end = at + 1
                while data[end : end + 1].isdigit():
                    end += 1
                for put in (value, b'"' + value + b'"', b'"' + value + b'.5"'):
                    altered = data[: at + 1] + put + data[end:]
                    if end > at + 1 and said_to_be(cls, altered):
                        assert is_exact(cls, altered), (cls.__name__, altered)


def test_a_record_around_a_usual_event_is_held_to_its_bytes_too() -> None:
    row = next(row for row in honest("demo").tables.rows if row.type == "bid-accepted.v1")
    assert read(row).match is not None
    for wrong in (
        row.record.replace(b'{"actor"', b'{ "actor"', 1),
        row.record.replace(b'"svx":1', b'"svx":1.0', 1),
        row.record.replace(b',"prev"', b'.0,"prev"', 1),
        row.record[:-1] + b".0}",
        row.record.replace(b'"command":{"id":"', b'"command":{"id":"\\u0041', 1),
        row.record.replace(b'"role":"', b'"role": "', 1),
        row.record.replace(b'"of":1', b'"of":1e0', 1),
    ):
        assert wrong != row.record
        found = read(Row(*row[:4], wrong))
        assert found.faults, wrong
        assert found.match is None
