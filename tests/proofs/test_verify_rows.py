"""Rows against the published log: every way of tampering with a database, and what is named."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.private_fields import commitment_of
from svx_ledger.proofs.checks.brackets import Brackets
from svx_ledger.proofs.checks.each_row import Counts, HeldTo, StoredRow
from svx_ledger.proofs.checks.openings import Opening, nothing_kept
from svx_ledger.proofs.checks.rows import RowsCheck
from svx_ledger.proofs.finding import Code, Finding, worst
from svx_ledger.proofs.notes.policy import Trusted

from .stored import SALT, at, canonical, history, opening, unix
from .written_log import WrittenLog, policy

COUNT = 1500
ROWS = history(COUNT)
Attack = Callable[[list[StoredRow]], Sequence[StoredRow]]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> WrittenLog:
    return WrittenLog(tmp_path_factory.mktemp("log"), [row[4] for row in ROWS])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> WrittenLog:
    return WrittenLog(tmp_path_factory.mktemp("small"), [row[4] for row in ROWS[:30]])


def checked(
    log: WrittenLog,
    rows: Sequence[StoredRow],
    heads: Sequence[Trusted] = (),
    kept: Callable[[str], Opening | None] = nothing_kept,
) -> RowsCheck:
    """What comes of rows where they may have gaps."""
    check = RowsCheck(HeldTo(log.tree(), Brackets(heads), kept))
    by_position = {row[0]: row for row in rows}

    def read(after: int, until: int) -> list[StoredRow]:
        return [by_position[n] for n in range(after + 1, until + 1) if n in by_position]

    def first_from(position: int) -> int | None:
        return min((n for n in by_position if n >= position), default=None)

    for _ in check.run(read, first_from, max(by_position, default=0)):
        pass
    return check


def first(check: RowsCheck) -> Finding:
    """What is wrong with the first row that was not signed so."""
    return next(one for one in check.findings if one.code is Code.ENTRY_NOT_IN_TREE)


def changed(row: StoredRow, **fields: Any) -> StoredRow:
    """A row whose record says something else, in its columns too."""
    plain = json.loads(row[4]) | fields
    return (row[0], plain["stream"], plain["version"], plain["type"], canonical(plain))


def replaced(rows: list[StoredRow], position: int, row: StoredRow) -> list[StoredRow]:
    return [row if each[0] == position else each for each in rows]


def moved(row: StoredRow, position: int) -> StoredRow:
    return (position, *row[1:])


def test_rows_as_they_were_signed_are_verified(log: WrittenLog) -> None:
    check = checked(log, ROWS)

    assert (check.findings, check.counts) == ([], Counts(COUNT))


@pytest.mark.parametrize("count", [0, 1, 255, 256, 1023, 1024, 1025])
def test_rows_above_the_signed_head_are_counted_and_held_to_each_other(
    tmp_path: Path, count: int
) -> None:
    log = WrittenLog(tmp_path, [row[4] for row in ROWS[:count]])

    assert checked(log, ROWS).counts.above == COUNT - count
    assert checked(log, ROWS).findings == []
    broken = replaced(ROWS, COUNT, changed(ROWS[-1], prev="0" * 64))
    (finding,) = checked(log, broken).findings
    assert (finding.code, finding.index) == (Code.CHAIN_BROKEN, COUNT - 1)


ATTACKS: dict[str, tuple[Attack, int]] = {
    "edit": (lambda rows: replaced(rows, 700, changed(rows[699], data={"x": 1})), 699),
    "backdate": (lambda rows: replaced(rows, 700, changed(rows[699], recorded_at=at(1))), 699),
    "delete": (lambda rows: rows[:699] + rows[700:], 699),
    "delete and close the gap": (
        lambda rows: rows[:699] + [moved(row, row[0] - 1) for row in rows[700:]],
        699,
    ),
    "insert": (
        lambda rows: [
            *rows[:699],
            changed(rows[699], version=99),
            *(moved(row, row[0] + 1) for row in rows[699:]),
        ],
        699,
    ),
    "reorder": (
        lambda rows: [
            *rows[:699],
            moved(rows[700], 700),
            moved(rows[699], 701),
            *rows[701:],
        ],
        699,
    ),
    "duplicate": (lambda rows: [*rows[:699], moved(rows[698], 700), *rows[700:]], 699),
    "relabel the stream": (
        lambda rows: replaced(rows, 700, (700, "auction-9", *rows[699][2:])),
        699,
    ),
    "relabel the type": (
        lambda rows: replaced(rows, 700, (*rows[699][:3], "other.v1", rows[699][4])),
        699,
    ),
    "relabel the version": (
        lambda rows: replaced(rows, 700, (*rows[699][:2], 1, *rows[699][3:])),
        699,
    ),
    "swap between streams": (
        lambda rows: replaced(
            replaced(rows, 700, changed(rows[699], stream=rows[700][1])),
            701,
            changed(rows[700], stream=rows[699][1]),
        ),
        699,
    ),
    "another ledger's record": (
        lambda rows: replaced(
            rows, 700, history(COUNT, {1: {"data": {"ledger": "other"}}})[699]
        ),
        699,
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_rows_is_found_at_the_first_bad_one(log: WrittenLog, name: str) -> None:
    attack, index = ATTACKS[name]

    check = checked(log, attack(list(ROWS)))

    assert (check.findings[0].code, check.findings[0].index) == (Code.ENTRY_NOT_IN_TREE, index)
    assert worst(check.findings) == 1


@pytest.mark.parametrize("position", [1, 1023, 1024, 1025, COUNT - 1])
def test_a_missing_row_is_named_wherever_it_was(log: WrittenLog, position: int) -> None:
    check = checked(log, ROWS[: position - 1] + ROWS[position:])

    found = first(check)
    assert found.index == position - 1
    assert found.detail == f"1 rows are missing from position {position} on"


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_a_row_before_the_log_is_named(log: WrittenLog, position: int) -> None:
    (finding,) = checked(log, [*ROWS, moved(ROWS[-1], position)]).findings

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, position - 1)
    assert finding.detail.startswith(f"a row is at position {position}, ")


def test_a_row_far_above_the_others_is_reached_in_a_step(log: WrittenLog) -> None:
    check = checked(log, [*ROWS, moved(ROWS[-1], 2**63 - 1)])

    found = first(check)
    assert found.index == COUNT
    assert found.detail.endswith(f"rows are missing from position {COUNT + 1} on")
    assert check.counts.rows == COUNT + 1


def test_two_rows_at_one_position_are_found(small: WrittenLog) -> None:
    rows = ROWS[: small.size + 1]
    check = RowsCheck(HeldTo(small.tree(), Brackets([])))
    twice = [*rows, changed(rows[-1], stream="auction-new", version=1, prev=None)]

    for _ in check.run(lambda after, until: twice[after:until], lambda _: 1, len(twice)):
        pass

    assert first(check).detail == f"two rows are at position {len(rows)}"


def test_a_cut_tail_is_found_below_the_signed_head(log: WrittenLog) -> None:
    (finding,) = checked(log, ROWS[:1200]).findings

    assert (finding.code, finding.index) == (Code.LOG_SHRANK, 1200)


def test_an_empty_database_is_one_that_shrank(log: WrittenLog) -> None:
    (finding,) = checked(log, []).findings

    assert (finding.code, finding.index) == (Code.LOG_SHRANK, 0)


@pytest.mark.parametrize(
    ("overrides", "broken"),
    [
        ({"version": 5}, 19),
        ({"prev": b"\0" * 32}, 19),
        ({"prev": None}, 19),
        ({"stream": "auction-new"}, 19),
    ],
)
def test_a_broken_chain_is_found_although_it_was_signed(
    tmp_path: Path, overrides: dict[str, Any], broken: int
) -> None:
    rows = history(50, {20: overrides})
    log = WrittenLog(tmp_path, [row[4] for row in rows])

    check = checked(log, rows)

    assert (check.findings[0].code, check.findings[0].index) == (Code.CHAIN_BROKEN, broken)


def test_a_stream_begins_with_the_leaf_of_its_ledger(tmp_path: Path) -> None:
    elsewhere = history(50, {1: {"data": {"ledger": "other"}}})
    rows = [*ROWS[:3], elsewhere[3], *history(50)[4:]]
    log = WrittenLog(tmp_path, [row[4] for row in rows])

    check = checked(log, rows)

    assert (check.findings[0].code, check.findings[0].index) == (Code.CHAIN_BROKEN, 3)


def test_a_time_that_goes_back_is_found_although_it_was_signed(tmp_path: Path) -> None:
    rows = history(50, {20: {"at": at(18.5)}, 21: {"at": at(18.7)}})
    log = WrittenLog(tmp_path, [row[4] for row in rows])

    (finding,) = checked(log, rows).findings

    assert (finding.code, finding.index) == (Code.TIME_OUTSIDE_BRACKET, 19)


def test_a_backdated_event_is_dated_by_the_heads_around_it(tmp_path: Path) -> None:
    late = {n: {"at": at(5000)} for n in range(21, 51)}
    honest = history(50, late)
    backdated = history(50, late | {21: {"at": at(20.5)}})
    heads = [(20, unix(4900)), (50, unix(5010))]

    def findings(rows: list[StoredRow]) -> RowsCheck:
        seen = []
        for size, time in heads:
            part = WrittenLog(tmp_path / str(size), [row[4] for row in rows[:size]])
            seen.append(policy(1).open(part.note([time])))
        return checked(WrittenLog(tmp_path / "log", [row[4] for row in rows]), rows, heads=seen)

    assert findings(honest).findings == []
    (finding,) = findings(backdated).findings
    assert (finding.code, finding.index) == (Code.TIME_OUTSIDE_BRACKET, 20)
    assert "before witnesses saw the log without it" in finding.detail


def test_a_record_in_another_spelling_is_found_although_it_was_signed(tmp_path: Path) -> None:
    rows = [*ROWS[:5], (*ROWS[5][:4], b" " + ROWS[5][4])]
    log = WrittenLog(tmp_path, [row[4] for row in rows])

    (finding,) = checked(log, rows).findings

    assert (finding.code, finding.index) == (Code.NOT_CANONICAL, 5)


def test_a_record_that_is_kept_as_text_is_found(log: WrittenLog) -> None:
    rows: list[Any] = [*ROWS[:5], (*ROWS[5][:4], ROWS[5][4].decode()), *ROWS[6:]]

    check = checked(log, rows)

    assert (check.findings[0].code, check.findings[0].index) == (Code.NOT_CANONICAL, 5)


def private(
    tmp_path: Path, kept: Opening | None, committed: Opening | None = None
) -> RowsCheck:
    """A ledger whose sixth event committed to a private text, of which this is kept."""
    said = committed or opening("a name", stream="auction-6", version=1)
    rows = history(9, {6: {"data": {"note": {"commitment": said.digest}}}})
    log = WrittenLog(tmp_path, [row[4] for row in rows])
    return checked(log, rows, kept=lambda digest: kept if digest == said.digest else None)


def test_a_private_text_is_what_was_committed_to(tmp_path: Path) -> None:
    check = private(tmp_path, opening("a name", stream="auction-6", version=1))

    assert (check.findings, check.counts) == ([], Counts(9, 0, 1, 0))


def test_an_erased_private_text_is_included_with_its_content_erased(tmp_path: Path) -> None:
    check = private(tmp_path, None)

    assert (check.findings, check.counts) == ([], Counts(9, 0, 0, 1))


@pytest.mark.parametrize(
    "kept",
    [
        opening("another name", stream="auction-6", version=1),
        opening("a name", stream="auction-5", version=1),
        opening("a name", stream="auction-6", version=2),
        opening("a name", stream="auction-6", version=1, field="details"),
        opening("a name", stream="auction-6", version=1)._replace(salt=b"t" * 32),
        opening("a name", stream="auction-6", version=1)._replace(payload="a name"),  # type: ignore[arg-type]
    ],
)
def test_another_private_text_is_found(tmp_path: Path, kept: Opening) -> None:
    (finding,) = private(tmp_path, kept).findings

    assert (finding.code, finding.index) == (Code.OPENING_MISMATCH, 5)
    assert "name" not in repr(kept)


def test_a_private_text_of_another_event_is_found(tmp_path: Path) -> None:
    elsewhere = opening("a name", stream="auction-5", version=1)

    (finding,) = private(tmp_path, elsewhere, committed=elsewhere).findings

    assert (finding.code, finding.index) == (Code.OPENING_MISMATCH, 5)


@given(st.text(max_size=9), st.text(max_size=9), st.integers(1, 99), st.text(max_size=9))
def test_a_commitment_is_computed_as_the_ledger_computes_it(
    payload: str, stream: str, version: int, field: str
) -> None:
    there = commitment_of(stream, version, field, salt=SALT, payload=payload.encode())

    assert there == opening(payload, stream=stream, version=version, field=field).digest


@given(data=st.data())
def test_no_bit_of_a_record_can_be_flipped(small: WrittenLog, data: st.DataObject) -> None:
    position = data.draw(st.integers(1, small.size))
    row = ROWS[position - 1]
    spoilt = bytearray(row[4])
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    rows = replaced(ROWS[: small.size], position, (*row[:4], bytes(spoilt)))
    check = checked(small, rows)

    assert first(check).index == position - 1
