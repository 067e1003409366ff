"""What each argument of a question for leverage is, so that one of another type is named.

A notebook gives what it has: a float from a table, a date as text. Some of it would do until
deep in the report, and some would be taken for something else.
"""

from collections.abc import Mapping
from datetime import date, datetime
from operator import index
from typing import Final, SupportsIndex

from svx_ledger.domain.present_value import RateTable
from svx_ledger.domain.uprating import Deflator

_ARE: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "as_at": ((datetime, date), "an instant (a datetime) or a UK date (a date)"),
    "known_at": ((SupportsIndex,), "a log position, a whole number"),
    "procurement": ((str,), "the id of a procurement, a text"),
    "authority": ((str,), "the id of an authority, a text"),
    "first_day": ((date,), "a UK date (a date)"),
    "last_day": ((date,), "a UK date (a date)"),
    "year": ((str,), "a financial year as a text, such as '2025/26'"),
    "period_basis": ((str,), "'cohort' or 'period'"),
    "proxy_set": ((str,), "the id of a proxy set, a text"),
    "deflator": ((Deflator,), "a Deflator, or the name of its file"),
    "prices_of": (
        (SupportsIndex,),
        "the year in which it begins, a whole number",
    ),
    "rates": ((RateTable,), "a RateTable, or the name of its file"),
    "convention": ((str,), "'green_book' or 'sroi_guide'"),
}


def wrong_kind(given: Mapping[str, object]) -> str | None:
    """Say which argument is none of what it may be; None where each is, or is not given."""
    for name, value in given.items():
        kinds, are = _ARE[name]
        if value is not None and (isinstance(value, bool) or not _is_of(kinds, value)):
            return f"{name} is {are}, and not of the type {type(value).__name__}"
    return None


def _is_of(kinds: tuple[type, ...], value: object) -> bool:
    """Whether a value is of these types; an array says that it is a number, and may be none."""
    if isinstance(value, kinds) and isinstance(value, SupportsIndex):
        try:
            whole(value)
        except (TypeError, ValueError):
            return False
    return isinstance(value, kinds)


def whole(number: SupportsIndex | None) -> int | None:
    """Return a whole number as Python's own: one from a table of numpy is of another type."""
    return None if number is None else index(number)
