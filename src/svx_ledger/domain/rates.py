"""Rate pledges: so many units for each pound of contract spend, up to a cap.

On a term contract payment is not guaranteed, so a supplier promises by the pound that it is
paid. The same sum ranks a bid on the reference spend and says later what is owed.
"""

from decimal import ROUND_DOWN, Decimal
from typing import Final

from .values import EXACT

_WHOLE: Final = Decimal(1)
_MILLIONTH: Final = Decimal("0.000001")
"""The finest quantity that a record can state."""


def quantity_at(rate: Decimal, spend_pence: int, cap: Decimal, *, divisible: bool) -> Decimal:
    """Return min(rate × spend in pounds, cap): spend is net of VAT, the rate in units per £.

    Rounded down, so that no more is counted than was promised: to whole units where the
    measure is indivisible, otherwise to the millionth.
    """
    units = EXACT.multiply(rate, Decimal(spend_pence).scaleb(-2, EXACT))
    step = _MILLIONTH if divisible else _WHOLE
    return min(units.quantize(step, rounding=ROUND_DOWN, context=EXACT), cap)
