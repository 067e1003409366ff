"""Standard output and error, and what becomes of a run when nobody takes what it says."""

import codecs
import errno
import sys
from typing import TextIO

import typer


class Unshown(Exception):
    """A line could not be written: the disk is full, or whoever read the pipe has gone.

    `closed` tells the second: who stops reading has read all they want.
    """

    def __init__(self, fault: OSError) -> None:
        super().__init__(fault.strerror or type(fault).__name__)
        self.closed = fault.errno == errno.EPIPE


def say(text: str, *, err: bool = False) -> None:
    """Print a line. Raises Unshown."""
    try:
        typer.echo(text, err=err)
    except OSError as fault:
        raise Unshown(fault) from None


def say_json(value: object, *, err: bool = False) -> None:
    """Print a JSON value on one line. Raises Unshown.

    Where the stream has not every letter, what it has not is escaped as JSON does it.
    """
    import json

    whole = _has_every_letter(sys.stderr if err else sys.stdout)
    say(json.dumps(value, ensure_ascii=not whole), err=err)


def _has_every_letter(stream: TextIO | None) -> bool:
    return stream is not None and codecs.lookup(stream.encoding or "utf-8").name == "utf-8"


def on_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads a stream as it comes; a closed one (None) is read by nobody."""
    return stream is not None and stream.isatty()
