"""Pausing an auction: one person stops bidding at once, two organisations let it go on.

No bidder gains or loses time by it: what a pause took is given back, to the microsecond, and
the hard stop keeps its distance to the close.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.form import AuctionId, Reason
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import WRONG_STATE, Refusal, Rule

from .breaks import AuctionPaused, AuctionResumed, LostSeconds, ResumeRequested
from .events import RequestNo
from .state import Auction
from .steps import OTHER_REQUEST, unless_in
from .two_sides import organisation_of, unless_a_side, unless_other_side

LOST_TIME = Rule(
    "lost-time",
    "After an outage the time that it cost is stated; after any other pause it is known.",
    "State lost_seconds after an outage only: above 0, and at most the whole auction.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseAuction(Command):
    """Stop bidding at once, until two organisations let it go on."""

    auction_id: AuctionId
    reason: Reason

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Pause an auction.

        - The auction's authority pauses it, or the operator.
        - The auction is open.
        - Bidding has begun.
        - Bidding has not ended.
        """
        auction = states.of(Auction, self.auction_id)
        operates = actor.role == "operator"
        if refusal := None if operates else unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "open"):
            return refusal
        if now < auction.terms.opens_at:
            return WRONG_STATE.refuse(state="not begun", expected="open")
        if now >= auction.closes_at:
            return WRONG_STATE.refuse(state="closed", expected="open")
        paused = AuctionPaused(
            reason=self.reason, paused_at=now, cause="person", paused_by=actor.id
        )
        return [(self.auction_id, paused)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestResume(Command):
    """Ask that bidding go on: for one side, and after an outage with the time that it cost."""

    auction_id: AuctionId
    reason: Reason
    lost_seconds: LostSeconds | None = None

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Request that an auction be resumed.

        - The auction's authority requests it, or an independent organisation
          (`two_sides.unless_a_side`).
        - The auction is paused; a later request takes the place of an earlier one.
        - After a pause by a person no lost time is stated: it is what the pause took.
        - After an outage it is stated, above nothing and at most the whole auction.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_a_side(actor, auction):
            return refusal
        if refusal := unless_in(auction, "paused") or self._fault_in_lost_time(auction):
            return refusal
        requested = ResumeRequested(
            reason=self.reason,
            lost_seconds=self.lost_seconds,
            requested_by=actor.id,
            requesting_organisation=organisation_of(actor),
            request_no=auction.requests + 1,
        )
        return [(self.auction_id, requested)]

    def _fault_in_lost_time(self, auction: Auction) -> Refusal | None:
        assert auction.pause is not None
        cause, lost = auction.pause.cause, self.lost_seconds
        most = (auction.closes_at - auction.terms.opens_at) // timedelta(seconds=1)
        fits = lost is None if cause == "person" else lost is not None and 0 < lost <= most
        if fits:
            return None
        return LOST_TIME.refuse(
            cause=cause,
            lost_seconds="none" if lost is None else lost,
            most_seconds=0 if cause == "person" else most,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveResume(Command):
    """Let bidding go on, for the other side, as the request by this number has it."""

    auction_id: AuctionId
    request_no: RequestNo

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and its procurement, which knows of conflicts of interest."""
        if self.auction_id not in states:
            return (self.auction_id,)
        return (self.auction_id, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Resume an auction.

        - The auction's authority approves it, or an independent organisation
          (`two_sides.unless_a_side`).
        - Whoever approves it has no live conflict of interest (invariant 20).
        - The auction is paused.
        - Its resumption is requested.
        - The request is the one that is named.
        - Nobody approves their own request.
        - Of the two sides one requests and the other approves: the authority and an
          independent organisation.
        - A pause by a person moves the close and the hard stop by exactly what it took.
        - After an outage the close is the lost time from now, and the hard stop moves with it.
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_a_side(actor, auction):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        refusal = unless_conflicted(procurement, actor) or unless_in(auction, "paused")
        if refusal:
            return refusal
        request = auction.resume_request
        if request is None:
            return WRONG_STATE.refuse(state=auction.phase, expected="resume requested")
        if self.request_no != request.request_no:
            return OTHER_REQUEST.refuse(request_no=request.request_no)
        if refusal := unless_other_side(actor, auction, request):
            return refusal
        shift = _shift(auction, request, now)
        resumed = AuctionResumed(
            request_no=self.request_no,
            approved_by=actor.id,
            approving_organisation=organisation_of(actor),
            resumed_at=now,
            closes_at_was=auction.closes_at,
            closes_at=auction.closes_at + shift,
            hard_stop_was=auction.hard_stop,
            hard_stop=auction.hard_stop + shift,
        )
        return [(self.auction_id, resumed)]


def _shift(auction: Auction, request: ResumeRequested, now: datetime) -> timedelta:
    """Return by how much close and hard stop move."""
    assert auction.pause is not None
    if request.lost_seconds is None:
        return now - auction.pause.paused_at
    return now + timedelta(seconds=request.lost_seconds) - auction.closes_at


COMMANDS: tuple[type[Command], ...] = (PauseAuction, RequestResume, ApproveResume)
