"""What payers recorded as spent, as it was known at a position."""

from collections.abc import Iterable, Mapping
from datetime import date

from svx_ledger.projections.corrections import CORRECTED
from svx_ledger.projections.spending import SPEND, SpendRow
from svx_ledger.projections.table import Rows

from .cut import Cut, not_known_yet


def spent(rows: Rows, cut: Cut) -> list[SpendRow]:
    """Return the records of spend up to a cut, with what was corrected by `known_at`."""
    later = not_known_yet(rows, "spend", cut)
    found = []
    for row in rows.all(SPEND):
        if row.position <= cut.until:
            for correction in later.get(row.spend_id, ()):
                row = _said(row, correction.field, correction.old)  # noqa: PLW2901 - undone
            found.append(row)
    return found


def corrected_at(rows: Rows, cut: Cut) -> dict[str, tuple[int, ...]]:
    """Return where each record of spend was corrected, as far as it was known."""
    found: dict[str, tuple[int, ...]] = {}
    for row in rows.all(CORRECTED):
        if row.position <= cut.known_at and row.stream.startswith("spend-"):
            found[row.stream] = (*found.get(row.stream, ()), row.position)
    return found


def positions_of(
    spend: Iterable[SpendRow], corrected: Mapping[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the positions of records of spend and of what corrected them, in order."""
    each = ((row.position, *corrected.get(row.spend_id, ())) for row in spend)
    return tuple(sorted(position for positions in each for position in positions))


def _said(row: SpendRow, field: str, old: str) -> SpendRow:
    match field:
        case "amount_pence":
            return row._replace(amount_pence=int(old))
        case "period_from":
            return row._replace(period_from=date.fromisoformat(old))
        case _:  # these three can be corrected
            return row._replace(period_to=date.fromisoformat(old))
