"""What the log states is copied row by row, so that any cut and any knowledge can be had."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import CommandRef, Row, write_record
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.exports.columns.reading import opened
from svx_ledger.exports.columns.stated import _OF_TABLE, _STEPS, STATED, TAKES
from svx_ledger.projections.corrections import CORRECTIONS
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.delivery import CONTRACT
from svx_ledger.projections.leverage.scope import first_awards
from svx_ledger.projections.leverage.spent import spent
from svx_ledger.projections.memory import Views
from svx_ledger.projections.spending import SPENDING
from svx_ledger.projections.table import Put
from tests.domain.outcome import NOON, OPERATOR
from tests.projections.test_spending import COST, PAID

from .setting import Told, copied, ledger, source

SPENT = """
SELECT spend_id, any_value(kind), any_value(payer_id), any_value(procurement_id),
    arg_max(period_from, position), arg_max(period_to, position),
    arg_max(amount_pence, position)
FROM read_parquet(?) WHERE position <= ?
GROUP BY spend_id HAVING min(position) <= ? ORDER BY spend_id
"""
FIRST_AWARDS = """
WITH latest AS (
    SELECT award_id, arg_max(recorded_at, position) AS approved_at,
        arg_max(supplier_id IS NOT NULL, position) AS in_force
    FROM read_parquet(?) WHERE position <= ? GROUP BY award_id),
awards AS (SELECT DISTINCT award_id, procurement_id FROM read_parquet(?))
SELECT procurement_id, min(approved_at) FROM latest JOIN awards USING (award_id)
WHERE in_force GROUP BY procurement_id
"""


def test_no_other_event_states_such_a_row(told: list[Row], demo: tuple[str, Path]) -> None:
    with closing(open_store(demo[0])) as store:
        rows = [*told, *store.rows()]
    reader = Reader()
    stating: set[type[Event]] = set()
    for row in rows:
        at, event = reader.read(row)
        assert event is not None
        for step in _STEPS.get(type(event), ()):
            for change in step(at, event):
                kind = _OF_TABLE.get(change.table)
                if kind and (isinstance(change, Put) or STATED[kind].corrected):
                    stating.add(type(event))

    assert stating <= TAKES
    assert len(stating) > 6


def test_spend_at_a_cut_is_the_engines_with_what_was_corrected_by_then(
    told: list[Row], tmp_path: Path
) -> None:
    one, other = "spend-s001", "spend-s002"
    rows = [told[0]]
    for stream, event in (
        (one, replace(PAID, amount_pence=100)),
        (other, replace(COST, amount_pence=7)),
        (one, _corrected("amount_pence", "100", "120")),
        (other, _corrected("period_to", "2026-01-31", "2026-01-30")),
        (one, _corrected("period_from", "2026-01-01", "2026-01-02")),
        (one, _corrected("amount_pence", "120", "90")),
        ("procurement-pr01", _corrected("title", "Cleaning", "Cleaning and washing")),
    ):
        rows.append(_row(len(rows) + 1, stream, event))
    copied(tmp_path / "copy", source(rows), 2)
    views = Views(Told(rows), [SPENDING, CORRECTIONS])
    views.refresh()

    with opened(tmp_path / "copy") as copy:
        files = [str(file) for file in copy.files("spend")]
        for until in range(1, 9):
            for known_at in range(until, 9):
                found = copy.query(SPENT, [files, known_at, until])
                wanted = spent(views.tables, Cut(until, known_at))

                assert found == [row[:7] for row in sorted(wanted)]
    assert [row[6] for row in found] == [90, 7]


def _corrected(field: str, old: str, new: str) -> RecordCorrected:
    return RecordCorrected(
        correction_id="correction-c001", field=field, old=old, new=new, reason="A digit"
    )


def _row(position: int, stream: str, event: Event) -> Row:
    return write_record(
        position=position,
        stream=stream,
        version=position,
        recorded_at=NOON + timedelta(seconds=position),
        actor=shape_of(Actor).encode(OPERATOR),
        command=CommandRef(f"command-{position}", "RecordExchangeSpend", "0" * 64, 1, 1),
        trace={},
        prev=None,
        salt=bytes(16),
        event=event,
    )


def test_first_awards_at_a_cut_are_the_engines(demo: tuple[str, Path]) -> None:
    url, folder = demo
    with ledger(url) as (_, view), opened(folder) as copy:
        awards, approvals = (
            [str(file) for file in copy.files(kind)] for kind in ("awards", "approvals")
        )
        for until in range(1, copy.last, 19):
            found = copy.query(FIRST_AWARDS, [approvals, until, awards])

            assert {of: at.date() for of, at in found} == first_awards(
                view.rows, Cut(until, until)
            )
        assert found


def test_contracts_are_the_engines(demo: tuple[str, Path]) -> None:
    url, folder = demo
    with ledger(url) as (_, view), opened(folder) as copy:
        files = [str(file) for file in copy.files("contracts")]
        found = copy.query(
            "SELECT contract_id, award_id, procurement_id, contract_value_pence "
            "FROM read_parquet(?) ORDER BY contract_id",
            [files],
        )

        wanted = [row[:4] for row in view.rows.all(CONTRACT) if row.position <= copy.last]
        assert found == wanted
        assert found
