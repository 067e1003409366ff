"""The lines of a bid: whether they are in order, and what they are worth."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.bounds import unless_whole
from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.rule import Refusal, Rule
from svx_ledger.domain.values import EXACT, value_pence

from .events import BidLine
from .terms import POINTS_PLACES, AuctionTerms, FrozenNeed

NEED_NOT_LISTED = Rule(
    "need-not-listed",
    "A bid pledges to needs of its auction.",
    "Leave the line out, or name a need of this auction.",
)
NEED_TWICE = Rule(
    "need-twice",
    "A bid has at most one line for a need.",
    "Put the whole quantity for the need in one line.",
)
WRONG_UNIT = Rule(
    "wrong-unit",
    "A quantity is in the unit of the need.",
    "State the quantity in that unit.",
)
QUANTITY_NOT_POSITIVE = Rule(
    "quantity-not-positive",
    "A line pledges more than nothing.",
    "Leave the line out, or pledge a quantity above zero.",
)
QUANTITY_ABOVE_CAP = Rule(
    "quantity-above-cap",
    "A line pledges at most the cap of its need.",
    "Pledge up to the cap.",
)
RATE_WITHOUT_REFERENCE = Rule(
    "rate-without-reference",
    "A rate is ranked on the reference spend that the terms froze.",
    "Pledge a fixed quantity; this auction takes no rates.",
)
RATE_NOT_POSITIVE = Rule(
    "rate-not-positive",
    "A rate pledges something for each pound.",
    "State a rate above zero, or leave it out for a fixed quantity.",
)
RATE_COMES_TO_NOTHING = Rule(
    "rate-comes-to-nothing",
    "A rate comes to at least one unit on the reference spend, or a millionth of a divisible "
    "one.",
    "Raise the rate, or pledge a fixed quantity.",
)

_PLACES = Decimal(1).scaleb(-POINTS_PLACES)


class Worth(NamedTuple):
    """What a bid is worth in pounds, and in points where bids are compared by these."""

    value_pence: int
    score_points: Decimal | None = None


def fault_in_lines(
    lines: tuple[BidLine, ...],
    needs: Mapping[str, FrozenNeed],
    reference_spend_pence: int | None,
) -> Refusal | None:
    """Return what is wrong with the first faulty line, by the first of these rules.

    - It names a need of the auction.
    - No earlier line names that need.
    - Its unit is the need's.
    - Its quantity is more than zero.
    - Its quantity is whole where the measure is indivisible.
    - Its quantity is within the cap.
    - It has a rate only where the terms have a reference spend.
    - Its rate, if it has one, is more than zero.
    - Its rate comes to something on the reference spend.
    """
    seen: set[str] = set()
    for line in lines:
        need = needs.get(line.need_id)
        if need is None:
            return NEED_NOT_LISTED.refuse(need=line.need_id)
        if line.need_id in seen:
            return NEED_TWICE.refuse(need=line.need_id)
        if line.unit != need.unit:
            # On record with the rejection, and derived again by an audit: these three stay.
            return WRONG_UNIT.refuse(need=line.need_id, unit=line.unit, expected=need.unit)
        if line.quantity <= 0:
            return QUANTITY_NOT_POSITIVE.refuse(need=line.need_id)
        if broken := unless_whole(line.quantity, divisible=need.divisible, need=line.need_id):
            return broken
        if line.quantity > need.cap:
            return QUANTITY_ABOVE_CAP.refuse(
                need=line.need_id, quantity=line.quantity, cap=need.cap
            )
        if line.rate is not None and (
            broken := _fault_in_rate(line, line.rate, need, reference_spend_pence)
        ):
            return broken
        seen.add(line.need_id)
    return None


def _fault_in_rate(
    line: BidLine, rate: Decimal, need: FrozenNeed, reference_spend_pence: int | None
) -> Refusal | None:
    if reference_spend_pence is None:
        return RATE_WITHOUT_REFERENCE.refuse(need=line.need_id)
    if rate <= 0:
        return RATE_NOT_POSITIVE.refuse(need=line.need_id)
    if not counted(line, need, reference_spend_pence):
        return RATE_COMES_TO_NOTHING.refuse(
            need=line.need_id, rate=rate, reference_spend_pence=reference_spend_pence
        )
    return None


def counted(line: BidLine, need: FrozenNeed, reference_spend_pence: int | None) -> Decimal:
    """Return the quantity that a line is ranked and valued at.

    What it pledges; with a rate, what that comes to on the reference spend, up to its cap.
    """
    if line.rate is None:
        return line.quantity
    assert reference_spend_pence is not None
    return quantity_at(
        line.rate, reference_spend_pence, line.quantity, divisible=need.divisible
    )


def worth(
    lines: tuple[BidLine, ...], needs: Mapping[str, FrozenNeed], terms: AuctionTerms
) -> Worth:
    """Return what a bid is worth, each line rounded by itself (invariant 6).

    To the penny; in points, quantity × points a unit, to the millionth of a point. Both half
    to even.
    """
    reference = terms.reference_spend_pence
    if terms.basis == "pounds":
        return Worth(
            sum(
                value_pence(counted(line, need, reference), need.pounds_per_unit)
                for line in lines
                for need in (needs[line.need_id],)
            )
        )
    value, score = 0, Decimal(0)
    for line in lines:
        need = needs[line.need_id]
        quantity = counted(line, need, reference)
        value += value_pence(quantity, need.pounds_per_unit)
        score = EXACT.add(score, points_of(quantity, need))
    return Worth(value, score)


def points_of(quantity: Decimal, need: FrozenNeed) -> Decimal:
    """Return quantity × points a unit, to the millionth of a point, half to even."""
    assert need.points_per_unit is not None
    return EXACT.multiply(quantity, need.points_per_unit).quantize(_PLACES, context=EXACT)
