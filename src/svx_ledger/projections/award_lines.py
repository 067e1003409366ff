"""Awards as lines of CSV: one form for those of the exchange and those decided elsewhere."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from .elsewhere import AwardElsewhere
from .register import RegisteredAward


class Count(NamedTuple):
    """So many awards have this value of a facet."""

    by: str
    choice: str
    awards: int


class Line(NamedTuple):
    """An award as a line of CSV; of a decision elsewhere as its latest release has it."""

    decided: str
    award_id: str
    ocid: str
    title: str | None
    lot: str | None
    authority_id: str | None
    authority: str | None
    supplier_id: str | None
    supplier: str | None
    state: str | None
    value_pence: int | None
    standstill_last_day: date | None
    contract_id: str | None
    position: int


def counts(facets: Mapping[str, Mapping[str, int]]) -> list[Count]:
    """Return the counts of facets, a line each."""
    return [Count(by, choice, n) for by, of in facets.items() for choice, n in of.items()]


def line_of(one: RegisteredAward | AwardElsewhere) -> Line:
    """Return the line of an award."""
    if not isinstance(one, RegisteredAward):
        return _line_elsewhere(one)
    award, contract = one.award, one.contract
    return Line(
        decided="here",
        award_id=award.award_id,
        ocid=one.ocid,
        title=one.title,
        lot=award.lot,
        authority_id=award.authority_id,
        authority=one.authority,
        supplier_id=award.supplier_id,
        supplier=one.supplier,
        state=one.state,
        value_pence=contract.pledged_pence if contract else award.value_pence,
        standstill_last_day=award.standstill_last_day,
        contract_id=contract.contract_id if contract else None,
        position=award.position,
    )


def _line_elsewhere(award: AwardElsewhere) -> Line:
    return Line(
        decided="elsewhere",
        award_id=award.award_id,
        ocid=award.ocid,
        title=award.title or award.procurement,
        lot=None,
        authority_id=None,
        authority=award.buyer,
        supplier_id=None,
        supplier=", ".join(s.name or f"{s.scheme} {s.id}" for s in award.suppliers),
        state=award.status,
        value_pence=award.value_pence,
        standstill_last_day=None,
        contract_id=None,
        position=award.position,
    )
