"""From a ledger's address to where the state of its published log is kept."""

from pathlib import Path

from svx_ledger.eventlog.open import sqlite_file

from .database import Database


def open_state(url: str) -> Database:
    """Return the state's place of the ledger at an address; nothing is made yet."""
    file = sqlite_file(url)
    if file is not None:
        from .sqlite import SQLiteState, log_folder

        return SQLiteState(log_folder(file))
    from .postgres import PostgresState

    return PostgresState(url)


def key_path(url: str, named: str | None) -> Path | None:
    """Return where the log's signing keys are: as named, else beside an SQLite ledger."""
    return _beside(url, named, "key")


def mark_path(url: str, named: str | None) -> Path | None:
    """Return where the high-water mark is: as named, else beside an SQLite ledger."""
    return _beside(url, named, "mark")


def _beside(url: str, named: str | None, name: str) -> Path | None:
    if named is not None:
        return Path(named)
    file = sqlite_file(url)
    if file is None:
        return None
    from .sqlite import log_folder

    return log_folder(file) / name
