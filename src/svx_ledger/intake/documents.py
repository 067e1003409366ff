"""The JSON documents of a file: one document, or one on each line; found out by looking.

Memory stays bounded: a line of a file of lines has at most 16 MiB, a file that is one
document at most 100 MiB. What is too large, or no JSON, is passed on as a fault with its
place, and the rest goes on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from .exact import Faulty, parsed
from .rows import EMPTY

MAX_LINE = 16 * 2**20
MAX_DOCUMENT = 100 * 2**20
_TOO_LARGE = Faulty(
    f"larger than {MAX_DOCUMENT // 2**20} MiB: split it, with one document on each line"
)
_LINE_TOO_LARGE = Faulty(f"a line of more than {MAX_LINE // 2**20} MiB")


class Document(NamedTuple):
    """A document of a file, or the fault that stands in its place.

    `line` is its number where each line is a document; `seen` the bytes read so far.
    """

    line: int | None
    value: Any
    seen: int
    indented: bool = False

    def pointer(self, inside: str) -> str:
        """Return the pointer to something inside it, after the line if there are lines."""
        return (inside or "/") if self.line is None else f"line {self.line} {inside or '/'}"


def documents(path: Path) -> Iterator[Document]:
    """Read the documents of a file. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        first, at = _next_line(file, 0, MAX_DOCUMENT)
        if first is None:
            yield Document(None, Faulty(EMPTY), path.stat().st_size)
            return
        second, _ = _next_line(file, at, MAX_LINE)
        value = _value(first, _TOO_LARGE, MAX_DOCUMENT)
        lines = second is not None
        if second is not None and isinstance(value, Faulty):  # one document on many lines?
            value = _whole(path)
            lines = isinstance(value, Faulty) and _is_lines(file)
        if lines:
            yield from _lines(file)
        else:
            yield Document(None, value, path.stat().st_size)


def _whole(path: Path) -> Any:
    """Read the file as one document."""
    with path.open("rb") as file:
        return _value(file.read(MAX_DOCUMENT + 1), _TOO_LARGE, MAX_DOCUMENT)


def _lines(file: IO[bytes]) -> Iterator[Document]:
    file.seek(0)
    number = 0
    while True:
        line = file.readline(MAX_LINE + 1)
        if not line:
            return
        number += 1
        if len(line) > MAX_LINE:
            _skip_line(file, line)
            yield Document(number, _LINE_TOO_LARGE, file.tell())
        elif line.strip():
            value, indented = _value(line, _LINE_TOO_LARGE), line[:1].isspace()
            yield Document(number, value, file.tell(), indented)


def _is_lines(file: IO[bytes]) -> bool:
    """Whether a document stands on any line of its own, which nothing indents."""
    return any(
        isinstance(document.value, dict | list) and document.value and not document.indented
        for document in _lines(file)
    )


def _next_line(file: IO[bytes], number: int, most: int) -> tuple[bytes | None, int]:
    """Return the next line that is not blank, and its number."""
    while line := file.readline(most + 1):
        number += 1
        if line.strip():
            return line, number
    return None, number


def _skip_line(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(2**20)


def _value(text: bytes, too_large: Faulty, most: int = MAX_LINE) -> Any:
    if len(text) > most:
        return too_large
    try:
        return parsed(text)
    except Faulty as fault:
        return fault
