"""What was observed beside leverage, and is never in it: association, not cause."""

from decimal import Decimal

from svx_ledger.projections.indicators import INDICATOR, IndicatorRow
from svx_ledger.projections.table import Rows

from .cut import Cut, not_known_yet


def observed(rows: Rows, cut: Cut) -> tuple[IndicatorRow, ...]:
    """Return the indicators recorded up to a cut, with what was corrected by `known_at`."""
    later = not_known_yet(rows, "indicator", cut)
    found = []
    for row in rows.all(INDICATOR):
        if row.position <= cut.until:
            for correction in later.get(row.indicator_id, ()):
                row = row._replace(value=Decimal(correction.old))  # noqa: PLW2901 - undone
            found.append(row)
    return tuple(sorted(found, key=lambda row: (row.area, row.indicator, row.period_from)))
