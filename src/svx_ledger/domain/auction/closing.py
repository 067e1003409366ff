"""The end of an auction: late bids move it, the clock closes it, the sealed scores come out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import AuctionId
from svx_ledger.domain.kind import Command, Decision, Event, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.rule import WRONG_STATE, Rule

from .breaks import AuctionPaused
from .events import AssessmentDisclosed, AuctionClosed, BidAccepted, BidsRanked
from .ranking import in_order, rank, totals_of
from .state import Auction, evolve
from .steps import unless_in

CLOSE_NOT_DUE = Rule(
    "close-not-due",
    "An auction closes at its closing time, as extended.",
    "Wait for the close.",
)


def extended_close(auction: Auction, accepted: BidAccepted, now: datetime) -> datetime | None:
    """Return the later close that a bid accepted now brings about, if it does (invariant 7).

    - It falls into the window before the close, which begins inclusively.
    - The close was extended fewer times than the terms allow.
    - It changes the order of the bidders (a newcomer does), where the terms ask for that:
      the order that is ranked on, so of totals where these are.
    - The new close is the extension from now, at most the hard stop, and later than the old.
    """
    soft_close = auction.terms.soft_close
    if auction.closes_at - now > timedelta(seconds=soft_close.window_seconds):
        return None
    if auction.extensions >= soft_close.at_most:
        return None
    if soft_close.extend_on == "rank-change":
        totals, standing = totals_of(auction), evolve(auction, accepted).standing
        if in_order(standing, totals) == in_order(auction.standing, totals):
            return None
    extended = now + timedelta(seconds=soft_close.extension_seconds)
    closes_at = min(extended, auction.hard_stop)
    return closes_at if closes_at > auction.closes_at else None


def due(auction: Auction, stream: str) -> tuple[datetime, Command] | None:
    """Return when the clock closes an open auction, and its command for that."""
    if auction.phase != "open":
        return None
    return auction.closes_at, CloseAuction(auction_id=stream, closed_at=auction.closes_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAuction(Command):
    """End bidding and rank the bids, as of the closing time, however late that is written."""

    by_clock: ClassVar[bool] = True

    auction_id: AuctionId
    closed_at: datetime

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Close an auction and rank its bids, or pause it where an outage lay over the close.

        - The auction is open.
        - It closes as of its closing time.
        - That time has come.
        - Where the terms ask for a pause, and the ledger decided nothing at the close nor for
          longer than an outage may take after it, the auction is paused as of its close.
        """
        del actor
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_in(auction, "open"):
            return refusal
        if self.closed_at != auction.closes_at or now < auction.closes_at:
            return CLOSE_NOT_DUE.refuse()
        if _missed(auction, now):
            paused = AuctionPaused(paused_at=self.closed_at, cause="outage")
            return [(self.auction_id, paused)]
        return [
            (self.auction_id, AuctionClosed(closed_at=self.closed_at)),
            (self.auction_id, BidsRanked(ranking=rank(auction.standing, totals_of(auction)))),
        ]

    @classmethod
    def of(cls, events: Iterable[tuple[str, Event]]) -> Self:
        """Read the command back: the closing time stands in the close and in the pause."""
        stream, first = next(iter(events))
        assert isinstance(first, AuctionClosed | AuctionPaused)
        at = first.paused_at if isinstance(first, AuctionPaused) else first.closed_at
        return cls(auction_id=stream, closed_at=at)


def _missed(auction: Auction, now: datetime) -> bool:
    """Whether the frozen rules call it an outage that the close is only decided now."""
    terms = auction.terms
    if terms.outage != "pause" or terms.outage_seconds is None:
        return False
    return now - auction.closes_at > timedelta(seconds=terms.outage_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscloseAssessment(Command):
    """Let the sealed price and quality scores be seen."""

    auction_id: AuctionId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Disclose the assessment.

        - The auction's authority discloses it.
        - The bids are ranked.
        - It is disclosed once.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "ranked"):
            return refusal
        if auction.disclosed:
            return WRONG_STATE.refuse(state="disclosed", expected="not disclosed")
        return [(self.auction_id, AssessmentDisclosed())]
