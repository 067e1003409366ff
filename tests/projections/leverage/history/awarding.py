"""What becomes of a lot: the contract, or one of the ways in which there is none."""

from datetime import UTC, datetime, time
from typing import Final

from benchmarks.generator.awards import holidays
from benchmarks.generator.people import AUDITOR, person
from benchmarks.generator.telling import first, need, say

from svx_ledger.domain.auction.breaks import VoidRequested
from svx_ledger.domain.award.events import AssessmentRanked, Ground, StandstillStarted
from svx_ledger.domain.contract.events import ContractEntered
from svx_ledger.domain.pledge.events import PledgeCommitted
from svx_ledger.domain.uk_calendar import uk_date

from .buying import DAY, HOUR, MINUTE, Buying, Steps, asked, by_year_end, over, reviewed
from .competing import Auctioned, bidden, frozen
from .owing import Owed, bound

FATES: Final = (
    ("contract",),
    ("contract", "lapsed"),
    ("excluded-winner",),
    ("cancelled", "contract"),
    ("excluded",),
    ("contract", "tender-withdrawn"),
    ("voided",),
    ("contract", "terminated"),
    ("set-aside", "contract"),
    ("contract",),
    ("nobody-bid", "contract"),
    ("all-excluded",),
    ("set-aside-voided",),
    ("departure", "contract"),
    ("approved",),
    ("never-opened", "contract"),
    ("assessed", "contract"),
)
"""Of the lots of one procurement after the other, in turn."""
_NEVER_RANKED: Final = {
    "cancelled": "CancelAuction",
    "never-opened": "DeclareUnsuccessful",
    "nobody-bid": "DeclareUnsuccessful",
}


def lot(buying: Buying, n: int, at: datetime, *, again: Auctioned | None = None) -> Steps:
    """Tell what becomes of a lot; one that is run again leads to a contract."""
    fate = "contract" if again else buying.fates[n]
    token = f"{buying.token}l{n}" + ("r" if again else "")
    if again:
        needs = list(again.needs)
    else:
        needs = yield from asked(buying, token, at)
    replaced = again.auction if again else None
    auctioned = yield from frozen(
        buying, buying.lots[n], token, at + 2 * HOUR, needs=needs, again=replaced
    )
    if fate in _NEVER_RANKED:
        if fate == "nobody-bid":
            yield from bidden(auctioned, nobody=True)
        ending = {"auction_id": auctioned.auction, "reason": "The budget was withdrawn"}
        late = auctioned.closes_at + (-2 if fate == "cancelled" else 1) * HOUR
        yield from need(late, say(_NEVER_RANKED[fate], **ending), buying.buyer())
        raise over(fate)
    yield from bidden(auctioned)
    at = auctioned.closes_at + MINUTE
    if fate == "voided":
        yield from _voided(auctioned, at + 9 * DAY, "fault")
        raise over(fate)
    if fate == "all-excluded":
        for supplier in auctioned.suppliers:
            yield from _excluded(auctioned, supplier, at + DAY, None)
        failing = {"auction_id": auctioned.auction, "reason": "Nobody is left"}
        yield from need(at + 3 * DAY, say("DeclareUnsuccessful", **failing), buying.buyer())
        raise over(fate)
    if fate == "excluded":
        yield from _excluded(auctioned, auctioned.suppliers[0], at, None)
    entered_at = yield from _awarded(auctioned, fate, at)
    owed = yield from _entered(auctioned, entered_at)
    yield from bound(owed, ends="terminated" if fate == "terminated" else None)
    if fate == "terminated":
        yield from lot(buying, n, owed.ended_at + DAY, again=auctioned)


def _awarded(auctioned: Auctioned, fate: str, at: datetime) -> Steps:
    """Award, mostly; return when the standstill is over."""
    buying, award = auctioned.buying, f"award-{auctioned.token}"
    buyer, rng = buying.buyer(), buying.rng
    disclosing = say("DiscloseAssessment", auction_id=auctioned.auction)
    yield from need(at, disclosing, buyer)
    given = {"award_id": award, "auction_id": auctioned.auction}
    ranking = say("RankAssessment", **given, cause="auction-closed")
    done = yield from need(at + HOUR, ranking, buyer)
    ranked = first(done, AssessmentRanked).ranking
    if fate == "assessed":
        raise over(fate)
    at += rng.randint(2, 400) * HOUR
    at = yield from _approved(auctioned, ranked, at, departing=fate == "departure")
    winner = ranked[0].supplier_id
    if fate == "approved":
        raise over(fate)
    if fate == "lapsed":
        lapsing = say("LapseAward", award_id=award, reason="Nobody signed")
        yield from need(at + 20 * DAY, lapsing, buying.approver(3))
        yield from lot(buying, int(auctioned.lot.lot) - 1, at + 21 * DAY, again=auctioned)
        raise over(fate)
    if fate in ("excluded-winner", "tender-withdrawn"):
        if fate == "excluded-winner":
            done = yield from _excluded(auctioned, winner, at + DAY, award)
        else:
            dropping = say(
                "WithdrawTender", award_id=award, supplier_id=winner, reason="It cannot deliver"
            )
            done = yield from need(at + DAY, dropping, buyer)
        ranked = first(done, AssessmentRanked).ranking
        at += rng.randint(30, 200) * HOUR
        at = yield from _approved(auctioned, ranked, at, departing=False)
    return (yield from _announced(auctioned, tuple(x.supplier_id for x in ranked), fate, at))


