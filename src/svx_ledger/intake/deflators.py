"""Reading a deflator: a CSV table with an index for each year. All of it is taken, or nothing.

It is no import: nothing of it is written to the ledger. A report names the series and the
digest of the file, and whoever has the file computes the same.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Final

from svx_ledger.domain.uprating import NO_INDEX, NO_LABEL, Deflator, Years, labels

from .exact import Faulty
from .fingerprint import fingerprinted
from .rows import Row, headings, rows

INDEX: Final = "index"
MOST_YEARS: Final = 500

_YEARS: Final[dict[str, Years]] = {"financial_year": "financial", "calendar_year": "calendar"}
_PLAIN = re.compile(r"\d{1,12}(\.\d{1,30})?", re.ASCII)


def read_deflator(
    path: Path, *, series: str | None = None, source: str | None = None
) -> Deflator:
    """Read a deflator, named `series` or after its file. Raises Faulty, OSError.

    One column says the year, `financial_year` (2015/16) or `calendar_year` (2015), and one the
    index: `index`, or a name that begins with it and says the base, `index_1989_90_100`. Other
    columns are not read.
    """
    with fingerprinted(path) as digest:
        year_column, index_column = _columns(headings(path))
        years = _YEARS[year_column]
        index: dict[str, Decimal] = {}
        for row in rows(path):
            if row.fault:
                raise Faulty(row.fault.reason, row.pointer())
            year = row.cells[year_column]
            if not labels(year, years):
                raise Faulty(NO_LABEL[years], row.pointer(year_column))
            if year in index:
                raise Faulty("the year stands there twice", row.pointer(year_column))
            if len(index) == MOST_YEARS:
                raise Faulty(f"more than {MOST_YEARS} years", row.pointer())
            index[year] = _value(row, index_column)
    return Deflator(
        series=series or path.stem,
        source=source or path.name,
        base=index_column,
        years=years,
        index=index,
        sha256=digest,
    )


def _columns(names: tuple[str, ...]) -> tuple[str, str]:
    """Return the columns of the year and of the index."""
    years = [name for name in names if name in _YEARS]
    if len(years) != 1:
        raise Faulty("not one column financial_year or calendar_year", "line 1")
    values = [name for name in names if name == INDEX or name.startswith(f"{INDEX}_")]
    if len(values) != 1:
        raise Faulty(f"not one column {INDEX} or {INDEX}_…", "line 1")
    return years[0], values[0]


def _value(row: Row, column: str) -> Decimal:
    text = row.cells[column]
    if not _PLAIN.fullmatch(text):
        raise Faulty("no plain number such as 114.6232836", row.pointer(column))
    value = Decimal(text)
    if not value:
        raise Faulty(NO_INDEX, row.pointer(column))
    return value
