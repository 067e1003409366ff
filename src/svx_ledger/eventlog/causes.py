"""Which failures of a store are met again by whatever is written next, and which pass.

A store says last, after the colon, what stopped it: SQLite's symbol, or the server's state.
"""

from typing import Final

from .store import StoreError

_DAMAGE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_LASTING: Final = (
    *_DAMAGE,
    "SQLITE_READONLY",
    "SQLITE_FULL",
    "SQLITE_IOERR_SHMSIZE",  # the disk is full
    "ERROR 42501",  # a right is missing
    "ERROR 25006",  # the server is a standby
    "ERROR 0A000",  # so does a standby refuse to begin
)


def lasting(failure: StoreError) -> str | None:
    """Return what stopped a write where the next one meets it too; it names no place."""
    said = str(failure).rpartition(": ")[2]
    return said if said.startswith(_LASTING) else None


def is_damage(cause: str) -> bool:
    """Whether what was met is damage, which other writes may miss, and no wait mends."""
    return cause.startswith(_DAMAGE)
