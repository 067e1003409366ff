"""Amounts of a chart: exact to the end, and how they are written for people.

Nothing is added, subtracted or compared as a float. A chart's JSON holds JSON numbers: whole
ones as they are, others as the double nearest to the exact amount, which reads back as the
same pounds and pence up to 15 digits. The text beside each bar is made from the exact amount.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from svx_ledger.domain.leverage import rounded
from svx_ledger.domain.values import pounds

Amount = int | Decimal | Fraction
Unit = Literal["£", "£ per £1", "%", "share"]
PLACES: Final[dict[Unit, int]] = {"£": 2, "£ per £1": 2, "%": 2, "share": 4}
"""Decimals that are written; a share is a part of one."""
_LARGE: Final = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))


def exact(amount: Amount) -> Fraction:
    """Return an amount as a fraction. A float is refused: it is not what somebody recorded."""
    if isinstance(amount, float):
        raise TypeError("a float is no exact amount: give pence, a Decimal or a Fraction")
    return Fraction(amount)


def in_pounds(pence: int) -> Fraction:
    """Return pence in pounds, exactly; the unit of a chart of money is £."""
    return Fraction(pence, 100)


def number(amount: Fraction) -> int | float:
    """Return an amount as the number that stands in a chart's JSON."""
    return amount.numerator if amount.denominator == 1 else float(amount)


def decimal(amount: Fraction, unit: Unit) -> Decimal:
    """Return an amount to the decimals of its unit, rounded half to even, once."""
    return rounded(amount, PLACES[unit])


def pence(amount: Fraction) -> int:
    """Return pounds in pence, rounded half to even."""
    return round(100 * amount)


def shown(amount: Amount, unit: Unit) -> str:
    """Write an amount as people read it: £1,234.50, 12.10 %, 0.8787."""
    value = exact(amount)
    match unit:
        case "£" | "£ per £1":
            return pounds(pence(value))
        case "%":
            return f"{decimal(value, unit):,} %"
        case "share":
            return f"{decimal(value, unit):,}"


def change(before: Fraction, after: Fraction) -> str:
    """Write by how many pounds something rose or fell, and by which part of what it was."""
    if before == after:
        return "no change"
    sign = "+" if after > before else ""
    amount = f"{sign}{shown(after - before, '£')}"
    if before == 0:
        return amount
    return f"{amount} ({sign}{shown(100 * (after - before) / abs(before), '%')})"


def tick(amount: Fraction, unit: Unit) -> str:
    """Write a round amount shortly, as on an axis: £2.5m, -£500, 10 %, 0.2."""
    sign, size, suffix = "-" if amount < 0 else "", abs(amount), ""
    if unit == "£":
        for scale, name in _LARGE:
            if size >= scale:
                size, suffix = size / scale, name
                break
    text = f"{Decimal(size.numerator) / Decimal(size.denominator):,f}"
    match unit:
        case "£" | "£ per £1":
            whole, point, pennies = text.partition(".")
            if point and not suffix:
                text = f"{whole}.{pennies:0<2}"
            return f"{sign}£{text}{suffix}"
        case "%":
            return f"{sign}{text} %"
        case "share":
            return f"{sign}{text}"
