"""Schemas and codec say the same: what one accepts the other accepts, both ways.

What no schema can say is listed in `api.document.schemas`; the formats are checked here by what
they stand for, the patterns apart from them.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.api.document import patterns
from svx_ledger.api.document.patterns import Schema
from svx_ledger.api.document.schemas import schema_of_command
from svx_ledger.domain import vocabulary
from svx_ledger.domain.form import (
    Between,
    BidPoints,
    Count,
    Digits,
    Length,
    Matching,
    Points,
    Quantity,
    Share,
    StreamName,
    StreamOf,
    UnitsPerPound,
)
from svx_ledger.domain.kind import Command, fields_of
from svx_ledger.eventlog import scalars
from svx_ledger.eventlog.commands import command_from
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.scalars import Shape, check_text
from svx_ledger.eventlog.shapes import shape_of
from tests.strategies import values_of

from .drawn import drawn_from

COMMANDS = list(vocabulary.COMMANDS.values())

every_command = pytest.mark.parametrize("cls", COMMANDS, ids=lambda cls: cls.__name__)
every_command_of_people = pytest.mark.parametrize(
    "cls", [cls for cls in COMMANDS if not cls.by_clock], ids=lambda cls: cls.__name__
)
quickly = settings(max_examples=5)  # of each of many classes
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, -1, 1, 2**53, -(2**53), 10**15 + 1, 1.5),
        *("", " ", "x", "x ", " x", "x" * 2001, "two\nlines", "\u202e", "e\u0301", "\u3000x"),
        *("a\u200b", "\ue000", "\U000e0001", "\U0001f600", "\u00a0", "x\u00a0y", "\u0085"),
        *("0", "-0", "-0.00", "1.50", "01", "1e3", "+1", ".5", "5.", "0.1234567", "-2", "1.0"),
        *("9" * 12, "9" * 13, "9" * 19, "0." + "1" * 12, "0." + "1" * 13, "100.0", "100.1"),
        *("\u0661", "\u00b2", "NaN", "Infinity", "0" * 64, "A" * 64, "person-a", "hour"),
        *("2026-02-28", "2026-02-29", "2024-02-29", "0000-01-01", "2026-13-01", "2026-1-1"),
        *("2026-02-28T12:00:00.000000Z", "2026-02-29T12:00:00.000000Z"),
        *("2026-02-28T24:00:00.000000Z", "2026-02-28T23:59:60.000000Z"),
        *("2026-02-28T12:00:00Z", "2026-02-28t12:00:00.000000z", "2026-02-28T12:00:00.000000"),
        *("auction-abcd", "need-abcd", "organisation-abcd", "auction-abc", "auction-ABCD"),
        *([], [None], ["x"], ["auction-abcd"] * 2, ["x"] * 1001, {}, {"a": 1}, {"text": "x"}),
        {"text": "Seen.", "salt": "0" * 64},
        {"commitment": "0" * 64},
    ]
)


def in_text_form(value: object) -> bool:
    """What the format `svx-text` stands for."""
    try:
        check_text(str(value))
    except Malformed:
        return False
    return True


def validator(schema: Schema) -> Callable[[Any], bool]:
    """A validator that keeps to ECMA's patterns and to the formats."""
    return compiled(orjson.dumps(schema))


@cache
def compiled(schema: bytes) -> Callable[[Any], bool]:
    checks = jsonschema_rs.Draft202012Validator(
        orjson.loads(schema),
        validate_formats=True,
        formats={patterns.TEXT_FORMAT: in_text_form},
    )
    return checks.is_valid


def second(schema: Schema) -> jsonschema.Draft202012Validator:
    """Another validator, by others, in another language's patterns."""
    formats = jsonschema.FormatChecker(formats=["date"])
    formats.checks(patterns.TEXT_FORMAT)(in_text_form)
    return jsonschema.Draft202012Validator(schema, format_checker=formats)


def reads(shape: Shape, plain: Any) -> bool:
    """Whether the codec reads a value, and would write it."""
    try:
        shape.encode(shape.decode(plain))
    except Malformed:
        return False
    return True


