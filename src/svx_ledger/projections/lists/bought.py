"""Procurements of the exchange's own, the contracts that came of them, and their pledges."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from svx_ledger.domain.form import ContractId, OrganisationId
from svx_ledger.domain.procurement.state import Phase as ProcurementPhase
from svx_ledger.projections.award_rows import AWARD, CONTRACT, END, ContractRow
from svx_ledger.projections.obligations import OBLIGATION, ObligationRow
from svx_ledger.projections.obligations import Phase as PledgePhase
from svx_ledger.projections.procurements import PROCUREMENT, ProcurementRow
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.view import View

from .listing import Filter, ListOf

ContractState = Literal["entered", "completed", "terminated"]


class ListedProcurement(NamedTuple):
    """A buying exercise; `notice` is its tender notice (UK4).

    `termination` is the notice (UK12) of one that was terminated. `ended_on` is the UK date of
    its end, where the record states one.
    """

    procurement_id: str
    state: ProcurementPhase
    ocid: str
    title: str
    authority_id: str
    regime: str
    nation: str
    registered_at: datetime
    notice: str | None
    notice_on: date | None
    termination: str | None
    ended_on: date | None


class ListedContract(NamedTuple):
    """A contract; `entered_pledged_pence` is what its pledges were worth before any variation.

    `contract_value_pence` is net of VAT; `ended_on` is the UK date of its end.
    """

    contract_id: str
    state: ContractState
    award_id: str
    procurement_id: str
    authority_id: str
    supplier_id: str
    period_from: date
    period_to: date
    contract_value_pence: int
    entered_pledged_pence: int
    entered_on: date
    ended_on: date | None


class ListedPledge(NamedTuple):
    """A pledge as it is owed now: `quantity` in `unit`, by `due_by`.

    A rate pledge has a `rate`, in units for each pound of contract spend, and a `cap`;
    `quantity` is what the spend makes of it so far. `state` is what the authority last
    recorded of it. From `ended_on` on, a UK date, nothing more is delivered under it.
    """

    pledge_id: str
    state: PledgePhase
    contract_id: str
    authority_id: str
    supplier_id: str
    community_id: str
    need_id: str
    measure: str
    unit: str
    quantity: Decimal
    rate: Decimal | None
    cap: Decimal | None
    due_by: date
    ended_on: date | None


def _procurement(view: View, row: ProcurementRow) -> ListedProcurement:
    """Leave out when conflicts were reviewed, which is not everybody's."""
    del view
    return ListedProcurement(
        procurement_id=row.procurement_id,
        state=row.phase,  # type: ignore[arg-type]  # a column of text
        ocid=row.ocid,
        title=row.title,
        authority_id=row.authority_id,
        regime=row.regime,
        nation=row.nation,
        registered_at=row.registered_at,
        notice=row.notice,
        notice_on=row.notice_on,
        termination=row.termination,
        ended_on=row.ended_on,
    )


def _contract(view: View, row: ContractRow) -> ListedContract:
    award = existing(view.rows, AWARD, row.award_id)
    end = view.rows.get(END, row.contract_id)
    return ListedContract(
        contract_id=row.contract_id,
        state=end.phase if end else "entered",
        award_id=row.award_id,
        procurement_id=award.procurement_id,
        authority_id=award.authority_id,
        supplier_id=row.supplier_id,
        period_from=row.period_from,
        period_to=row.period_to,
        contract_value_pence=row.contract_value_pence,
        entered_pledged_pence=row.pledged_pence,
        entered_on=row.entered_on,
        ended_on=end.ended_on if end else None,
    )


def _pledge(view: View, row: ObligationRow) -> ListedPledge:
    del view
    return ListedPledge(
        pledge_id=row.pledge_id,
        state=row.phase,
        contract_id=row.contract_id,
        authority_id=row.authority_id,
        supplier_id=row.supplier_id,
        community_id=row.community_id,
        need_id=row.need_id,
        measure=row.measure,
        unit=row.unit,
        quantity=row.quantity,
        rate=row.rate,
        cap=row.cap,
        due_by=row.due_by,
        ended_on=row.ended_on,
    )


def _of_authority(rows: Rows, authority_id: Any) -> Iterator[ContractRow]:
    """Contracts have the key of their awards, which have an index by authority."""
    for award in rows.where(AWARD, "authority_id", authority_id):
        contract = rows.get(CONTRACT, award.award_id)
        if contract is not None:
            yield contract


_AUTHORITY: Final = Filter(
    "authority", "authority_id", OrganisationId, "ORG", "Of this authority."
)
_SUPPLIER: Final = Filter("supplier", "supplier_id", OrganisationId, "ORG", "Of this supplier.")


def _state(states: Any) -> Filter:
    return Filter("state", "state", states, "STATE", "In this state.")


PROCUREMENTS: Final = ListOf(
    group="procurement",
    meaning="List the exchange's own procurements, by id; others' awards are in the register.",
    table=PROCUREMENT,
    item=ListedProcurement,
    made=_procurement,
    filters=(_AUTHORITY, _state(ProcurementPhase)),
    shown=("procurement_id", "state", "title", "authority_id", "notice", "ended_on"),
)
CONTRACTS: Final = ListOf(
    group="contract",
    meaning="List contracts, in the order of their awards: with whom, for how long, how ended.",
    table=CONTRACT,
    item=ListedContract,
    made=_contract,
    filters=(_AUTHORITY, _SUPPLIER, _state(ContractState)),
    shown=(
        *("contract_id", "state", "authority_id", "supplier_id", "period_from", "period_to"),
        "contract_value_pence",
    ),
    through={"authority_id": _of_authority},
)
PLEDGES: Final = ListOf(
    group="pledge",
    meaning="List pledges, by id: who owes what to whom, and by when.",
    table=OBLIGATION,
    item=ListedPledge,
    made=_pledge,
    filters=(
        *(_AUTHORITY, _SUPPLIER, _state(PledgePhase)),
        Filter(
            "community",
            "community_id",
            OrganisationId,
            "ORG",
            "Of this community organisation.",
        ),
        Filter("contract", "contract_id", ContractId, "CONTRACT", "Of this contract."),
    ),
    shown=(
        *("pledge_id", "state", "supplier_id", "community_id", "quantity", "unit"),
        *("measure", "due_by"),
    ),
)
