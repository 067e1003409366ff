"""The form of a command's field, as its type states it, and how the help describes it."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from svx_ledger.domain.form import Between, Length, Matching, StreamOf
from svx_ledger.domain.private import MOST_CHARACTERS, Private
from svx_ledger.eventlog import form_words

MOST_SHOWN = 5
"""Fields that a thing may have to be shown as its own pattern."""


class Form(NamedTuple):
    """A field's type without its marks."""

    type: Any
    marks: tuple[Any, ...]
    optional: bool = False

    @property
    def many(self) -> "Form | None":
        """The form of the items, if this is a list."""
        return form_of(get_args(self.type)[0]) if get_origin(self.type) is tuple else None

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may be, if it is a choice."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def parts(self) -> dict[str, "Form"]:
        """The forms of its fields, if it has any."""
        named = is_dataclass(self.type) and self.type is not Private
        return forms_of(self.type) if named else {}

    @property
    def flat(self) -> bool:
        """Whether it has fields, none of which has any."""
        return bool(self.parts) and not any(f.parts or f.many for f in self.parts.values())


def form_of(hint: Any) -> Form:
    """Take a type hint of a field apart."""
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (x for x in get_args(hint) if x is not NoneType)
        return form_of(inner)._replace(optional=True)
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return Form(inner, tuple(marks))
    return Form(hint, ())


def forms_of(cls: Any) -> dict[str, Form]:
    """Return the forms of a dataclass's fields, by name."""
    hints = get_type_hints(cls, include_extras=True)
    return {
        f.name: form_of(hints[f.name])._replace(optional=f.default is not MISSING)
        for f in fields(cls)
    }


def described(form: Form) -> str:
    """Say what a value looks like, fields and all."""
    if form.many:
        return f"[{described(form.many)}, …]"
    if form.parts:
        inside = (f"{n}{'?' * f.optional}: {described(f)}" for n, f in form.parts.items())
        return "{" + ", ".join(inside) + "}"
    return "|".join(form.choices) or _scalar(form)[0]


def metavar(form: Form) -> str:
    """Return what stands for a value in the help."""
    if form.flat and len(form.parts) <= MOST_SHOWN:
        pairs = (f"[{n}=…]" if f.optional else f"{n}=…" for n, f in form.parts.items())
        return ",".join(pairs)
    if form.flat:
        return "FIELD=…,FIELD=…"
    return "JSON|@FILE" if form.parts else _scalar(form)[0]


def help_for(form: Form, *, many: bool = False) -> str:
    """Describe an option that takes a value of this form, or a list of them."""
    repeat = "Repeat for each; or JSON, or @FILE with JSON." if many else ""
    if form.flat and len(form.parts) <= MOST_SHOWN:
        return repeat
    said = described(form) if form.parts else _scalar(form)[1]
    return f"{said}. {repeat}".strip() if not form.choices else repeat


def _scalar(form: Form) -> tuple[str, str]:
    """Return the name and the description of a simple value's form."""
    for mark in form.marks:
        if isinstance(mark, StreamOf):
            return mark.kind.upper(), f"{mark.kind}-ID"
        if isinstance(mark, Between) and form.type is int:
            return "WHOLE", f"whole number from {mark.least}"
        if isinstance(mark, Length):
            return "TEXT", f"text of at most {mark.most} characters"
        if isinstance(mark, Matching):
            return "CODE", form_words.matching(mark)
    kinds = {
        int: ("WHOLE", "whole number"),
        bool: ("true|false", "true|false"),
        Decimal: ("DECIMAL", "plain decimal such as 12.5"),
        datetime: ("TIME", "YYYY-MM-DDTHH:MM:SSZ, or with an offset such as +01:00"),
        date: ("DATE", "YYYY-MM-DD"),
        Private: (
            "TEXT",
            f"text of at most {MOST_CHARACTERS} characters, kept apart so as to be erasable",
        ),
    }
    return kinds.get(form.type, ("TEXT", "text"))


def singular(name: str) -> str:
    """Return the name that one item of a list is given by: `lines` → `line`."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("s")
