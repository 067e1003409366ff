"""CSV, wherever any is written: RFC 4180, with cells that no spreadsheet calculates.

One header row, lines that end in CR LF, UTF-8. A text that a spreadsheet would take for a
formula gets an apostrophe before it; numbers never do.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from svx_ledger.eventlog.scalars import instant, plain_decimal

_FORMULA: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")  # the last four full-width
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def lines(columns: Sequence[str], items: Iterable[Any]) -> Iterator[str]:
    """Give the headings, and of each item these attributes; each line with its end."""
    yield line(columns)
    for item in items:
        yield line([getattr(item, column) for column in columns])


def line(values: Sequence[Any]) -> str:
    """Return one line of CSV, with its CR LF."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([cell(value) for value in values])
    return text.getvalue()


def cell(value: Any) -> str:
    """Return a value as a cell: empty for None, positions with spaces between them."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return plain_decimal(value)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return neutral(" ".join(cell(one) for one in value))
        case _:
            return neutral(str(value))


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    formula = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text
