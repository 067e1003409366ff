"""What a variation makes of one pledge, and what stands against it."""

from decimal import Decimal
from typing import NamedTuple, Self

from svx_ledger.domain.bounds import unless_whole
from svx_ledger.domain.need import Need
from svx_ledger.domain.pledge.events import PledgeVaried
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

from .events import LineChange, VariedLine

VARIED_BELOW_CONFIRMED = Rule(
    "varied-below-confirmed",
    "A variation never takes back what has been confirmed.",
    "Request a quantity of at least what has been confirmed.",
)
VARIED_ABOVE_OUTSTANDING = Rule(
    "varied-above-outstanding",
    "A raise stays within what is outstanding of the need.",
    "Request no more than the outstanding quantity on top of what is owed.",
)
NEED_RESERVED = Rule(
    "need-reserved",
    "What is outstanding of a need is reserved while an auction lists it.",
    "Wait until the auction that lists it has led to a contract.",
    "conflict",
)


class Spend(NamedTuple):
    """What rate pledges are reckoned on: the contract's spend so far, and the reference."""

    so_far_pence: int
    reference_pence: int


class VariedPledge(NamedTuple):
    """A pledge as a variation makes it: `owed` now, and `reference` at the reference spend."""

    line: VariedLine
    pledge: Pledge
    owed: Decimal
    reference: Decimal
    rate: Decimal | None = None

    @classmethod
    def by(cls, line: VariedLine, pledge: Pledge, spend: Spend) -> Self:
        """Return what this line makes of the pledge.

        The line's quantity is what is owed. Of a rate pledge it is the cap, and what is owed
        is reckoned again on all that was spent.
        """
        if pledge.rate is None:
            return cls(line, pledge, line.quantity, line.quantity)
        rate = pledge.rate if line.rate is None else line.rate
        owed, reference = (
            quantity_at(rate, pence, line.quantity, divisible=pledge.terms.divisible)
            for pence in spend
        )
        return cls(line, pledge, owed, reference, rate)

    @property
    def change_pence(self) -> int:
        """What the pledge is worth more, or less, by the measure that bids are compared by."""
        pledge = self.pledge
        return pledge.value_pence(self.reference) - pledge.value_pence(pledge.reference)

    def unless_possible(self, need: Need) -> Refusal | None:
        """Refuse what cannot be owed.

        - A pledge that was released or written off is varied no more.
        - What cannot be divided is owed in whole units.
        - No quantity falls below what has been confirmed: neither a cap, nor what is owed
          below what counts of it.
        - A raise takes nothing that an auction has reserved.
        - A raise stays within what is outstanding of the need.
        """
        line, pledge = self.line, self.pledge
        if pledge.closed_on is not None:
            return WRONG_STATE.refuse(
                need=line.need_id, state=pledge.phase, expected="not let go"
            )
        divisible = pledge.terms.divisible
        if refusal := unless_whole(line.quantity, divisible=divisible, need=line.need_id):
            return refusal
        for varied, least in (
            (line.quantity, pledge.confirmed),
            (self.owed, min(pledge.confirmed, pledge.quantity)),
        ):
            if varied < least:
                return VARIED_BELOW_CONFIRMED.refuse(
                    need=line.need_id,
                    quantity=varied,
                    confirmed=least,
                    unit=need.unit,
                )
        raised = line.quantity - pledge.most
        if raised <= 0:
            return None
        if need.listed_in is not None:
            return NEED_RESERVED.refuse(need=line.need_id, auction=need.listed_in)
        if raised > need.outstanding:
            return VARIED_ABOVE_OUTSTANDING.refuse(
                need=line.need_id,
                raised=raised,
                outstanding=need.outstanding,
                unit=need.unit,
            )
        return None

    def change(self, pledge_id: str) -> LineChange:
        """Return what the contract says of it."""
        return LineChange(
            need_id=self.line.need_id,
            pledge_id=pledge_id,
            quantity_was=self.pledge.most,
            quantity=self.line.quantity,
            rate_was=self.pledge.rate,
            rate=self.rate,
        )

    def event(self, contract_id: str) -> PledgeVaried:
        """Return what happened to the pledge."""
        pledge, rated = self.pledge, self.rate is not None
        return PledgeVaried(
            contract_id=contract_id,
            quantity_was=pledge.quantity,
            quantity=self.owed,
            value_pence_was=pledge.value_pence(pledge.quantity),
            value_pence=pledge.value_pence(self.owed),
            counted_pence=pledge.newly_counted_pence(self.owed),
            rate=self.rate,
            cap=self.line.quantity if rated else None,
            reference=self.reference if rated else None,
        )
