"""A contract as the rules see it, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, assert_never

from svx_ledger.domain.kind import changed

from .events import ContractEntered, ContractEvent, ContractVaried, VariationRequested
from .running import (
    ContractCompleted,
    ContractInvoiceRecorded,
    ContractTerminated,
    EvidenceApportioned,
    KpiSet,
    ObligationReduced,
    PerformanceRated,
)

Phase = Literal["entered", "completed", "terminated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract: its terms, what its pledges are worth now, and the open request if any.

    The quantities owed stand in the pledges, which are named after contract and need.
    `spend_pence` is all that was invoiced under it, `requests` counts the variations ever
    requested, `apportioned` says which pledges each shared piece of evidence is for, and
    `ended_on` is the UK date of its completion or termination.
    """

    terms: ContractEntered
    pledged_pence: int
    request: VariationRequested | None = None
    requests: int = 0
    spend_pence: int = 0
    kpis: frozenset[str] = frozenset()
    apportioned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    phase: Phase = "entered"
    ended_on: date | None = None

    def is_below_runner_up(self, pledged_pence: int) -> bool:
        """Whether pledges worth this much together are less than another supplier had bid."""
        runner_up_pence = self.terms.runner_up_pence
        return runner_up_pence is not None and pledged_pence < runner_up_pence


def evolve(contract: Contract | None, event: ContractEvent) -> Contract:
    """Fold one more fact into the contract."""
    if isinstance(event, ContractEntered):
        return Contract(terms=event, pledged_pence=event.pledged_pence)
    assert contract is not None
    match event:
        case VariationRequested():
            return changed(contract, request=event, requests=contract.requests + 1)
        case ContractVaried(pledged_pence=pledged_pence):
            return changed(contract, pledged_pence=pledged_pence, request=None)
        case ContractInvoiceRecorded(spend_pence=spend_pence):
            return changed(contract, spend_pence=spend_pence)
        case EvidenceApportioned(evidence_sha256=sha256, shares=shares):
            pledges = frozenset(share.pledge_id for share in shares)
            return changed(contract, apportioned={**contract.apportioned, sha256: pledges})
        case KpiSet(kpi=kpi):
            return changed(contract, kpis=contract.kpis | {kpi})
        case PerformanceRated():
            return contract
        case ObligationReduced(pledged_pence=pledged_pence):
            return changed(contract, pledged_pence=pledged_pence)
        case ContractCompleted(completed_on=ended_on):
            return changed(contract, phase="completed", ended_on=ended_on, request=None)
        case ContractTerminated(terminated_on=ended_on):
            return changed(contract, phase="terminated", ended_on=ended_on, request=None)
        case _:
            assert_never(event)
