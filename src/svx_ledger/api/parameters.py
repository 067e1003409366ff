"""Parameters of an address: each with its form, which is documented and held to.

A value that is not of its form is refused with a pointer to it and the form that it should
have; what was sent is not repeated.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from fastapi import Request

from svx_ledger.api.document.patterns import Schema, mark_of
from svx_ledger.domain.form import Between, Length, Matching, StreamOf
from svx_ledger.eventlog import form_words, scalars
from svx_ledger.eventlog.given_times import given_instant
from svx_ledger.eventlog.malformed import Malformed

from .document import patterns
from .problems import Problem
from .refusals import BAD_PARAMETER, Declined
from .written import MOST_POSITION, whole

Position = Annotated[int, Between(0, MOST_POSITION)]
Recorded = Annotated[int, Between(1, MOST_POSITION)]
"""The position of a record, from 1 on; a `Position` may be 0, for before the first."""
CURSOR: Final = (
    "what `next` of the page before said; it goes with the same question and the same caller"
)
Cursor = Annotated[str, Matching(r"[A-Za-z0-9_-]{8,1024}", CURSOR)]
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
INSTANT: Final[Schema] = patterns.GIVEN_INSTANT | {
    "description": f"{patterns.GIVEN_INSTANT['description']} A + is written %2B in an address."
}


class Unfit(ValueError):
    """A value that is not of its form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: its `form` is a type with its marks, `meaning` what giving it asks for.

    Left out, it is `default`, or simply not there. Where `known` is given, a value is one of
    these, too.
    """

    name: str
    form: Any
    meaning: str
    required: bool = False
    default: Any = None
    known: Container[Any] | None = None

    def documented(self) -> Schema:
        """Return the parameter as OpenAPI describes it."""
        schema = _schema(self.form)
        if self.default is not None:
            schema["default"] = self.default
        return {
            "name": self.name,
            "in": "query",
            "required": self.required,
            "description": self.meaning,
            "schema": schema,
        }

    @property
    def fault(self) -> tuple[str, str]:
        """Where a value of another form is wrong, and what should stand there."""
        return (f"/query/{self.name}", _words(self.form))


def read_parameters(request: Request, parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Return what was given, by name, with defaults. Raises Declined with every fault."""
    given: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for one in parameters:
        text = request.query_params.get(one.name)
        if text is None:
            if one.required:
                faults.append(one.fault)
            elif one.default is not None:
                given[one.name] = one.default
            continue
        try:
            given[one.name] = _known(one, read(one.form, text))
        except (Unfit, Malformed, ValueError):
            faults.append(one.fault)
    if faults:
        raise bad_parameters(*faults)
    return given


def _known(one: Parameter, value: Any) -> Any:
    if one.known is not None and value not in one.known:
        raise Unfit
    return value


def bad_parameters(*faults: tuple[str, str], detail: str = "") -> Declined:
    """Return the refusal of parameters, with a pointer to each that is wrong."""
    return Declined(
        Problem(
            name=BAD_PARAMETER.name,
            status=BAD_PARAMETER.status,
            title=BAD_PARAMETER.title,
            detail=detail,
            remedy=BAD_PARAMETER.remedy,
            faults=faults,
        )
    )


def read(form: Any, text: str) -> Any:
    """Return what a text stands for. Raises Unfit, Malformed or ValueError."""
    hint, marks = _taken_apart(form)
    if get_origin(hint) is Literal:
        return _choice(text, {word: word for word in get_args(hint)})
    if hint is bool:
        return _choice(text, {"true": True, "false": False})
    if hint is int:
        return _whole(text, mark_of(marks, Between))
    if hint is date:
        return _day(text)
    if hint is datetime:
        return given_instant(text)
    if get_origin(hint) in (Union, UnionType):  # an instant, or a whole day
        return _day(text) if _DAY.fullmatch(text) else given_instant(text)
    return scalars.text(marks).decode(text)


def _words(form: Any) -> str:
    """Say for people what a value is, whatever was sent in its place."""
    hint, marks = _taken_apart(form)
    if get_origin(hint) is Literal:
        return f"one of these: {', '.join(get_args(hint))}"
    if hint is bool:
        return "true or false"
    if hint is int:
        between = mark_of(marks, Between)
        least, most = (between.least, between.most) if between else (0, MOST_POSITION)
        return f"a whole number in digits, from {least} to {most}"
    if mark := mark_of(marks, StreamOf, Matching):
        return form_words.matching(mark)
    if hint is str:
        return form_words.text(mark_of(marks, Length), scalars.MAX_TEXT)
    said: str = _schema(form)["description"]
    return said


def _schema(form: Any) -> Schema:
    hint, marks = _taken_apart(form)
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": [*get_args(hint)]}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return patterns.integer(mark_of(marks, Between))
    if hint is date:
        return dict(patterns.DATE)
    if hint is datetime:
        return dict(INSTANT)
    if get_origin(hint) in (Union, UnionType):
        said = f"{patterns.DATE['description']} Or: {INSTANT['description']}"
        return {"description": said, "anyOf": [patterns.DATE, INSTANT]}
    if mark := mark_of(marks, StreamOf, Matching):
        return patterns.matching(mark)
    return dict(patterns.TRIMMED_TEXT) | patterns.bounds_of_text(mark_of(marks, Length))


def _taken_apart(form: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(form) is Annotated:
        hint, *marks = get_args(form)
        return hint, tuple(marks)
    return form, ()


def _choice(text: str, choices: Mapping[str, Any]) -> Any:
    if text not in choices:
        raise Unfit
    return choices[text]


def _whole(text: str, between: Between | None) -> int:
    number = whole(text)
    if number is None or (between is not None and not between.least <= number <= between.most):
        raise Unfit
    return number


def _day(text: str) -> date:
    if _DAY.fullmatch(text) is None:
        raise Unfit
    return date.fromisoformat(text)


def path_parameters(path: str, named: Mapping[str, tuple[Any, str]]) -> list[Schema]:
    """Return the parameters in a path as OpenAPI describes them: each a form and a meaning."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": named[name][1],
            "schema": _schema(named[name][0]),
        }
        for name in re.findall(r"{(\w+)}", path)
    ]
