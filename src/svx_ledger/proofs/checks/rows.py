"""The rows of a ledger's database, held to the published tree, to each other and to time.

One after another, or by spans of positions that may be looked at beside each other: what is
found is the same.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Code, Finding, Refused

from .each_row import Counts, EachRow, HeldTo, ReadRows
from .first_findings import FirstFindings
from .following import Edges, Following, FollowingWithin

ROWS_AT_ONCE: Final = 1024
SPAN_POSITIONS: Final = 16 * ROWS_AT_ONCE
"""The positions that one process takes at a time."""
LOWEST_POSITION: Final = -(2**63)
"""Below every position: the least integer that a database can keep."""

FirstFrom = Callable[[int], int | None]
"""A position → the first one from it on that has a row; None where there is none."""


class Bounds(NamedTuple):
    """A span: the positions after `after`, up to `until`."""

    after: int
    until: int


class RowsSpan(NamedTuple):
    """What the rows of a span came to, however many there are: findings, counts and edges."""

    until: int
    findings: list[Finding]
    counts: Counts
    edges: Edges


class RowsCheck:
    """All rows of a ledger up to a position, against a tree that is trusted.

    What is wrong is collected: for each code the first finding. Rows above the tree are held
    to each other only; `counts` says how many that are.
    """

    def __init__(self, held_to: HeldTo) -> None:
        self._tree = held_to.tree
        self._found = FirstFindings()
        self._following = Following(self._found)
        self._each = EachRow(held_to, self._following, self._found)
        self._joined = Counts()

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return self._each.counts.with_those(self._joined)

    @property
    def findings(self) -> list[Finding]:
        """The first finding of each code, by the leaf that it concerns."""
        return self._found.in_order()

    def run(self, read: ReadRows, first_from: FirstFrom, last: int) -> Iterator[int]:
        """Check the rows up to position `last`; say after every thousand how far that is.

        Raises Refused where the published tree itself cannot be trusted or read.
        """
        self._require_none_below(first_from(LOWEST_POSITION))
        after = 0
        while after < last:
            until = min(after + ROWS_AT_ONCE, last)
            rows = read(after, until)
            if not rows:  # a gap can be as wide as a number is: step over it
                until = min(first_from(until) or last + 1, last + 1) - 1
            self._each.take(rows, after, until)
            after = until
            yield until
        self._require_end(last)

    def join(
        self, spans: Iterable[RowsSpan], first_from: FirstFrom, last: int
    ) -> Iterator[int]:
        """Take the rows up to `last` span by span, in order: finds the same as `run`."""
        self._require_none_below(first_from(LOWEST_POSITION))
        for span in spans:
            self._following.join(span.edges)  # what that finds stands before the rest of it
            self._found.then(span.findings)
            self._joined = self._joined.with_those(span.counts)
            yield span.until
        self._require_end(last)

    def found(self, refused: Refused) -> None:
        """Take something that was found beside the rows."""
        self._found.then([refused.finding])

    def _require_none_below(self, first: int | None) -> None:
        """No row stands before the log: readers of a stream would meet it all the same."""
        if first is not None and first < 1:
            detail = f"a row is at position {first}, and the log begins with position 1"
            self._found.add(Code.ENTRY_NOT_IN_TREE, detail, first - 1)

    def _require_end(self, last: int) -> None:
        self._following.at(last + 1)
        if last < self._tree.size:
            detail = f"{self._tree.size} leaves were signed, and there are {last} rows"
            self._found.add(Code.LOG_SHRANK, detail, last)


def spans_up_to(
    last: int, first_from: FirstFrom, positions: int = SPAN_POSITIONS
) -> Iterator[Bounds]:
    """All positions that have rows, as spans of so many: what lies between has none."""
    after = 0
    while after < last:
        first = first_from(after + 1)
        if first is None or first > last:
            return
        bounds = Bounds(first - 1, min(first - 1 + positions, last))
        yield bounds
        after = bounds.until


def check_span(held_to: HeldTo, read: ReadRows, bounds: Bounds) -> RowsSpan:
    """Check the rows of a span by themselves and with each other.

    Raises Refused where the published tree itself cannot be trusted or read.
    """
    found = FirstFindings()
    within = FollowingWithin(found)
    each = EachRow(held_to, within, found)
    after, last = bounds
    while after < last:
        until = min(after + ROWS_AT_ONCE, last)
        each.take(read(after, until), after, until)
        after = until
    return RowsSpan(last, list(found.by_code.values()), each.counts, within.edges)
