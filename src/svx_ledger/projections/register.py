"""The award register as people read it: each award with what it led to."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.pledge.events import pledge_id_of
from svx_ledger.projections.leverage.delivery import FACT

from .award_rows import (
    AWARD,
    AWARD_LINE,
    CONTRACT,
    END,
    GROUND,
    PROCEEDINGS,
    RANKING,
    REDUCTION,
    REPRESENTATION,
    TENDER,
    VARIATION,
    WITHDRAWN,
    AwardRow,
    ContractRow,
    GroundRow,
    ProceedingsRow,
    RankingRow,
    RepresentationRow,
    VariationRow,
    WithdrawnRow,
)
from .needs import NEED
from .organisations import name_of
from .procurements import LOT, PROCUREMENT
from .table import Rows, existing
from .visibility import recommendation_shown_to


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
    """A contract with its variations, and how it ended, if it did.

    `pledged_pence` is as varied, released and written off so far; once the contract has
    ended, what its pledges still owe.
    """

    contract_id: str
    entered_at: datetime
    period_from: date
    period_to: date
    contract_value_pence: int
    pledged_pence: int
    variations: tuple[VariationRow, ...]
    ended: str | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAward:
    """The award of a lot; `award` holds who recommended and approved it, and its standstill.

    `tenders` stand as ranked last, `grounds` are those of the recommendation in force.
    `supplier` and `lines` are there once it is approved, `contract` once that is entered.
    `rankings` tell why the tenders were ranked, each time, and `withdrawn` who pulled out.
    While any of the `proceedings` suspends the award, it is `suspended`.
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
    rankings: tuple[RankingRow, ...] = ()
    withdrawn: tuple[WithdrawnRow, ...] = ()
    representations: tuple[RepresentationRow, ...] = ()
    proceedings: tuple[ProceedingsRow, ...] = ()

    @property
    def state(self) -> str:
        """How far it is: the award's phase, or how its contract ended."""
        if self.contract and self.contract.ended:
            return f"contract-{self.contract.ended}"
        return self.award.phase

    @property
    def suspended(self) -> bool:
        """Whether proceedings keep the contract from being entered."""
        return any(row.suspends and row.lifted_on is None for row in self.proceedings)


def register(rows: Rows, viewer: Actor | None = None) -> tuple[RegisteredAward, ...]:
    """Return every award as the viewer may see it, by default everybody.

    The earliest assessed comes first.
    """
    awards = sorted(rows.all(AWARD), key=lambda row: row.position)
    return tuple(_award(rows, _as_seen(rows, award, viewer)) for award in awards)


def registered(
    rows: Rows, award_id: str, viewer: Actor | None = None, *, judged: Rows | None = None
) -> RegisteredAward | None:
    """Return one award as the viewer may see it, or None where there is none of that name.

    What may be seen is judged by the rows of another moment where these are given (`replay`).
    """
    award = rows.get(AWARD, award_id)
    by = rows if judged is None else judged
    return _award(rows, _as_seen(by, award, viewer)) if award else None


def standstill_runs(award: AwardRow, today: date) -> bool | None:
    """Whether a contract must still wait on this UK date; None before the award notice."""
    last_day = award.standstill_last_day
    return None if last_day is None else today <= last_day


def _as_seen(rows: Rows, award: AwardRow, viewer: Actor | None) -> AwardRow:
    """Take out a recommendation that nobody approved, for those who may not see it yet."""
    if recommendation_shown_to(rows, award.award_id, viewer):
        return award
    return award._replace(
        phase="assessed" if award.phase == "recommended" else award.phase,
        recommended=None,
        recommended_by=None,
        recommended_at=None,
        recommended_position=None,
    )


def _award(rows: Rows, award: AwardRow) -> RegisteredAward:
    procurement = existing(rows, PROCUREMENT, award.procurement_id)
    lot = existing(rows, LOT, award.procurement_id, award.lot)
    entered = rows.get(CONTRACT, award.award_id)
    contract = contract_of(rows, entered) if entered else None
    return RegisteredAward(
        award=award,
        title=procurement.title,
        ocid=procurement.ocid,
        lot_title=lot.title,
        authority=name_of(rows, award.authority_id),
        supplier=name_of(rows, award.supplier_id) if award.supplier_id else None,
        tenders=_tenders(rows, award),
        grounds=tuple(
            row
            for row in rows.select(GROUND, award.award_id)
            if row.position == award.recommended_position
        ),
        lines=_lines(rows, award, contract),
        contract=contract,
        rankings=tuple(rows.select(RANKING, award.award_id)),
        withdrawn=tuple(rows.select(WITHDRAWN, award.award_id)),
        representations=tuple(rows.select(REPRESENTATION, award.award_id)),
        proceedings=tuple(rows.select(PROCEEDINGS, award.award_id)),
    )


def _tenders(rows: Rows, award: AwardRow) -> tuple[AssessedTender, ...]:
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
        for row in rows.select(TENDER, award.award_id)
        if row.position == award.ranked_position
    )


def _lines(rows: Rows, award: AwardRow, contract: Contract | None) -> tuple[PledgedLine, ...]:
    lines = []
    for row in rows.select(AWARD_LINE, award.award_id):
        if row.position != award.approved_position:
            continue
        need = existing(rows, NEED, row.need_id)
        owed = _owed(rows, contract, row.need_id)[0] if contract else None
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


def contract_of(rows: Rows, entered: ContractRow) -> Contract:
    """Return a contract as varied so far, and how it ended, if it did."""
    contract_id = entered.contract_id
    variations = tuple(rows.select(VARIATION, contract_id))  # by position, so in time
    changes: list[tuple[int, int]] = [(entered.position, entered.pledged_pence)]
    changes += [(row.position, row.pledged_pence) for row in variations]
    changes += [(r.position, r.pledged_pence) for r in rows.select(REDUCTION, contract_id)]
    contract = Contract(
        contract_id=contract_id,
        entered_at=entered.entered_at,
        period_from=entered.period_from,
        period_to=entered.period_to,
        contract_value_pence=entered.contract_value_pence,
        pledged_pence=max(changes)[1],
        variations=variations,
    )
    end = rows.get(END, contract_id)
    if end is None:
        return contract
    needs = {row.need_id for row in rows.select(AWARD_LINE, entered.award_id)}
    left_pence = sum(_owed(rows, contract, need_id)[1] for need_id in needs)
    return replace(contract, pledged_pence=left_pence, ended=end.phase, ended_on=end.ended_on)


def _owed(rows: Rows, contract: Contract, need_id: str) -> tuple[Decimal, int]:
    """Return what the pledge to a need owes now: how much, and its worth in pence."""
    pledge_id = pledge_id_of(contract.contract_id, need_id)
    facts = [row for row in rows.select(FACT, pledge_id) if row.stage == "awarded"]
    return sum((row.quantity for row in facts), Decimal(0)), sum(f.value_pence for f in facts)
