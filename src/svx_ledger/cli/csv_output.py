"""CSV on standard output, as `exports.csv_text` writes it."""

from collections.abc import Iterable, Sequence
from typing import Any

from svx_ledger.exports.csv_text import lines

from .output import say


def table(columns: Sequence[str], items: Iterable[Any]) -> None:
    """Print these attributes of each item as a table of CSV. Raises Unshown."""
    for line in lines(columns, items):
        say(line.removesuffix("\n"))  # which printing adds
