"""The contracts of the award register: what they bind, how they were varied, how they ended."""

from svx_ledger.domain.contract.events import ContractEntered, ContractVaried
from svx_ledger.domain.contract.running import (
    ContractCompleted,
    ContractTerminated,
    ObligationReduced,
)
from svx_ledger.eventlog.record import Envelope

from .award_rows import (
    CONTRACT,
    END,
    REDUCTION,
    VARIATION,
    ContractRow,
    EndRow,
    ReductionRow,
    VariationRow,
)
from .projection import Projection
from .table import Changes

CONTRACTS = Projection("contract_register", CONTRACT, VARIATION, REDUCTION, END)
project = CONTRACTS.project


@CONTRACTS.on(ContractEntered)
def _entered(at: Envelope, event: ContractEntered) -> Changes:
    contract = ContractRow(
        award_id=event.award_id,
        contract_id=at.stream,
        entered_at=at.recorded_at,
        period_from=event.period_from,
        period_to=event.period_to,
        contract_value_pence=event.contract_value_pence,
        pledged_pence=event.pledged_pence,
        position=at.position,
        entered_on=event.entered_on,
        supplier_id=event.supplier_id,
    )
    yield CONTRACT.put(contract)


@CONTRACTS.on(ContractVaried)
def _varied(at: Envelope, event: ContractVaried) -> Changes:
    for line in event.lines:
        row = VariationRow(
            contract_id=at.stream,
            position=at.position,
            need_id=line.need_id,
            quantity_was=line.quantity_was,
            quantity=line.quantity,
            varied_at=at.recorded_at,
            approved_by=event.approved_by,
            ground=event.ground,
            notice=event.notice,
            pledged_pence_was=event.pledged_pence_was,
            pledged_pence=event.pledged_pence,
            below_runner_up=event.below_runner_up,
        )
        yield VARIATION.put(row)


@CONTRACTS.on(ObligationReduced)
def _reduced(at: Envelope, event: ObligationReduced) -> Changes:
    row = ReductionRow(at.stream, at.position, event.pledged_pence, event.below_runner_up)
    yield REDUCTION.put(row)


@CONTRACTS.on(ContractCompleted)
def _completed(at: Envelope, event: ContractCompleted) -> Changes:
    said = (event.completed_on, event.notice, event.reason)
    yield END.put(EndRow(at.stream, "completed", *said, at.position))


@CONTRACTS.on(ContractTerminated)
def _terminated(at: Envelope, event: ContractTerminated) -> Changes:
    said = (event.terminated_on, event.notice, event.reason)
    yield END.put(EndRow(at.stream, "terminated", *said, at.position))
