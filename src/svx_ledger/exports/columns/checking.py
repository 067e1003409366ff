"""Holding a copy against the ledger it is of: bytes, rows, roots, and what the rows say.

Nothing of what the copy says about itself is believed: the ledger's records are hashed again,
and every row is made again and compared. Nothing is written.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Final

from svx_ledger.eventlog.store import StoreError

from .expected import (
    Bag,
    Statements,
    Values,
    facts_by_segment,
    first_difference,
    log_row,
    values,
)
from .faults import CopyRefused
from .folder import LOCK, Folder, reading
from .layout import KINDS, MANIFEST, sql_types
from .manifest import CopyFile, Manifest, Segment
from .matching import Finding, differences
from .reading import Copy, opened
from .source import Source

_ROWS: Final = 2_000
_LEFT: Final = "is not in the manifest: a run that was stopped left it, or somebody else did"


def check(
    folder: Path, source: Source, reached: Callable[[int], None] = lambda _: None
) -> list[Finding]:
    """Return what is wrong with a copy, the first wrong file first; nothing where it is whole.

    - The manifest is one that this program writes.
    - It is of this ledger, and of this past of it: the Merkle roots are the ledger's.
    - Every file is there, with its bytes, its SHA-256 and its rows; and no other is.
    - Every row says what the ledger says.

    `reached` is told the positions up to which all is held against the ledger. Raises
    NotInstalled, CopyRefused where there is no copy, and what reading the ledger raises.
    """
    try:
        present = Folder(folder).manifest()
    except CopyRefused as refused:
        return [Finding(MANIFEST, str(refused))]
    if present is None:
        raise CopyRefused(f"{folder} has no columnar copy; make one first")
    for found in differences(present, source):
        if isinstance(found, Finding):
            return [found]
    with opened(folder) as copy:
        return [*_checked(folder, copy, source, reached), *_left(folder, present)]


def _checked(
    folder: Path, copy: Copy, source: Source, reached: Callable[[int], None]
) -> Iterator[Finding]:
    manifest = copy.manifest
    facts = facts_by_segment(source, manifest.last, manifest.segment_positions)
    for segment in manifest.segments:
        rows = _Rows(copy, segment, source, facts.get(segment.first, Bag()))
        for kind in KINDS:
            file = segment.files[kind]
            reason = _broken(folder, file) or rows.reason(kind)
            if reason is not None:
                yield Finding(file.file, reason)
        reached(segment.last)


def _broken(folder: Path, file: CopyFile) -> str | None:
    """Return what is wrong with a file as bytes."""
    try:
        with reading(folder / file.file) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if size != file.bytes:
        return f"has {size} bytes; {MANIFEST} says {file.bytes}"
    if digest != file.sha256:
        return f"was changed: its SHA-256 is {digest}, not that of {MANIFEST}"
    return None


class _Rows:
    """The rows of one segment, as they are in the copy and as the ledger has them."""

    def __init__(self, copy: Copy, segment: Segment, source: Source, facts: Bag) -> None:
        self._copy = copy
        self._segment = segment
        self._facts = facts
        self._stated = Statements()
        self._records = self._recorded(source)

    def reason(self, kind: str) -> str | None:
        """Return what is wrong with the rows of a kind; the log comes first."""
        count = self._segment.files[kind].rows
        try:
            if kind == "log":
                return self._log(count)
            if kind == "facts":
                return self._of_facts(count)
            found = list(self._read(kind))
        except StoreError as fault:
            return str(fault)
        for _ in self._records:  # what is left of them where the log's file is broken
            pass
        position = first_difference(found, self._stated.rows[kind])
        return _counted(len(found), count) or _differs(position)

    def _log(self, count: int) -> str | None:
        found = 0
        for row, record in zip_longest(self._read("log"), self._records):
            found += row is not None
            if row != record:
                return _differs((record or row or (0,))[0])
        return _counted(found, count)

    def _of_facts(self, count: int) -> str | None:
        bag = Bag()
        for row in self._read("facts"):
            bag.add(row)
        if bag != self._facts:
            return "its rows are not what the ledger's tables make of these positions"
        return _counted(bag.count, count)

    def _recorded(self, source: Source) -> Iterator[Values]:
        for row in source.rows(self._segment.first - 1, self._segment.last):
            self._stated.take(row)
            yield log_row(row)

    def _read(self, kind: str) -> Iterator[Values]:
        if self._copy.types(kind, self._segment) != list(sql_types(kind).items()):
            raise CopyRefused("its columns are not those of this kind, by name and type")
        cursor = self._copy.read(kind, self._segment)
        while rows := cursor.fetchmany(_ROWS):
            yield from map(values, rows)


def _counted(found: int, said: int) -> str | None:
    return None if found == said else f"has {found} rows; {MANIFEST} says {said}"


def _differs(position: int | None) -> str | None:
    return None if position is None else f"position {position} is not as the ledger has it"


def _left(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Give the files that are there and not in the manifest: somebody may read them too."""
    named = {file.file for segment in manifest.segments for file in segment.files.values()}
    known = {*named, *KINDS, MANIFEST, LOCK}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name not in known:
            yield Finding(name, _LEFT)
