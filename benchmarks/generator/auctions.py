"""Builders for an auction, from its draft to the disclosure of the sealed scores."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from svx_ledger.domain.auction.events import TenderScore
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.terms import NeedCap
from svx_ledger.domain.need import Need
from svx_ledger.domain.procurement import Procurement

from .agreeing import terms
from .people import AUDITOR, OPERATORS
from .pledging import bid_above, least_after
from .proposals import Desk, Proposal, builds
from .starting import under_way

SECOND: Final = timedelta(seconds=1)
BUYER: Final = "authority.buyer"


@builds("DraftAuction", 8)
def draft_auction(desk: Desk) -> Proposal | None:
    """Draft one for a lot that has none."""
    procurement = desk.pick(Procurement, "procurement", lambda p: p.phase == "published")
    proxy_set = desk.pick(object, "proxy-set")
    if procurement is None or proxy_set is None or under_way(desk) > 3:
        return None
    name, state = procurement
    free = [lot for lot in state.lots if f"lot-auction:{name}/{lot}" not in desk.world.holders]
    if not free:
        return None
    lot = desk.rng.choice(free)
    notice = timedelta(seconds=desk.rng.choice((0, 3600, 7 * 86_400)))
    ready_in = timedelta(seconds=desk.rng.choice((600, 3600, 86_400)))
    opens_at = desk.now.replace(microsecond=0) + notice + ready_in
    command = desk.make(
        "DraftAuction",
        auction_id=desk.new("auction"),
        procurement_id=name,
        lot=lot,
        proxy_set_id=proxy_set[0],
        terms=terms(desk.rng, opens_at, notice, state.lots[lot].reference_spend_pence),
    )
    return Proposal(command, desk.someone(state.authority_id, BUYER))


@builds("ListNeed", 8)
def list_need(desk: Desk) -> Proposal | None:
    """List a free need in an auction that is drafted."""
    auction = desk.pick(
        Auction, "auction", lambda a: a.phase == "drafted" and len(a.listed) < 4
    )
    need = desk.pick(
        Need,
        "need",
        lambda n: n.phase == "approved" and n.listed_in is None and n.outstanding > 0,
    )
    if auction is None or need is None:
        return None
    command = desk.make("ListNeed", need_id=need[0], auction_id=auction[0])
    return Proposal(command, desk.someone(auction[1].authority_id, BUYER))


@builds("RequestFreeze", 8)
def request_freeze(desk: Desk) -> Proposal | None:
    """Ask for the freeze of what is listed, now and then with a lower cap."""
    found = desk.pick(
        Auction, "auction", lambda a: a.phase == "drafted" and a.listed and not a.freeze_request
    )
    if found is None:
        return None
    caps = tuple(
        NeedCap(need_id=need_id, quantity=max(Decimal(1), need.outstanding // 2))
        for need_id, need in found[1].listed.items()
        if desk.chance(0.15)
    )
    command = desk.make("RequestFreeze", auction_id=found[0], caps=caps)
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("ApproveFreeze", 15)
def approve_freeze(desk: Desk) -> Proposal | None:
    """Freeze as the second person."""
    found = desk.pick(Auction, "auction", lambda a: a.freeze_request)
    if found is None:
        return None
    command = desk.make("ApproveFreeze", auction_id=found[0])
    return Proposal(command, desk.someone(found[1].authority_id, "authority.approver"))


@builds("InviteSupplier", 8)
def invite_supplier(desk: Desk) -> Proposal | None:
    """Invite one more."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: a.phase in {"rules-frozen", "scheduled"} and a.scores is None,
    )
    supplier = desk.organisation("supplier")
    if found is None or supplier is None or supplier in found[1].participants:
        return None
    command = desk.make("InviteSupplier", auction_id=found[0], supplier_id=supplier)
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


def _at_step(desk: Desk, step: str) -> tuple[str, Auction, str] | None:
    found = desk.pick(Auction, "auction", lambda a: step in a.participants.values())
    if found is None:
        return None
    suppliers = [s for s, how in found[1].participants.items() if how == step]
    return *found, desk.rng.choice(suppliers)


@builds("AcceptInvitation", 8)
def accept_invitation(desk: Desk) -> Proposal | None:
    """Agree to take part."""
    found = _at_step(desk, "invited")
    if found is None:
        return None
    command = desk.make("AcceptInvitation", auction_id=found[0], supplier_id=found[2])
    return Proposal(command, desk.someone(found[2], "supplier.bidder"))


