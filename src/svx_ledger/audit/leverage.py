"""The leverage report, held to the sums of the states."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from operator import itemgetter
from typing import Final

from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import UPCASTS, stored_name
from svx_ledger.projections.leverage.delivery import DELIVERY
from svx_ledger.projections.leverage.facts import LEVERAGE
from svx_ledger.projections.leverage.report import leverage_report
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.procurements import PROCUREMENTS
from svx_ledger.projections.proxy_sets import PROXY, PROXY_SET, PROXY_SETS
from svx_ledger.projections.spending import SPENDING
from svx_ledger.projections.table import R, Rows, Table, Value

from .finding import Finding
from .homes import Homes
from .sums import STAGES, Sums

_NEEDED: Final = (PROCUREMENTS, PROXY_SETS, LEVERAGE, DELIVERY, SPENDING)
_TAKEN: Final = {stored_name(kind) for one in _NEEDED for kind in one.steps} | {*UPCASTS}
FAR: Final = datetime(9999, 12, 31, tzinfo=UTC)

Said = dict[tuple[str, str], int]
"""Gross pence by auction and stage, as the report has them."""


class Report:
    """The report's sums, made from the log procurement by procurement.

    What one procurement's figures rest on is on its own streams and in the sets of proxies, so
    no more is in memory at a time: `projected` makes all of it at once, and the same comes out.
    """

    def __init__(self, store: Store, until: int) -> None:
        self._store = store
        self._until = until
        self._reader = Reader({kind for one in _NEEDED for kind in one.steps})
        self._proxies = Tables()

    def said(self, homes: Homes, mine: Callable[[str], bool] | None) -> Said:
        """Return the sums of the procurements that are `mine`; all if that is None.

        Raises Unreadable, OutOfStep or LookupError where no report can be made of the log.
        """
        if homes.astray:
            raise LookupError("a stream without its beginning")
        self._take(self._proxies, homes.proxy_sets())
        said: Counter[tuple[str, str]] = Counter()
        for procurement, streams in homes.summed().items():
            if mine is None or mine(procurement):
                rows = _WithProxies(self._proxies)
                self._take(rows, streams)
                said.update(said_by(rows, self._until))
        return said

    def _take(self, tables: Tables, streams: Iterable[str]) -> None:
        for row in merge(*map(self._rows, streams), key=itemgetter(0)):
            project(self._reader, row, tables)

    def _rows(self, stream: str) -> Iterator[Row]:
        for row in self._store.stream(stream):
            if row.position > self._until:
                return
            if row.type in _TAKEN:
                yield row


class _WithProxies(Tables):
    """The tables of one procurement, with the proxies that are there for all."""

    def __init__(self, proxies: Tables) -> None:
        super().__init__()
        self._proxies = proxies

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""
        shared = table.name in (PROXY_SET.name, PROXY.name)
        return self._proxies.get(table, *key) if shared else super().get(table, *key)


def project(reader: Reader, row: Row, tables: Tables) -> None:
    """Apply to the tables what follows from a row."""
    at, event = reader.read(row)
    if event is not None:
        for one in _NEEDED:
            step = one.steps.get(type(event))
            if step is not None:
                tables.apply(step(at, event))


def projected(store: Store, until: int) -> Rows:
    """Return the rows that the report reads, made from the whole log at once."""
    reader = Reader({kind for one in _NEEDED for kind in one.steps})
    tables = Tables()
    for row in store.rows(limit=until):
        project(reader, row, tables)
    return tables


def said_by(rows: Rows, position: int) -> Said:
    """Return the sums of the report that is made of these rows."""
    said: Said = {}
    for line in leverage_report(rows, as_at=FAR, known_at=position).lines:
        for stage in STAGES:
            pence = line.pence(stage, "gross")
            if pence:
                key = line.auction_id, stage
                said[key] = said.get(key, 0) + pence
    return said


def leverage_faults(said: Said, sums: Sums, position: int) -> Iterator[Finding]:
    """Give each stage of each auction whose sum in the report is not that of the states."""
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
