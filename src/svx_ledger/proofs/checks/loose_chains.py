"""Records of streams of which some are kept back: what links them, and what is left out."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from svx_ledger.proofs.finding import Code, Refused

from .records import Record


class LooseChains:
    """Records of a log by position, each linked to the one before it on its stream.

    Where versions of a stream are left out, as many of the `withheld` positions must lie
    between: then nothing but that can be said of the link. `left_out` counts such versions.
    """

    def __init__(self, withheld: Sequence[int]) -> None:
        self._withheld = list(withheld)
        self._ends: dict[str, tuple[int, bytes, int]] = {}
        self._opening: bytes | None = None
        self._with_gaps: set[str] = set()
        self.left_out = 0

    def take(self, record: Record, leaf: bytes) -> None:
        """Take the next record.

        Raises Refused: SVX105 where it does not follow the one before it on its stream, the
        first one of a stream the ledger's first record; SVX401 for versions that are neither
        here nor withheld.
        """
        position, version, index = record.position, record.version, record.position - 1
        if position == 1:
            self._opening = leaf
        first = (0, None if position == 1 else self._opening, 0)
        before, end, after = self._ends.get(record.stream, first)
        self._ends[record.stream] = (version, leaf, position)
        missing = version - before - 1
        if missing > 0:
            self._with_gaps.add(record.stream)
            self.left_out += missing
            if missing > self._withheld_between(after, position):
                detail = f"versions {before + 1} to {version - 1} of its stream are not here"
                raise Refused(Code.WITHHELD, detail, index)
        elif missing < 0:
            detail = f"version {version} comes after version {before}"
            raise Refused(Code.CHAIN_BROKEN, detail, index)
        elif record.prev != end and (end is not None or position == 1):
            detail = "it does not follow the event before it on its stream"
            raise Refused(Code.CHAIN_BROKEN, detail, index)

    def leave_out(self, position: int) -> None:
        """Take a position for withheld, of which something else is wrong already."""
        insort(self._withheld, position)

    def require(self, stream: str) -> None:
        """Accept what has the ledger's first record and one of a stream.

        Raises Refused (SVX401), also where more versions are left out than are withheld.
        """
        if self._opening is None:
            raise Refused(Code.WITHHELD, "the first record of the ledger is not here", 0)
        if stream not in self._ends:
            raise Refused(Code.WITHHELD, "no record of what it is about is here")
        if self.left_out > len(self._withheld):
            detail = f"{self.left_out} versions are left out, and fewer are listed as withheld"
            raise Refused(Code.WITHHELD, detail)

    @property
    def streams(self) -> int:
        """How many streams the records are of."""
        return len(self._ends)

    @property
    def gapless(self) -> int:
        """How many of them have every version up to their last one here."""
        return len(self._ends) - len(self._with_gaps)

    def _withheld_between(self, after: int, before: int) -> int:
        return bisect_left(self._withheld, before) - bisect_right(self._withheld, after)
