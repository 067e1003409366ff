"""From an address to a store."""

from functools import partial
from pathlib import Path
from urllib.parse import unquote

from .raw_rows import OpenRows
from .store import Store, StoreError

_SQLITE = "sqlite:///"
_FORMS = "use sqlite:///FILE, sqlite:////ABSOLUTE/FILE or postgresql://USER@HOST/DATABASE"


class BadAddress(StoreError):
    """An address that names no store; the text says what one looks like."""


def open_store(url: str, *, application_role: str | None = None) -> Store:
    """Return the store at an address, without touching it yet: `create` or `check` do.

    `sqlite:///FILE` is relative to the working directory, `sqlite:////FILE` absolute. On
    PostgreSQL `application_role` is the role to which `create` grants reading and appending.
    Raises BadAddress; UnsafeStore where the environment asks for unlocked inserts.
    """
    file = sqlite_file(url)
    if file is None:
        return _postgres(url, application_role)
    if application_role is not None:
        raise BadAddress("SQLite has no roles: the owner of the file may append")
    from .sqlite import SQLiteStore

    return SQLiteStore(file)


def raw_rows(url: str) -> OpenRows:
    """Return what connects to the log at an address for reading ranges of its raw rows.

    It can be pickled, and called in another process. Raises BadAddress.
    """
    file = sqlite_file(url)
    if file is not None:
        from .raw_sqlite import SQLiteRows

        return partial(SQLiteRows, file.absolute())
    _postgres(url, None)  # opens nothing, but reads the address
    from .raw_postgres import PostgresRows

    return partial(PostgresRows, url)


def sqlite_file(url: str) -> Path | None:
    """Return the file that an address names; None for an address on PostgreSQL."""
    scheme, colon, rest = url.partition(":")
    if scheme in ("postgresql", "postgres") and rest.startswith("//"):
        return None
    if scheme != "sqlite" or not colon:
        raise BadAddress(f"not the address of a ledger; {_FORMS}")
    file = unquote(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else ""
    if not file or file.endswith("/") or ":memory:" in file or "?" in url or "\0" in file:
        raise BadAddress(f"not the address of a ledger file; {_FORMS}")
    return Path(file)


def _postgres(url: str, application_role: str | None) -> Store:
    from psycopg import ProgrammingError

    from .postgres import PostgresStore

    try:
        return PostgresStore(url, application_role=application_role)
    except ProgrammingError:  # its text can quote a password
        raise BadAddress(f"not an address that PostgreSQL understands; {_FORMS}") from None
