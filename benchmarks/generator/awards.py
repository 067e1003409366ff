"""Builders for awards and contracts: from the ranked assessment to what is delivered."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.award.events import Ground
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.contract.events import VariedLine
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.uk_calendar import certain_holidays

from .auctions import BUYER
from .proposals import Desk, Proposal, builds

CALENDAR_DAYS: Final = 40


@builds("RankAssessment", 20)
def rank_assessment(desk: Desk) -> Proposal | None:
    """Rank what is disclosed and has no award."""
    found = desk.pick(Auction, "auction", lambda a: a.phase == "ranked" and a.disclosed)
    if found is None or f"auction-award:{found[0]}" in desk.world.holders:
        return None
    command = desk.make("RankAssessment", award_id=desk.new("award"), auction_id=found[0])
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("RecommendAward", 20)
def recommend_award(desk: Desk) -> Proposal | None:
    """Recommend the best tender with a bid, now and then another."""
    found = desk.pick(Award, "award", lambda a: a.phase in {"assessed", "recommended"})
    if found is None or (found[1].phase == "recommended" and desk.chance(0.97)):
        return None
    able = [tender for tender in found[1].ranking if tender.bid_no is not None]
    if not able:
        return None
    chosen = able[0] if desk.chance(0.8) else desk.rng.choice(able)
    grounds = tuple(
        Ground(supplier_id=tender.supplier_id, reason="withdrew its references (fictional)")
        for tender in found[1].ranking
        if tender.rank < chosen.rank
    )
    command = desk.make(
        "RecommendAward", award_id=found[0], supplier_id=chosen.supplier_id, grounds=grounds
    )
    return Proposal(command, desk.someone(found[1].authority_id, "authority.assessor"))


@builds("ApproveAward", 20)
def approve_award(desk: Desk) -> Proposal | None:
    """Agree with the recommendation."""
    found = desk.pick(Award, "award", lambda a: a.phase == "recommended")
    if found is None or found[1].recommended is None:
        return None
    supplier = found[1].recommended.supplier_id
    command = desk.make("ApproveAward", award_id=found[0], supplier_id=supplier)
    return Proposal(command, desk.someone(found[1].authority_id, "authority.approver"))


@builds("SendAssessmentSummaries", 20)
def send_assessment_summaries(desk: Desk) -> Proposal | None:
    """Tell everybody who was assessed."""
    found = desk.pick(Award, "award", lambda a: a.phase == "approved")
    if found is None:
        return None
    recipients = tuple(tender.supplier_id for tender in found[1].ranking)
    command = desk.make("SendAssessmentSummaries", award_id=found[0], recipients=recipients)
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


def holidays(today: date) -> tuple[date, ...]:
    """Return the bank holidays that a notice published today has to name."""
    return certain_holidays(today, today + timedelta(days=CALENDAR_DAYS))


@builds("PublishAwardNotice", 20)
def publish_award_notice(desk: Desk) -> Proposal | None:
    """Announce the award, which starts the standstill."""
    found = desk.pick(Award, "award", lambda a: a.phase == "summaries-sent")
    if found is None:
        return None
    command = desk.make(
        "PublishAwardNotice",
        award_id=found[0],
        published_on=desk.day(),
        calendar="England and Wales",
        calendar_version="2025-11",
        non_working_days=holidays(desk.day()),
    )
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("EnterContract", 20)
def enter_contract(desk: Desk) -> Proposal | None:
    """Enter the contract once the standstill is over, and try now and then before."""
    found = desk.pick(Award, "award", lambda a: a.phase == "standstill" and a.last_day)
    if found is None or f"award-contract:{found[0]}" in desk.world.holders:
        return None
    last_day = found[1].last_day
    if last_day is not None and desk.day() <= last_day and desk.chance(0.9):
        return None
    command = desk.make(
        "EnterContract",
        contract_id=desk.new("contract"),
        award_id=found[0],
        period_from=desk.day(desk.rng.choice((-10, 0, 14))),
        period_to=desk.day(desk.rng.choice((30, 365, 3 * 365))),
    )
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


def pledges_of(desk: Desk, contract_id: str) -> list[tuple[str, Pledge]]:
    """Return the pledges of a contract."""
    return [
        (stream, state)
        for stream, state in desk.world.of("pledge")
        if isinstance(state, Pledge) and state.terms.contract_id == contract_id
    ]


@builds("RequestVariation", 2)
def request_variation(desk: Desk) -> Proposal | None:
    """Ask that some pledges of a contract be owed in other quantities."""
    found = desk.pick(Contract, "contract")
    if found is None:
        return None
    lines = tuple(
        VariedLine(
            need_id=pledge.terms.need_id,
            quantity=max(
                Decimal(0), pledge.quantity + desk.rng.choice((-5, -1, 1, 2)) * Decimal(1)
            ),
        )
        for _, pledge in pledges_of(desk, found[0])
        if desk.chance(0.6)
    )
    if not lines:
        return None
    command = desk.make("RequestVariation", contract_id=found[0], lines=lines)
    who = desk.someone(found[1].terms.authority_id, "authority.contract_manager", BUYER)
    return Proposal(command, who)


@builds("ApproveVariation", 4)
def approve_variation(desk: Desk) -> Proposal | None:
    """Agree with the variation."""
    found = desk.pick(Contract, "contract", lambda contract: contract.request)
    if found is None:
        return None
    command = desk.make("ApproveVariation", contract_id=found[0])
    return Proposal(command, desk.someone(found[1].terms.authority_id, "authority.approver"))