def _approved(auctioned: Auctioned, ranked: tuple, at: datetime, *, departing: bool) -> Steps:  # type: ignore[type-arg]  # of tenders
    buying, award = auctioned.buying, f"award-{auctioned.token}"
    able = [tender for tender in ranked if tender.bid_no is not None]
    chosen = able[-1] if departing else able[0]
    grounds = tuple(
        Ground(supplier_id=tender.supplier_id, reason="Its references did not hold")
        for tender in ranked
        if tender.rank < chosen.rank
    )
    named = {"award_id": award, "supplier_id": chosen.supplier_id}
    assessor = person(buying.authority, "authority.assessor")
    yield from need(at, say("RecommendAward", **named, grounds=grounds), assessor)
    yield from reviewed(buying, at + HOUR, "before-award")
    if (at.month, at.day) >= (3, 15) and at.month == 3:
        at = at.replace(day=31)
    at = by_year_end(at + 2 * HOUR)
    yield from need(at, say("ApproveAward", **named), buying.approver())
    return at + DAY


def _announced(auctioned: Auctioned, told: tuple[str, ...], fate: str, at: datetime) -> Steps:
    buying, award = auctioned.buying, f"award-{auctioned.token}"
    buyer = buying.buyer()
    telling = say("SendAssessmentSummaries", award_id=award, recipients=told)
    yield from need(at, telling, buyer)
    announcing = say(
        "PublishAwardNotice",
        award_id=award,
        reference=f"UK6-{auctioned.token}",
        published_on=uk_date(at + HOUR),
        calendar="England and Wales",
        calendar_version="2025-11",
        non_working_days=holidays(uk_date(at + HOUR)),
    )
    notice = yield from need(at + HOUR, announcing, buyer)
    if fate in ("set-aside", "set-aside-voided"):
        court = f"HT-{auctioned.token}"
        claim = {"award_id": award, "court_ref": court}
        day = uk_date(at + DAY)
        proceeding = say("RecordProceedings", **claim, commenced_on=day, notified_on=day)
        yield from need(at + DAY, proceeding, buyer)
        ordering = say("SetAsideAward", **claim, order_ref=f"O-{auctioned.token}")
        yield from need(at + 60 * DAY, ordering, buying.approver())
        if fate == "set-aside-voided":
            yield from _voided(auctioned, at + 65 * DAY, "court")
        raise over(fate)
    last_day = first(notice, StandstillStarted).last_day
    opened = datetime.combine(last_day + DAY, time(1 + buying.rng.randrange(22), 40), UTC)
    return max(at + 2 * HOUR, opened)


def _entered(auctioned: Auctioned, at: datetime) -> Steps:
    buying = auctioned.buying
    entering = say(
        "EnterContract",
        contract_id=f"contract-{auctioned.token}",
        award_id=f"award-{auctioned.token}",
        period_from=uk_date(at),
        period_to=uk_date(at) + buying.rng.choice((120, 240, 365)) * DAY,
    )
    done = yield from need(at, entering, buying.buyer())
    assert isinstance(first(done, ContractEntered), ContractEntered)
    pledges = {s: event for s, event in done.events if isinstance(event, PledgeCommitted)}
    return Owed(buying, f"contract-{auctioned.token}", at, pledges)


def _excluded(auctioned: Auctioned, supplier: str, at: datetime, award: str | None) -> Steps:
    buying = auctioned.buying
    named = {"auction_id": auctioned.auction, "supplier_id": supplier}
    asking = say("RequestExclusion", **named, ground="debarred", reason="On the list")
    yield from need(at, asking, buying.buyer())
    agreeing = say("ApproveExclusion", **named, award_id=award)
    return (yield from need(at + HOUR, agreeing, buying.approver()))


def _voided(auctioned: Auctioned, at: datetime, ground: str) -> Steps:
    named = {"auction_id": auctioned.auction}
    asking = say("RequestVoid", **named, ground=ground, reason="The wrong table of needs")
    done = yield from need(at, asking, auctioned.buying.buyer())
    number = first(done, VoidRequested).request_no
    yield from need(at + DAY, say("ApproveVoid", **named, request_no=number), AUDITOR)
