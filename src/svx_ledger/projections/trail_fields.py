"""What the trail takes of a class of event: the fields that name things, and whom it is about.

It follows from the declared form of each field, so a new class of event has its entries too.
"""

from collections.abc import Callable
from dataclasses import fields
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import STREAM_NAME, Matching, StreamOf
from svx_ledger.domain.kind import Event
from svx_ledger.projections.visibility.rules import PUBLIC
from svx_ledger.projections.visibility.table import PARTS, RULES

About = tuple[str | None, int | None]
"""What a rule of visibility asks about an event: supplier and bid."""
Things = tuple[tuple[str, str | None], ...]
"""Fields that name things; beside each its own name where not everybody may see it."""


def things_of(kind: type[Event]) -> Things:
    """Return the fields that name things. Parts come first: what is said openly prevails."""
    hints = get_type_hints(kind, include_extras=True)
    parts = PARTS.get(kind, {})
    found = [
        (name, name if name in parts else None)
        for name in (field.name for field in fields(kind))  # type: ignore[arg-type]
        if _names_things(hints[name])
    ]
    return tuple(sorted(found, key=lambda field: field[1] is None))


def only_thing(kind: type[Event], things: Things) -> str | None:
    """Return the one field that names a thing, where it is open and holds one at most."""
    if len(things) != 1:
        return None
    ((name, part),) = things
    hints = get_type_hints(kind, include_extras=True)
    return name if part is None and _is_one(hints[name]) else None


def about_of(kind: type[Event]) -> Callable[[Any], About] | None:
    """Return what tells whom an event of a class is about."""
    if RULES.get(kind) is PUBLIC:
        return None
    match hasattr(kind, "supplier_id"), hasattr(kind, "bid_no"):
        case True, True:
            return lambda event: (event.supplier_id, event.bid_no)
        case True, False:
            return lambda event: (event.supplier_id, None)
        case False, True:
            return lambda event: (None, event.bid_no)
        case _:
            return None


def _names_things(hint: Any) -> bool:
    """Whether a field holds names of streams: one, none, or several."""
    if get_origin(hint) is Annotated:
        of, *marks = get_args(hint)
        return (of is str and _is_stream_form(marks)) or _names_things(of)
    return any(_names_things(of) for of in get_args(hint))


def _is_one(hint: Any) -> bool:
    """Whether a field holds one text, or none."""
    if get_origin(hint) is Annotated:
        return _is_one(get_args(hint)[0])
    return hint in (str, NoneType) or (
        isinstance(hint, UnionType) and all(map(_is_one, get_args(hint)))
    )


def _is_stream_form(marks: list[Any]) -> bool:
    return any(
        isinstance(mark, StreamOf)
        or (isinstance(mark, Matching) and mark.pattern == STREAM_NAME.pattern)
        for mark in marks
    )