@builds("QualifySupplier", 8)
def qualify_supplier(desk: Desk) -> Proposal | None:
    """Find a supplier fit."""
    found = _at_step(desk, "accepted")
    if found is None or found[1].scores is not None:
        return None
    command = desk.make("QualifySupplier", auction_id=found[0], supplier_id=found[2])
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("ScheduleAuction", 25)
def schedule_auction(desk: Desk) -> Proposal | None:
    """Announce it, mostly in time."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: (
            a.phase == "rules-frozen"
            and (
                desk.chance(0.02)
                or a.terms.opens_at - desk.now >= a.terms.notice_seconds * SECOND
            )
        ),
    )
    if found is None:
        return None
    command = desk.make("ScheduleAuction", auction_id=found[0])
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("SealAssessment", 25)
def seal_assessment(desk: Desk) -> Proposal | None:
    """Score each qualified supplier."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: a.phase == "scheduled" and a.scores is None and len(a.qualified) > 1,
    )
    if found is None:
        return None
    scores = tuple(
        TenderScore(
            supplier_id=supplier,
            price=Decimal(desk.rng.randrange(200, 500)) / 10,
            quality=Decimal(desk.rng.randrange(150, 400)) / 10,
        )
        for supplier in sorted(found[1].qualified)
    )
    command = desk.make("SealAssessment", auction_id=found[0], scores=scores)
    return Proposal(command, desk.someone(found[1].authority_id, "authority.assessor"))


@builds("OpenAuction", 25)
def open_auction(desk: Desk) -> Proposal | None:
    """Open what is sealed."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: (
            a.phase == "scheduled"
            and a.scores is not None
            and (desk.chance(0.02) or desk.now < a.closes_at)
        ),
    )
    if found is None:
        return None
    command = desk.make("OpenAuction", auction_id=found[0])
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("SubmitBid", 25)
def submit_bid(desk: Desk) -> Proposal | None:
    """Bid more than before, or just not enough more."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: (
            a.phase == "open"
            and a.qualified
            and (a.terms.opens_at <= desk.now or desk.chance(0.03))
        ),
    )
    if found is None:
        return None
    name, auction = found
    able = auction.qualified if desk.chance(0.95) else auction.participants
    supplier = desk.rng.choice(sorted(able))
    standing = auction.standing.get(supplier)
    least = least_after(standing.score if standing else None, auction.terms)
    if desk.chance(0.1):
        least = max(0, least - desk.rng.choice((1, 10_000)))  # too little, or just enough
    lines = bid_above(desk.rng, auction.needs, auction.terms, least)
    if lines is None:
        return None
    command = desk.make("SubmitBid", auction_id=name, supplier_id=supplier, lines=lines)
    return Proposal(command, desk.someone(supplier, "supplier.bidder", "supplier.signatory"))


@builds("DiscloseAssessment", 20)
def disclose_assessment(desk: Desk) -> Proposal | None:
    """Disclose once the bids are ranked."""
    found = desk.pick(Auction, "auction", lambda a: a.phase == "ranked" and not a.disclosed)
    if found is None:
        return None
    command = desk.make("DiscloseAssessment", auction_id=found[0])
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("RequestResume", 10)
def request_resume(desk: Desk) -> Proposal | None:
    """Ask that a paused auction go on."""
    found = desk.pick(
        Auction, "auction", lambda a: a.phase == "paused" and not a.resume_request
    )
    if found is None or found[1].pause is None:
        return None
    lost = desk.rng.choice((60, 1800)) if found[1].pause.cause == "outage" else None
    command = desk.make("RequestResume", auction_id=found[0], lost_seconds=lost)
    return Proposal(command, desk.someone(found[1].authority_id, BUYER))


@builds("ApproveResume", 20)
def approve_resume(desk: Desk) -> Proposal | None:
    """Agree, for another organisation."""
    found = desk.pick(Auction, "auction", lambda a: a.phase == "paused" and a.resume_request)
    if found is None or found[1].resume_request is None:
        return None
    number = found[1].resume_request.request_no
    command = desk.make("ApproveResume", auction_id=found[0], request_no=number)
    return Proposal(command, desk.rng.choice((AUDITOR, *OPERATORS)))


@builds("WithdrawBid", 0.5)
def withdraw_bid(desk: Desk) -> Proposal | None:
    """Take a standing bid back."""
    found = desk.pick(
        Auction,
        "auction",
        lambda a: a.phase == "open" and a.standing and a.terms.withdrawal_allowed,
    )
    if found is None:
        return None
    supplier = desk.rng.choice(sorted(found[1].standing))
    command = desk.make("WithdrawBid", auction_id=found[0], supplier_id=supplier)
    return Proposal(command, desk.someone(supplier, "supplier.bidder"))
