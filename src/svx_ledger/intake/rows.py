"""The rows of a CSV file, bounded: UTF-8, one line of headings, a comma between cells."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from .exact import Faulty

MAX_ROW = 2**20
"""Bytes that a line may have; a cell has at most 128 KiB."""


EMPTY = "an empty file"
BARE = "headings, and nothing under them"


class Row(NamedTuple):
    """A row by the headings of its columns, or the fault that stands in its place."""

    line: int
    """On which it ends."""
    cells: Mapping[str, str]
    fault: Faulty | None = None

    def pointer(self, column: str = "") -> str:
        """Return the place of a cell, or of the row."""
        return f"line {self.line}" + (f", column {column}" if column else "")


def headings(path: Path) -> tuple[str, ...]:
    """Return the headings of a file. Raises Faulty, OSError."""
    with path.open("rb") as file:
        try:
            for cells in csv.reader(_lines(file), strict=True):
                if cells:
                    return _headings(cells)
        except csv.Error as fault:
            raise Faulty(f"no CSV: {fault}") from None
    raise Faulty(EMPTY)


def rows(path: Path) -> Iterator[Row]:
    """Read the rows of a file; a blank line is none. Raises OSError.

    A file whose headings cannot be read, or that has nothing under them, is one fault; after
    a line that is too long or no text nothing more is read of it.
    """
    with path.open("rb") as file:
        reader = csv.reader(_lines(file), strict=True)
        names: tuple[str, ...] | None = None
        bare = True
        while True:
            try:
                cells = next(reader, None)
                if cells is None:
                    break
                names, heads = (names, False) if names else (_headings(cells), True)
            except (Faulty, csv.Error) as fault:
                told = fault if isinstance(fault, Faulty) else Faulty(f"no CSV: {fault}")
                yield Row(max(reader.line_num, 1), {}, told)
                return
            if heads or not any(cell.strip() for cell in cells):
                continue
            bare = False
            if len(cells) != len(names):
                wrong = Faulty(f"{len(cells)} cells under {len(names)} headings")
                yield Row(reader.line_num, {}, wrong)
            else:
                yield Row(reader.line_num, dict(zip(names, map(str.strip, cells), strict=True)))
        if bare:
            yield Row(max(reader.line_num, 1), {}, Faulty(BARE if names else EMPTY))


def _headings(cells: list[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    if len(set(names)) < len(names):
        raise Faulty("two columns of the same name")
    return names


def _lines(file: IO[bytes]) -> Iterator[str]:
    first = True
    while line := file.readline(MAX_ROW + 1):
        if len(line) > MAX_ROW:
            raise Faulty(f"a line of more than {MAX_ROW // 1024} KiB")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            raise Faulty("no text in UTF-8") from None
        yield text.removeprefix("\ufeff") if first else text
        first = False
