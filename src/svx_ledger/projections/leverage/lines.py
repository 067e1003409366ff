"""Lines: what one supplier offers to one need in one auction, followed through the stages.

Each stage is valued again from its quantity and the frozen proxy; what the events recorded as
values is for audits to compare.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from svx_ledger.domain import leverage
from svx_ledger.domain.rates import quantity_at
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.table import Rows

from .cut import Cut
from .delivery import FACT, PLEDGE, REFERENCE, PledgeRow
from .facts import AUCTION, BID_LINE, FINAL_BID, PLEDGED_LINE, AuctionRow, BidLineRow
from .in_force import NEVER_COUNTED, approvals, ends, rankings
from .pricing import Price, Prices, frozen_prices
from .vocabulary import EVERY_STAGE, Stage, Weight

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its price, and the stages that it has reached.

    `pledge` says for whom, what and when a contract binds it, None until one does.
    `outside_period` holds the positions of claims outside the contract period: these count,
    and are flagged. `by` is what each side confirmed, over-delivery with it.
    """

    auction_id: str
    supplier_id: str
    need_id: str
    procurement_id: str
    lot: str
    price: Price
    stages: Mapping[Stage, StageOfLine]
    pledge: PledgeRow | None = None
    outside_period: tuple[int, ...] = ()
    by: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """What it is measured in."""
        return self.price.measure

    @property
    def key(self) -> LineKey:
        """What tells it from other lines."""
        return self.auction_id, self.supplier_id, self.need_id

    def pence(self, stage: Stage, weight: Weight) -> int:
        """Return the line's gross or net value at a stage; nothing where it is not there.

        A present value is rounded once, over all lines: no line has one of its own.
        """
        assert weight != "present"
        reached = self.stages.get(stage)
        if reached is None:
            return 0
        return reached.gross_pence if weight == "gross" else reached.net_pence

    def positions(self, *stages: Stage) -> tuple[int, ...]:
        """Return the positions behind these stages of it."""
        reached = (self.stages[stage] for stage in stages if stage in self.stages)
        return tuple(position for at in reached for position in at.positions)


@dataclass(slots=True)
class _Gathered:
    """What the rows say of a line so far: quantities by stage, with the positions behind."""

    quantities: dict[Stage, Decimal] = field(default_factory=dict)
    positions: dict[Stage, list[int]] = field(default_factory=dict)
    pledge: PledgeRow | None = None
    outside_period: list[int] = field(default_factory=list)
    by: dict[str, Decimal] = field(default_factory=dict)

    def add(self, stage: Stage, quantity: Decimal, *positions: int) -> None:
        self.quantities[stage] = self.quantities.get(stage, Decimal(0)) + quantity
        self.positions.setdefault(stage, []).extend(positions)

    def put(self, stage: Stage, quantity: Decimal, *positions: int) -> None:
        self.quantities[stage], self.positions[stage] = quantity, [*positions]


Gathered = defaultdict[LineKey, _Gathered]


def lines(rows: Rows, cut: Cut, prices: Prices | None = None) -> tuple[Line, ...]:
    """Return every line as the events up to a cut have it, in order of its key.

    Voided and cancelled auctions contribute none (invariant 23), nor does a need without a
    price, where other `prices` than the frozen ones are given.
    """
    frozen = frozen_prices(rows)
    auctions = {row.auction_id: row for row in rows.all(AUCTION)}
    gathered: Gathered = defaultdict(_Gathered)
    _offered(rows, cut, frozen, gathered)
    _pledged(rows, cut, gathered)
    _binding(rows, cut, gathered)
    ended = ends(rows, cut)
    never = {of for of, end in ended.items() if end.ended in NEVER_COUNTED}
    valued = frozen if prices is None else prices
    return tuple(
        _line(auctions[key[0]], key, gathered[key], valued[key[0], key[2]])
        for key in sorted(gathered)
        if key[0] not in never and (key[0], key[2]) in valued
    )


