"""The rows of a ledger's database, each by itself: held to its leaf, to time, to its texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .brackets import Brackets
from .first_findings import FirstFindings
from .following import Following
from .openings import Kept, nothing_kept
from .records import Commitment, Record, commitments_in, parse_record

StoredRow = tuple[int, str, int, str, bytes]
"""A row as it is stored: position, stream, version, type and record."""

ReadRows = Callable[[int, int], Sequence[StoredRow]]
"""(after, until) → the rows at positions after the one up to the other, as far as there are."""


@dataclass(frozen=True, slots=True)
class HeldTo:
    """What rows are held to: a trusted tree, cosigned heads, and the texts that are kept."""

    tree: TiledTree
    brackets: Brackets
    kept: Kept = nothing_kept


class Counts(NamedTuple):
    """How many rows there were, and how many of them `above` the tree.

    Of private texts, `opened` are kept and `erased` are not, which is no fault.
    """

    rows: int = 0
    above: int = 0
    opened: int = 0
    erased: int = 0

    def with_those(self, more: "Counts") -> "Counts":
        """Both together."""
        return Counts(*map(sum, zip(self, more, strict=True)))


class EachRow:
    """Rows one after another, each held to what it must be and passed on to `following`."""

    def __init__(self, held_to: HeldTo, following: Following, found: FirstFindings) -> None:
        self._held_to = held_to
        self._following = following
        self._found = found
        self._rows = self._above = self._opened = self._erased = 0

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return Counts(self._rows, self._above, self._opened, self._erased)

    def take(self, rows: Sequence[StoredRow], after: int, until: int) -> None:
        """Take the rows that there are at positions after the one up to the other.

        Raises Refused where the published tree itself cannot be trusted or read.
        """
        tree = self._held_to.tree
        upper = min(until, tree.size) if rows else 0
        leaves = list(tree.leaves(min(after, upper), upper))
        for row in rows:
            self._following.at(row[0])
            at = row[0] - 1 - after
            self._row(row, leaves[at] if at < len(leaves) else None)

    def _row(self, row: StoredRow, published: bytes | None) -> None:
        """Check one row; `published` is the leaf that the tree has in its place."""
        index, data = row[0] - 1, row[4]
        self._rows += 1
        self._above += published is None
        if type(data) is not bytes:  # SQLite keeps in a column whatever it is given
            self._found.add(Code.NOT_CANONICAL, "a record that is not kept as bytes", index)
            data = str(data).encode("utf-8", "replace")
        leaf = leaf_hash(entry_of(data))
        if published is not None and leaf != published:
            detail = "the hash of the row's record is not the one that was signed"
            self._found.add(Code.ENTRY_NOT_IN_TREE, detail, index)
        try:
            record = parse_record(data)
        except Refused as refused:
            self._found.add(Code.NOT_CANONICAL, refused.finding.detail, index)
            return
        named = zip(("position", "stream", "version", "type"), row, record, strict=False)
        for name, stored, said in named:
            if stored != said:
                detail = f"the row's column for the {name} is not what its record says"
                self._found.add(Code.ENTRY_NOT_IN_TREE, detail, index)
        self._following.event(index, record, leaf)
        self._bracket(index, record)
        for commitment in commitments_in(record):
            self._open(index, record, commitment)

    def _bracket(self, index: int, record: Record) -> None:
        """No event was recorded when witnesses saw the log without it, or long had seen it."""
        if len(self._held_to.brackets):
            far = self._held_to.brackets.outside(index, record.recorded_seconds)
            if far is not None:
                self._found.add(Code.TIME_OUTSIDE_BRACKET, f"it was recorded {far}", index)

    def _open(self, index: int, record: Record, commitment: Commitment) -> None:
        """What is kept of a private text is what the record committed to."""
        opening = self._held_to.kept(commitment.digest)
        if opening is None:
            self._erased += 1
            return
        self._opened += 1
        place = (record.stream, record.version, commitment.field)
        bytes_ = type(opening.salt) is type(opening.payload) is bytes  # see `_row`
        if opening[:3] != place or not bytes_ or opening.digest != commitment.digest:
            detail = f"what is kept of its private field {commitment.field}"
            self._found.add(Code.OPENING_MISMATCH, detail, index)
