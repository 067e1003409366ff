"""What is not closed yet: the sums of what came after a position, from the tables.

The log after the last cut says which streams something happened on; only their lines are
followed again. So the answer at the head costs what the tail costs, not what the ledger does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from svx_ledger.domain.uk_calendar import financial_year
from svx_ledger.projections.leverage.delivery import FACT, PLEDGE, REFERENCE
from svx_ledger.projections.leverage.dimensions import CODES
from svx_ledger.projections.leverage.facts import AUCTION, AWARD, END, PRICED_NEED
from svx_ledger.projections.leverage.sums import Sum, Sums
from svx_ledger.projections.leverage.vocabulary import NOT_AWARDED, Dimension
from svx_ledger.projections.table import Key, R, Rows, Table, Value

from .facts import Fact, facts
from .question import COLUMNS, EVERYTHING, Chosen
from .reading import Copy, together
from .source import Source

_KINDS = ("auction", "award", "pledge")


class OpenPart(NamedTuple):
    """Where what is not closed is read: the log, and views as far as is asked or further."""

    source: Source
    rows: Rows


def at_head(
    copy: Copy,
    open_part: OpenPart,
    until: int,
    by: Dimension,
    *,
    chosen: Chosen = EVERYTHING,
    years: Mapping[str, str] | None = None,
) -> Sums:
    """Return each part's sums up to any position, from a copy and, after its end, the tables.

    Raises CopyRefused where the copy is not of this ledger.
    """
    copy.assert_of(open_part.source)
    closed = copy.sums(until, by, chosen, years)
    if until <= copy.last:
        return closed
    rest = since(open_part, copy.last, until)
    return together(closed, summed(rest, by, chosen, years))


def since(open_part: OpenPart, after: int, until: int) -> Iterator[Fact]:
    """Give the facts after a position, following only the lines that something befell."""
    source, rows = open_part
    streams = {row[1] for row in source.rows(after, until)}
    of = {kind: {name for name in streams if name.startswith(f"{kind}-")} for kind in _KINDS}
    return facts(_Touched(rows, of["auction"], of["award"], of["pledge"]), after, until)


def summed(
    found: Iterable[Fact],
    by: Dimension,
    chosen: Chosen = EVERYTHING,
    years: Mapping[str, str] | None = None,
) -> Sums:
    """Return the sums of facts, part by part, as `Copy.sums` does."""
    sums: Sums = {}
    for fact in found:
        if chosen.has(fact.procurement_id, fact.recorded_on):
            of = sums.setdefault(_part(fact, by, years), {})
            stages = of.setdefault((fact.proxy_set_id, fact.measure), {})
            more = Sum(fact.gross_pence, fact.net_pence, fact.beyond_pence)
            stages[fact.stage] = stages.get(fact.stage, Sum()).plus(more)
    return together(sums)


def _part(fact: Fact, by: Dimension, years: Mapping[str, str] | None) -> str:
    if by != "year":
        return CODES.join(getattr(fact, column) for column in COLUMNS[by])
    if years is None:
        return financial_year(fact.recorded_on)
    return years.get(fact.procurement_id, NOT_AWARDED)


class _Touched:
    """The tables, with no other auctions, awards and pledges than those named, and theirs.

    An auction's end takes back all that was promised in it.
    """

    def __init__(
        self, rows: Rows, auctions: set[str], awards: set[str], pledges: set[str]
    ) -> None:
        self._rows = rows
        ended = {of for of in auctions if any(rows.select(END, of))}
        if ended:
            awards |= _in(rows.columns(AWARD, "award_id", "auction_id"), ended)
            pledges |= _in(rows.columns(PLEDGE, "pledge_id", "auction_id"), ended)
        of_awards = (rows.get(AWARD, name) for name in awards)
        of_pledges = (rows.get(PLEDGE, name) for name in pledges)
        priced = {row.auction_id for row in (*of_awards, *of_pledges) if row is not None}
        self._keys: Mapping[str, list[str]] = {
            AUCTION.name: sorted(auctions | priced),
            PRICED_NEED.name: sorted(auctions | priced),
            END.name: sorted(auctions | priced),
            AWARD.name: sorted(awards),
            FACT.name: sorted(pledges),
            REFERENCE.name: sorted(pledges),
        }

    def get(self, table: Table[R], *key: Value) -> R | None:
        """Return the row with this key, if there is one."""
        return self._rows.get(table, *key)

    def select(self, table: Table[R], first: Value) -> Iterable[R]:
        """Return the rows whose first key column has this value."""
        return self._rows.select(table, first)

    def count(self, table: Table[R], first: Value) -> int:
        """Return how many rows `select` would."""
        return self._rows.count(table, first)

    def all(self, table: Table[R]) -> Iterable[R]:
        """Return every row, of those that are named; of other tables, every row."""
        keys = self._keys.get(table.name)
        if keys is None:
            return self._rows.all(table)
        return (row for key in keys for row in self._rows.select(table, key))

    def columns(self, table: Table[R], *names: str) -> Iterable[tuple[Any, ...]]:
        """Return these columns of every row that `all` gives."""
        return (tuple(getattr(row, name) for name in names) for row in self.all(table))

    def where(self, table: Table[R], column: str, value: Value) -> Iterable[R]:
        """Return the rows with this value in a column that the table is `found_by`."""
        return self._rows.where(table, column, value)

    def page(self, table: Table[R], after: Key | None, limit: int) -> Iterable[R]:
        """Return at most `limit` rows whose key comes after this one; the first for None."""
        return self._rows.page(table, after, limit)


def _in(pairs: Iterable[tuple[Any, ...]], wanted: set[str]) -> set[str]:
    return {name for name, of in pairs if of in wanted}
