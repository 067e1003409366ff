"""A lot from its auction's draft to its bids: raised, withdrawn, with and without rates."""

from datetime import datetime
from decimal import Decimal
from random import Random
from typing import NamedTuple

from benchmarks.generator.people import person
from benchmarks.generator.telling import Turn, first, need, say

from svx_ledger.domain.auction.events import AuctionRulesFrozen, BidLine, TenderScore
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed, Increment, SoftClose
from svx_ledger.domain.procurement import Lot
from svx_ledger.domain.uk_calendar import uk_date

from .buying import DAY, HOUR, MINUTE, WEIGHT, Buying, Steps
from .everybody import PROXY_SETS, SUPPLIERS


class Auctioned(NamedTuple):
    """An auction of a lot, when it closes, and what it prices."""

    buying: Buying
    token: str
    lot: Lot
    closes_at: datetime
    needs: dict[str, FrozenNeed]
    suppliers: tuple[str, ...]

    @property
    def auction(self) -> str:
        """Its stream."""
        return f"auction-{self.token}"


def _terms(lot: Lot, opens_at: datetime) -> AuctionTerms:
    closes_at = opens_at + HOUR
    return AuctionTerms(
        mode="ascending",
        visibility="rank",
        bidder_count_shown=False,
        rank_on="social-value",
        basis="pounds",
        opens_at=opens_at,
        closes_at=closes_at,
        notice_seconds=0,
        increment=Increment(kind="pence", pence=1),
        reserve_pence=0,
        soft_close=SoftClose(
            window_seconds=0,
            extension_seconds=0,
            at_most=0,
            hard_stop=closes_at,
            extend_on="rank-change",
        ),
        social_value_score="share-of-best",
        social_value_weight=WEIGHT,
        price_weight=Decimal(50),
        quality_weight=Decimal(40),
        withdrawal_allowed=True,
        reference_spend_pence=lot.reference_spend_pence,
    )


def frozen(
    buying: Buying,
    lot: Lot,
    token: str,
    at: datetime,
    *,
    needs: list[str],
    again: str | None = None,
) -> Steps:
    """Draft, list, freeze, invite, schedule and seal; return the auction.

    `again` is the auction that this one replaces, whose needs are listed once more.
    """
    rng, buyer, auction = buying.rng, buying.buyer(), f"auction-{token}"
    opens_at = at + 2 * DAY
    drafting = say(
        "DraftAuction",
        auction_id=auction,
        procurement_id=buying.procurement,
        lot=lot.lot,
        proxy_set_id=rng.choice(PROXY_SETS),
        terms=_terms(lot, opens_at),
        replaces=again,
    )
    yield from need(at, drafting, buyer)
    for name in needs:
        listing = say(
            "RelistNeed" if again else "ListNeed",
            need_id=name,
            auction_id=auction,
            relevance="Where the work is done",
            **({"needed_by": uk_date(at) + 500 * DAY} if again else {}),
        )
        yield from need(at, listing, buyer)
    yield from need(at + MINUTE, say("RequestFreeze", auction_id=auction, caps=()), buyer)
    freezing = say("ApproveFreeze", auction_id=auction, request_no=1)
    done = yield from need(at + 2 * MINUTE, freezing, buying.approver())
    suppliers = tuple(rng.sample(SUPPLIERS, 3))
    for supplier in suppliers:
        named = {"auction_id": auction, "supplier_id": supplier}
        yield from need(at + HOUR, say("InviteSupplier", **named), buyer)
        accepting = say("AcceptInvitation", **named)
        yield from need(at + HOUR, accepting, person(supplier, "supplier.bidder"))
        fit = say("QualifySupplier", **named, basis="conditions of participation met")
        yield from need(at + HOUR, fit, buyer)
    yield from need(at + DAY, say("ScheduleAuction", auction_id=auction), buyer)
    assessor = person(buying.authority, "authority.assessor")
    scores = tuple(
        TenderScore(
            supplier_id=supplier,
            price=Decimal(rng.randrange(300, 500)) / 10,
            quality=Decimal(rng.randrange(200, 400)) / 10,
        )
        for supplier in suppliers
    )
    sealing = say("SealAssessment", auction_id=auction, scores=scores, assessors=(assessor.id,))
    yield from need(at + DAY, sealing, assessor)
    priced = {each.need_id: each for each in first(done, AuctionRulesFrozen).needs}
    return Auctioned(buying, token, lot, opens_at + HOUR, priced, suppliers)


def bidden(auctioned: Auctioned, *, nobody: bool = False) -> Steps:
    """Open and let everybody bid: low, then higher with other lines; one takes its bid back."""
    buying, auction = auctioned.buying, auctioned.auction
    rng, opens_at = buying.rng, auctioned.closes_at - HOUR
    yield from need(opens_at, say("OpenAuction", auction_id=auction), buying.buyer())
    if nobody:
        return
    for n, supplier in enumerate(auctioned.suppliers):
        bidder = person(supplier, "supplier.bidder")
        named = {"auction_id": auction, "supplier_id": supplier}
        at = opens_at + (n + 1) * MINUTE
        low = _lines(rng, auctioned, 0.05, 0.2)
        yield Turn(at, say("SubmitBid", **named, lines=low), bidder)
        if n == 2 and rng.random() < 0.4:
            withdrawing = say("WithdrawBid", **named, reason="Counted twice")
            yield from need(at + MINUTE, withdrawing, bidder)
            if rng.random() < 0.5:
                continue
        high = _lines(rng, auctioned, 0.4, 1.0)
        yield Turn(at + 9 * MINUTE, say("SubmitBid", **named, lines=high), bidder)


def _lines(rng: Random, auctioned: Auctioned, low: float, high: float) -> tuple[BidLine, ...]:
    known = list(auctioned.needs.values())
    chosen = rng.sample(known, k=max(1, len(known) - rng.choice((0, 0, 1, 2))))
    return tuple(_line(rng, each, rng.uniform(low, high), auctioned.lot) for each in chosen)


def _line(rng: Random, of: FrozenNeed, share: float, lot: Lot) -> BidLine:
    """Return a line; the reference spend brings some rates below the cap, and some to it."""
    quantity = of.cap * Decimal(str(round(share, 4)))
    quantity = round(quantity, rng.choice((1, 2, 6))) if of.divisible else quantity // 1
    quantity = max(min(quantity, of.cap), min(of.cap, Decimal(1)))
    if lot.reference_spend_pence is None or rng.random() < 0.5:
        return BidLine(need_id=of.need_id, unit=of.unit, quantity=quantity)
    wanted = quantity * rng.choice((Decimal("0.8"), Decimal("1.7")))
    rate = round(wanted * 100 / lot.reference_spend_pence, 9) + Decimal("0.00002")
    return BidLine(need_id=of.need_id, unit=of.unit, quantity=quantity, rate=rate)
