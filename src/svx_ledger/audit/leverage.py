"""The leverage report, held to the sums of the states."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from operator import itemgetter
from typing import Any, Final

from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.raw_rows import RawRow
from svx_ledger.eventlog.record import Row, Unreadable
from svx_ledger.eventlog.store import Store
from svx_ledger.eventlog.types import UPCASTS, stored_name
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.delivery import DELIVERY
from svx_ledger.projections.leverage.facts import LEVERAGE
from svx_ledger.projections.leverage.lines import lines
from svx_ledger.projections.memory import OutOfStep, Tables
from svx_ledger.projections.procurements import PROCUREMENTS
from svx_ledger.projections.proxy_sets import PROXY, PROXY_SET, PROXY_SETS
from svx_ledger.projections.spending import SPENDING
from svx_ledger.projections.table import Changes, R, Rows, Table, Value

from .finding import Finding
from .homes import PROXY_SETS as SHARED
from .homes import SUMMED, Homes
from .reading import Read
from .sums import STAGES, Sums

_NEEDED: Final = (PROCUREMENTS, PROXY_SETS, LEVERAGE, DELIVERY, SPENDING)
_TAKEN: Final = {stored_name(kind) for one in _NEEDED for kind in one.steps} | {*UPCASTS}

MOST_OPEN: Final = 500
"""Procurements whose rows are kept while the log goes by. One that is let go is summed then,
and read again from its streams where more of it came later."""
NO_REPORT: Final = (Unreadable, OutOfStep, LookupError, TypeError)
"""What is raised where a log has a record that no report can be made with."""


def _steps() -> Mapping[type[Any], Sequence[Callable[[Any, Any], Changes]]]:
    found: dict[type[Any], list[Callable[[Any, Any], Changes]]] = {}
    for one in _NEEDED:
        for kind, step in one.steps.items():
            found.setdefault(kind, []).append(step)
    return found


_STEPS: Final = _steps()

Said = dict[tuple[str, str], int]
"""Gross pence by auction and stage, as the report has them."""


class Report:
    """The report's sums, made from the log procurement by procurement.

    What one procurement's figures rest on is on its own streams and in the sets of proxies, so
    few are in memory at a time: `projected` makes all of it at once, and the same comes out.
    It is made of the rows as they go by (`take`), and of the streams of a procurement, read
    again, where not all of them were shown to `take`.
    """

    def __init__(self, store: Store, until: int) -> None:
        self._store = store
        self._until = until
        self._reader = Reader({kind for one in _NEEDED for kind in one.steps})
        self._proxies: Tables | None = None
        self._open: OrderedDict[str, Tables] = OrderedDict()
        self._summed: dict[str, Said] = {}
        self._again: set[str] = set()
        """Those of which more came after they were summed."""
        self._failed = False

    def take(self, row: RawRow, one: Read | None, home: str) -> None:
        """Take in the next row of a procurement, or of a set of proxies; any other is left.

        `one` is what was read of the row, if it was.
        """
        stream, name = row[1], row[3]
        if name not in _TAKEN or self._failed:
            return
        if home in self._again or not stream.startswith((*SUMMED, SHARED)):
            return
        try:  # to open one may sum another
            summed = stream.startswith(SUMMED)
            tables = self._opened(home) if summed else self._shared()
            if one is None or one.faults or one.event is None:
                project(self._reader, row, tables)
                return
            for step in _STEPS.get(type(one.event), ()):
                tables.apply(step(one, one.event))
        except NO_REPORT:
            self._failed = True

    def _shared(self) -> Tables:
        if self._proxies is None:
            self._proxies = Tables()
        return self._proxies

    def _opened(self, home: str) -> Tables:
        tables = self._open.get(home)
        if tables is not None:
            self._open.move_to_end(home)
            return tables
        if home in self._summed:
            del self._summed[home]
            self._again.add(home)
            return Tables()
        if len(self._open) >= MOST_OPEN:
            done, rows = self._open.popitem(last=False)
            self._summed[done] = said_by(rows, self._until)
        tables = self._open[home] = _WithProxies(self._shared())
        return tables

    def said(self, homes: Homes, mine: Callable[[str], bool] | None) -> Said:
        """Return the sums of the procurements that are `mine`; all if that is None.

        Raises one of `NO_REPORT` where no report can be made of the log.
        """
        if homes.astray or self._failed:
            raise LookupError("a stream without its beginning")
        if self._proxies is None:
            self._take(self._shared(), homes.proxy_sets())
        said: Counter[tuple[str, str]] = Counter()
        for procurement, streams in homes.summed().items():
            if mine is None or mine(procurement):
                said.update(self._said_of(procurement, streams))
        return said

    def _said_of(self, procurement: str, streams: Iterable[str]) -> Said:
        if procurement in self._summed:
            return self._summed[procurement]
        rows = self._open.get(procurement)
        if rows is None:
            rows = _WithProxies(self._shared())
            self._take(rows, streams)
        return said_by(rows, self._until)

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

    def all(self, table: Table[R]) -> Sequence[R]:
        """Return every row."""
        shared = table.name in (PROXY_SET.name, PROXY.name)
        return self._proxies.all(table) if shared else super().all(table)


def project(reader: Reader, row: RawRow, tables: Tables) -> None:
    """Apply to the tables what follows from a row."""
    at, event = reader.read(row)
    for step in _STEPS.get(type(event), ()):
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
    for line in lines(rows, Cut(until=position, known_at=position)):
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
