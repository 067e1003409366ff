"""Money and quantities: exact arithmetic, rounded in one place; and how values are written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)

EXACT = Context(
    prec=60,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Wide enough that no product of a quantity and a proxy is ever rounded before the end.

All is stated: what is left out would be that of `decimal.DefaultContext`, which anybody can
set. Rules, projections and audits work within it, whatever context their caller has.
"""


@contextmanager
def exactly() -> Iterator[None]:
    """Let decimals be added and compared within `EXACT`; also stands over a function."""
    with localcontext(EXACT):
        yield


_PENNY = Decimal(1)
_HUNDRED = Decimal(100)
_times = EXACT.multiply


def value_pence(quantity: Decimal, pounds_per_unit: Decimal) -> int:
    """Return quantity × proxy in pence, rounded half to even at the penny (invariant 6)."""
    return round_pence(_times(_times(quantity, pounds_per_unit), _HUNDRED))


def round_pence(pence: Decimal) -> int:
    """Round exact pence half to even."""
    return int(EXACT.quantize(pence, _PENNY))


def plain(quantity: Decimal) -> str:
    """Write a quantity in one way only: what is said of it must not hang on how it came in."""
    return f"{quantity.normalize(EXACT):f}" if quantity else "0"


def pounds(pence: int) -> str:
    """Write pence as people read them: 399600000 → £3,996,000.00."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def utc(instant: datetime) -> str:
    """Write an instant as records do: in UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
