"""Movements: by how much each event changed the value of a line at a stage.

The movements of a line up to any position sum to what the line comes to there, to the penny:
a movement is V(quantity after) − V(quantity before), and never the value of a difference. So
a sum over any of them is exact at any cut, for a database as for a reader with a spreadsheet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from svx_ledger.domain import leverage
from svx_ledger.domain.values import value_pence
from svx_ledger.projections.table import Rows, existing

from .delivery import FACT, PLEDGE, REFERENCE, FactRow, PledgeRow, ReferenceRow
from .facts import (
    APPROVAL,
    AUCTION,
    AWARD,
    BID_LINE,
    END,
    FINAL_BID,
    PLEDGED_LINE,
    RANKING,
    ApprovalRow,
    AuctionRow,
    AwardRow,
    EndRow,
)
from .in_force import NEVER_COUNTED
from .lines import LineKey, reference
from .pricing import Price, Prices, frozen_prices
from .vocabulary import Stage


class Movement(NamedTuple):
    """What one event added to a line at a stage, or took off it where it is negative.

    `quantity` is what was stated, `gross_pence` and `net_pence` are of what counts of it, and
    `beyond_pence` is the gross value of the rest: claimed or confirmed beyond what is owed.
    `by` is the side that confirmed.
    """

    position: int
    recorded_at: datetime
    auction_id: str
    supplier_id: str
    need_id: str
    pledge_id: str | None
    stage: Stage
    quantity: Decimal
    gross_pence: int
    net_pence: int
    beyond_pence: int
    by: str | None = None
    outside_period: bool = False


class _At(NamedTuple):
    """The event that moves a line, with the side that confirmed, and if that is flagged."""

    position: int
    recorded_at: datetime
    by: str | None = None
    outside_period: bool = False


@dataclass(slots=True)
class _Stages:
    """What a line has come to so far, stage by stage."""

    key: LineKey
    price: Price
    pledge_id: str | None = None
    quantities: dict[Stage, Decimal] = field(default_factory=dict)
    values: dict[Stage, tuple[int, int, int]] = field(default_factory=dict)

    def to(self, stage: Stage, quantity: Decimal, at: _At) -> Iterator[Movement]:
        """Bring a stage to a quantity, and what is counted with it."""
        was = self.quantities.get(stage, Decimal(0))
        self.quantities[stage] = quantity
        yield from self._moved(stage, quantity - was, at)
        if stage == "awarded":
            for of in ("claimed", "confirmed"):
                yield from self._moved(of, Decimal(0), at)

    def add(self, stage: Stage, more: Decimal, at: _At) -> Iterator[Movement]:
        """Bring a stage to so much more."""
        return self.to(stage, self.quantities.get(stage, Decimal(0)) + more, at)

    def _moved(self, stage: Stage, more: Decimal, at: _At) -> Iterator[Movement]:
        gross, net, beyond = self.values.get(stage, (0, 0, 0))
        self.values[stage] = now = self._value(stage)
        delta = now[0] - gross, now[1] - net, now[2] - beyond
        if more or any(delta):
            when, said = at[:2], at[2:]
            yield Movement(*when, *self.key, self.pledge_id, stage, more, *delta, *said)

    def _value(self, stage: Stage) -> tuple[int, int, int]:
        """Value a stage; of what was claimed or confirmed, what is owed counts."""
        quantity = counts = self.quantities.get(stage, Decimal(0))
        if stage in ("claimed", "confirmed"):
            owed = self.quantities.get("awarded", Decimal(0))
            counts = leverage.counted(quantity, owed)
        gross_pence = value_pence(counts, self.price.pounds_per_unit)
        beyond_pence = value_pence(quantity, self.price.pounds_per_unit) - gross_pence
        return gross_pence, leverage.net_pence(gross_pence, self.price.k), beyond_pence


def movements(rows: Rows) -> Iterator[Movement]:
    """Give the movements of all lines, at the frozen proxies; of a stage of one by position.

    Where an auction is voided or cancelled, everything of it goes back to nothing.
    """
    prices = frozen_prices(rows)
    never = {row.auction_id: row for row in rows.all(END) if row.ended in NEVER_COUNTED}
    for auction in rows.all(AUCTION):
        yield from _offered(rows, auction, never.get(auction.auction_id), prices)
    for award in rows.all(AWARD):
        yield from _pledged(rows, award, never.get(award.auction_id), prices)
    yield from _delivered(rows, never, prices)


def _offered(
    rows: Rows, auction: AuctionRow, never: EndRow | None, prices: Prices
) -> Iterator[Movement]:
    """Move lines into and out of the rankings of an auction."""
    of = auction.auction_id
    ranked = list(rows.select(RANKING, of))
    if not ranked:
        return
    standing: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for bid in rows.select(FINAL_BID, of):
        standing[bid.position][bid.supplier_id] = bid.bid_no
    for line in rows.select(BID_LINE, of):
        price = prices[of, line.need_id]
        offered = reference(line, price, auction.reference_spend_pence)
        stages = _Stages((of, line.supplier_id, line.need_id), price)
        for ranking in ranked:
            stands = standing[ranking.position].get(line.supplier_id) == line.bid_no
            at = _At(ranking.position, ranking.ranked_at)
            yield from stages.to("offered", offered if stands else Decimal(0), at)
        yield from _nothing(stages, "offered", never)


def _pledged(
    rows: Rows, award: AwardRow, never: EndRow | None, prices: Prices
) -> Iterator[Movement]:
    """Move lines into the approval that is in force, and out of the one that was."""
    named = {
        position: {line.need_id: line.quantity for line in of}
        for position, of in groupby(
            sorted(rows.select(PLEDGED_LINE, award.award_id), key=attrgetter("position")),
            attrgetter("position"),
        )
    }
    of: dict[LineKey, _Stages] = {}
    for approval in rows.select(APPROVAL, award.award_id):
        at = _At(approval.position, approval.recorded_at)
        now = _in_force(award, approval, named.get(approval.position, {}))
        for key in now:
            if key not in of:
                of[key] = _Stages(key, prices[key[0], key[2]])
        for key, stages in of.items():
            yield from stages.to("pledged", now.get(key, Decimal(0)), at)
    for stages in of.values():
        yield from _nothing(stages, "pledged", never)


def _in_force(
    award: AwardRow, approval: ApprovalRow, named: Mapping[str, Decimal]
) -> dict[LineKey, Decimal]:
    if approval.supplier_id is None:
        return {}
    of, supplier_id = award.auction_id, approval.supplier_id
    return {(of, supplier_id, need_id): quantity for need_id, quantity in named.items()}


def _delivered(rows: Rows, never: Mapping[str, EndRow], prices: Prices) -> Iterator[Movement]:
    """Move what contracts bind through delivery."""
    references: defaultdict[str, list[ReferenceRow]] = defaultdict(list)
    for row in rows.all(REFERENCE):
        references[row.pledge_id].append(row)
    for pledge_id, facts in groupby(rows.all(FACT), attrgetter("pledge_id")):
        pledge = existing(rows, PLEDGE, pledge_id)
        price = prices[pledge.auction_id, pledge.need_id]
        stages = _Stages((pledge.auction_id, pledge.supplier_id, pledge.need_id), price)
        stages.pledge_id = pledge_id
        yield from _steps(stages, pledge, facts, references[pledge_id])
        for stage in reversed(tuple(stages.quantities)):  # what is owed last
            yield from _nothing(stages, stage, never.get(pledge.auction_id))


def _steps(
    stages: _Stages,
    pledge: PledgeRow,
    facts: Iterable[FactRow],
    references: Iterable[ReferenceRow],
) -> Iterator[Movement]:
    steps: list[FactRow | ReferenceRow] = [*facts, *references]
    for step in sorted(steps, key=attrgetter("position")):
        if isinstance(step, ReferenceRow):
            at = _At(step.position, step.recorded_at)
            yield from stages.to("reference", step.quantity, at)
            continue
        at = _At(step.position, step.recorded_at, step.by, step.outside_period)
        yield from stages.add(step.stage, step.quantity, at)
        if step.stage == "awarded" and not pledge.rated:  # owed whatever is spent
            yield from stages.add("reference", step.quantity, at)


def _nothing(stages: _Stages, stage: Stage, never: EndRow | None) -> Iterator[Movement]:
    if never is not None and stages.quantities.get(stage):
        at = _At(never.position, never.ended_at)
        yield from stages.to(stage, Decimal(0), at)
