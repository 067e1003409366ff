"""Patterns of records as they usually look, by which most are held to their exact form at once.

The exact form of an event is what the strict codec writes of it (`eventlog.shapes`): its fields
in order, each in the one way in which it may stand. Of most classes that is a regular language.
What matches the pattern of a class, and msgspec can decode into it, the codec would write in
the same bytes; what does not match is not wrong for that, and is held to the codec itself. So a
pattern may be narrower than the form, and never wider: text here is printable ASCII without
escapes, numbers end one digit before their bounds, and a class with a field of another sort has
no pattern at all.

What is around an event has one pattern for all (`usual_record`). Each field of an event and of
its record is a group of that name, so that matching once both checks a record and takes it
apart.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from svx_ledger.domain.form import Between, Count, Digits, Length, Matching, StreamOf
from svx_ledger.eventlog.private_fields import is_private

_SEEN: Final = r"[ !#-\[\]-~]"
"""A character that JSON writes as it is, and people can see."""
_INK: Final = r"[!#-\[\]-~]"
_TIME: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOST_TEXT: Final = 2000
_MOST_ITEMS: Final = 1000
_SAFE_DIGITS: Final = 15
"""So many digits are below 2^53 whatever they are."""

_PART: Final = re.compile(
    r"(?P<set>\[[^\]\\^][^\]\\]*\])|[A-Za-z0-9:-]|\(\?:|[()|]|[?*+]|\{[0-9]+(?:,[0-9]+)?\}"
)
"""What the pattern of a text may be made of, to be taken over."""
_FACT: Final = rf'"[a-z][a-z0-9_]{{0,39}}":(?:0|-?[1-9][0-9]{{0,14}}|"{_SEEN}*")'
_FACTS: Final = rf"\{{(?:{_FACT}(?:,{_FACT})*)?\}}"
"""A map of facts; that its names are in order, each once, no pattern can say."""
_NUMBER: Final = "[1-9][0-9]{0,14}"
_INSTANT: Final = rf"{_DATE}T{_TIME}\.[0-9]{{6}}Z"
_TRACED: Final = r"[!#-\[\]-~]{1,128}"
_LEAF: Final = "[0-9a-f]{64}"


class _Unusual(Exception):
    """A field whose form no pattern here can say."""


class Usual(NamedTuple):
    """A pattern, by what matches it; and the numbers of its groups.

    What matches is canonical where the maps of facts in it are, whose groups are named.
    """

    fullmatch: Callable[[str], re.Match[str] | None]
    groups: Mapping[str, int]
    facts: tuple[str, ...]


def usual(cls: type[Any]) -> Usual | None:
    """Return the pattern of a class's usual canonical JSON; None if there is none."""
    try:
        return _compiled(cls, _object(cls, fields_are_groups=True))
    except _Unusual:
        return None


def usual_record(name: str, cls: type[Any]) -> Usual | None:
    """Return the pattern of usual records with an event of this stored name and class."""
    try:
        data = _object(cls, fields_are_groups=True)
    except _Unusual:
        return None
    parts = (
        r'"actor":(?P<actor_>\{[^{}]*\}),',
        rf'(?:"causation":"(?P<causation_>{_TRACED})",)?',
        rf'"command":\{{"id":"(?P<id_>{_SEEN}*)","n":(?P<n_>{_NUMBER}),"of":(?P<of_>{_NUMBER}),',
        rf'"sha256":"(?P<sha256_>{_LEAF})","type":"(?P<command_>[A-Za-z]+)"\}},',
        rf'(?:"correlation":"(?P<correlation_>{_TRACED})",)?',
        rf'"data":(?P<data_>{data}),"position":(?P<position_>{_NUMBER}),',
        rf'(?:"prev":"(?P<prev_>{_LEAF})",)?',
        rf'(?:"received_at":"(?P<received_at_>{_INSTANT})",)?',
        rf'"recorded_at":"(?P<recorded_at_>{_INSTANT})",',
        rf'(?:"request":"(?P<request_>{_TRACED})",)?',
        rf'"salt":"(?P<salt_>[0-9a-f]{{32}})","stream":"(?P<stream_>{_SEEN}*)","svx":1,',
        rf'"type":"{re.escape(name)}","version":(?P<version_>{_NUMBER})',
    )
    return _compiled(cls, rf"\{{{''.join(parts)}\}}")


def _compiled(cls: type[Any], pattern: str) -> Usual:
    hints = get_type_hints(cls)
    facts = (f.name for f in fields(cls) if _is_facts(hints[f.name]))
    compiled = re.compile(pattern, re.ASCII)
    return Usual(compiled.fullmatch, compiled.groupindex, tuple(facts))


