"""Writing a copy: each segment that is closed and not there yet, whole or not at all.

A segment is a step: its files, then the manifest that names them. What was stopped in between
goes on with that segment, and makes the same bytes of it.
"""

import hashlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from svx_ledger import __version__
from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.eventlog.types import TYPES, UPCASTS
from svx_ledger.proofs.tree.compact_range import root_over

from .duck import connected, version
from .faults import CopyRefused
from .folder import Folder, told
from .layout import KINDS, SIZE, Span, closed, span
from .lines import line, to_parquet
from .manifest import CopyFile, Manifest, Segment, assert_size, columns, root_of
from .matching import refuse_other
from .source import Source
from .stated import STATED, TAKES, stated

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BUFFERED: Final = 20_000
"""Facts that wait to be written, over all segments."""


def write(folder: Path, source: Source, size: int | None = None) -> Generator[int, None, None]:
    """Bring a copy up to the log's last cut; yield positions as they are reached.

    What is there is first held against the log (`matching`), so that no two ledgers, and no
    two pasts of one, ever meet in a copy. `size` is how many positions a segment has, a power
    of two; a copy keeps the one that it was begun with.

    Raises NotInstalled, CopyRefused for a copy of another ledger or of another size, CopyBusy,
    CopyNotWritten where the disk does not take it, and what reading the ledger raises.
    """
    version()  # before anything is made
    assert_size(size or SIZE)
    place = Folder(folder)
    with place.writing(), connected(place.part) as connection:
        manifest = place.manifest()
        if manifest is None:
            ledger, leaf = source.opening()
            manifest = Manifest(ledger, leaf, size or SIZE, columns())
            place.save(manifest)
        elif size not in (None, manifest.segment_positions):
            raise CopyRefused(
                f"{folder} has segments of {manifest.segment_positions} positions; "
                f"to have others, begin a copy in another folder"
            )
        yield from refuse_other(manifest, source)
        head = closed(source.head(), manifest.segment_positions)
        if head > manifest.last:
            yield from _Writer(place, source, connection, manifest).up_to(head)


class _Writer:
    """Adds segments to a copy, for whoever has its folder."""

    def __init__(
        self, place: Folder, source: Source, connection: "DuckDBPyConnection", so_far: Manifest
    ) -> None:
        self._place = place
        self._source = source
        self._connection = connection
        self._manifest = so_far
        self._reader = Reader(TAKES)

    def up_to(self, head: int) -> Iterator[int]:
        """Write the segments up to a cut; yield the position that each ends at."""
        size = self._manifest.segment_positions
        first = self._manifest.last // size
        with told():
            yield from self._spool_facts(head)
            for number in range(first, head // size):
                segment = self._segment(span(number, size))
                segments = (*self._manifest.segments, segment)
                self._manifest = _with(self._manifest, segments)
                self._place.save(self._manifest)
                yield segment.last

    def _spool_facts(self, head: int) -> Iterator[int]:
        """Write the facts of all these segments as lines: they come line by line of a bid."""
        size = self._manifest.segment_positions
        lines: dict[int, list[bytes]] = {}
        for count, fact in enumerate(self._source.facts(self._manifest.last, head), start=1):
            number = (fact.position - 1) // size
            lines.setdefault(number, []).append(line(fact._asdict()))
            if count % _BUFFERED == 0:
                self._flush(lines)
                yield self._manifest.last
        self._flush(lines)

    def _flush(self, lines: dict[int, list[bytes]]) -> None:
        for number, of in lines.items():
            path = self._facts(span(number, self._manifest.segment_positions))
            if not path.exists():
                self._place.new(path.name)
            with path.open("ab") as file:
                file.writelines(of)
        lines.clear()

    def _facts(self, at: Span) -> Path:
        return self._place.part / f"facts-{at.first}"

    def _segment(self, at: Span) -> Segment:
        """Write the files of a segment and give them their names."""
        facts = self._facts(at)
        paths = {"facts": facts if facts.exists() else self._place.new(facts.name)}
        paths |= {kind: self._place.new(kind) for kind in KINDS if kind != "facts"}
        subtree, leaf = self._spool_log(at, paths)
        files = {kind: self._file(kind, at, paths[kind]) for kind in KINDS}
        if files["log"].rows != at.last - at.first + 1:
            raise CopyRefused(f"the ledger's records {at.first} to {at.last} are not lines")
        subtrees = [one.subtree for one in self._manifest.segments]
        return Segment(
            first=at.first,
            last=at.last,
            subtree=subtree,
            root=root_of([*subtrees, subtree]),
            leaf=leaf,
            made_by=f"svx-ledger {__version__}, DuckDB {version()}",
            files=files,
        )

    def _spool_log(self, at: Span, paths: dict[str, Path]) -> tuple[str, str]:
        """Write records, and what they state, as lines; return subtree's root and last leaf."""
        leaf = b""
        with ExitStack() as stack:
            to = {kind: stack.enter_context(paths[kind].open("wb")) for kind in _FROM_LOG}

            def leaves() -> Iterator[bytes]:
                nonlocal leaf
                log = to["log"]
                for row in self._source.rows(at.first - 1, at.last):
                    log.write(row[4] + b"\n")
                    if TYPES.get(row[3]) in TAKES or row[3] in UPCASTS:
                        self._state(row, to)
                    leaf = leaf_of(row[4])
                    yield leaf

            return root_over(leaves()).hex(), leaf.hex()

    def _state(self, row: RawRow, to: Mapping[str, BinaryIO]) -> None:
        envelope, event = self._reader.read(row)
        if event is not None:
            for kind, said in stated(envelope, event):
                to[kind].write(line(said))

    def _file(self, kind: str, at: Span, lines: Path) -> CopyFile:
        path = self._place.new(f"{kind}.parquet")
        rows = to_parquet(self._connection, kind, lines, path)
        lines.unlink()
        name = at.file(kind)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        self._place.keep(path, name)
        return CopyFile(name, rows, size, digest)


_FROM_LOG: Final = ("log", *STATED)


def _with(manifest: Manifest, segments: tuple[Segment, ...]) -> Manifest:
    return msgspec.structs.replace(manifest, segments=segments)
