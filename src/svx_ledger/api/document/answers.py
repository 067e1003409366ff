"""JSON Schema of what is answered: any dataclass or row, as `eventlog.plain` writes it.

Fields may come to be added, so that a reader has to pass over what it does not know. What is
None is left out, so that such a field is not required.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import Matching, StreamOf
from svx_ledger.domain.kind import Event
from svx_ledger.domain.private import Private

from . import patterns
from .patterns import DIALECT, INSTANT, REFERENCE, Schema, mark_of

_POSITION: Final[Schema] = {"type": "integer", "minimum": 1}
RECEIPTS: Final[Schema] = {
    "description": "With `wait=published`: the receipts of those events that the caller may "
    "see whole, of the first 20 at most; each as GET /events/{position}/receipt has it.",
    "type": "array",
    "maxItems": 20,
    "items": {
        "type": "object",
        "properties": {
            "state": {"const": "published"},
            "position": _POSITION,
            "entry": {"type": "string"},
            "record": {"type": "string"},
            "receipt": {"type": "string"},
        },
        "required": ["state", "position", "entry", "record", "receipt"],
    },
}
COMMAND_DONE: Final[Schema] = {
    "$schema": DIALECT,
    "title": "CommandDone",
    "description": "A command was carried out, and is on record.",
    "type": "object",
    "properties": {
        "state": {
            "enum": ["sequenced", "integrated", "published"],
            "description": "On record; with `wait=published` how far that has come.",
        },
        "command_id": {"type": "string", "description": "The Idempotency-Key."},
        "position": _POSITION | {"description": "Of its first event in the log."},
        "last_position": _POSITION,
        "stream": {"type": "string", "description": "The thing that it was done to."},
        "version": _POSITION | {"description": "Of the stream, after it."},
        "recorded_at": {"$ref": f"{REFERENCE}Instant"},
        "events": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "stream": {"type": "string"},
                    "type": {
                        "type": "string",
                        "pattern": r"^[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]*$",
                    },
                    "data": {"type": "object"},
                },
                "required": ["stream", "type", "data"],
            },
        },
        "receipts": RECEIPTS,
    },
    "required": [
        *("state", "command_id", "position", "last_position", "stream", "version"),
        *("recorded_at", "events"),
    ],
    "$defs": {"Instant": INSTANT},
}
"""What every command is answered that was carried out."""

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
_OF_NUMBERS = {str: "string", int: "integer", bool: "boolean"}


def schema_of_answer(answer: Any) -> Schema:
    """Return the schema of what a value of this type is written as.

    Raises TypeError for a type that is not written: an answer has other types then.
    """
    definitions: dict[str, Schema] = {}
    schema = {"$schema": DIALECT} | _of(answer, definitions)
    return schema | ({"$defs": definitions} if definitions else {})


def schema_of_list(item: Any) -> Schema:
    """Return the schema of a page of a list: `items`, and `next` where there are more."""
    schema = schema_of_answer(item)
    definitions = schema.pop("$defs", None)
    del schema["$schema"]
    page: Schema = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {
                "type": "string",
                "description": "Where the next page begins: the header Link has its address. "
                "Absent at the end.",
            },
        },
        "required": ["items"],
    }
    return page | ({"$defs": definitions} if definitions else {})


def name_of(cls: type[Any]) -> str:
    """Return what an answer's part is called in a document: `register.RegisteredAward`."""
    return f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"


def _of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return {"anyOf": [_of(choice, definitions) for choice in inside]}
    if origin is Literal:
        types = sorted({_OF_NUMBERS[type(word)] for word in inside})
        return {"type": types[0] if len(types) == 1 else types, "enum": [*inside]}
    if origin is tuple and Ellipsis not in inside:
        count = {"minItems": len(inside), "maxItems": len(inside)}
        return {"type": "array", "prefixItems": [_of(x, definitions) for x in inside]} | count
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of_value(inside[1], definitions)}
    if isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet):
        return {"type": "array", "items": _of(inside[0], definitions)}
    if hint is str and (form := mark_of(marks, StreamOf, Matching)):
        return patterns.matching(form)
    if isinstance(hint, type) and hint not in _PLAIN and _fields(hint):
        return _nested(hint, definitions)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    message = f"{hint!r} is not written in an answer"
    raise TypeError(message)


def _of_value(hint: Any, definitions: dict[str, Schema]) -> Schema:
    """Of a field or of what stands under a key: what is None there is left out."""
    if get_origin(hint) in (Union, UnionType):
        choices = [choice for choice in get_args(hint) if choice is not NoneType]
        if len(choices) == 1:
            return _of(choices[0], definitions)
        return {"anyOf": [_of(choice, definitions) for choice in choices]}
    return _of(hint, definitions)


def _nested(cls: type[Any], definitions: dict[str, Schema]) -> Schema:
    name = name_of(cls)
    if name not in definitions:
        schema = definitions[name] = {"type": "object"}  # before its parts: it may be in them
        if (said := cleandoc(cls.__doc__ or "")) and not said.startswith(f"{cls.__name__}("):
            schema["description"] = said
        hints = get_type_hints(cls, include_extras=True)
        schema["properties"] = {n: _of_value(hints[n], definitions) for n in _fields(cls)}
        if required := [n for n in _fields(cls) if not _may_be_none(hints[n])]:
            schema["required"] = required
    return {"$ref": f"{REFERENCE}{name}"}


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
