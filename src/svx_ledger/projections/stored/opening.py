"""From a ledger's address to its stored views."""

from collections.abc import Sequence

from svx_ledger.eventlog.open import open_store, raw_rows, sqlite_file
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.projection import Projection

from .hints import Hints
from .keeping import Keeper
from .ledger_views import LedgerViews
from .place import Database, Place


def open_keeper(url: str, projections: Sequence[Projection] = PROJECTIONS) -> Keeper:
    """Return who keeps the views of the ledger at an address. Raises StoreError."""
    store = open_store(url)
    try:
        store.check()
        return Keeper(store, Place(_database(url)), raw_rows(url), projections)
    except BaseException:
        store.close()
        raise


def open_ledger_views(url: str) -> LedgerViews:
    """Return the stored views of the ledger at an address; nothing is made yet."""
    return LedgerViews(open_keeper(url))


def hints_of(url: str) -> Hints | None:
    """Return what may tell a follower of news at this address: nothing for a file."""
    if sqlite_file(url) is not None:
        return None
    from .listening import Listener

    return Listener(url)


def _database(url: str) -> Database:
    file = sqlite_file(url)
    if file is not None:
        from .sqlite_views import SQLiteViews, views_path

        return SQLiteViews(views_path(file))
    from .postgres_views import PostgresViews

    return PostgresViews(url)
