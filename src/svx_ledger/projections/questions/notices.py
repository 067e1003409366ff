"""Which notices an authority owes: what happened, which notice follows by law, and by when."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.projections.award_rows import AWARD, CONTRACT, AwardRow, ContractRow
from svx_ledger.projections.procurements import NOTICE, PROCUREMENT, ProcurementRow
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.view import View

from .asking import steps
from .contract_marks import StepRow

UNDER_THE_ACT: Final = frozenset({"pa2023", "light_touch"})
DETAILS_WITHIN: Final = {"pa2023": timedelta(days=30), "light_touch": timedelta(days=120)}
"""Contract details notice (UK7): Procurement Act 2023, section 53(1), from the day after the
contract is entered."""
TERMINATION_WITHIN: Final = timedelta(days=30)
"""Contract termination notice (UK11): section 80(1), from the day after it is terminated,
which is also its completion."""


class NoticeOwed(NamedTuple):
    """A notice that is not on record, what it follows from, and its last day.

    `due_by` is None where the law sets no number of days: the next act waits for it.
    """

    authority_id: str
    procurement_id: str
    lot: str | None
    of: str
    notice: str
    follows: str
    due_by: date | None
    overdue: bool
    positions: tuple[int, ...]


def notices_owed(
    view: View, viewer: Actor | None = None, *, authority: str | None = None
) -> tuple[NoticeOwed, ...]:
    """Return the notices that authorities owe, those with a last day first.

    Procurements under the Procurement Act 2023, light touch included; a notice is on record
    where the ledger has one of that kind for the lot, or for the whole procurement.

    - Assessment summaries (section 50), then the contract award notice (UK6), once an award is
      approved.
    - The contract details notice (UK7), once a contract is entered.
    - The contract performance notice (UK9), where an indicator was not rated for a year that is
      over: section 71(2), at least once in every twelve months.
    - The contract termination notice (UK11), once a contract is completed or terminated.

    Contract change notices (UK10) are not here: whether a variation needs one hangs on what it
    is worth (section 75), and the variation states the notice or why there is none. What is
    approved and entered is public: everybody may ask.
    """
    del viewer
    today = uk_date(view.now)
    owed = [
        row
        for award in view.rows.all(AWARD)
        if authority in (None, award.authority_id)
        for row in _of_award(view.rows, award, today)
    ]
    return tuple(sorted(owed, key=lambda row: (row.due_by or date.max, row.of, row.notice)))


def _of_award(rows: Rows, award: AwardRow, today: date) -> Iterator[NoticeOwed]:
    procurement = existing(rows, PROCUREMENT, award.procurement_id)
    if procurement.regime not in UNDER_THE_ACT:
        return
    if award.phase == "approved" and award.approved_position:
        yield _owed(award, "summaries", "award approved", (award.approved_position,))
    if award.phase in ("approved", "summaries-sent"):
        sent = steps(rows, award.award_id, "summaries")[-1:]
        found = sent if award.phase == "summaries-sent" else []
        behind = (award.approved_position or 0, *(step.position for step in found))
        yield _owed(award, "UK6", "award approved", behind)
    contract = rows.get(CONTRACT, award.award_id)
    if contract:
        yield from _of_contract(rows, award, (procurement, contract), today)


def _of_contract(
    rows: Rows, award: AwardRow, of: tuple[ProcurementRow, ContractRow], today: date
) -> Iterator[NoticeOwed]:
    procurement, contract = of
    happened = steps(rows, contract.contract_id)
    entered = next(step for step in happened if step.step == "entered")
    published = (
        row.notice == "UK7"
        and row.lot in (None, award.lot)
        and row.position > entered.position  # an earlier contract of the lot had its own
        for row in rows.select(NOTICE, procurement.procurement_id)
    )
    if entered.day and not any(published):
        due_by = entered.day + DETAILS_WITHIN[procurement.regime]
        yield _owed(award, "UK7", "contract entered", (entered.position,), (due_by, today))
    ends = [step for step in happened if step.step in ("completed", "terminated")]
    yield from _ratings(award, contract, happened, (today, ends[0].day if ends else None))
    for end in ends:
        if end.notice is None and end.day:
            due = (end.day + TERMINATION_WITHIN, today)
            yield _owed(award, "UK11", f"contract {end.step}", (end.position,), due)


def _ratings(
    award: AwardRow,
    contract: ContractRow,
    happened: list[StepRow],
    until: tuple[date, date | None],
) -> Iterator[NoticeOwed]:
    """Give each indicator whose last rated period, or else the contract's begin, is a year ago.

    A rating without a notice says that none was due for it. One that corrects an earlier period
    does not take the place of a later period's.
    """
    today, ended_on = until
    set_at: dict[str, int] = {}
    rated: dict[str, StepRow] = {}
    for step in happened:
        if step.about and step.step == "kpi":
            set_at.setdefault(step.about, step.position)
        elif step.about and step.step == "rated":
            rated[step.about] = max(step, rated.get(step.about, step), key=_until)
    for kpi, position in set_at.items():
        last = rated.get(kpi)
        since = last.day if last and last.day else contract.period_from
        due_by = _a_year_after(since)
        if due_by <= min(today, ended_on or date.max):
            behind = (position, *((last.position,) if last else ()))
            yield _owed(award, "UK9", f"indicator {kpi}", behind, (due_by, today))


def _until(rated: StepRow) -> date:
    return rated.day or date.min


def _a_year_after(day: date) -> date:
    """Return the same day a year later; 1 March for the 29th of February."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 3, 1)
    return day.replace(year=day.year + 1)


def _owed(  # noqa: PLR0917 - what a notice is owed for
    award: AwardRow,
    notice: str,
    follows: str,
    behind: tuple[int, ...],
    due: tuple[date, date] | None = None,
) -> NoticeOwed:
    return NoticeOwed(
        authority_id=award.authority_id,
        procurement_id=award.procurement_id,
        lot=award.lot,
        of=award.award_id,
        notice=notice,
        follows=follows,
        due_by=due[0] if due else None,
        overdue=due is not None and due[0] < due[1],
        positions=tuple(sorted(behind)),
    )
