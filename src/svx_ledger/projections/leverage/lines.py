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
from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.proxy_sets import PROXY
from svx_ledger.projections.table import Rows, existing
from svx_ledger.projections.visibility import bids_shown

from .delivery import FACT, PLEDGE, FactStage, PledgeRow
from .facts import (
    AUCTION,
    BID_LINE,
    FINAL_BID,
    PLEDGED_LINE,
    PRICED_NEED,
    AuctionRow,
    BidLineRow,
)
from .figures import STAGES, Stage, Weight
from .in_force import NEVER_COUNTED, InForce, approvals, ended, ranking_of

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
    and are flagged. `disputed_pence` is what of the claimed nobody has resolved yet, gross,
    and `disputes` where it was disputed, resolved or withdrawn.
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
    disputed_pence: int = 0
    disputes: tuple[int, ...] = ()

    def pence(self, stage: Stage, weight: Weight) -> int:
        """Return the line's value at a stage; nothing where it has not reached it."""
        reached = self.stages.get(stage)
        return reached.pence(weight) if reached else 0


@dataclass(slots=True)
class _Gathered:
    """What the rows say of a line so far: quantities by stage, with the positions behind."""

    quantities: dict[Stage | FactStage, Decimal] = field(default_factory=dict)
    positions: dict[Stage | FactStage, tuple[int, ...]] = field(default_factory=dict)
    pledge: PledgeRow | None = None
    outside_period: tuple[int, ...] = ()

    def add(self, stage: Stage | FactStage, quantity: Decimal, *positions: int) -> None:
        self.quantities[stage] = self.quantities.get(stage, Decimal(0)) + quantity
        self.positions[stage] = (*self.positions.get(stage, ()), *positions)


Gathered = defaultdict[LineKey, _Gathered]


def lines(rows: Rows, as_at: datetime) -> tuple[Line, ...]:
    """Return every line as the events recorded until `as_at` have it, in order of its key.

    Voided and cancelled auctions contribute none (invariant 23).
    """
    gathered: Gathered = defaultdict(_Gathered)
    auctions = {row.auction_id: row for row in rows.all(AUCTION)}
    for auction in auctions.values():
        if bids_shown(auction):
            _offered(rows, auction, as_at, gathered)
    for award in approvals(rows, as_at):
        _pledged(rows, award, gathered)
    for pledge in rows.all(PLEDGE):
        if pledge.recorded_at <= as_at:
            _binding(rows, pledge, as_at, gathered)
    return tuple(
        _line(rows, auctions[key[0]], key, gathered[key])
        for key in sorted(gathered)
        if ended(auctions[key[0]], as_at) not in NEVER_COUNTED
    )


def _offered(rows: Rows, auction: AuctionRow, as_at: datetime, gathered: Gathered) -> None:
    """Gather the lines of every final standing bid, the winner's and the others'.

    Without a ranking none is final; in the latest, an excluded supplier's are not.
    """
    auction_id = auction.auction_id
    ranking = ranking_of(rows, auction_id, as_at)
    in_it = (
        bid
        for bid in rows.select(FINAL_BID, auction_id)
        if ranking and bid.position == ranking.position
    )
    final = {bid.supplier_id: bid for bid in in_it}
    for line in rows.select(BID_LINE, auction_id):
        bid = final.get(line.supplier_id)
        if bid and bid.bid_no == line.bid_no:
            of = gathered[auction_id, line.supplier_id, line.need_id]
            of.add("offered", _reference(rows, auction, line), line.position, bid.position)


def _reference(rows: Rows, auction: AuctionRow, line: BidLineRow) -> Decimal:
    """Return what a line offers; with a rate, what that comes to on the reference spend."""
    if line.rate is None or auction.reference_spend_pence is None:
        return line.quantity
    need = existing(rows, PRICED_NEED, line.auction_id, line.need_id)
    spend_pence = auction.reference_spend_pence
    return quantity_at(line.rate, spend_pence, line.quantity, divisible=need.divisible)


def _pledged(rows: Rows, in_force: InForce, gathered: Gathered) -> None:
    """Gather the lines of the bid that an approved award names."""
    award, approval, supplier_id = in_force
    for line in rows.select(PLEDGED_LINE, award.award_id):
        if line.position == approval.position:
            of = gathered[award.auction_id, supplier_id, line.need_id]
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
        pledge=of.pledge,
        outside_period=of.outside_period,
        disputed_pence=value_pence(
            of.quantities.get("disputed", Decimal(0)), need.pounds_per_unit
        ),
        disputes=of.positions.get("disputed", ()),
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
