"""One procurement from its ranked bids to the last pound: award, contract, claims, disputes."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from svx_ledger.domain.award.events import AssessmentRanked, Ground, StandstillStarted
from svx_ledger.domain.contract.events import ContractEntered, VariationRequested, VariedLine
from svx_ledger.domain.pledge.events import DeliveryClaimed, PledgeCommitted
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.ledger import Sequenced

from .awards import holidays
from .competing import DAY, HOUR, Bidding, Cast, Steps, reviewed
from .people import person
from .telling import Over, Turn, first, need, say


def awarded(cast: Cast, bidding: Bidding) -> Steps:
    """Disclose, rank, recommend, approve, announce; return when the standstill is over."""
    rng, buyer, award = cast.rng, cast.buyer(), cast.award
    at = bidding.closes_at + timedelta(minutes=1)  # not so late as to be an outage
    if not bidding.standing:
        ending = say("DeclareUnsuccessful", auction_id=cast.auction, reason="Nobody bid")
        yield from need(at, ending, buyer)
        raise Over("unsuccessful")
    yield from need(at, say("DiscloseAssessment", auction_id=cast.auction), buyer)
    ranking = say(
        "RankAssessment", award_id=award, auction_id=cast.auction, cause="auction-closed"
    )
    done = yield from need(at + HOUR, ranking, buyer)
    ranked = first(done, AssessmentRanked).ranking
    able = [tender for tender in ranked if tender.bid_no is not None]
    chosen = able[0] if rng.random() < 0.93 else rng.choice(able)
    grounds = tuple(
        Ground(supplier_id=tender.supplier_id, reason="Its references did not hold")
        for tender in ranked
        if tender.rank < chosen.rank
    )
    winner = chosen.supplier_id
    recommending = say("RecommendAward", award_id=award, supplier_id=winner, grounds=grounds)
    assessor = person(cast.authority, "authority.assessor")
    yield from need(at + DAY, recommending, assessor)
    yield from reviewed(cast, at + DAY + HOUR, "before-award")
    approving = say("ApproveAward", award_id=award, supplier_id=winner)
    yield from need(at + 2 * DAY, approving, cast.approver())
    told = tuple(tender.supplier_id for tender in ranked)
    telling = say("SendAssessmentSummaries", award_id=award, recipients=told)
    yield from need(at + 3 * DAY, telling, buyer)
    at += 4 * DAY
    announcing = say(
        "PublishAwardNotice",
        award_id=award,
        reference=f"UK6-{cast.token}",
        published_on=uk_date(at),
        calendar="England and Wales",
        calendar_version="2025-11",
        non_working_days=holidays(uk_date(at)),
    )
    notice = yield from need(at, announcing, buyer)
    if rng.random() < 0.04:
        at += 2 * DAY
        claim = say(
            "RecordProceedings",
            award_id=award,
            court_ref=f"HT-{cast.token}",
            commenced_on=uk_date(at),
            notified_on=uk_date(at),
        )
        yield from need(at, claim, buyer)
        at += rng.randint(20, 90) * DAY
        lifting = say(
            "LiftSuspension",
            award_id=award,
            court_ref=f"HT-{cast.token}",
            order_ref=f"O-{cast.token}",
            lifted_on=uk_date(at),
        )
        yield from need(at, lifting, buyer)
    last_day = first(notice, StandstillStarted).last_day
    return max(at + HOUR, datetime.combine(last_day + DAY, time(9), UTC))


def contracted(cast: Cast, at: datetime) -> Steps:
    """Enter the contract and pay for the exchange; return the pledges by their stream."""
    entering = say(
        "EnterContract",
        contract_id=cast.contract,
        award_id=cast.award,
        period_from=uk_date(at),
        period_to=uk_date(at) + cast.rng.choice((180, 365)) * DAY,
    )
    done = yield from need(at, entering, cast.buyer())
    assert isinstance(first(done, ContractEntered), ContractEntered)
    spending = say(
        "RecordExchangeSpend",
        spend_id=cast.spend,
        payer_id=cast.authority,
        procurement_id=cast.procurement,
        period_from=uk_date(at) - 30 * DAY,
        period_to=uk_date(at),
        invoice=f"INV-{cast.token}",
        amount_pence=cast.rng.randrange(50_000, 500_000),
    )
    yield from need(at + DAY, spending, cast.buyer())
    pledges = {s: event for s, event in done.events if isinstance(event, PledgeCommitted)}
    cast.pledges = tuple(pledges)
    return pledges


def varied(cast: Cast, at: datetime, pledges: dict[str, PledgeCommitted]) -> Steps:
    """Lower one pledge a little, agreed by two people."""
    terms = cast.rng.choice(list(pledges.values()))
    line = VariedLine(need_id=terms.need_id, quantity=max(Decimal(1), terms.quantity - 1))
    asking = say(
        "RequestVariation",
        contract_id=cast.contract,
        lines=(line,),
        ground="The project moved to a smaller hall",
        notice=f"UK10-{cast.token}",
    )
    manager = person(cast.authority, "authority.contract_manager")
    done = yield from need(at, asking, manager)
    number = getattr(first(done, VariationRequested), "request_no", None)
    agreeing = say("ApproveVariation", contract_id=cast.contract, request_no=number)
    yield from need(at + DAY, agreeing, cast.approver())


def delivered(cast: Cast, at: datetime, pledges: dict[str, PledgeCommitted]) -> Steps:
    """Claim by instalments, in turn over the pledges, each decided some days later."""
    rng = cast.rng
    plans = {stream: rng.choice((1, 2, 2, 3, 4, 6)) for stream in pledges}
    for number in range(max(plans.values())):
        for stream, terms in pledges.items():
            if number >= plans[stream] or rng.random() < 0.05:
                continue
            at += timedelta(hours=rng.randint(2, 24 * 12))
            quantity = terms.quantity / plans[stream]
            quantity = round(quantity, 2) if terms.divisible else quantity // 1
            yield from _claimed(cast, at, (stream, terms), max(quantity, Decimal(1)))
    return at + DAY


def _claimed(
    cast: Cast, at: datetime, pledge: tuple[str, PledgeCommitted], quantity: Decimal
) -> Steps:
    rng, (stream, terms) = cast.rng, pledge
    claiming = say(
        "ClaimDelivery",
        pledge_id=stream,
        quantity=quantity,
        delivered_from=max(terms.entered_on, uk_date(at) - 7 * DAY),
        delivered_to=uk_date(at),
        evidence_sha256=sha256(rng.randbytes(16)).hexdigest(),
    )
    answer = yield Turn(at, claiming, person(terms.supplier_id, "supplier.signatory"))
    if not isinstance(answer, Sequenced):
        return
    claim_no, at = first(answer, DeliveryClaimed).claim_no, at + rng.randint(1, 72) * HOUR
    confirmer = person(terms.community_id, "community.confirmer")
    part = quantity if rng.random() < 0.85 else max(Decimal(1), quantity // 2)
    named = {"pledge_id": stream, "claim_no": claim_no}
    if rng.random() < 0.06:
        doubting = say("DisputeDelivery", **named, reason="Half of it did not work")
        yield Turn(at, doubting, confirmer)
        resolving = say("ResolveDispute", **named, quantity=part, reason="Counted again")
        manager = person(cast.authority, "authority.contract_manager", 2)
        yield Turn(at + 3 * DAY, resolving, manager)
    elif rng.random() < 0.93:
        yield Turn(at, say("ConfirmDelivery", **named, quantity=part), confirmer)


def completed(cast: Cast, at: datetime) -> Steps:
    """Complete the contract, after which nothing is owed any more."""
    ending = say(
        "CompleteContract",
        contract_id=cast.contract,
        notice=f"UK11-{cast.token}",
        reason="All that was to be done was done",
    )
    yield Turn(at, ending, person(cast.authority, "authority.contract_manager"))
