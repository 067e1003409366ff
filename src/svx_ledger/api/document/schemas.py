"""JSON Schema (2020-12) of what comes in and what goes out.

Of a command exactly what `eventlog.shapes` accepts, of an answer what `eventlog.plain` writes.
Every schema stands alone, with what it is made of under `$defs`; `document` moves these among
the components of the whole document.

Three things no schema can say: that a number is written without a point, that a text is in NFC
(the format `svx-text` says it), and that a message has at most 64 KiB.
"""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from inspect import cleandoc
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from svx_ledger.domain.form import Between, Count, Digits, Length, Matching, StreamOf
from svx_ledger.domain.kind import Command
from svx_ledger.domain.private import MOST_CHARACTERS
from svx_ledger.eventlog.private_fields import is_private

from . import patterns
from .answers import schema_of_answer, schema_of_list
from .done import COMMAND_DONE
from .patterns import DIALECT, REFERENCE, Schema, mark_of

__all__ = [
    "COMMAND_DONE",
    "Schema",
    "schema_of_answer",
    "schema_of_command",
    "schema_of_list",
]

MOST_ITEMS: Final = 1000
"""Of a list that has no other bound."""


def schema_of_command(cls: type[Command]) -> Schema:
    """Return the schema of a command's body: what it is done to stands in the path."""
    return _Body().schema(cls)


class _Body:
    """The schema of one body, and the definitions that it needs.

    An instant may be written in any offset: a part that has one is not the part of the same
    class in an answer, and is called apart.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._classes: dict[str, type[Any]] = {}

    def schema(self, cls: type[Command]) -> Schema:
        top = {"$schema": DIALECT, "title": cls.__name__} | self._object(cls, first=1)
        return top | ({"$defs": self.definitions} if self.definitions else {})

    def _object(self, cls: type[Any], first: int = 0) -> Schema:
        hints = get_type_hints(cls, include_extras=True)
        kept = fields(cls)[first:]
        properties = {
            f.name: self._private() if is_private(hints[f.name]) else self._of(hints[f.name])
            for f in kept
        }
        schema = _described(cls) | {"type": "object", "properties": properties}
        if required := [f.name for f in kept if f.default is MISSING]:
            schema["required"] = required
        return schema | {"additionalProperties": False}

    def _of(self, hint: Any) -> Schema:
        marks: tuple[Any, ...] = ()
        if get_origin(hint) is Annotated:
            hint, *rest = get_args(hint)
            marks = tuple(rest)
        origin = get_origin(hint)
        if origin in (Union, UnionType):  # what is absent is left out, never null
            (inner,) = (x for x in get_args(hint) if x is not NoneType)
            return self._of(inner)
        if origin is tuple:
            count = mark_of(marks, Count) or Count(0, MOST_ITEMS)
            return {
                "type": "array",
                "items": self._of(get_args(hint)[0]),
                "minItems": count.least,
                "maxItems": count.most,
            }
        if origin is Literal:
            return {"type": "string", "enum": [*get_args(hint)]}
        if is_dataclass(hint) and isinstance(hint, type):
            return self._nested(hint)
        return self._scalar(hint, marks)

    def _scalar(self, hint: Any, marks: tuple[Any, ...]) -> Schema:
        if hint is str:
            return self._text(marks)
        if hint is int:
            return patterns.integer(mark_of(marks, Between))
        if hint is bool:
            return {"type": "boolean"}
        if hint is Decimal:
            return patterns.decimal(mark_of(marks, Digits), mark_of(marks, Between))
        if hint is datetime:
            return self._defined("GivenInstant", patterns.GIVEN_INSTANT)
        if hint is date:
            return self._defined("Date", patterns.DATE)
        message = f"{hint!r} has no schema"
        raise TypeError(message)

    def _text(self, marks: tuple[Any, ...]) -> Schema:
        if form := mark_of(marks, StreamOf, Matching):
            return patterns.matching(form)
        length = mark_of(marks, Length)
        form = ("TrimmedText", patterns.TRIMMED_TEXT) if length else ("Text", patterns.TEXT)
        return self._defined(*form) | patterns.bounds_of_text(length)

    def _private(self) -> Schema:
        salt = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
        parts = {"salt": salt, "text": self._text((Length(1, MOST_CHARACTERS),))}
        schema = {
            "description": "A private text, kept apart from the record so as to be erasable. "
            "The salt is 32 random bytes in hexadecimal, made for this text and kept nowhere "
            "else.",
            "type": "object",
            "properties": parts,
            "required": [*parts],
            "additionalProperties": False,
        }
        return self._defined("PrivateText", schema)

    def _nested(self, cls: type[Any]) -> Schema:
        if self._classes.setdefault(cls.__name__, cls) is not cls:
            message = f"two classes of one message are called {cls.__name__}"
            raise TypeError(message)
        name = f"Given{cls.__name__}" if _has_instants(cls) else cls.__name__
        if name not in self.definitions:
            self._defined(name, self._object(cls))
        return {"$ref": f"{REFERENCE}{name}"}

    def _defined(self, name: str, schema: Schema) -> Schema:
        self.definitions[name] = schema
        return {"$ref": f"{REFERENCE}{name}"}


def _has_instants(hint: Any) -> bool:
    """Whether an instant stands somewhere in a value of this type."""
    if is_dataclass(hint) and isinstance(hint, type):
        return any(map(_has_instants, get_type_hints(hint, include_extras=True).values()))
    return hint is datetime or any(map(_has_instants, get_args(hint)))


def _described(cls: type[Any]) -> Schema:
    """What a class is documented with; what Python writes by itself is no documentation."""
    said = cleandoc(cls.__doc__ or "")
    return {"description": said} if said and not said.startswith(f"{cls.__name__}(") else {}