def _is_facts(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _object(cls: type[Any], *, fields_are_groups: bool = False) -> str:
    """Return the pattern of a dataclass: its fields in order of their names.

    A field that is None is left out; the comma goes with it, on the side that is away from
    some field that is always there. No private text is there: a record with one is unusual.
    """
    hints = get_type_hints(cls, include_extras=True)
    if any(f.default_factory is not MISSING for f in fields(cls)):
        raise _Unusual
    said = [f for f in fields(cls) if not is_private(hints[f.name])]
    if any(f.default is not None for f in fields(cls) if f not in said):
        raise _Unusual
    parts = []
    for name, optional in sorted((f.name, f.default is None) for f in said):
        value = _FACTS if fields_are_groups and _is_facts(hints[name]) else _value(hints[name])
        group = f"(?P<{name}>{value})" if fields_are_groups else value
        parts.append((f'"{re.escape(name)}":{group}', optional))
    always = next((n for n, (_, optional) in enumerate(parts) if not optional), None)
    if always is None:
        some = "".join(rf'(?:{part}(?:,(?=")|(?=\}})))?' for part, _ in parts)
        return rf"\{{{some}\}}"
    written = ""
    for n, (part, optional) in enumerate(parts):
        before, after = ("", ",") if n < always else ("," if n > always else "", "")
        written += f"(?:{before}{part}{after})?" if optional else f"{before}{part}{after}"
    return rf"\{{{written}\}}"


def _value(hint: Any) -> str:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = (x for x in get_args(hint) if x is not NoneType)
        return _value(inner)
    if origin is tuple:
        return _list(_value(get_args(hint)[0]), marks)
    if origin is Literal:
        return _choice(get_args(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint)
    by_type: dict[Any, Callable[[tuple[Any, ...]], str]] = {
        str: _text,
        int: _integer,
        bool: lambda _: "(?:true|false)",
        Decimal: _decimal,
        datetime: lambda _: f'"{_INSTANT}"',
        date: lambda _: f'"{_DATE}"',
    }
    if hint not in by_type:
        raise _Unusual
    return by_type[hint](marks)


def _choice(words: tuple[Any, ...]) -> str:
    if not all(type(word) is str and re.fullmatch(_SEEN + "*", word) for word in words):
        raise _Unusual
    return f'"(?:{"|".join(map(re.escape, words))})"'


def _list(item: str, marks: tuple[Any, ...]) -> str:
    count = next((mark for mark in marks if isinstance(mark, Count)), None)
    least, most = (count.least, count.most) if count else (0, _MOST_ITEMS)
    if most < 1:
        raise _Unusual
    some = f"{item}(?:,{item}){{{max(least - 1, 0)},{most - 1}}}"
    return rf"\[{some}\]" if least else rf"\[(?:{some})?\]"


def _text(marks: tuple[Any, ...]) -> str:
    form = next((mark for mark in marks if isinstance(mark, StreamOf | Matching)), None)
    if form is not None:
        return f'"(?:{_taken_over(form.compiled.pattern)})"'
    length = next((mark for mark in marks if isinstance(mark, Length)), None)
    if length is None:
        return f'"{_SEEN}{{0,{_MOST_TEXT}}}"'
    if length.least > 1 or length.most < 2:
        raise _Unusual
    inked = f"{_INK}(?:{_SEEN}{{0,{length.most - 2}}}{_INK})?"
    return f'"{inked}"' if length.least else f'"(?:{inked})?"'


def _taken_over(pattern: str) -> str:
    """Return a text's own pattern, if it can match neither a quotation mark nor an escape."""
    taken, at = "", 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None:
            raise _Unusual
        said, at = part[0], part.end()
        if part["set"] and any(re.match(said, never) for never in '"\\'):
            raise _Unusual
        taken += said
    return taken


def _below(most: int, least: int) -> str:
    """Return the pattern of whole numbers from `least`, 0 or 1, surely below `most`."""
    digits = min(len(str(most)) - 1, _SAFE_DIGITS)
    if least not in (0, 1) or not digits:
        raise _Unusual
    some = f"[1-9][0-9]{{0,{digits - 1}}}"
    return some if least else f"(?:0|{some})"


def _integer(marks: tuple[Any, ...]) -> str:
    bounds = next((mark for mark in marks if isinstance(mark, Between)), None)
    if bounds is None:
        return f"(?:0|-?[1-9][0-9]{{0,{_SAFE_DIGITS - 1}}})"
    return _below(int(bounds.most), int(bounds.least))


def _decimal(marks: tuple[Any, ...]) -> str:
    digits = next((mark for mark in marks if isinstance(mark, Digits)), Digits(12, 6))
    bounds = next((mark for mark in marks if isinstance(mark, Between)), None)
    places = rf"(?:\.[0-9]{{0,{digits.places - 1}}}[1-9])?"
    whole = f"(?:0|[1-9][0-9]{{0,{digits.whole - 1}}})"
    if bounds is None:
        return f'"{whole}{places}"'
    most = int(bounds.most)
    if bounds.least != 0 or bounds.most != most or len(str(most)) > digits.whole:
        raise _Unusual
    whole = _below(most, 0) if len(str(most)) > 1 else "0"
    return f'"(?:{whole}{places}|{most})"'
