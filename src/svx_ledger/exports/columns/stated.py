"""What the log states for denominators and prices, row by row with positions.

A row holds from its position on, and none is ever changed: a correction is a row of its own,
which has only what it changes. So any cut can be computed, also what was known at a position.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AwardApproved,
    AwardLapsed,
    AwardSetAside,
)
from svx_ledger.domain.contract.events import ContractEntered
from svx_ledger.domain.kind import Event
from svx_ledger.domain.procurement import ProcurementRegistered
from svx_ledger.domain.proxies import ProxyAdded
from svx_ledger.eventlog.record import Envelope
from svx_ledger.projections.folding import steps_of
from svx_ledger.projections.leverage.delivery import CONTRACT, DELIVERY
from svx_ledger.projections.leverage.facts import APPROVAL, AWARD, LEVERAGE
from svx_ledger.projections.procurements import AREA, PROCUREMENT, PROCUREMENTS
from svx_ledger.projections.proxy_sets import PROXY, PROXY_SETS
from svx_ledger.projections.spending import SPEND, SPENDING
from svx_ledger.projections.table import Column, Patch, Put, Table

_AT: Final = (Column("position", int, nullable=False), Column("recorded_at", datetime, False))


class Stated(NamedTuple):
    """A table whose rows are copied as they come, and which of its columns.

    With `corrected` also what is changed later.
    """

    table: Table[Any]
    columns: tuple[Column, ...]
    corrected: bool


def _stated(table: Table[Any], *without: str, corrected: bool = False) -> Stated:
    left = [c for c in table.columns if c.name not in {"position", "recorded_at", *without}]
    return Stated(table, (*_AT, *left), corrected)


STATED: Final[Mapping[str, Stated]] = {
    "spend": _stated(SPEND, corrected=True),
    "contracts": _stated(CONTRACT),
    "awards": _stated(AWARD),
    "approvals": _stated(APPROVAL),
    "proxies": _stated(PROXY),
    "areas": _stated(AREA),
    "procurements": Stated(
        PROCUREMENT,
        (
            *_AT,
            *(
                column
                for column in PROCUREMENT.columns
                if column.name in ("procurement_id", "ocid", "authority_id", "regime", "nation")
            ),
        ),
        corrected=False,
    ),
}
_OF_TABLE: Final = {stated.table: name for name, stated in STATED.items()}
_STEPS: Final = steps_of((PROCUREMENTS, PROXY_SETS, LEVERAGE, DELIVERY, SPENDING))
TAKES: Final[frozenset[type[Event]]] = SPENDING.takes | frozenset(
    {
        *(ProcurementRegistered, ContractEntered),
        *(AssessmentRanked, AwardApproved, AwardLapsed, AwardSetAside),
        ProxyAdded,
    }
)
"""The events that state such rows: no other is decoded."""


def stated(at: Envelope, event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the rows that an event states, each with its kind."""
    for step in _STEPS.get(type(event), ()):
        for change in step(at, event):
            kind = _OF_TABLE.get(change.table)
            if kind is None:
                continue
            if isinstance(change, Put):
                said = change.row._asdict()
            elif isinstance(change, Patch) and STATED[kind].corrected:
                said = dict(zip(change.table.key, change.key, strict=True)) | dict(
                    change.columns
                )
            else:
                continue
            said |= {"position": at.position, "recorded_at": at.recorded_at}
            yield kind, {column.name: said.get(column.name) for column in STATED[kind].columns}
