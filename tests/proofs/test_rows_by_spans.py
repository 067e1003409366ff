"""Rows by spans come to what they come to at once, wherever they are cut."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.checks.brackets import Brackets
from svx_ledger.proofs.checks.each_row import Counts, HeldTo, StoredRow
from svx_ledger.proofs.checks.rows import Bounds, RowsCheck, check_span, spans_up_to
from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Trusted
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from svx_ledger.proofs.tree.tiled_tree import TiledTree
from svx_ledger.proofs.tree.tiles import Tile

from .rfc6962 import root
from .stored import STREAMS, at, history, opening, unix

MOST = 24
FAR = 2**63 - 1
TEXTS = [opening(f"text {n}", stream=f"auction-{n}", version=1) for n in range(STREAMS)]
Outcome = tuple[list[Finding], Counts]


class Rows:
    """A table of rows with a position each, and the log that was published of it before."""

    def __init__(self, signed: Iterable[StoredRow], heads: Iterable[tuple[int, int]]) -> None:
        rows = list(signed)
        leaves = [leaf_hash(entry_of(row[4])) for row in rows]
        tree = TiledTree(len(leaves), root(leaves), lambda tile: b"".join(leaves[: tile.width]))
        seen = [
            Trusted(Checkpoint("o", size, bytes(32)), (), {"w": time}) for size, time in heads
        ]
        kept = {one.digest: one for one in TEXTS[::2]}
        other = {one.digest: TEXTS[0] for one in TEXTS[1:2]}
        self.held_to = HeldTo(tree, Brackets(seen), (kept | other).get)
        self.by_position = {row[0]: row for row in rows}

    @property
    def last(self) -> int:
        return max(self.by_position, default=0)

    def read(self, after: int, until: int) -> list[StoredRow]:
        return [self.by_position[n] for n in sorted(self.by_position) if after < n <= until]

    def first_from(self, position: int) -> int | None:
        return min((n for n in self.by_position if n >= position), default=None)

    def at_once(self) -> Outcome:
        check = RowsCheck(self.held_to)
        for _ in check.run(self.read, self.first_from, self.last):
            pass
        return check.findings, check.counts

    def by(self, spans: Iterable[Bounds]) -> Outcome:
        check = RowsCheck(self.held_to)
        done = [check_span(self.held_to, self.read, bounds) for bounds in spans]
        told = list(check.join(done, self.first_from, self.last))
        assert told == [span.until for span in done]
        return check.findings, check.counts


def texts() -> st.SearchStrategy[dict[str, Any]]:
    """The data of a record that committed to a private text."""
    return st.sampled_from(TEXTS).map(
        lambda one: {"data": {"note": {"commitment": one.digest}}}
    )


SAID = st.one_of(
    st.integers(1, 5).map(lambda version: {"version": version}),
    st.just({"prev": bytes(32)}),
    st.just({"prev": None}),
    st.integers(0, STREAMS).map(lambda n: {"stream": f"auction-{n}"}),
    st.integers(0, MOST).map(lambda second: {"at": at(second)}),
    texts(),
)
"""What a record may say otherwise than an honest one; it was signed so."""


def _other_stream(row: StoredRow) -> Any:
    return (row[0], "auction-other", *row[2:])


def _other_record(row: StoredRow) -> Any:
    return (*row[:4], row[4].replace(b"Do", b"Xo"))


def _other_link(row: StoredRow) -> Any:
    return (*row[:4], row[4].replace(b'"prev":"', b'"prev":"0')[:-1])


def _as_text(row: StoredRow) -> Any:
    return (*row[:4], row[4].decode())


def _unreadable(row: StoredRow) -> Any:
    return (*row[:4], b"{}")


DAMAGE: list[Callable[[StoredRow], Any]] = [
    *(_other_stream, _other_record, _other_link, _as_text, _unreadable)
]


@st.composite
def damaged(draw: st.DrawFn) -> Rows:
    """A table of a history that was dishonest, or of which rows were spoilt later, or both."""
    count = draw(st.integers(0, MOST))
    positions = st.integers(1, max(count, 1))
    said = draw(st.dictionaries(positions, SAID, max_size=3))
    heads = draw(st.lists(st.tuples(positions, positions.map(unix)), max_size=2))
    honest = history(count, said)
    rows = Rows(honest[: draw(st.integers(0, count))], heads)
    rows.by_position = {row[0]: row for row in honest}
    for position, damage in draw(st.dictionaries(positions, st.sampled_from(DAMAGE))).items():
        if position in rows.by_position:
            rows.by_position[position] = damage(rows.by_position[position])
    for position in draw(st.sets(positions, max_size=3)):
        rows.by_position.pop(position, None)
    for position in draw(st.sets(st.sampled_from([0, -1, 60, FAR]), max_size=2)):
        if honest:
            rows.by_position[position] = (position, *honest[-1][1:])
    return rows


@given(damaged())
def test_wherever_rows_are_cut_the_same_is_found(rows: Rows) -> None:
    expected = rows.at_once()

    for positions in range(1, MOST + 2):
        assert rows.by(spans_up_to(rows.last, rows.first_from, positions)) == expected
    if rows.last < FAR:
        for cut in range(rows.last + 1):
            assert rows.by([Bounds(0, cut), Bounds(cut, rows.last)]) == expected, cut


@given(damaged(), st.sets(st.integers(1, 70)))
def test_spans_have_every_row_once_and_each_has_one(rows: Rows, cuts: set[int]) -> None:
    for positions in [*cuts, 1]:
        spans = list(spans_up_to(rows.last, rows.first_from, positions))
        met = [row for bounds in spans for row in rows.read(*bounds)]

        assert all(rows.read(*bounds) for bounds in spans)
        assert all(until - after <= positions for after, until in spans)
        assert met == rows.read(0, rows.last)


@pytest.mark.parametrize("positions", [256, 1023, 1024, 1025, 3000])
def test_an_honest_history_is_one_by_spans(positions: int) -> None:
    honest = history(2600)
    leaves = [leaf_hash(entry_of(row[4])) for row in honest[:200]]
    rows = Rows([], [])
    rows.by_position = {row[0]: row for row in honest}
    tree = TiledTree(200, root(leaves), lambda _: b"".join(leaves))
    rows.held_to = HeldTo(tree, Brackets([]))

    spans = spans_up_to(rows.last, rows.first_from, positions)

    assert rows.by(spans) == ([], Counts(2600, 2400)) == rows.at_once()


def test_a_log_that_cannot_be_trusted_is_refused_by_the_span_that_reads_it() -> None:
    honest = history(300)
    leaves = [leaf_hash(entry_of(row[4])) for row in honest]
    above = root(leaves[:256])

    def tile(asked: Tile) -> bytes:
        found = b"".join(leaves[256 * asked.index :][: asked.width])
        return found if asked.level == 0 else above

    rows = Rows([], [])
    rows.by_position = {row[0]: row for row in honest}
    rows.held_to = HeldTo(TiledTree(300, root(leaves), tile), Brackets([]))
    leaves[200] = bytes(32)

    for bounds in [Bounds(0, 300), Bounds(100, 101), Bounds(255, 300)]:
        with pytest.raises(Refused) as refused:
            check_span(rows.held_to, rows.read, bounds)
        assert refused.value.finding.code is Code.ENTRY_NOT_IN_TREE
    check_span(rows.held_to, rows.read, Bounds(256, 300))


def test_a_span_of_which_nothing_can_be_read_is_not_when_time_begins() -> None:
    rows = Rows(history(5, {4: {"at": at(1.5)}}), [])
    rows.by_position[3] = _unreadable(rows.by_position[3])

    findings, _ = rows.by(spans_up_to(5, rows.first_from, 1))

    assert (Code.TIME_OUTSIDE_BRACKET, 3) in {(one.code, one.index) for one in findings}


def test_what_is_given_back_says_nothing_of_what_is_private() -> None:
    said = {"data": {"note": {"commitment": TEXTS[1].digest}}}
    rows = Rows(history(9, {8: said}), [])

    span = check_span(rows.held_to, rows.read, Bounds(0, 9))

    assert [found.code for found in span.findings] == [Code.OPENING_MISMATCH]
    assert "text" not in repr(span)
