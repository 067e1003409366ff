"""From plain values to what the ledger records as stated: total, and nothing is guessed.

Each function takes any value at all. What is missing is None; what is not of the kind that
its field has is Faulty.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from svx_ledger.domain.observation.stated import Stated, StatedMoney, StatedTime
from svx_ledger.eventlog.scalars import visible

from .exact import Faulty

MOST_TEXT: Final = 1000
MOST_CODE: Final = 200
MOST_TIME: Final = 100

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII
)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+) (\d{4})", re.ASCII)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def stated_text(value: Any) -> Stated | None:
    """Return a text, marked where it cannot stand here as it was published."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Faulty("no text")
    shown = visible(value)
    if len(shown) > MOST_TEXT:
        shown = shown[:MOST_TEXT].rstrip()
    if not shown:
        return None
    if shown == value:
        return Stated(text=shown)
    return Stated(text=shown, published_sha256=_sha256(value))


def stated_code(value: Any) -> str | None:
    """Return an identifier, a status or a tag: exactly, but for space at its ends."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Faulty("no text")
    code = value.strip()
    if len(code) > MOST_CODE:
        raise Faulty(f"an identifier of more than {MOST_CODE} characters")
    if visible(code) != code:
        raise Faulty("an identifier with characters that nobody can see")
    return code or None


def stated_time(value: Any) -> StatedTime | None:
    """Return a date or time as published, with the instant or the day that it says."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Faulty("no text")
    text = visible(value)
    if len(text) > MOST_TIME:
        raise Faulty(f"a date of more than {MOST_TIME} characters")
    if not text:
        return None
    if _INSTANT.fullmatch(text):
        return StatedTime(text=text, at=_instant(text))
    return StatedTime(text=text, on=day_in(text))


def day_in(text: str) -> date | None:
    """Return the day that a text says, if it can be read in one way only.

    `2014-03-31`, with or without a time of day, and `31 March 2014` say one; `03/04/2014`
    does not, since some write the month first.
    """
    if local := _LOCAL.fullmatch(text):
        return _day(*map(int, local[1].split("-")))
    if (written := _WRITTEN.fullmatch(text)) and written[2] in _MONTHS:
        return _day(int(written[3]), _MONTHS.index(written[2]) + 1, int(written[1]))
    return None


def stated_money(value: Any) -> StatedMoney | None:
    """Return an amount; None where only a currency is stated, or nothing."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Faulty("no object")
    number = value.get("amount")
    if number is None:
        return None
    amount = exact_amount(number, "/amount")
    currency = value.get("currency")
    if currency is not None and not (
        isinstance(currency, str) and re.fullmatch("[A-Za-z]{3}", currency)
    ):
        raise Faulty("no currency of three letters", "/currency")
    return StatedMoney(amount=amount, currency=currency)


def exact_amount(number: Any, pointer: str = "") -> Decimal:
    """Return a number as an exact amount. Raises Faulty."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise Faulty("no number", pointer)
    amount = Decimal(number) or Decimal(0)
    far = not -12 <= amount.adjusted() < 15  # found out before any digit is written
    if far or len(f"{amount:f}".partition(".")[2].rstrip("0")) > 12:
        raise Faulty("an amount of more than 15 digits, or 12 after the point", pointer)
    return amount


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