def drawn(cls: type[Command], data: st.DataObject) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a command: what it is done to, which stands in the path, and its body."""
    plain = shape_of(cls).encode(data.draw(values_of(cls)))
    target = fields_of(cls)[0]
    return {target: plain.pop(target)}, plain


@every_command
def test_a_schema_is_a_schema(cls: type[Command]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of_command(cls))


@every_command
@quickly
@given(data=st.data())
def test_what_the_codec_writes_the_schema_allows(
    cls: type[Command], data: st.DataObject
) -> None:
    _, body = drawn(cls, data)

    assert validator(schema_of_command(cls))(body)
    assert list(second(schema_of_command(cls)).iter_errors(body)) == []


@every_command_of_people
@quickly
@given(data=st.data())
def test_what_the_schema_allows_is_a_command(cls: type[Command], data: st.DataObject) -> None:
    target, _ = drawn(cls, data)
    body = data.draw(drawn_from(schema_of_command(cls)))

    assert isinstance(command_from(cls.__name__, body | target), cls)


@every_command
@quickly
@given(data=st.data())
def test_both_refuse_the_same(cls: type[Command], data: st.DataObject) -> None:
    target, body = drawn(cls, data)
    spoil(body, data.draw)

    allowed = validator(schema_of_command(cls))(body)
    assert allowed == reads(shape_of(cls), body | target)


def spoil(plain: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Change something, somewhere in it: another value, one more field, one too few."""
    while True:
        places: list[Any] = [*plain] if isinstance(plain, dict) else [*range(len(plain))]
        place = draw(st.sampled_from([*places, "unknown"])) if places else "unknown"
        if place == "unknown":
            if isinstance(plain, dict):
                plain["unknown"] = 1
            else:
                plain.append(draw(ODD))
            return
        if isinstance(plain[place], dict | list) and draw(st.booleans()):
            plain = plain[place]
            continue
        if isinstance(plain, dict) and draw(st.integers(0, 4)) == 0:
            del plain[place]
        else:
            plain[place] = draw(ODD)
        return


def test_the_body_of_a_command_has_no_target() -> None:
    body = schema_of_command(vocabulary.COMMANDS["SubmitBid"])

    assert [*body["properties"]] == ["supplier_id", "lines"]
    assert not validator(body)({"auction_id": "auction-abcd"} | {"supplier_id": "x"})


def test_a_schema_says_what_its_class_means() -> None:
    schema = schema_of_command(vocabulary.COMMANDS["SubmitBid"])

    assert schema["title"] == "SubmitBid"
    assert schema["description"].startswith("Bid a whole vector of pledges")
    assert "description" in schema["$defs"]["BidLine"]


def test_private_texts_come_with_salt() -> None:
    text, salt, digest = "Seen.", "0" * 64, "1" * 64
    command = schema_of_command(vocabulary.COMMANDS["DisputeDelivery"])["$defs"]

    assert command["PrivateText"]["required"] == ["salt", "text"]
    given = validator(command["PrivateText"] | {"$defs": command})
    assert given({"text": text, "salt": salt})
    assert not given({"text": text})
    assert not given({"commitment": digest})


def command_of(**hints: Any) -> type[Command]:
    """Make a command with these fields, on some thing."""
    fields = {"__annotations__": {"thing_id": StreamName, **hints}}
    return dataclass(type("Given", (Command,), fields))


def test_two_classes_of_one_name_are_refused_and_so_is_what_has_no_schema() -> None:
    def named(part: Any) -> type[Any]:
        return dataclass(type("Part", (), {"__annotations__": {"value": part}}))

    both = command_of(first=named(int), second=named(str))

    with pytest.raises(TypeError, match="called Part"):
        schema_of_command(both)
    with pytest.raises(TypeError, match="has no schema"):
        schema_of_command(command_of(value=bytes))


ENDS: list[tuple[Any, list[Any]]] = [
    (Annotated[tuple[int, ...], Count(2, 3)], [[1] * n for n in range(1, 5)]),
    (tuple[int, ...], [[], [1] * 1000, [1] * 1001, {}, 1]),
    (Annotated[str, Length(2, 3)], ["a", "ab", "abc", "abcd", " ab", "ab ", "a b", "\u3000ab"]),
    (Annotated[str, Length(1, 3)], ["", " ", "a", "\U0001f600" * 3, "\U0001f600" * 4, "a\n"]),
    (str, ["", " ", " a ", "a" * 2000, "a" * 2001, "a\u2028", "e\u0301", "\u00e9", 1]),
    (
        Annotated[str, Matching("[a-z]|aa", "a letter or aa")],
        ["a", "aa", "ab", "a\n", "", "\u0131"],
    ),
    (
        Annotated[str, StreamOf("need")],
        ["need-abcd", "need-abc", f"need-{'a' * 33}", "xneed-abcd"],
    ),
    (Annotated[int, Between(-2, 3)], [-3, -2, 3, 4, True, "3", 2.5]),
    (int, [2**53 - 1, 2**53, -(2**53) + 1, -(2**53), None]),
    (bool, [True, False, 0, "true"]),
    (Literal["a", "b"], ["a", "b", "c", "", 1]),
    (
        date,
        ["0000-01-01", "0001-01-01", "2023-02-29", "2024-02-29", "2026-00-10", "2026-01-00"],
    ),
    (date, ["2026-1-01", "2026-01-32", "9999-12-31", "12026-01-01", "2026-01-01Z"]),
    (datetime, [f"2026-03-02T{at}Z" for at in ("00:00:00.000000", "23:59:59.999999")]),
    (datetime, [f"2026-03-02T{at}Z" for at in ("24:00:00.000000", "20:60:00.000000")]),
    (datetime, [f"2026-03-02T{at}Z" for at in ("29:00:00.000000", "23:59:60.000000")]),
    (datetime, [f"2026-03-02T{at}" for at in ("10:00:00.000000", "10:00:00Z", "10:00Z")]),
    (datetime, ["0000-03-02T10:00:00.000000Z", "2026-02-30T10:00:00.000000Z"]),
]


