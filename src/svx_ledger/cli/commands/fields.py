"""From a command's fields to options, and from what was typed to the command's plain values.

Nothing is judged here: what was typed goes to the codec as it is, so that a wrong value gets
the named rule of its form, with the pointer to it. Only the notation is the terminal's own:
whole numbers in digits, lists by repeating an option, and flat things as
`name=value,name=value` instead of JSON.
"""

import re
import secrets
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from svx_ledger.cli.session import Usage
from svx_ledger.cli.verb import option
from svx_ledger.domain.form import Count
from svx_ledger.domain.private import Private
from svx_ledger.eventlog.canonical import MAX_MESSAGE_BYTES, read_message
from svx_ledger.eventlog.malformed import (
    BAD_JSON,
    DUPLICATE_KEY,
    UNKNOWN_FIELD,
    Malformed,
    malformed,
)

from .forms import Form, described, help_for, metavar, singular

_WHOLE = re.compile(r"-?[0-9]{1,30}", re.ASCII)


def option_for(name: str, form: Form, *, optional: bool = False) -> Parameter:
    """Return the option that a field is given by; a list's is repeated, in the singular."""
    flags = [f"--{name.replace('_', '-')}"]
    may_go = optional or form.optional
    if form.many:
        least = next((mark.least for mark in form.marks if isinstance(mark, Count)), 0)
        flags = list(dict.fromkeys([f"--{singular(name).replace('_', '-')}", *flags]))
        told = typer.Option(
            *flags, metavar=metavar(form.many), help=help_for(form.many, many=True)
        )
        return _option(name, list[str], told, may_go=may_go or least == 0)
    if form.choices:
        told = typer.Option(*flags, help=help_for(form))
        if len(form.choices) == 1 and not may_go:
            return option(name, Annotated[form.type, told], form.choices[0])
        return _option(name, form.type, told, may_go=may_go)
    told = typer.Option(*flags, metavar=metavar(form), help=help_for(form))
    return _option(name, str, told, may_go=may_go)


def _option(name: str, kind: Any, told: Any, *, may_go: bool) -> Parameter:
    if may_go:
        return option(name, Annotated[kind | None, told])
    return option(name, Annotated[kind, told], ...)


def plain(form: Form, typed: Any, name: str) -> Any:
    """Turn what was typed for a field into the plain value that the codec reads."""
    if form.many:
        return _list(form.many, typed, name)
    if form.parts:
        if _is_document(typed):
            return _document(typed, name)
        return _pairs(form, typed, name)
    if form.type is Private:
        return {"salt": secrets.token_hex(32), "text": typed}
    if form.type is int:
        return int(typed) if _WHOLE.fullmatch(typed) else typed
    if form.type is bool:
        return {"true": True, "false": False}.get(typed, typed)
    return typed


def read_source(source: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`; one too many shows the rest."""
    try:
        if source == "-":
            return typer.get_binary_stream("stdin").read(MAX_MESSAGE_BYTES + 1)
        with Path(source).open("rb") as file:
            return file.read(MAX_MESSAGE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        raise Usage(f"{source} cannot be read: {reason}") from None


def _list(item: Form, typed: list[str], name: str) -> list[Any]:
    """Join an option's repeats: each an item, or JSON with one item or a list of them."""
    found: list[Any] = []
    for text in typed:
        if _is_document(text):
            value = _document(text, name)
            found += value if isinstance(value, list) else [value]
        else:
            found.append(plain(item, text, name))
    return found


def _is_document(text: str) -> bool:
    return text.startswith(("@", "{", "["))


def _document(text: str, name: str) -> Any:
    """Read JSON, typed or from @FILE, as strictly as a whole message is read."""
    raw = read_source(text[1:]) if text[0] == "@" else text.encode(errors="surrogateescape")
    try:
        message = read_message(b'{"value":' + raw + b"}")
        if message.keys() != {"value"}:
            malformed(BAD_JSON)
    except Malformed as fault:  # without line and column, which count what stands around it
        raise Malformed(fault.rule, f"/{name}") from None
    return message["value"]


def _pairs(form: Form, text: str, name: str) -> dict[str, Any]:
    """Read name=value,name=value; a comma that no field's name follows is part of a value."""
    if not form.flat:
        raise Usage(f"--{name.replace('_', '-')} takes JSON or @FILE: {described(form)}")
    known = "|".join(form.parts)
    found: dict[str, Any] = {}
    for pair in re.split(rf",(?=(?:{known})=)", text):
        key, equals, value = pair.partition("=")
        if not equals:
            raise Usage(f"--{singular(name)} takes {metavar(form)}, or JSON")
        if key not in form.parts:
            known = ", ".join(form.parts)
            raise Malformed(UNKNOWN_FIELD, f"/{name}", {"known": known})
        if key in found:
            raise Malformed(DUPLICATE_KEY, f"/{name}/{key}")
        found[key] = plain(form.parts[key], value, f"{name}/{key}")
    return found
