"""The rows of a ledger's database, held to the published tree, to each other and to time."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .brackets import TOLERANCE_SECONDS, Brackets
from .records import Commitment, Record, commitments_in, parse_record

ROWS_AT_ONCE: Final = 1024
LOWEST_POSITION: Final = -(2**63)
"""Below every position: the least integer that a database can keep."""

StoredRow = tuple[int, str, int, str, bytes]
"""A row as it is stored: position, stream, version, type and record."""

ReadRows = Callable[[int, int], Sequence[StoredRow]]
"""(after, until) → the rows at positions after the one up to the other, as far as there are."""

FirstFrom = Callable[[int], int | None]
"""A position → the first one from it on that has a row; None where there is none."""


class Opening(NamedTuple):
    """A private text as it is kept: what its commitment in a record was computed from."""

    stream: str
    version: int
    field: str
    salt: bytes
    payload: bytes

    def __repr__(self) -> str:
        """Tell nothing of what is private."""
        return "Opening(not shown)"

    @property
    def digest(self) -> str:
        """The commitment to it, in hex: docs/privacy.md names its parts."""
        stream = self.stream.encode()
        parts = (
            b"svx/pd/1\0",
            self.salt,
            len(stream).to_bytes(2),
            stream,
            self.version.to_bytes(8),
            self.field.encode(),
            self.payload,
        )
        return sha256(b"".join(parts)).hexdigest()


Kept = Callable[[str], Opening | None]
"""A commitment in hex → the private text that is kept for it; None where it was erased."""


def nothing_kept(_: str) -> Opening | None:
    """Take every private text for erased."""
    return None


class RowsCheck:
    """All rows of a ledger up to `last`, one after another, against a tree that is trusted.

    What is wrong is collected: for each code the first finding. Rows above the tree are held
    to each other only; `above` counts them. Of private texts, `opened` counts those that are
    kept and `erased` those that are not, which is no fault.
    """

    def __init__(
        self,
        tree: TiledTree,
        brackets: Brackets,
        kept: Kept = nothing_kept,
        *,
        tolerance: int = TOLERANCE_SECONDS,
    ) -> None:
        self._tree = tree
        self._brackets = brackets
        self._kept = kept
        self._tolerance = tolerance
        self._ledger: bytes | None = None
        self._ends: dict[str, tuple[int, bytes]] = {}
        self._time = ""
        self.first: dict[Code, Finding] = {}
        self.rows = self.above = self.opened = self.erased = 0

    def run(self, read: ReadRows, first_from: FirstFrom, last: int) -> Iterator[int]:
        """Check the rows up to position `last`; say after every thousand how far that is.

        Raises Refused where the published tree itself cannot be trusted or read.
        """
        self._require_none_below(first_from(LOWEST_POSITION))
        after, expected = 0, 1
        while after < last:
            until = min(after + ROWS_AT_ONCE, last)
            rows = read(after, until)
            if not rows:  # a gap can be as wide as a number is: step over it
                until = min(first_from(until) or last + 1, last + 1) - 1
            size = self._tree.size
            upper = min(until, size) if rows else 0
            leaves = list(self._tree.leaves(min(after, upper), upper))
            for row in rows:
                self._require_next(expected, row[0])
                expected, at = row[0] + 1, row[0] - 1 - after
                self._row(row, leaves[at] if at < len(leaves) else None)
            after = until
            yield until
        self._require_next(expected, last + 1)
        if last < self._tree.size:
            detail = f"{self._tree.size} leaves were signed, and there are {last} rows"
            self._found(Code.LOG_SHRANK, detail, last)

    def _found(self, code: Code, detail: str, index: int | None) -> None:
        self.first.setdefault(code, Finding(code, detail, index))

    def found(self, refused: Refused) -> None:
        """Take something that was found beside the rows."""
        finding = refused.finding
        self._found(finding.code, finding.detail, finding.index)

    @property
    def findings(self) -> list[Finding]:
        """The first finding of each code, by the leaf that it concerns."""
        of_no_leaf = self._tree.size + self.rows
        return sorted(
            self.first.values(),
            key=lambda found: of_no_leaf if found.index is None else found.index,
        )

    def _require_none_below(self, first: int | None) -> None:
        """No row stands before the log: readers of a stream would meet it all the same."""
        if first is not None and first < 1:
            detail = f"a row is at position {first}, and the log begins with position 1"
            self._found(Code.ENTRY_NOT_IN_TREE, detail, first - 1)

    def _require_next(self, expected: int, found: int) -> None:
        if expected < found:
            detail = f"{found - expected} rows are missing from position {expected} on"
            self._found(Code.ENTRY_NOT_IN_TREE, detail, expected - 1)
        elif expected > found:
            detail = f"two rows are at position {found}"
            self._found(Code.ENTRY_NOT_IN_TREE, detail, found - 1)

    def _row(self, row: StoredRow, published: bytes | None) -> None:
        """Check one row; `published` is the leaf that the tree has in its place."""
        index, data = row[0] - 1, row[4]
        self.rows += 1
        self.above += published is None
        if type(data) is not bytes:  # SQLite keeps in a column whatever it is given
            self._found(Code.NOT_CANONICAL, "a record that is not kept as bytes", index)
            data = str(data).encode("utf-8", "replace")
        leaf = leaf_hash(entry_of(data))
        if published is not None and leaf != published:
            detail = "the hash of the row's record is not the one that was signed"
            self._found(Code.ENTRY_NOT_IN_TREE, detail, index)
        try:
            record = parse_record(data)
        except Refused as refused:
            self._found(Code.NOT_CANONICAL, refused.finding.detail, index)
            return
        named = zip(("position", "stream", "version", "type"), row, record, strict=False)
        for name, stored, said in named:
            if stored != said:
                detail = f"the row's column for the {name} is not what its record says"
                self._found(Code.ENTRY_NOT_IN_TREE, detail, index)
        self._chain(index, record, leaf)
        self._times(index, record)
        for commitment in commitments_in(record):
            self._open(index, record, commitment)

    def _chain(self, index: int, record: Record, leaf: bytes) -> None:
        """Each event names its number on the stream and the leaf of the one before it."""
        version, before = self._ends.get(record.stream, (0, self._ledger))
        if record.version != version + 1:
            detail = f"version {record.version} comes after version {version}"
            self._found(Code.CHAIN_BROKEN, detail, index)
        elif record.prev != before:
            detail = "it does not follow the event before it on its stream"
            self._found(Code.CHAIN_BROKEN, detail, index)
        if index == 0:
            self._ledger = leaf
        self._ends[record.stream] = (record.version, leaf)

    def _times(self, index: int, record: Record) -> None:
        """No event is older than the one before it, nor outside its bracket."""
        if record.recorded_at < self._time:  # one form for all: they sort as the times do
            detail = "it was recorded before the event that stands before it"
            self._found(Code.TIME_OUTSIDE_BRACKET, detail, index)
        self._time = max(self._time, record.recorded_at)
        if len(self._brackets):
            bracket = self._brackets.of(index)
            far = bracket.outside(record.recorded_seconds, self._tolerance)
            if far is not None:
                self._found(Code.TIME_OUTSIDE_BRACKET, f"it was recorded {far}", index)

    def _open(self, index: int, record: Record, commitment: Commitment) -> None:
        """What is kept of a private text is what the record committed to."""
        opening = self._kept(commitment.digest)
        if opening is None:
            self.erased += 1
            return
        self.opened += 1
        place = (record.stream, record.version, commitment.field)
        bytes_ = type(opening.salt) is type(opening.payload) is bytes  # see `_row`
        if opening[:3] != place or not bytes_ or opening.digest != commitment.digest:
            detail = f"what is kept of its private field {commitment.field}"
            self._found(Code.OPENING_MISMATCH, detail, index)
