"""Private texts in messages: in a command with text and salt, in an event as a commitment.

Never the other way round: the codec refuses a text in an event and a commitment in a command.
Between the two, `sealed` takes the texts out of an event that was decided, for the table from
which they can be erased (docs/privacy.md).
"""

import hashlib
from dataclasses import replace
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from svx_ledger.domain.form import DIGEST, Length
from svx_ledger.domain.kind import Command, Event, fields_of
from svx_ledger.domain.private import MOST_CHARACTERS, Private

from . import form_words, scalars
from . import malformed as why
from .malformed import Malformed, malformed
from .scalars import Shape

DOMAIN = b"svx/pd/1\0"
"""What the commitment's preimage begins with: its format and version."""

COMMITS = b'"commitment":'
"""Stands in the bytes of each record that commits to a private text, and in no other: within
a text that somebody gave, the quotation marks would be escaped."""


class PrivateRow(NamedTuple):
    """A private text as the erasable table holds it, with all that was committed to."""

    commitment: str
    stream: str
    version: int
    field: str
    salt: bytes
    payload: bytes
    """The text in UTF-8."""

    def __repr__(self) -> str:
        """Tell nothing of salt and text: a value is printed in logs and failures."""
        return f"PrivateRow({self.commitment})"


class Altered(ValueError):
    """A row of the erasable table is not what its record committed to."""


def commitment_of(stream: str, version: int, field: str, *, salt: bytes, payload: bytes) -> str:
    """Return what the record of an event says of one of its private texts, in hex.

    SHA-256 of "svx/pd/1", a zero byte, the salt, the stream's name behind its length (16 bits),
    the version (64 bits), the field's name, and the text. Integers are big-endian. Raises
    OverflowError for a version or a name that does not fit in, which no record has.
    """
    name = stream.encode()
    parts = (
        DOMAIN,
        salt,
        len(name).to_bytes(2, "big"),
        name,
        version.to_bytes(8, "big"),
        field.encode(),
        payload,
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()


def text_of(row: PrivateRow) -> str:
    """Return the text of a row. Raises Altered where it is not what was committed to."""
    try:
        expected = commitment_of(*row[1:4], salt=row.salt, payload=row.payload)
    except OverflowError:
        expected = ""
    if expected != row.commitment:
        raise Altered("a private text is not what its record committed to")
    return row.payload.decode()


_FIELDS: dict[type, tuple[str, ...]] = {}


def private_fields(cls: type) -> tuple[str, ...]:
    """Return the names of a class's private fields; worked out once."""
    names = _FIELDS.get(cls)
    if names is None:
        hints = get_type_hints(cls)
        names = _FIELDS[cls] = tuple(n for n in fields_of(cls) if is_private(hints[n]))
    return names


_APART: dict[type[Event], bool] = {}


def stands_apart(cls: type[Event]) -> bool:
    """Whether an event of this class has private fields, or erases such; worked out once."""
    apart = _APART.get(cls)
    if apart is None:
        erases = cls.erases is not Event.erases
        apart = _APART[cls] = erases or bool(private_fields(cls))
    return apart


def sealed(event: Event, stream: str, version: int) -> tuple[Event, list[PrivateRow]]:
    """Return an event as it is recorded at this version, and the private texts it had.

    Raises Malformed for a field that holds something else than a text and its salt.
    """
    rows = []
    for field in private_fields(type(event)):
        given = getattr(event, field)
        if given is not None:
            plain = GIVEN.encode(given)
            salt, payload = bytes.fromhex(plain["salt"]), plain["text"].encode()
            commitment = commitment_of(stream, version, field, salt=salt, payload=payload)
            rows.append(PrivateRow(commitment, stream, version, field, salt, payload))
    if rows:
        said = {row.field: Private(commitment=row.commitment) for row in rows}
        event = replace(event, **said)  # type: ignore[type-var]
    return event, rows


def is_private(hint: Any) -> bool:
    """Whether a field of this type holds a private text."""
    optional = get_origin(hint) in (Union, UnionType)
    return hint is Private or (optional and Private in get_args(hint))


def shape_in(cls: type[Any]) -> Shape:
    """Return the shape of a private text in a class of messages."""
    if issubclass(cls, Event):
        return RECORDED
    if issubclass(cls, Command):
        return GIVEN
    message = f"{cls.__name__} is no command and no event: no private text stands in it"
    raise TypeError(message)


def _shape(**parts: Shape) -> Shape:
    """All of these fields of a private text, and none of the others."""
    others = [name for name in fields_of(Private) if name not in parts]

    def encode(value: Any) -> dict[str, Any]:
        if type(value) is not Private or any(getattr(value, n) is not None for n in others):
            malformed(why.WRONG_TYPE)
        return {
            n: _under(n, part.form, part.encode, getattr(value, n)) for n, part in parts.items()
        }

    def decode(plain: Any) -> Private:
        if type(plain) is not dict:
            malformed(why.WRONG_TYPE)
        if plain.keys() - parts.keys():
            raise Malformed(why.UNKNOWN_FIELD, facts={"known": ", ".join(parts)})
        for name, part in parts.items():
            if name not in plain:
                raise Malformed(why.MISSING_FIELD).under(name, part.form)
        return Private(
            **{n: _under(n, part.form, part.decode, plain[n]) for n, part in parts.items()}
        )

    return Shape(encode, decode, form_words.fields(parts))


def _under(name: str, form: str, step: scalars.Step, value: Any) -> Any:
    try:
        return step(value)
    except Malformed as fault:
        raise fault.under(name, form) from None


_DIGEST = scalars.text((DIGEST,))
GIVEN = _shape(salt=_DIGEST, text=scalars.text((Length(1, MOST_CHARACTERS),)))
RECORDED = _shape(commitment=_DIGEST)
