"""Commands as bytes: the canonical form that is hashed, and reading one from outside."""

import hashlib
from typing import Any, Final

from svx_ledger.domain import vocabulary
from svx_ledger.domain.kind import Command

from . import malformed as why
from .canonical import MAX_MESSAGE_BYTES, canonical, read_message
from .malformed import Malformed, malformed
from .shapes import shape_of

_NAME: Final = "the name of a command, such as SubmitBid"
_DATA: Final = "an object of the command's fields"


def command_bytes(command: Command) -> bytes:
    """Return a command's canonical bytes, `{"command": type, "data": {…}}`.

    Raises Malformed where a field breaks its form, wherever the command was built.
    """
    return _written(command)[0]


def as_written(command: Command) -> tuple[bytes, Command]:
    """Return a command's canonical bytes, and the command that they say: it is what is decided.

    As it was given its instants may be in zones in which Python compares by the wall clock,
    and its decimals in forms that records do not keep. Raises Malformed, as `command_bytes`.
    """
    text, data = _written(command)
    written = shape_of(type(command)).decode(data)
    assert isinstance(written, Command)
    return text, written


def _written(command: Command) -> tuple[bytes, Any]:
    data = shape_of(type(command)).encode(command)
    text = canonical({"command": type(command).__name__, "data": data})
    if len(text) > MAX_MESSAGE_BYTES:
        malformed(why.TOO_LARGE)
    return text, data


def sha256_of(text: bytes) -> str:
    """Return the hex digest that identifies what was asked for."""
    return hashlib.sha256(text).hexdigest()


def read_command(text: bytes) -> Command:
    """Read `{"command": type, "data": {…}}` from hostile bytes. Raises Malformed."""
    message = read_message(text)
    if message.keys() - {"command", "data"}:
        raise Malformed(why.UNKNOWN_FIELD, facts={"known": "command, data"})
    for name, form in (("command", _NAME), ("data", _DATA)):
        if name not in message:
            raise Malformed(why.MISSING_FIELD).under(name, form)
    try:
        return command_from(message["command"], message["data"])
    except Malformed as fault:
        raise fault.under("command" if fault.rule is why.UNKNOWN_TYPE else "data") from None


def command_from(name: Any, data: Any) -> Command:
    """Read a command of a named type from plain values. Raises Malformed."""
    cls = vocabulary.COMMANDS.get(name) if isinstance(name, str) else None
    if cls is None or cls.by_clock:
        malformed(why.UNKNOWN_TYPE)
    command = shape_of(cls).decode(data)
    assert isinstance(command, Command)
    shape_of(cls).encode(command)  # what may be written is narrower than what may be read
    return command