@pytest.mark.parametrize(("hint", "values"), ENDS, ids=[str(hint) for hint, _ in ENDS])
def test_each_mark_ends_where_it_ends_for_the_codec(hint: Any, values: list[Any]) -> None:
    one = command_of(value=hint)
    schema, shape = validator(schema_of_command(one)), shape_of(one)
    bodies = [{"value": value} for value in values]
    read = [reads(shape, {"thing_id": "auction-abcd"} | body) for body in bodies]

    assert [*map(schema, bodies)] == read


DECIMALS: tuple[Any, ...] = (Quantity, UnitsPerPound, Share, Points, BidPoints)
MARKS = [hint.__metadata__ for hint in DECIMALS]
LOOKS_DECIMAL = st.from_regex(r"-?[0-9]{0,20}(?:\.[0-9]{0,14})?", fullmatch=True)


@pytest.mark.parametrize("marks", [(), *MARKS, (Digits(15, 12),)], ids=str)
@settings(max_examples=300)
@given(data=st.data())
def test_a_decimal_has_one_form_for_both(marks: Any, data: st.DataObject) -> None:
    digits, between = patterns.mark_of(marks, Digits), patterns.mark_of(marks, Between)
    schema = patterns.decimal(digits, between)
    near = (between or Between(0, 1)).most
    at_bounds = st.sampled_from([f"{near}", f"{near}.0", f"{near}.00000001", f"{near}1", "-0"])
    text = data.draw(LOOKS_DECIMAL | drawn_from(schema) | ODD | at_bounds)

    assert validator(schema)(text) == reads(scalars.decimal(marks), text)


def test_bounds_that_no_pattern_says_are_refused() -> None:
    for least, most in ((1, 10), (0, 20), (Decimal(-1), Decimal(1))):
        with pytest.raises(TypeError, match="needs a pattern"):
            patterns.decimal(Digits(6, 6), Between(least, most))


@settings(max_examples=500)
@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-3][0-9]", fullmatch=True))
def test_a_day_has_one_form_for_both(text: str) -> None:
    assert validator(patterns.DATE)(text) == reads(scalars.DATE, text)
    assert validator(patterns.INSTANT)(f"{text}T00:00:00.000000Z") == reads(scalars.DATE, text)


@settings(max_examples=300)
@given(st.from_regex(r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\.[0-9]{5,7}(?:Z|z|\+00:00)?"))
def test_an_instant_has_one_form_for_both(clock: str) -> None:
    text = f"2026-03-02T{clock}"

    assert validator(patterns.INSTANT)(text) == reads(scalars.INSTANT, text)


def test_the_pattern_of_an_instant_knows_a_clock_without_its_format() -> None:
    clocks = ("24:00:00", "29:00:00", "23:60:00", "23:59:60", "23:59:59", "00:00:00")
    texts = [f"2026-03-02T{clock}.000000Z" for clock in clocks]
    fits = [re.fullmatch(patterns.INSTANT["pattern"], text) is not None for text in texts]

    assert fits == [False, False, False, False, True, True]


@pytest.mark.parametrize("length", [None, Length(1, 200)])
def test_the_pattern_of_a_text_knows_each_character_of_the_first_plane(
    length: Length | None,
) -> None:
    pattern = re.compile((patterns.TRIMMED_TEXT if length else patterns.TEXT)["pattern"])
    shape = scalars.text((length,) if length else ())
    known = [chr(n) for n in range(0x10000) if unicodedata.category(chr(n)) not in ("Cn", "Cs")]
    alone = [c for c in known if unicodedata.is_normalized("NFC", c)]

    assert [c for c in alone if bool(pattern.fullmatch(c)) != reads(shape, c)] == []


@given(st.text(max_size=6))
def test_what_the_pattern_of_a_text_refuses_is_refused(text: str) -> None:
    for schema, marks in ((patterns.TEXT, ()), (patterns.TRIMMED_TEXT, (Length(0, 6),))):
        allowed = re.fullmatch(schema["pattern"], text) is not None
        if text or schema is patterns.TEXT:
            assert allowed or not reads(scalars.text(marks), text)


def test_times_are_written_in_the_form_that_is_read() -> None:
    assert validator(patterns.INSTANT)(
        scalars.INSTANT.encode(datetime(9999, 12, 31, tzinfo=UTC))
    )
    assert validator(patterns.DATE)(scalars.DATE.encode(date.max))
