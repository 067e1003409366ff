"""An event-sourced auction ledger for the UK Social Value Exchange."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from svx_ledger.exchange import Exchange
    from svx_ledger.exports.tables import LeverageTables
    from svx_ledger.ledger import Clock
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.stored.ledger_views import LedgerViews

__all__ = ["open_ledger", "open_views", "tables_of"]
__version__ = "0.1.0.dev0"


def open_ledger(
    url: str,
    *,
    clock: "Clock | None" = None,
    salts: Callable[[], bytes] | None = None,
    create: bool = False,
    mark: str | None = None,
    restored: bool = False,
) -> "Exchange":
    """Return the ledger at an address, `sqlite:///FILE` or `postgresql://…`, open for writing.

    Commands go in by `execute`, `leverage` reports on them, and `views` have all else that is
    read.
    `create` makes the tables first where there is nothing of a ledger; the first command of a
    new one is OpenLedger. `clock` is the system's and `salts` are random unless given.

    A ledger that is behind what was published of it is refused (Forked), unless `restored`
    says that StartEpoch comes next; `mark` names the file with its newest signed checkpoint,
    where that is not beside it (docs/publishing.md).
    Raises StoreError where the store cannot be used, WrongClock where real time meets
    simulated time.
    """
    from svx_ledger.eventlog.open import open_store
    from svx_ledger.exchange import Exchange
    from svx_ledger.ledger.randomness import random_salt
    from svx_ledger.publishing.guard import assert_may_write

    store = open_store(url)
    try:
        if create:
            store.create()
        store.check()
        if not restored:
            assert_may_write(store, url, mark)
        return Exchange(store, url=url, clock=clock, salts=salts or random_salt)
    except BaseException:
        store.close()
        raise


def open_views(url: str) -> "LedgerViews":
    """Return the stored views of the ledger at an address, for reading.

    `with open_views(url) as views, views.view() as view:` has the rows of all projections at
    one position. They stand in a file beside an SQLite ledger, in the schema `svx_views` of a
    PostgreSQL one, and are made and brought up to the log when they are read.
    Raises StoreError where the ledger cannot be read.
    """
    from svx_ledger.projections.stored.opening import open_ledger_views

    return open_ledger_views(url)


def tables_of(report: "LeverageReport") -> "LeverageTables":
    """Return the tables of a leverage report, as pandas, Polars and DuckDB take them."""
    from svx_ledger.exports.tables import tables_of

    return tables_of(report)
