"""What is not in a report's figures, with the reason."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from svx_ledger.domain.values import plain, value_pence
from svx_ledger.projections.procurements import PROCUREMENT
from svx_ledger.projections.spending import SpendRow
from svx_ledger.projections.table import Rows

from .cut import Cut
from .delivery import CONTRACT
from .facts import AUCTION, BID_LINE, FINAL_BID, AuctionRow, RankingRow
from .in_force import NEVER_COUNTED, approvals, ends, rankings
from .lines import Line, reference
from .pricing import Price, Prices
from .scope import Cohort
from .vocabulary import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A thing, what is to be said of it, what it is worth if that may be told, and events."""

    subject: str
    says: str
    value_pence: int | None
    positions: tuple[int, ...]


def excluded(
    rows: Rows, cohort: Cohort, lines: Sequence[Line], cut: Cut, *, prices: Prices
) -> tuple[Remark, ...]:
    """Return what is not counted, or not at every stage, in order of what it is.

    `prices` are those that the lines are valued at.

    - A voided or cancelled auction, which contributes nothing and whose spend stays in.
    - An auction that is not ranked: its bids are hidden, and nothing is offered yet.
    - A ranked auction without an approved award in force: offered, not pledged; also where it
      was declared unsuccessful.
    - An approved award without a contract: pledged, not awarded.
    - What is claimed or confirmed beyond what is owed.
    - What is claimed and disputed: shown apart until it is resolved.
    - Spend on no procurement in particular that the denominators leave out.
    - Procurements outside the cohort, with the spend on them that no award dates and that is
      counted all the same.
    """
    return (
        *_unfinished(rows, cohort, lines, cut, prices=prices),
        *_beyond(lines),
        *_disputed(lines),
        *_left_out(cohort),
        *_outside(rows, cohort, cut),
    )


def _outside(rows: Rows, cohort: Cohort, cut: Cut) -> Iterator[Remark]:
    spend: defaultdict[str | None, list[SpendRow]] = defaultdict(list)
    for recorded in cohort.spend:
        spend[recorded.procurement_id].append(recorded)
    for row in rows.all(PROCUREMENT):
        of = row.procurement_id
        if of not in cohort.procurements and row.position <= cut.until:
            own = "outside the cohort: its own report has it"
            dated = "not awarded: its spend of this time is counted, by its own dates"
            yield Remark(
                subject=of,
                says=dated if of in spend else own,
                value_pence=None,
                positions=cohort.behind(spend.get(of, ())),
            )


def _unfinished(
    rows: Rows, cohort: Cohort, lines: Sequence[Line], cut: Cut, *, prices: Prices
) -> Iterator[Remark]:
    approved = {one.award.auction_id: one.award for one in approvals(rows, cut)}
    contracted = {row.award_id for row in rows.all(CONTRACT) if row.position <= cut.until}
    ranked, ended = rankings(rows, cut), ends(rows, cut)
    pence = _by_auction(lines)
    for auction in rows.all(AUCTION):
        of = auction.auction_id
        if auction.procurement_id not in cohort.procurements or auction.position > cut.until:
            continue
        award = approved.get(of)
        end = ended[of].ended if of in ended else None
        if end in NEVER_COUNTED:
            says = f"{end}: contributes nothing, and what was spent on it stays in D1 and D2"
            yield _remark(auction, says, _once_offered(rows, ranked.get(of), auction, prices))
        elif of not in ranked:
            none = "not ranked: nothing is offered yet"
            yield _remark(auction, "unsuccessful: nothing was offered" if end else none, None)
        elif end:
            says = "unsuccessful: offered, and never pledged"
            yield _remark(auction, says, pence[of, "offered"])
        elif award is None:
            says = "no approved award: offered, not pledged"
            yield _remark(auction, says, pence[of, "offered"])
        elif award.award_id not in contracted:
            says = "no contract entered: pledged, not awarded"
            yield _remark(auction, says, pence[of, "pledged"])


def _once_offered(
    rows: Rows, ranking: RankingRow | None, auction: AuctionRow, prices: Prices
) -> int | None:
    """Return what was offered in an auction that counts no longer, if anything was."""
    if ranking is None:
        return None
    bids = rows.select(FINAL_BID, ranking.auction_id)
    final = {bid.supplier_id: bid.bid_no for bid in bids if bid.position == ranking.position}
    pence = 0
    for line in rows.select(BID_LINE, ranking.auction_id):
        price = prices.get((ranking.auction_id, line.need_id))
        if final.get(line.supplier_id) == line.bid_no and price is not None:
            quantity = reference(line, price, auction.reference_spend_pence)
            pence += value_pence(quantity, price.pounds_per_unit)
    return pence


def unvalued(auctions: Collection[str], prices: Prices, valued: Prices) -> Iterator[Remark]:
    """Give what other proxies than the frozen ones have no value for, by frozen proxy.

    `auctions` are those in scope whose bids are ranked: of others there is nothing to value.
    """
    missing: Counter[Price] = Counter()
    for key in prices.keys() - valued.keys():
        if key[0] in auctions:
            missing[prices[key]] += 1
    for price in sorted(missing, key=lambda one: (one.proxy_set_id, one.measure, one)):
        says = (
            f"no value for this at the prices asked for: {missing[price]} needs are left out "
            f"(frozen at £{plain(price.pounds_per_unit)} a unit of {price.unit})"
        )
        yield Remark(
            subject=f"{price.measure} ({price.proxy_set_id})",
            says=says,
            value_pence=None,
            positions=(),
        )


def _left_out(cohort: Cohort) -> Iterator[Remark]:
    inputs = [row for row in cohort.left_out if row.kind == "input"]
    spend = [row for row in cohort.left_out if row.kind != "input"]
    for what, says, of in (("spend", "D1 and D2", spend), ("inputs", "D4", inputs)):
        if of:
            yield Remark(
                subject=f"{what} on no procurement in particular",
                says=f"not counted in {says}",
                value_pence=sum(row.amount_pence for row in of),
                positions=cohort.behind(of),
            )


def _by_auction(lines: Iterable[Line]) -> Counter[tuple[str, Stage]]:
    """Return the gross value at each stage, by auction."""
    pence: Counter[tuple[str, Stage]] = Counter()
    for line in lines:
        for stage, reached in line.stages.items():
            pence[line.auction_id, stage] += reached.gross_pence
    return pence


def _remark(auction: AuctionRow, says: str, pence: int | None) -> Remark:
    return Remark(
        subject=auction.auction_id, says=says, value_pence=pence, positions=(auction.position,)
    )


def _beyond(lines: Sequence[Line]) -> Iterator[Remark]:
    for line in lines:
        for stage, reached in line.stages.items():
            if reached.beyond_pence > 0:  # in a time, what was beyond may become owed
                assert line.pledge is not None
                yield Remark(
                    subject=f"{line.pledge.pledge_id} ({line.measure})",
                    says=f"{stage} beyond what is owed: over-delivery",
                    value_pence=reached.beyond_pence,
                    positions=reached.positions,
                )


def _disputed(lines: Sequence[Line]) -> Iterator[Remark]:
    for line in lines:
        disputed = line.stages.get("disputed")
        if disputed is not None and disputed.gross_pence > 0:  # in a time, or resolved
            assert line.pledge is not None
            yield Remark(
                subject=f"{line.pledge.pledge_id} ({line.measure})",
                says="disputed and not resolved: claimed, not confirmed",
                value_pence=disputed.gross_pence,
                positions=disputed.positions,
            )
