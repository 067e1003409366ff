"""What the laws have in common: how a breach is said, and how plain values are read."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
_LONDON = ZoneInfo("Europe/London")
Record = dict[str, Any]


class Broken(AssertionError):
    """A stored record that breaks a law."""


def broken(position: int, text: str) -> NoReturn:
    """Say at which position which law is broken."""
    raise Broken(f"position {position}: {text}")


class Law:
    """A law with nothing to say; each real one overrides what it needs."""

    def feed(self, record: Record) -> None:
        """Take in one record."""

    def settle(self, position: int) -> None:
        """Look at what must hold whenever a command is complete."""


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day_in_london(text: str) -> date:
    """Return the date that a clock in London shows at an instant."""
    return instant(text).astimezone(_LONDON).date()


def seconds(count: int) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)


def worth_pence(quantity: Decimal, pounds: Decimal) -> int:
    """Return quantity × pounds a unit in pence, half to even."""
    pence = _EXACT.multiply(_EXACT.multiply(quantity, pounds), Decimal(100))
    return int(pence.to_integral_value(ROUND_HALF_EVEN, _EXACT))


def points_of(quantity: Decimal, each: Decimal) -> Decimal:
    """Return quantity × points a unit, to the millionth, half to even."""
    millionths = _EXACT.multiply(_EXACT.multiply(quantity, each), Decimal(10**6))
    return Decimal(millionths.to_integral_value(ROUND_HALF_EVEN, _EXACT)).scaleb(-6, _EXACT)


def by_rate(rate: Decimal, spend_pence: int, cap: Decimal, *, divisible: bool) -> Decimal:
    """Return what a rate comes to on a spend: units a pound, rounded down, at most the cap."""
    units = _EXACT.divide(_EXACT.multiply(rate, Decimal(spend_pence)), Decimal(100))
    scale = 10**6 if divisible else 1
    whole = _EXACT.multiply(units, Decimal(scale)).to_integral_value(ROUND_DOWN, _EXACT)
    return min(_EXACT.divide(whole, Decimal(scale)), cap)
