"""The leverage report, held to the sums of the states."""

from collections.abc import Iterator
from datetime import UTC, datetime

from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.leverage_delivery import DELIVERY
from svx_ledger.projections.leverage_facts import LEVERAGE
from svx_ledger.projections.leverage_report import leverage_report
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.procurements import PROCUREMENTS
from svx_ledger.projections.proxy_sets import PROXY_SETS
from svx_ledger.projections.spending import SPENDING
from svx_ledger.projections.table import Rows

from .finding import Finding
from .sums import STAGES, Sums

_NEEDED = (PROCUREMENTS, PROXY_SETS, LEVERAGE, DELIVERY, SPENDING)
FAR = datetime(9999, 12, 31, tzinfo=UTC)


def projected(store: Store, until: int) -> Rows:
    """Return the rows that the report reads, made from the log."""
    reader = Reader({kind for one in _NEEDED for kind in one.steps})
    tables = Tables()
    for row in store.rows(limit=until):
        at, event = reader.read(row)
        if event is not None:
            for one in _NEEDED:
                step = one.steps.get(type(event))
                if step is not None:
                    tables.apply(step(at, event))
    return tables


def leverage_faults(rows: Rows, sums: Sums, position: int) -> Iterator[Finding]:
    """Give each stage of each auction whose sum in the report is not that of the states."""
    report = leverage_report(rows, as_at=FAR, known_at=position)
    said: dict[tuple[str, str], int] = {}
    for line in report.lines:
        for stage in STAGES:
            pence = line.pence(stage, "gross")
            if pence:
                key = line.auction_id, stage
                said[key] = said.get(key, 0) + pence
    derived = sums.totals()
    for auction, stage in sorted(said.keys() | derived.keys()):
        recorded, summed = said.get((auction, stage), 0), derived.get((auction, stage), 0)
        if recorded != summed:
            yield Finding(
                position=position,
                stream=auction,
                rule="leverage-differs",
                recorded={"stage": stage, "gross_pence": recorded},
                derived={"stage": stage, "gross_pence": summed},
            )
