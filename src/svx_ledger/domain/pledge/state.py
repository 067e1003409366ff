"""A pledge as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import assert_never

from svx_ledger.domain.values import value_pence

from .events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeEvent,
    PledgeVaried,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A pledge as the rules see it: its terms, what is owed now, what was delivered.

    `claims` counts all claims; of those that nobody decided yet `open_claims` has the
    quantities, and `claimers` everybody who ever claimed.
    """

    terms: PledgeCommitted
    quantity: Decimal
    claimed: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    claims: int = 0
    open_claims: Mapping[int, Decimal] = field(default_factory=dict)
    claimers: frozenset[str] = frozenset()

    def value_pence(self, quantity: Decimal) -> int:
        """Return what a quantity of this pledge is worth."""
        return value_pence(quantity, self.terms.pounds_per_unit)

    def counted_pence(self, confirmed: Decimal, *, owed: Decimal) -> int:
        """Return what counts of a confirmed quantity where so much is owed (invariant 15)."""
        return self.value_pence(min(confirmed, owed))


def evolve(pledge: Pledge | None, event: PledgeEvent) -> Pledge:
    """Fold one more fact into the pledge."""
    if isinstance(event, PledgeCommitted):
        return Pledge(terms=event, quantity=event.quantity)
    assert pledge is not None
    match event:
        case PledgeVaried(quantity=quantity):
            return replace(pledge, quantity=quantity)
        case DeliveryClaimed(quantity=quantity, claim_no=claim_no):
            return replace(
                pledge,
                claimed=pledge.claimed + quantity,
                claims=claim_no,
                open_claims={**pledge.open_claims, claim_no: quantity},
                claimers=pledge.claimers | {event.claimed_by},
            )
        case DeliveryConfirmed(quantity=quantity, claim_no=decided):
            still_open = {no: c for no, c in pledge.open_claims.items() if no != decided}
            confirmed = pledge.confirmed + quantity
            return replace(pledge, confirmed=confirmed, open_claims=still_open)
        case _:
            assert_never(event)
