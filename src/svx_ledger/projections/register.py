"""The award register as people read it: each award with what it led to."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .award_register import (
    AWARD,
    AWARD_LINE,
    CONTRACT,
    GROUND,
    TENDER,
    VARIATION,
    AwardRow,
    ContractRow,
    GroundRow,
    VariationRow,
)
from .needs import NEED
from .organisations import name_of
from .procurements import LOT, PROCUREMENT
from .table import Rows, existing


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedTender:
    """A tender in the order of the assessment, in points; its bid in pence."""

    rank: int
    supplier_id: str
    supplier: str
    social_value: Decimal
    price: Decimal
    quality: Decimal
    total: Decimal
    bid_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgedLine:
    """A line of the awarded bid: `quantity` as pledged, `owed` by contract now."""

    need_id: str
    community_id: str
    community: str
    measure: str
    unit: str
    quantity: Decimal
    value_pence: int
    owed: Decimal | None
    theme: str
    police_force: str
    local_authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract and its variations; `pledged_pence` is as varied so far."""

    contract_id: str
    entered_at: datetime
    period_from: date
    period_to: date
    contract_value_pence: int
    pledged_pence: int
    variations: tuple[VariationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAward:
    """The award of a lot; `award` holds who recommended and approved it, and its standstill.

    `grounds` are those of the recommendation in force. `supplier` and `lines` are there once it
    is approved, `contract` once that is entered.
    """

    award: AwardRow
    title: str
    ocid: str
    lot_title: str
    authority: str
    supplier: str | None
    tenders: tuple[AssessedTender, ...]
    grounds: tuple[GroundRow, ...]
    lines: tuple[PledgedLine, ...]
    contract: Contract | None


def register(rows: Rows) -> tuple[RegisteredAward, ...]:
    """Return every award, the earliest assessed first."""
    awards = sorted(rows.all(AWARD), key=lambda row: row.position)
    return tuple(_award(rows, award) for award in awards)


def registered(rows: Rows, award_id: str) -> RegisteredAward | None:
    """Return one award, or None where there is none of that name."""
    award = rows.get(AWARD, award_id)
    return _award(rows, award) if award else None


def standstill_runs(award: AwardRow, today: date) -> bool | None:
    """Whether a contract must still wait on this UK date; None before the award notice."""
    last_day = award.standstill_last_day
    return None if last_day is None else today <= last_day


def _award(rows: Rows, award: AwardRow) -> RegisteredAward:
    procurement = existing(rows, PROCUREMENT, award.procurement_id)
    lot = existing(rows, LOT, award.procurement_id, award.lot)
    entered = rows.get(CONTRACT, award.award_id)
    contract = _contract(rows, entered) if entered else None
    return RegisteredAward(
        award=award,
        title=procurement.title,
        ocid=procurement.ocid,
        lot_title=lot.title,
        authority=name_of(rows, award.authority_id),
        supplier=name_of(rows, award.supplier_id) if award.supplier_id else None,
        tenders=_tenders(rows, award.award_id),
        grounds=tuple(
            row
            for row in rows.select(GROUND, award.award_id)
            if row.position == award.recommended_position
        ),
        lines=_lines(rows, award.award_id, contract),
        contract=contract,
    )


def _tenders(rows: Rows, award_id: str) -> tuple[AssessedTender, ...]:
    return tuple(
        AssessedTender(
            rank=row.rank,
            supplier_id=row.supplier_id,
            supplier=name_of(rows, row.supplier_id),
            social_value=row.social_value,
            price=row.price,
            quality=row.quality,
            total=row.total,
            bid_pence=row.bid_pence,
        )
        for row in rows.select(TENDER, award_id)
    )


def _lines(rows: Rows, award_id: str, contract: Contract | None) -> tuple[PledgedLine, ...]:
    varied = {row.need_id: row.quantity for row in contract.variations} if contract else {}
    lines = []
    for row in rows.select(AWARD_LINE, award_id):
        need = existing(rows, NEED, row.need_id)
        owed = varied.get(row.need_id, row.quantity) if contract else None
        line = PledgedLine(
            need_id=row.need_id,
            community_id=need.community_id,
            community=name_of(rows, need.community_id),
            measure=row.measure,
            unit=row.unit,
            quantity=row.quantity,
            value_pence=row.value_pence,
            owed=owed,
            theme=need.theme,
            police_force=need.police_force,
            local_authority=need.local_authority,
        )
        lines.append(line)
    return tuple(lines)


def _contract(rows: Rows, entered: ContractRow) -> Contract:
    variations = tuple(rows.select(VARIATION, entered.contract_id))  # by position, so in time
    return Contract(
        contract_id=entered.contract_id,
        entered_at=entered.entered_at,
        period_from=entered.period_from,
        period_to=entered.period_to,
        contract_value_pence=entered.contract_value_pence,
        pledged_pence=variations[-1].pledged_pence if variations else entered.pledged_pence,
        variations=variations,
    )
