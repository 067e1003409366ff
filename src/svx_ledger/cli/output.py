"""Standard output and error, and what becomes of a run when nobody takes what it says."""

import errno
import sys
from io import TextIOWrapper
from typing import TextIO

import typer


class Unshown(Exception):
    """A line could not be written: the disk is full, or whoever read the pipe has gone.

    `closed` tells the second: who stops reading has read all they want.
    """

    def __init__(self, fault: OSError) -> None:
        super().__init__(fault.strerror or type(fault).__name__)
        self.closed = fault.errno == errno.EPIPE


def escape_unencodable() -> None:
    r"""Let both streams print what their encoding has not as `\u0177`: a text ends no verb.

    UTF-8 has every character, so nothing changes there.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a closed one is None
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, err: bool = False) -> None:
    """Print a line. Raises Unshown."""
    try:
        typer.echo(text, err=err)
    except OSError as fault:
        raise Unshown(fault) from None


def on_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads a stream as it comes; a closed one (None) is read by nobody."""
    return stream is not None and stream.isatty()
