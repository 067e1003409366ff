"""Lines: what one supplier offers to one need in one auction, followed through the stages.

Each stage is valued again from its quantity and the frozen proxy; what the events recorded as
values is for audits to compare.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from svx_ledger.domain import leverage
from svx_ledger.domain.values import value_pence

from .figures import STAGES, Stage, Weight
from .leverage_facts import (
    AUCTION,
    AWARD,
    BID_LINE,
    FACT,
    FINAL_BID,
    PLEDGE,
    PLEDGED_LINE,
    PRICED_NEED,
    AuctionRow,
    AwardRow,
    PledgeRow,
)
from .proxy_sets import PROXY
from .table import Rows, existing
from .visibility import bids_shown

LineKey = tuple[str, str, str]
"""(auction, supplier, need)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOfLine:
    """One line at one stage: `quantity` as stated, and what of it counts.

    `gross_pence` and `net_pence` value `counted`; `beyond_pence` values the rest: claimed or
    confirmed beyond what is owed, shown and never counted.
    """

    quantity: Decimal
    counted: Decimal
    gross_pence: int
    net_pence: int
    beyond_pence: int
    positions: tuple[int, ...]

    def pence(self, weight: Weight) -> int:
        """Return its value, gross or net."""
        return self.gross_pence if weight == "gross" else self.net_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its price, its k, and the stages that it has reached.

    `pledge` says for whom, what and when a contract binds it, None until one does.
    `outside_period` holds the positions of claims outside the contract period: these count,
    and are flagged.
    """

    auction_id: str
    supplier_id: str
    need_id: str
    procurement_id: str
    lot: str
    proxy_set_id: str
    measure: str
    unit: str
    pounds_per_unit: Decimal
    k: Decimal
    stages: Mapping[Stage, StageOfLine]
    pledge: PledgeRow | None = None
    outside_period: tuple[int, ...] = ()

    def pence(self, stage: Stage, weight: Weight) -> int:
        """Return the line's value at a stage; nothing where it has not reached it."""
        reached = self.stages.get(stage)
        return reached.pence(weight) if reached else 0


@dataclass(slots=True)
class _Gathered:
    """What the rows say of a line so far: quantities by stage, with the positions behind."""

    quantities: dict[Stage, Decimal] = field(default_factory=dict)
    positions: dict[Stage, tuple[int, ...]] = field(default_factory=dict)
    pledge: PledgeRow | None = None
    outside_period: tuple[int, ...] = ()

    def add(self, stage: Stage, quantity: Decimal, *positions: int) -> None:
        self.quantities[stage] = self.quantities.get(stage, Decimal(0)) + quantity
        self.positions[stage] = (*self.positions.get(stage, ()), *positions)


Gathered = defaultdict[LineKey, _Gathered]


def lines(rows: Rows, as_at: datetime) -> tuple[Line, ...]:
    """Return every line as the events recorded until `as_at` have it, in order of its key."""
    gathered: Gathered = defaultdict(_Gathered)
    auctions = {row.auction_id: row for row in rows.all(AUCTION)}
    for auction in auctions.values():
        if bids_shown(auction) and auction.ranked_at and auction.ranked_at <= as_at:
            _offered(rows, auction.auction_id, gathered)
    for award in rows.all(AWARD):
        if award.approved_at and award.approved_at <= as_at:
            _pledged(rows, award, gathered)
    for pledge in rows.all(PLEDGE):
        if pledge.recorded_at <= as_at:
            _binding(rows, pledge, as_at, gathered)
    return tuple(_line(rows, auctions[key[0]], key, gathered[key]) for key in sorted(gathered))


def _offered(rows: Rows, auction_id: str, gathered: Gathered) -> None:
    """Gather the lines of every final standing bid, the winner's and the others'."""
    final = {bid.supplier_id: bid for bid in rows.select(FINAL_BID, auction_id)}
    for line in rows.select(BID_LINE, auction_id):
        bid = final.get(line.supplier_id)
        if bid and bid.bid_no == line.bid_no:
            of = gathered[auction_id, line.supplier_id, line.need_id]
            of.add("offered", line.quantity, line.position, bid.position)


def _pledged(rows: Rows, award: AwardRow, gathered: Gathered) -> None:
    """Gather the lines of the bid that an approved award names."""
    assert award.supplier_id is not None
    for line in rows.select(PLEDGED_LINE, award.award_id):
        of = gathered[award.auction_id, award.supplier_id, line.need_id]
        of.add("pledged", line.quantity, line.position)


def _binding(rows: Rows, pledge: PledgeRow, as_at: datetime, gathered: Gathered) -> None:
    """Gather what a contract binds, and what of it was claimed and confirmed."""
    of = gathered[pledge.auction_id, pledge.supplier_id, pledge.need_id]
    of.pledge = pledge
    for fact in rows.select(FACT, pledge.pledge_id):
        if fact.recorded_at <= as_at:
            of.add(fact.stage, fact.quantity, fact.position)
            if fact.outside_period:
                of.outside_period = (*of.outside_period, fact.position)


def _line(rows: Rows, auction: AuctionRow, key: LineKey, of: _Gathered) -> Line:
    auction_id, supplier_id, need_id = key
    need = existing(rows, PRICED_NEED, auction_id, need_id)
    proxy = existing(rows, PROXY, auction.proxy_set_id, need.measure)
    share = leverage.k(proxy.deadweight, proxy.displacement, proxy.attribution)
    pledge = of.pledge
    return Line(
        auction_id=auction_id,
        supplier_id=supplier_id,
        need_id=need_id,
        procurement_id=auction.procurement_id,
        lot=auction.lot,
        proxy_set_id=auction.proxy_set_id,
        measure=need.measure,
        unit=need.unit,
        pounds_per_unit=need.pounds_per_unit,
        k=share,
        stages={
            stage: _stage(of, stage, need.pounds_per_unit, share)
            for stage in STAGES
            if stage in of.quantities
        },
        pledge=pledge,
        outside_period=of.outside_period,
    )


def _stage(of: _Gathered, stage: Stage, pounds_per_unit: Decimal, k: Decimal) -> StageOfLine:
    """Value a stage; of what was claimed or confirmed, what is owed counts (invariant 15)."""
    quantity = counts = of.quantities[stage]
    if stage in ("claimed", "confirmed"):
        counts = leverage.counted(quantity, of.quantities["awarded"])
    gross_pence = value_pence(counts, pounds_per_unit)
    return StageOfLine(
        quantity=quantity,
        counted=counts,
        gross_pence=gross_pence,
        net_pence=leverage.net_pence(gross_pence, k),
        beyond_pence=value_pence(quantity, pounds_per_unit) - gross_pence,
        positions=of.positions[stage],
    )
