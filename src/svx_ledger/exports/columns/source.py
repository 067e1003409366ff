"""What a copy is made of: the log's raw rows, and the facts of its views."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from svx_ledger.eventlog.open import raw_rows, sqlite_file
from svx_ledger.eventlog.raw_rows import OpenRows, RawRow
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.projections.stored.ledger_views import LedgerViews

from .facts import Fact, facts
from .faults import CopyRefused

_BATCH: Final = 2_000
"""Rows at a time: some megabytes."""

FactsOf = Callable[[int, int], Iterator[Fact]]
"""Gives the facts at positions after the one, up to the other."""


@dataclass(frozen=True, slots=True)
class Source:
    """A ledger to be copied; `facts` reads views that are as far as it is asked for."""

    open_rows: OpenRows
    head: Callable[[], int]
    facts: FactsOf

    def rows(self, after: int, until: int) -> Iterator[RawRow]:
        """Give the rows of a range of positions. Raises CopyRefused where one is missing."""
        with closing(self.open_rows()) as log:
            for start in range(after, until, _BATCH):
                stop = min(start + _BATCH, until)
                found = log.read(start, stop)
                if [row[0] for row in found] != list(range(start + 1, stop + 1)):
                    raise CopyRefused(f"the ledger has a gap between {start + 1} and {stop}")
                yield from found

    def opening(self) -> tuple[str, str]:
        """Return the ledger's id and the leaf of its first record. Raises CopyRefused."""
        if not self.head():
            raise CopyRefused("the ledger is empty: open it with `svx-ledger init`")
        ((_, stream, _, _, record),) = self.rows(0, 1)
        return stream, leaf_of(record).hex()


def source_of(url: str, views: LedgerViews) -> Source:
    """Return what a copy of the ledger at an address is made of; `views` are its views."""

    def of_views(after: int, until: int) -> Iterator[Fact]:
        with views.view(after=until, timeout=None) as view:
            yield from facts(view.rows, after, until)

    return Source(raw_rows(url), lambda: views.keeper.store.head().position, of_views)


def columns_path(url: str) -> Path | None:
    """Return where the copy of a ledger's file stands: `x.columns` beside `x.db`.

    None for a ledger on PostgreSQL. Raises BadAddress.
    """
    file = sqlite_file(url)
    return None if file is None else file.with_name(f"{file.name.removesuffix('.db')}.columns")
