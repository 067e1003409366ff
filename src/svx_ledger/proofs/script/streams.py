"""Standard output and error, in whatever encoding they are."""

import sys
from io import TextIOWrapper


def escape_unencodable() -> None:
    r"""Let both streams print what their encoding has not as `\u0177`: a text ends no run.

    UTF-8 has every character, so nothing changes there.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a closed one is None
            stream.reconfigure(errors="backslashreplace")
