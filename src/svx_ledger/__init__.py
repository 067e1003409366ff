"""An event-sourced auction ledger for the UK Social Value Exchange."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from svx_ledger.ledger import Clock, Ledger
    from svx_ledger.projections.stored.ledger_views import LedgerViews

__all__ = ["open_ledger", "open_views"]
__version__ = "0.1.0.dev0"


def open_ledger(
    url: str,
    *,
    clock: "Clock | None" = None,
    salts: Callable[[], bytes] | None = None,
    create: bool = False,
) -> "Ledger":
    """Return the ledger at an address, `sqlite:///FILE` or `postgresql://…`, open for writing.

    `create` makes the tables first where they are missing; the first command of a new ledger
    is OpenLedger. `clock` is the system's and `salts` are random unless given.
    Raises StoreError where the store cannot be used, WrongClock where real time meets
    simulated time.
    """
    from svx_ledger.eventlog.open import open_store
    from svx_ledger.ledger import Ledger
    from svx_ledger.ledger.randomness import random_salt

    store = open_store(url)
    try:
        if create:
            store.create()
        store.check()
        return Ledger(store, clock=clock, salts=salts or random_salt, owns_store=True)
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
