"""DuckDB, as it is used here: in this process, without the network, without its own choices."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .faults import CopyNotWritten, CopyRefused, NotInstalled

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = "256MB"
"""The most that DuckDB takes; beyond it, it works on disk."""
_SPECIAL: Final = frozenset("*?[")


def version() -> str:
    """Return the version of DuckDB. Raises NotInstalled."""
    try:
        import duckdb
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        raise NotInstalled(
            "columnar copies need DuckDB, which is not installed: "
            "`pip install 'svx-ledger[columns]'`; reports run from the tables without it"
        ) from None
    return duckdb.__version__


@contextmanager
def connected(work: Path | None = None, *, threads: int = 1) -> Iterator["DuckDBPyConnection"]:
    """Yield a connection of its own; what does not fit into memory goes to `work`.

    No extension is ever fetched. Raises NotInstalled.
    """
    version()
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": MEMORY,
        "threads": threads,
        "temp_directory": str(work) if work else "",
        "preserve_insertion_order": True,
    }
    with duckdb.connect(config=settings) as connection:
        yield connection


@contextmanager
def reading() -> Iterator[None]:
    """Say in words of ours what DuckDB says of a file that it reads. Raises CopyRefused."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        quotes = isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException)
        said = type(error).__name__ if quotes else _first_line(error)
        raise CopyRefused(f"the copy cannot be read: {said}") from None


@contextmanager
def writing() -> Iterator[None]:
    """Say in words of ours what DuckDB says of a file that it writes.

    Raises CopyNotWritten where disk or memory do not take it, CopyRefused for lines that are
    not what they should be.
    """
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise CopyNotWritten(f"{_first_line(error)}; nothing of it is served") from None
    except duckdb.Error as error:
        what = type(error).__name__  # its text may quote a record
        raise CopyRefused(f"the ledger's rows cannot be copied: {what}") from None


def named(path: Path) -> str:
    """Return a path as DuckDB's readers take it: no character of it is a pattern."""
    return "".join(f"[{c}]" if c in _SPECIAL else c for c in str(path.absolute()))


def literal(text: str) -> str:
    """Return a text as SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
