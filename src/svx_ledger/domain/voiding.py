"""Voiding an auction: two organisations find that it is to count for nothing.

A void auction stays listed, contributes nothing to what was leveraged, and keeps its spend in
the denominator (invariant 23).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from svx_ledger.domain.auction.breaks import AuctionVoided, VoidGround, VoidRequested
from svx_ledger.domain.auction.events import RequestNo
from svx_ledger.domain.auction.state import ENDED, Auction
from svx_ledger.domain.auction.steps import OTHER_REQUEST
from svx_ledger.domain.auction.two_sides import (
    organisation_of,
    unless_a_side,
    unless_other_side,
)
from svx_ledger.domain.award.events import award_key

from .actor import Actor
from .book import Book, LedgerId
from .conflict import unless_conflicted
from .ending import auction_and_needs, released, unless_unawarded
from .form import AuctionId, Reason
from .kind import Command, Decision, States
from .procurement import Procurement
from .rule import WRONG_STATE, Refusal, Rule

NO_OUTAGE = Rule(
    "no-outage",
    "An auction is void for an outage that its frozen rules call one.",
    "Record the outage on the ledger's stream, or void the auction on another ground.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVoid(Command):
    """Ask that an auction be void: for one side, and for an outage by the ledger's record."""

    auction_id: AuctionId
    ground: VoidGround
    reason: Reason
    ledger_id: LedgerId | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and the ledger's own stream where it is named."""
        del states
        return tuple(stream for stream in (self.auction_id, self.ledger_id) if stream)

    def claims(self) -> tuple[str, ...]:
        """Return the award that may rest on the auction."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request that an auction be voided.

        - The auction's authority requests it, or an independent organisation
          (`two_sides.unless_a_side`).
        - The auction may be voided on this ground (`unless_voidable`).
        - A later request takes the place of an earlier one.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_a_side(actor, auction):
            return refusal
        requested = VoidRequested(
            ground=self.ground,
            reason=self.reason,
            ledger_id=self.ledger_id,
            requested_by=actor.id,
            requesting_organisation=organisation_of(actor),
            request_no=auction.requests + 1,
        )
        if refusal := unless_voidable(states, self.auction_id, requested):
            return refusal
        return [(self.auction_id, requested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveVoid(Command):
    """Void an auction, for the other side, as the request by this number has it."""

    auction_id: AuctionId
    request_no: RequestNo

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, its needs and procurement, and the ledger that was named."""
        named = auction_and_needs(states, self.auction_id)
        if self.auction_id not in states:
            return named
        auction = states.of(Auction, self.auction_id)
        request = auction.void_request
        ledger_id = request.ledger_id if request else None
        named = (*named, auction.procurement_id)
        return (*named, ledger_id) if ledger_id else named

    def claims(self) -> tuple[str, ...]:
        """Return the award that may rest on the auction."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Void an auction.

        - The auction's authority approves it, or an independent organisation
          (`two_sides.unless_a_side`).
        - Whoever approves it has no live conflict of interest (invariant 20).
        - It was requested, and neither the close nor the disclosure came after that.
        - The request is the one that is named.
        - Nobody approves their own request.
        - Of the two sides one requests and the other approves: the authority and an
          independent organisation.
        - The auction may be voided on this ground now (`unless_voidable`).
        - Its needs are free, and so is its lot, unless its award's end has freed them already.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_a_side(actor, auction):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        request = auction.void_request
        if request is None:
            return WRONG_STATE.refuse(state=auction.phase, expected="void requested")
        if self.request_no != request.request_no:
            return OTHER_REQUEST.refuse(request_no=request.request_no)
        refusal = unless_other_side(actor, auction, request)
        if refusal := refusal or unless_voidable(states, self.auction_id, request):
            return refusal
        held = not auction.released
        voided = AuctionVoided(
            request_no=self.request_no,
            ground=request.ground,
            reason=request.reason,
            approved_by=actor.id,
            approving_organisation=organisation_of(actor),
            procurement_id=auction.procurement_id if held else None,
            lot=auction.lot if held else None,
        )
        needs = auction.reserved_needs if held else ()
        return [(self.auction_id, voided), *released(self.auction_id, needs)]


def unless_voidable(states: States, auction_id: str, request: VoidRequested) -> Refusal | None:
    """Refuse to void an auction that still has a future, or has had its effect.

    - It has neither ended early nor led to a contract; its award may have come to nothing.
    - Its rules are frozen.
    - The assessment is not disclosed, unless a court asks for it: who sees whom it favours
      finds no other ground any more.
    - No award rests on it; one that lapsed or was set aside does not.
    - For an outage: by the record of the ledger that is named, it accepted nothing for more
      than `outage_seconds` of the last `outage_window_minutes` before the close.
    """
    auction = states.of(Auction, auction_id)
    if auction.concluded:
        return WRONG_STATE.refuse(state="concluded", expected="no contract entered")
    if auction.phase in ENDED:
        return WRONG_STATE.refuse(state=auction.phase, expected="not ended")
    if auction.phase == "drafted":
        return WRONG_STATE.refuse(state="drafted", expected="rules frozen")
    if auction.disclosed and request.ground != "court":
        return WRONG_STATE.refuse(state="disclosed", expected="not disclosed")
    refusal = None if auction.released else unless_unawarded(states, auction_id)
    if refusal is not None:
        return refusal
    return _unless_out(states, auction, request) if request.ground == "outage" else None


def _unless_out(states: States, auction: Auction, request: VoidRequested) -> Refusal | None:
    least, minutes = auction.terms.outage_seconds, auction.terms.outage_window_minutes
    if least is None or minutes is None:
        return NO_OUTAGE.refuse(rule="none frozen")
    if request.ledger_id is None:
        return NO_OUTAGE.refuse(ledger="none named")
    first = auction.closes_at - timedelta(minutes=minutes)
    out = states.of(Book, request.ledger_id).outage_within(first, auction.closes_at)
    if out > timedelta(seconds=least):
        return None
    return NO_OUTAGE.refuse(
        out_seconds=out // timedelta(seconds=1),
        above_seconds=least,
        window_minutes=minutes,
    )


COMMANDS: tuple[type[Command], ...] = (RequestVoid, ApproveVoid)
