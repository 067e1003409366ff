"""Leverage: how much social value came for each pound spent, by exact arithmetic.

Money is integer pence, shares and quantities are Decimal; a quotient is rounded once, half to
even, from exact values. No function here knows where its numbers come from: the report of the
ledger, an audit and an evaluator's notebook call the same ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from .values import EXACT, round_pence

NOTHING_RECORDED: Final = "nothing recorded to divide by"
DIVISOR_IS_ZERO: Final = "what to divide by is zero"

_ONE = Decimal(1)


def k(deadweight: Decimal, displacement: Decimal, attribution: Decimal) -> Decimal:
    """Return the share that is left once the three shares of a proxy are taken off, in turn.

    Deadweight would have come anyway, displacement is missing elsewhere, and what falls under
    attribution others brought about.
    """
    left = EXACT.subtract(_ONE, deadweight)
    left = EXACT.multiply(left, EXACT.subtract(_ONE, displacement))
    return EXACT.multiply(left, EXACT.subtract(_ONE, attribution))


def net_pence(gross_pence: int, share: Decimal) -> int:
    """Return one line's gross value × k, rounded to the penny; a net sum adds these up."""
    return round_pence(EXACT.multiply(Decimal(gross_pence), share))


def counted(delivered: Decimal, awarded: Decimal) -> Decimal:
    """Return the delivered quantity that counts: at most what is owed (invariant 15).

    The rest is over-delivery: shown, never counted.
    """
    return min(delivered, awarded)


def d1_pence(exchange_pence: Iterable[int]) -> int | None:
    """Return exchange spend by public bodies, net of VAT; None where none is recorded."""
    return _sum(exchange_pence)


def d2_pence(exchange_pence: Iterable[int], administration_pence: Iterable[int]) -> int | None:
    """Return D1 with the authorities' administration cost; None where either is unknown.

    Without a record, the cost of administration is not nothing: it is not known.
    """
    d1, administration = _sum(exchange_pence), _sum(administration_pence)
    return None if d1 is None or administration is None else d1 + administration


def d3_pence(contract_pence: Iterable[int]) -> int | None:
    """Return the value of the contracts entered; None where there is none."""
    return _sum(contract_pence)


def d4_pence(d2_pence: int | None, input_pence: Iterable[int]) -> int | None:
    """Return D2 with every other recorded input; None where D2 or all of those are unknown.

    By D4 alone a figure may be called SROI. Inputs that nobody recorded are not nothing.
    """
    inputs = _sum(input_pence)
    return None if d2_pence is None or inputs is None else d2_pence + inputs


@dataclass(frozen=True, slots=True)
class Quotient:
    """A rounded quotient; where there is none, `value` is None and `reason` says why."""

    value: Decimal | None
    reason: str | None = None


def ratio(numerator_pence: int, denominator_pence: int | None) -> Quotient:
    """Return pounds for each pound, to the penny. Of many: Σ numerators ÷ Σ denominators."""
    return _quotient(numerator_pence, denominator_pence, 2)


def percentage(part_pence: int, whole_pence: int | None) -> Quotient:
    """Return a part as a percentage of the whole, to two places."""
    return _quotient(100 * part_pence, whole_pence, 2)


def conversion(awarded_pence: int, pledged_pence: int) -> Quotient:
    """Return the share of what was pledged that contracts bind: awarded ÷ pledged."""
    return _quotient(awarded_pence, pledged_pence, 4)


def delivery_rate(confirmed_pence: int, awarded_pence: int) -> Quotient:
    """Return the share of what is owed that was confirmed: confirmed ÷ awarded."""
    return _quotient(confirmed_pence, awarded_pence, 4)


def share(part_pence: int, whole_pence: int) -> Quotient:
    """Return a part of a whole, as a part of one, to four places."""
    return _quotient(part_pence, whole_pence, 4)


def contributions(
    parts_pence: Mapping[str, int], denominator_pence: int | None
) -> Mapping[str, Fraction]:
    """Return what each part adds to the ratio: part ÷ whole denominator, exact.

    A measure, a place or a supplier has no denominator of its own, so these are no ratios.
    Unrounded they sum to the ratio; empty where that does not exist.
    """
    if not denominator_pence:
        return {}
    return {name: Fraction(pence, denominator_pence) for name, pence in parts_pence.items()}


def rounded(value: Fraction, places: int) -> Decimal:
    """Round an exact value half to even."""
    return Decimal(round(value * 10**places)).scaleb(-places, EXACT)


def _sum(amounts_pence: Iterable[int]) -> int | None:
    amounts = tuple(amounts_pence)
    return sum(amounts) if amounts else None


def _quotient(numerator: int, denominator: int | None, places: int) -> Quotient:
    if denominator is None:
        return Quotient(None, NOTHING_RECORDED)
    if denominator == 0:
        return Quotient(None, DIVISOR_IS_ZERO)
    return Quotient(rounded(Fraction(numerator, denominator), places))
