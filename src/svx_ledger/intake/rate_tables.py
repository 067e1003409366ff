"""Reading a table of discount rates from CSV. All of it is taken, or nothing.

It is no import: nothing of it is written to the ledger. A report names the table and the digest
of the file, and whoever has the file computes the same.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from svx_ledger.domain.present_value import RateTable, Step, UnusableRates

from .exact import Faulty
from .fingerprint import fingerprinted
from .rows import Row, headings, rows

FIRST_YEAR: Final = "first_year"
RATE: Final = "rate"
MOST_STEPS: Final = 500

_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_PLAIN = re.compile(r"\d{1,3}(\.\d{1,12})?", re.ASCII)


def read_rate_table(
    path: Path,
    *,
    name: str | None = None,
    source: str | None = None,
    published: date | None = None,
) -> RateTable:
    """Read a table of rates, called `name` or after its file. Raises Faulty, OSError.

    The columns are `first_year`, 0 in the first row and later from row to row, and `rate`, a
    share of one (0.035 for 3.5 %) that holds until the year before the next row's. Others are
    not read.
    """
    with fingerprinted(path) as digest:
        names = headings(path)
        if missing := [column for column in (FIRST_YEAR, RATE) if column not in names]:
            raise Faulty(f"no column {', '.join(missing)}", "line 1")
        read: list[tuple[Row, Step]] = []
        for row in rows(path):
            if row.fault:
                raise Faulty(row.fault.reason, row.pointer())
            if len(read) == MOST_STEPS:
                raise Faulty(f"more than {MOST_STEPS} rates", row.pointer())
            read.append((row, _step(row)))
    try:
        return RateTable(
            name=name or path.stem,
            source=source or path.name,
            published=published,
            steps=tuple(step for _, step in read),
            sha256=digest,
        )
    except UnusableRates as fault:
        raise Faulty(fault.reason, read[fault.step][0].pointer()) from None


def _step(row: Row) -> Step:
    if not _WHOLE.fullmatch(row.cells[FIRST_YEAR]):
        raise Faulty("no whole number of years", row.pointer(FIRST_YEAR))
    if not _PLAIN.fullmatch(row.cells[RATE]):
        raise Faulty("no plain number such as 0.035", row.pointer(RATE))
    return Step(int(row.cells[FIRST_YEAR]), Decimal(row.cells[RATE]))
