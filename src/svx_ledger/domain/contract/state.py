"""A contract as the rules see it, and how each event changes it."""

from dataclasses import dataclass, replace
from typing import assert_never

from .events import ContractEntered, ContractEvent, ContractVaried, VariationRequested


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract: its terms, what its pledges are worth now, and the open request if any.

    The quantities owed stand in the pledges, which are named after contract and need.
    """

    terms: ContractEntered
    pledged_pence: int
    request: VariationRequested | None = None


def evolve(contract: Contract | None, event: ContractEvent) -> Contract:
    """Fold one more fact into the contract."""
    if isinstance(event, ContractEntered):
        return Contract(terms=event, pledged_pence=event.pledged_pence)
    assert contract is not None
    match event:
        case VariationRequested():
            return replace(contract, request=event)
        case ContractVaried(pledged_pence=pledged_pence):
            return replace(contract, pledged_pence=pledged_pence, request=None)
        case _:
            assert_never(event)