def _offered(rows: Rows, cut: Cut, prices: Prices, gathered: Gathered) -> None:
    """Gather the lines of every final standing bid, the winner's and the others'.

    Without a ranking none is final; in the latest, an excluded supplier's are not.
    """
    latest = rankings(rows, cut)
    spend = dict(rows.columns(AUCTION, "auction_id", "reference_spend_pence"))
    final = {
        (bid.auction_id, bid.supplier_id): bid
        for bid in rows.all(FINAL_BID)
        if bid.auction_id in latest and latest[bid.auction_id].position == bid.position
    }
    for line in rows.all(BID_LINE):
        bid = final.get((line.auction_id, line.supplier_id))
        if bid is not None and bid.bid_no == line.bid_no:
            price = prices[line.auction_id, line.need_id]
            quantity = reference(line, price, spend[line.auction_id])
            of = gathered[line.auction_id, line.supplier_id, line.need_id]
            of.add("offered", quantity, line.position, bid.position)


def reference(line: BidLineRow, price: Price, spend_pence: int | None) -> Decimal:
    """Return what a line offers; with a rate, what that comes to on the reference spend."""
    if line.rate is None or spend_pence is None:
        return line.quantity
    return quantity_at(line.rate, spend_pence, line.quantity, divisible=price.divisible)


def _pledged(rows: Rows, cut: Cut, gathered: Gathered) -> None:
    """Gather the lines of the bids that approved awards name."""
    in_force = {one.award.award_id: one for one in approvals(rows, cut)}
    for line in rows.all(PLEDGED_LINE):
        found = in_force.get(line.award_id)
        if found is not None and line.position == found.approval.position:
            of = gathered[found.award.auction_id, found.supplier_id, line.need_id]
            of.add("pledged", line.quantity, line.position)


def _binding(rows: Rows, cut: Cut, gathered: Gathered) -> None:
    """Gather what contracts bind, and what of it was claimed, confirmed and disputed."""
    pledges: dict[str, _Gathered] = {}
    for pledge in rows.all(PLEDGE):
        if pledge.position <= cut.until:
            of = gathered[pledge.auction_id, pledge.supplier_id, pledge.need_id]
            of.pledge = pledge
            pledges[pledge.pledge_id] = of
    for fact in rows.all(FACT):
        if fact.position <= cut.until:
            of = pledges[fact.pledge_id]
            of.add(fact.stage, fact.quantity, fact.position)
            if fact.outside_period:
                of.outside_period.append(fact.position)
            if fact.by is not None:
                of.by[fact.by] = of.by.get(fact.by, Decimal(0)) + fact.quantity
    for of in pledges.values():  # what is not rated is owed whatever is spent
        of.put("reference", of.quantities["awarded"], *of.positions["awarded"])
    for row in rows.all(REFERENCE):
        if row.position <= cut.until:
            pledges[row.pledge_id].put("reference", row.quantity, row.position)


def _line(auction: AuctionRow, key: LineKey, of: _Gathered, price: Price) -> Line:
    auction_id, supplier_id, need_id = key
    return Line(
        auction_id=auction_id,
        supplier_id=supplier_id,
        need_id=need_id,
        procurement_id=auction.procurement_id,
        lot=auction.lot,
        price=price,
        stages={
            stage: _stage(of, stage, price) for stage in EVERY_STAGE if stage in of.quantities
        },
        pledge=of.pledge,
        outside_period=tuple(of.outside_period),
        by=of.by,
    )


def _stage(of: _Gathered, stage: Stage, price: Price) -> StageOfLine:
    """Value a stage; of what was claimed or confirmed, what is owed counts (invariant 15)."""
    quantity = counts = of.quantities[stage]
    if stage in ("claimed", "confirmed"):
        counts = leverage.counted(quantity, of.quantities["awarded"])
    gross_pence = value_pence(counts, price.pounds_per_unit)
    positions = of.positions[stage]
    if counts != quantity:  # how much counts follows from what is owed
        positions = sorted({*positions, *of.positions["awarded"]})
    return StageOfLine(
        quantity=quantity,
        counted=counts,
        gross_pence=gross_pence,
        net_pence=leverage.net_pence(gross_pence, price.k),
        beyond_pence=value_pence(quantity, price.pounds_per_unit) - gross_pence,
        positions=tuple(positions),
    )
