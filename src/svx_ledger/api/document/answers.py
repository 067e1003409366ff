"""JSON Schema of what is answered: any dataclass or row, as `eventlog.plain` writes it.

Fields may come to be added, and words to most choices (`choices`), so that a reader has to take
what it does not know. What is None is left out, so that such a field is not required.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import Matching, StreamOf
from svx_ledger.domain.kind import Event
from svx_ledger.domain.private import Private

from . import patterns
from .choices import answered
from .naming import name_of
from .patterns import DIALECT, REFERENCE, Schema, mark_of

_PLAIN: dict[Any, Schema] = {
    Any: {},
    object: {},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    Decimal: patterns.ANY_DECIMAL,
    datetime: patterns.INSTANT,
    date: patterns.DATE,
    NoneType: {"type": "null"},
    Event: {"type": "object"},
    Private: {
        "type": "object",
        "properties": {"commitment": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    },
}


def schema_of_answer(answer: Any) -> Schema:
    """Return the schema of what a value of this type is written as.

    Raises TypeError for a type that is not written: an answer has other types then.
    """
    parts = _Parts()
    return {"$schema": DIALECT} | parts.of(answer) | parts.definitions()


def schema_of_list(item: Any) -> Schema:
    """Return the schema of a page of a list: `items`, and `next` where there are more."""
    parts = _Parts()
    listed: Schema = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": parts.of(item)},
            "next": {
                "type": "string",
                "description": "Where the next page begins: the header Link has its address. "
                "Absent at the end.",
            },
        },
        "required": ["items"],
    }
    titled: Schema = {"$schema": DIALECT}
    if (name := name_of(item)) is not None:
        titled["title"] = f"{name.removeprefix('Listed')}List"
    return titled | listed | parts.definitions()


class _Parts:
    """What an answer is made of, each part under its name."""

    def __init__(self) -> None:
        self._schemas: dict[str, Schema] = {}
        self._hints: dict[str, Any] = {}

    def definitions(self) -> Schema:
        """Return the parts, as they stand in a schema."""
        return {"$defs": self._schemas} if self._schemas else {}

    def of(self, hint: Any) -> Schema:
        """Return the schema of a value; its parts are kept."""
        marks: tuple[Any, ...] = ()
        if get_origin(hint) is Annotated:
            hint, *rest = get_args(hint)
            marks = tuple(rest)
        origin, inside = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            name = name_of(hint)
            return self._named(name, hint, self._choice) if name else self._choice(hint)
        if origin is Literal:
            return answered(inside)
        if origin is tuple and Ellipsis not in inside:
            count = {"minItems": len(inside), "maxItems": len(inside)}
            return {"type": "array", "prefixItems": [self.of(x) for x in inside]} | count
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self._of_value(inside[1])}
        if isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet):
            return {"type": "array", "items": self.of(inside[0])}
        if hint is str and (form := mark_of(marks, StreamOf, Matching)):
            return patterns.matching(form)
        if isinstance(hint, type) and hint not in _PLAIN and _fields(hint):
            return self._named(name_of(hint) or hint.__name__, hint, self._object)
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        message = f"{hint!r} is not written in an answer"
        raise TypeError(message)

    def _of_value(self, hint: Any) -> Schema:
        """Of a field or of what stands under a key: what is None there is left out."""
        if get_origin(hint) in (Union, UnionType) and name_of(hint) is None:
            choices = [choice for choice in get_args(hint) if choice is not NoneType]
            if len(choices) == 1:
                return self.of(choices[0])
            return {"anyOf": [self.of(choice) for choice in choices]}
        return self.of(hint)

    def _named(self, name: str, hint: Any, made: Callable[[Any], Schema]) -> Schema:
        """Raises TypeError where another part of this answer is called the same."""
        if name not in self._hints:
            self._hints[name] = hint  # before its parts: it may be in them
            self._schemas[name] = {}
            self._schemas[name].update(made(hint))
        if self._hints[name] != hint:
            message = f"two parts of an answer are called {name}: document.naming tells apart"
            raise TypeError(message)
        return {"$ref": f"{REFERENCE}{name}"}

    def _choice(self, hint: Any) -> Schema:
        return {"anyOf": [self.of(choice) for choice in get_args(hint)]}

    def _object(self, cls: type[Any]) -> Schema:
        schema: Schema = {"type": "object"}
        if (said := cleandoc(cls.__doc__ or "")) and not said.startswith(f"{cls.__name__}("):
            schema["description"] = said
        hints = get_type_hints(cls, include_extras=True)
        schema["properties"] = {n: self._of_value(hints[n]) for n in _fields(cls)}
        if required := [n for n in _fields(cls) if not _may_be_none(hints[n])]:
            schema["required"] = required
        return schema


def _fields(cls: type[Any]) -> tuple[str, ...]:
    if is_dataclass(cls):
        return tuple(field.name for field in fields(cls))
    return tuple(getattr(cls, "_fields", ()))


def _may_be_none(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return _may_be_none(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return any(_may_be_none(choice) for choice in get_args(hint))
    return hint in (NoneType, Any, object)
