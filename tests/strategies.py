"""Values of every message class, drawn from its field types: a new class needs no strategy.

The types and their marks say what is well formed (`svx_ledger.domain.form`). This reads them
a second time, apart from the codec, so that the two check each other.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from svx_ledger.domain.form import Between, Count, Digits, Length, Matching, StreamOf
from svx_ledger.domain.kind import Command
from svx_ledger.domain.private import Private

T = TypeVar("T")
M = TypeVar("M")

MAX_INTEGER = 2**53 - 1
UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
"""Characters of no width that Unicode files under letters and marks."""
ASCII = st.characters(max_codepoint=0x7F)
VISIBLE = st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters=UNSEEN)
_KNOWN: dict[type[Any], st.SearchStrategy[Any]] = {}


def values_of(cls: type[T]) -> st.SearchStrategy[T]:
    """Well-formed values of a dataclass."""
    if cls not in _KNOWN:
        hints = get_type_hints(cls, include_extras=True)
        private = st.none() | _private(given=issubclass(cls, Command))
        parts = {
            f.name: private if Private in get_args(hints[f.name]) else _values(hints[f.name])
            for f in fields(cls)  # type: ignore[arg-type]
        }
        _KNOWN[cls] = st.builds(cls, **parts)
    return _KNOWN[cls]


def spoiled(value: T, wrong: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """The same value with one field somewhere in it replaced by something else."""

    def at(name: str) -> st.SearchStrategy[T]:
        inner = _spoiled_within(getattr(value, name), wrong)
        return (wrong | inner).map(lambda new: replace(value, **{name: new}))  # type: ignore[type-var]

    names = [f.name for f in fields(value)]  # type: ignore[arg-type]
    return st.sampled_from(names).flatmap(at) if names else st.just(value)


def visible_text(least: int, most: int) -> st.SearchStrategy[str]:
    """Text in NFC that people can see, mostly short, now and then as long as it may be."""
    short = st.text(VISIBLE, min_size=least, max_size=min(most, least + 20))
    normal = short.map(lambda text: unicodedata.normalize("NFC", text))
    longest = st.sampled_from("aé").map(lambda character: character * most)
    return normal.filter(lambda text: least <= len(text) <= most) | longest


def _spoiled_within(value: Any, wrong: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return spoiled(value, wrong)
    if isinstance(value, tuple) and value:
        first, *rest = value
        return (wrong | _spoiled_within(first, wrong)).map(lambda new: (new, *rest))
    return wrong


def _private(*, given: bool) -> st.SearchStrategy[Private]:
    digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
    if not given:
        return st.builds(Private, commitment=digests)
    text = visible_text(1, 2000).filter(lambda text: text == text.strip())
    return st.builds(Private, text=text, salt=digests)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    marks: list[Any] = []
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return st.none() | _values(inner)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        count = _mark(marks, Count) or Count(0, 1000)
        most = min(count.most, count.least + 3)
        items = st.lists(_values(arguments[0]), min_size=count.least, max_size=most)
        return items.map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        names = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True, alphabet=ASCII)
        return st.dictionaries(names, _integers(Between(-(10**9), 10**9)) | visible_text(0, 50))
    if is_dataclass(hint):
        return values_of(hint)  # type: ignore[arg-type]
    return SCALARS[hint](marks)


def _texts(marks: list[Any]) -> st.SearchStrategy[str]:
    if stream := _mark(marks, StreamOf):
        name = re.escape(stream.kind) + "-[0-9a-z]{4,32}"
        return st.from_regex(name, fullmatch=True, alphabet=ASCII)
    if matching := _mark(marks, Matching):
        pattern = re.compile(matching.pattern, re.ASCII)
        return st.from_regex(pattern, fullmatch=True, alphabet=ASCII)
    length = _mark(marks, Length)
    if length is None:
        return visible_text(0, 2000)
    return visible_text(length.least, length.most).filter(lambda text: text == text.strip())


def _integers(between: Between | None) -> st.SearchStrategy[int]:
    least, most = (between.least, between.most) if between else (-MAX_INTEGER, MAX_INTEGER)
    return st.integers(int(least), int(most))


def _decimals(marks: list[Any]) -> st.SearchStrategy[Decimal]:
    digits = _mark(marks, Digits) or Digits(12, 6)
    furthest = Decimal(10) ** digits.whole - Decimal(1).scaleb(-digits.places)
    between = _mark(marks, Between) or Between(-furthest, furthest)
    least, most = max(-furthest, between.least), min(furthest, between.most)
    exact = st.decimals(least, most, allow_nan=False, places=digits.places)
    return (
        exact | exact.map(Decimal.normalize) | st.sampled_from([Decimal(least), Decimal(most)])
    )


SCALARS: Mapping[Any, Callable[[list[Any]], st.SearchStrategy[Any]]] = {
    str: _texts,
    int: lambda marks: _integers(_mark(marks, Between)),
    bool: lambda _: st.booleans(),
    Decimal: _decimals,
    datetime: lambda _: st.datetimes(timezones=st.just(UTC)),
    date: lambda _: st.dates(),
}


def _mark(marks: list[Any], kind: type[M]) -> M | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
