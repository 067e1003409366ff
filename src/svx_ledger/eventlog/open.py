"""From an address to a store."""

from pathlib import Path
from urllib.parse import unquote

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
    scheme, colon, rest = url.partition(":")
    if scheme in ("postgresql", "postgres") and rest.startswith("//"):
        return _postgres(url, application_role)
    if scheme != "sqlite" or not colon:
        raise BadAddress(f"not the address of a ledger; {_FORMS}")
    if application_role is not None:
        raise BadAddress("SQLite has no roles: the owner of the file may append")
    file = unquote(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else ""
    if not file or file.endswith("/") or ":memory:" in file or "?" in url or "\0" in file:
        raise BadAddress(f"not the address of a ledger file; {_FORMS}")
    from .sqlite import SQLiteStore

    return SQLiteStore(Path(file))


def _postgres(url: str, application_role: str | None) -> Store:
    from psycopg import ProgrammingError

    from .postgres import PostgresStore

    try:
        return PostgresStore(url, application_role=application_role)
    except ProgrammingError:  # its text can quote a password
        raise BadAddress(f"not an address that PostgreSQL understands; {_FORMS}") from None
