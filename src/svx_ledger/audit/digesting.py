"""The digest of a command, computed again from what is on record of it."""

from dataclasses import replace
from typing import Any, NamedTuple, Protocol, get_type_hints

from svx_ledger.domain.kind import Command, Event, fields_of
from svx_ledger.domain.private import Private
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
    assert first.command is not None
    spliced = _spliced(first, type(command))
    if spliced is not None and sha256_of(spliced) == first.command.sha256:
        return first.command.sha256  # otherwise it is the strict codec that says what it is
    whole = _with_texts(command, texts)
    if whole is None:
        return None
    try:
        return sha256_of(command_bytes(whole))
    except Malformed as fault:
        return str(fault)


def _spliced(first: Read, cls: type[Command]) -> bytes | None:
    """Return a command's bytes, put together from those of its event.

    None where a field may be written otherwise in the command.
    """
    match, event = first.match, first.event
    if match is None or event is None:
        return None
    key = cls, type(event)
    if key not in _SPLICES:
        _SPLICES[key] = _splice(cls) if _compared(*key) else None
    splice = _SPLICES[key]
    if splice is None:
        return None
    group: str | tuple[str | None, ...] = match.group(*splice.groups)
    said = (group,) if isinstance(group, str) else group  # a text where there is one field
    if None in said:
        both = zip(splice.fields, said, strict=True)
        some = [name % part for name, part in both if part is not None]
        return (splice.frame % ",".join(some)).encode()
    return (splice.whole % said).encode()


class _Splice(NamedTuple):
    """How a command's bytes are put together: groups of the match, and what goes round them."""

    groups: tuple[str, ...]
    fields: tuple[str, ...]
    frame: str
    whole: str
    """The frame with all of the fields in it."""


_SPLICES: dict[tuple[type[Command], type[Event]], _Splice | None] = {}


def _splice(cls: type[Command]) -> _Splice:
    target = fields_of(cls)[0]
    names = sorted(fields_of(cls))
    fields = tuple(f'"{name}":"%s"' if name == target else f'"{name}":%s' for name in names)
    groups = tuple("stream_" if name == target else name for name in names)
    frame = f'{{"command":"{cls.__name__}","data":{{%s}}}}'
    return _Splice(groups, fields, frame, frame % ",".join(fields))


def _compared(cls: type[Command], event: type[Event]) -> bool:
    """Whether an event has every field of a command but its first, in the same form."""
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
