"""One procurement up to its last bid: needs, an auction, suppliers who watch the clock."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import (
    AuctionExtended,
    AuctionRulesFrozen,
    BidAccepted,
    TenderScore,
)
from svx_ledger.domain.auction.terms import AuctionTerms, FrozenNeed
from svx_ledger.domain.procurement import Lot
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Answer, Sequenced

from .agreeing import terms
from .auctions import SECOND
from .people import person
from .pledging import Score, bid_above, least_after
from .population import PROXY_SET, Population
from .starting import PLACES, WEIGHT, ask
from .telling import Over, Turn, first, need, say

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Steps = Generator[Turn, Answer, Any]


class Cast:
    """Who and what one procurement is about; names follow from its number."""

    def __init__(self, number: int, everybody: Population, rng: Random) -> None:
        token = f"g{number:09d}"
        self.token, self.rng = token, rng
        self.authority = rng.choice(everybody.authorities)
        self.procurement = f"procurement-{token}"
        self.auction, self.award = f"auction-{token}", f"award-{token}"
        self.contract, self.spend = f"contract-{token}", f"spend-{token}"
        self.needs = tuple(f"need-{token}n{n}" for n in range(rng.choice((1, 2, 2, 3, 4, 6))))
        self.projects = [rng.choice(everybody.projects) for _ in self.needs]
        bidders = min(len(everybody.suppliers), rng.choice((3, 4, 5, 5, 6, 7, 8, 10, 12)))
        self.suppliers = tuple(rng.sample(everybody.suppliers, bidders))
        value_pence = rng.randrange(10**8, 10**10)
        self.lot = Lot(
            lot="1",
            title="All",
            contract_value_pence=value_pence,
            reference_spend_pence=value_pence if rng.random() < 0.2 else None,
        )
        self.pledges: tuple[str, ...] = ()

    def buyer(self) -> Actor:
        """Return who buys."""
        return person(self.authority, "authority.buyer")

    def approver(self) -> Actor:
        """Return who approves."""
        return person(self.authority, "authority.approver", 2)

    def streams(self) -> Iterator[str]:
        """Return the streams that nothing looks at once the story is over."""
        yield from (self.procurement, self.auction, self.award, self.contract, self.spend)
        yield from self.needs
        yield from self.pledges


class Bidding(NamedTuple):
    """An auction that is over, as the story knows it: the frozen needs and who bid what."""

    needs: dict[str, FrozenNeed]
    standing: dict[str, Score]
    closes_at: datetime


def prepared(cast: Cast, at: datetime) -> Steps:
    """Register and announce the procurement; return when that was done."""
    rng, buyer = cast.rng, cast.buyer()
    registering = say(
        "RegisterProcurement",
        procurement_id=cast.procurement,
        ocid=f"ocds-abc123-{cast.token}",
        title="Facilities management",
        authority_id=cast.authority,
        acts_for=("E23000001",),
        lots=(cast.lot,),
        regime="pa2023",
        nation="england",
        policy="own",
        social_value_weight=WEIGHT,
    )
    yield from need(at, registering, buyer)
    yield from reviewed(cast, at + HOUR, "before-notice")
    at += DAY
    announcing = say(
        "PublishTenderNotice",
        procurement_id=cast.procurement,
        notice="UK4",
        reference=f"UK4-{cast.token}",
        published_on=uk_date(at),
    )
    yield from need(at, announcing, buyer)
    for name, (project, community) in zip(cast.needs, cast.projects, strict=True):
        at += timedelta(minutes=rng.randint(5, 600))
        measure, unit, quantity, theme = ask(rng)
        proposing = say(
            "ProposeNeed",
            need_id=name,
            project_id=project,
            measure=measure,
            unit=unit,
            quantity=quantity,
            place=rng.choice(PLACES),
            needed_by=uk_date(at) + rng.randint(120, 400) * DAY,
            theme=theme,
            use="Three evenings a week, the whole year",
            delivered_by="The project's own volunteers",
            in_place="A room, a lockable cupboard, broadband",
        )
        yield from need(at, proposing, person(community, "community.lead"))
        approving = say("ApproveNeed", need_id=name, approver_organisation=cast.authority)
        yield from need(at + HOUR, approving, buyer)
    return at + DAY


def reviewed(cast: Cast, at: datetime, occasion: str) -> Steps:
    """Review conflicts of interest, of which none were declared."""
    review = say(
        "ReviewConflicts",
        procurement_id=cast.procurement,
        occasion=occasion,
        findings=(),
        suppliers=(),
    )
    yield from need(at, review, cast.approver())


def opened(cast: Cast, at: datetime) -> Steps:
    """Freeze, invite, qualify, schedule, seal and open; return the terms and the needs."""
    rng, buyer, auction = cast.rng, cast.buyer(), cast.auction
    opens_at = (at + 8 * DAY).replace(
        hour=rng.randint(9, 14), minute=0, second=0, microsecond=0
    )
    agreed = terms(
        rng,
        opens_at,
        timedelta(days=rng.choice((1, 3, 5))),
        cast.lot.reference_spend_pence,
    )
    drafting = say(
        "DraftAuction",
        auction_id=auction,
        procurement_id=cast.procurement,
        lot="1",
        proxy_set_id=PROXY_SET,
        terms=agreed,
    )
    yield from need(at, drafting, buyer)
    for name in cast.needs:
        listing = say(
            "ListNeed", need_id=name, auction_id=auction, relevance="Where the work is done"
        )
        yield from need(at, listing, buyer)
    yield from need(at + HOUR, say("RequestFreeze", auction_id=auction, caps=()), buyer)
    freezing = say("ApproveFreeze", auction_id=auction, request_no=1)
    frozen = yield from need(at + 2 * HOUR, freezing, cast.approver())
    needs = {each.need_id: each for each in first(frozen, AuctionRulesFrozen).needs}
    for supplier in cast.suppliers:
        at += timedelta(minutes=rng.randint(1, 60))
        named = {"auction_id": auction, "supplier_id": supplier}
        yield from need(at + 3 * HOUR, say("InviteSupplier", **named), buyer)
        accepting = say("AcceptInvitation", **named)
        yield from need(at + 4 * HOUR, accepting, person(supplier, "supplier.bidder"))
        fit = say("QualifySupplier", **named, basis="conditions of participation met")
        yield from need(at + 5 * HOUR, fit, buyer)
    at += DAY
    yield from need(at, say("ScheduleAuction", auction_id=auction), buyer)
    assessor = person(cast.authority, "authority.assessor")
    scores = tuple(
        TenderScore(
            supplier_id=supplier,
            price=Decimal(rng.randrange(300, 500)) / 10,
            quality=Decimal(rng.randrange(200, 400)) / 10,
        )
        for supplier in cast.suppliers
    )
    sealing = say("SealAssessment", auction_id=auction, scores=scores, assessors=(assessor.id,))
    yield from need(at + HOUR, sealing, assessor)
    if rng.random() < 0.03:
        ending = say("CancelAuction", auction_id=auction, reason="The budget was withdrawn")
        yield from need(at + 2 * HOUR, ending, buyer)
        raise Over("cancelled")
    yield from need(opens_at, say("OpenAuction", auction_id=auction), buyer)
    return agreed, needs


def bidden(cast: Cast, agreed: AuctionTerms, needs: dict[str, FrozenNeed]) -> Steps:
    """Let everybody bid: early to be there, and late to win; then the clock has its say."""
    rng = cast.rng
    standing: dict[str, Score] = {}
    closes_at = agreed.closes_at
    waiting = list(_attempts(cast, agreed))
    heapify(waiting)
    while waiting:
        at, who = heappop(waiting)
        if at >= closes_at and rng.random() < 0.9:
            continue
        supplier = cast.suppliers[who]
        own = standing.get(supplier)
        least = least_after(own, agreed)
        if own is not None and rng.random() < 0.06:
            least = own  # an equal bid, which is refused
        beaten = max(standing.values(), default=0)
        aim = beaten + 1 if beaten and rng.random() < 0.5 else least
        lines = bid_above(rng, needs, agreed, max(least, aim))
        lines = lines or bid_above(rng, needs, agreed, least)
        if lines is None:
            continue
        bid = say("SubmitBid", auction_id=cast.auction, supplier_id=supplier, lines=lines)
        answer = yield Turn(at, bid, person(supplier, "supplier.bidder"))
        if not isinstance(answer, Sequenced):
            continue
        for _, event in answer.events:
            if isinstance(event, BidAccepted):
                score = event.score_points
                standing[supplier] = event.value_pence if score is None else score
            if isinstance(event, AuctionExtended):
                closes_at = event.closes_at
                rival = rng.randrange(len(cast.suppliers))
                left = (closes_at - at).total_seconds()
                heappush(waiting, (at + rng.uniform(1, max(2, left)) * SECOND, rival))
    return Bidding(needs, standing, closes_at)


def _attempts(cast: Cast, agreed: AuctionTerms) -> Iterator[tuple[datetime, int]]:
    """Return when who tries: few try often, most of it late, some in the last seconds."""
    rng = cast.rng
    total = min(3_000, int(rng.lognormvariate(3.4, 1.0)) + len(cast.suppliers))
    keenness = [rng.expovariate(1.0) + 0.05 for _ in cast.suppliers]
    lasts = (agreed.closes_at - agreed.opens_at).total_seconds()
    for number in range(total):
        late = rng.random()
        if number < len(cast.suppliers):
            who, before = number, lasts * rng.uniform(0.3, 1.0)
        else:
            (who,) = rng.choices(range(len(cast.suppliers)), keenness)
            before = rng.expovariate(1 / 20) if late < 0.2 else lasts * rng.random() ** 3
        yield agreed.closes_at - min(before, lasts) * SECOND, who
