"""Shapes: how a message's fields become plain JSON values, and back, in their exact form.

The field types of `domain` are a small language: str, int, bool, Decimal, datetime, date,
Literal, tuple[X, ...], nested dataclass, X | None, and a map of facts, each with the marks of
`domain.form`. A shape is compiled once per class. Both directions check form, so a value
built in Python is held to exactly what a value read from JSON is held to.

A command's instants alone are read more widely than they are written: whoever gives it may
write them in any offset (`given_times`), and no command is ever read back from the log.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from svx_ledger.domain.form import Count
from svx_ledger.domain.kind import Command
from svx_ledger.domain.private import Private

from . import form_words, scalars
from . import malformed as why
from .malformed import Malformed, malformed
from .private_fields import is_private, shape_in
from .scalars import Shape, Step

_SHAPES: dict[type[Any], Shape] = {}
_GIVEN: dict[type[Any], Shape] = {}
"""Of commands, and of what stands in them."""


def shape_of(cls: type[Any]) -> Shape:
    """Return the shape of a dataclass, compiled on first use."""
    shape = _SHAPES.get(cls)
    if shape is None:
        shape = _SHAPES[cls] = _dataclass(cls, given=issubclass(cls, Command))
    return shape


def _within(cls: type[Any], *, given: bool) -> Shape:
    """Return the shape of a dataclass that stands in another one."""
    if not given:
        return shape_of(cls)
    shape = _GIVEN.get(cls)
    if shape is None:
        shape = _GIVEN[cls] = _dataclass(cls, given=True)
    return shape


def _dataclass(cls: type[Any], *, given: bool) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    if cls is Private:
        raise TypeError("a private text stands in a command or an event, and nowhere deeper")
    parts = [(f.name, _field(cls, hints[f.name], given=given), f.default) for f in fields(cls)]
    forms = {name: shape.form for name, shape, _ in parts}
    names = frozenset(forms)
    spare = [name for name, _, default in parts if default is not MISSING]
    steps = [(name, shape.encode, default) for name, shape, default in parts]

    def encode(value: Any) -> dict[str, Any]:
        if type(value) is not cls:
            malformed(why.WRONG_TYPE)
        plain: dict[str, Any] = {}
        name = ""
        try:
            for name, step, default in steps:
                field = getattr(value, name)
                if field is not None:
                    plain[name] = step(field)
                elif default is not None:  # absent means omitted, never null
                    malformed(why.MISSING_FIELD)
        except Malformed as fault:
            raise fault.under(name, forms[name]) from None
        return plain

    def decode(plain: Any) -> Any:
        if type(plain) is not dict:
            malformed(why.WRONG_TYPE)
        if not names.issuperset(plain):
            known = ", ".join(forms)  # the name itself is input: not echoed
            raise Malformed(why.UNKNOWN_FIELD, facts={"known": known})
        values: dict[str, Any] = {}
        for name, shape, default in parts:
            if name in plain:
                try:
                    values[name] = shape.decode(plain[name])
                except Malformed as fault:
                    raise fault.under(name, shape.form) from None
            elif default is MISSING:
                raise Malformed(why.MISSING_FIELD).under(name, shape.form)
        return cls(**values)

    return Shape(encode, decode, form_words.fields(forms, spare))


def _field(cls: type[Any], hint: Any, *, given: bool) -> Shape:
    return shape_in(cls) if is_private(hint) else _compile(hint, given=given)


def _compile(hint: Any, *, given: bool) -> Shape:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = (x for x in get_args(hint) if x is not NoneType)
        return _compile(inner, given=given)
    if origin is tuple:
        return _list(_compile(get_args(hint)[0], given=given), marks)
    if origin is Literal:
        return scalars.choice(get_args(hint))
    if get_origin(hint) is not None and issubclass(get_origin(hint), Mapping):
        return scalars.FACTS
    if is_dataclass(hint) and isinstance(hint, type):
        return _within(hint, given=given)
    by_type: dict[Any, Callable[[tuple[Any, ...]], Shape]] = {
        str: scalars.text,
        int: scalars.integer,
        bool: scalars.boolean,
        Decimal: scalars.decimal,
        datetime: lambda _: scalars.GIVEN_INSTANT if given else scalars.INSTANT,
        date: lambda _: scalars.DATE,
    }
    if hint not in by_type:
        message = f"{hint!r} has no shape"
        raise TypeError(message)
    return by_type[hint](marks)


def _list(item: Shape, marks: tuple[Any, ...]) -> Shape:
    count = next((mark for mark in marks if isinstance(mark, Count)), Count(0, 1000))

    def each(step: Step, values: Any) -> list[Any]:
        if not count.least <= len(values) <= count.most:
            malformed(why.BAD_LENGTH)
        done: list[Any] = []
        try:
            for value in values:
                done.append(step(value))  # noqa: PERF401 - its length says which one is at fault
        except Malformed as fault:
            raise fault.under(len(done), item.form) from None
        return done

    def encode(values: Any) -> list[Any]:
        if type(values) is not tuple:
            malformed(why.WRONG_TYPE)
        return each(item.encode, values)

    def decode(values: Any) -> tuple[Any, ...]:
        if type(values) is not list:
            malformed(why.WRONG_TYPE)
        return tuple(each(item.decode, values))

    return Shape(encode, decode, form_words.items(count, item.form))
