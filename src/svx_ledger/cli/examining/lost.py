"""A ledger that is not there, or empty, where one was: what is known of it tells."""

from collections.abc import Iterator
from typing import Final

from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.store import StoreError
from svx_ledger.projections.stored.sqlite_views import views_path
from svx_ledger.publishing.restoring import known_here
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.settings import Settings

RESTORE: Final = (
    "A ledger was here, and begins no second time: keep a copy of what is left, and restore "
    'its newest backup, docs/operations.md, "Restore".'
)


def was_there(settings: Settings) -> str | None:
    """Return what tells of a ledger that was at the address; None where nothing does."""
    return next(_traces(settings), None)


def _traces(settings: Settings) -> Iterator[str]:
    file = sqlite_file(settings.ledger)
    if file is not None and views_path(file).exists():
        yield f"views of it, {views_path(file)}"
    try:
        for known in known_here(settings.ledger, settings.mark):
            yield f"a checkpoint of it, {known.where}"
        database = open_state(settings.ledger)
        try:
            if database.present():
                yield "the state of its published log"
        finally:
            database.close()
    except StoreError:
        # What cannot be read was written. Without a server nothing is known.
        if file is not None:
            yield "the state of its published log, or the mark"
