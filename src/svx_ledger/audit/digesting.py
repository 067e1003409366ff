"""The digest of a command, computed again from what is on record of it."""

from dataclasses import replace
from typing import Any, Protocol, get_type_hints

from svx_ledger.domain.kind import Command, Event, fields_of
from svx_ledger.domain.private import Private
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.private_fields import Altered, PrivateRow, private_fields, text_of

from .reading import Read


class Texts(Protocol):
    """The private texts that are kept."""

    def private(self, commitment: str) -> PrivateRow | None:
        """Return the private text with this commitment; None where there is none."""


def digest_of(first: Read, command: Command, texts: Texts) -> str | None:
    """Return the digest of a command, or the rule of form that it breaks.

    None where it covers a private text that is gone or is not what was committed to.
    """
    spliced = _spliced(first, type(command))
    if spliced is not None:
        assert first.command is not None
        digest = sha256_of(spliced)
        if digest == first.command.sha256:
            return digest  # otherwise it is the strict codec that says what it is
    whole = _with_texts(command, texts)
    if whole is None:
        return None
    try:
        return sha256_of(command_bytes(whole))
    except Malformed as fault:
        return str(fault)


def _spliced(first: Read, cls: type[Command]) -> bytes | None:
    """Return a command's bytes, put together from what the strict codec wrote of its event.

    None where a field may be written otherwise in the command.
    """
    data, event = first.data, first.event
    if data is None or event is None or not _alike(cls, type(event)):
        return None
    target, *others = fields_of(cls)
    given = {name: data[name] for name in others if name in data}
    given[target] = first.stream
    return canonical({"command": cls.__name__, "data": given})


_ALIKE: dict[tuple[type, type], bool] = {}


def _alike(cls: type[Command], event: type[Event]) -> bool:
    """Whether an event has every field of a command but its first, in the same form."""
    known = _ALIKE.get((cls, event))
    if known is None:
        known = _ALIKE[cls, event] = _compared(cls, event)
    return known


def _compared(cls: type[Command], event: type[Event]) -> bool:
    own_way = cls.of.__func__ is not Command.of.__func__  # type: ignore[attr-defined]
    if own_way or private_fields(cls):
        return False
    asked, said = (get_type_hints(one, include_extras=True) for one in (cls, event))
    return all(asked[name] == said.get(name) for name in fields_of(cls)[1:])


def _with_texts(command: Command, texts: Texts) -> Command | None:
    """Return a command as it was given, with its private texts; None where one is gone."""
    given: dict[str, Any] = {}
    for name in private_fields(type(command)):
        said = getattr(command, name)
        if said is not None:
            row = texts.private(said.commitment)
            if row is None:
                return None
            try:
                given[name] = Private(text=text_of(row), salt=row.salt.hex())
            except Altered:
                return None
    return replace(command, **given) if given else command  # type: ignore[type-var]
