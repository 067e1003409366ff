"""The last steps before bidding: notice, the sealed assessment, and the opening."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.conflict import unless_clear, unless_reviewed
from svx_ledger.domain.form import AuctionId, Count, PersonId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import WRONG_STATE, Rule

from .events import (
    MOST_SUPPLIERS,
    AssessmentSealed,
    AuctionOpened,
    AuctionScheduled,
    TenderScore,
)
from .state import Auction
from .steps import unless_in, unless_unsealed

NOTICE_TOO_SHORT = Rule(
    "notice-too-short",
    "Suppliers have the notice that the terms promise.",
    "Draft another auction that opens later.",
)
NOT_EACH_TENDER = Rule(
    "not-each-tender",
    "The assessment scores each qualified supplier once, and nobody else.",
    "Give one score for each qualified supplier.",
)
SCORE_ABOVE_WEIGHT = Rule(
    "score-above-weight",
    "A score is at most the weight of its criterion.",
    "Give points up to the weight.",
)
NOBODY_QUALIFIED = Rule(
    "nobody-qualified",
    "An auction opens with at least one qualified supplier.",
    "Qualify a supplier first.",
)
PAST_THE_CLOSE = Rule(
    "past-the-close",
    "An auction opens before it closes.",
    "Draft another auction.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAuction(Command):
    """Announce the auction."""

    auction_id: AuctionId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and its procurement."""
        if self.auction_id not in states:
            return (self.auction_id,)
        return (self.auction_id, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Schedule an auction.

        - The auction's authority schedules it.
        - Its rules are frozen.
        - Conflicts of interest were reviewed since the last was declared.
        - It opens no sooner than the notice period from now.
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "rules-frozen"):
            return refusal
        if refusal := unless_reviewed(states.of(Procurement, auction.procurement_id)):
            return refusal
        notice = auction.terms.opens_at - now
        if notice < timedelta(seconds=auction.terms.notice_seconds):
            return NOTICE_TOO_SHORT.refuse(
                least_seconds=auction.terms.notice_seconds,
                notice_seconds=notice // timedelta(seconds=1),
            )
        return [(self.auction_id, AuctionScheduled())]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAssessment(Command):
    """Put the price and quality scores on record, hidden, before anybody bids."""

    auction_id: AuctionId
    scores: Annotated[tuple[TenderScore, ...], Count(1, MOST_SUPPLIERS)]
    assessors: Annotated[tuple[PersonId, ...], Count(1, 20)]

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and its procurement."""
        if self.auction_id not in states:
            return (self.auction_id,)
        return (self.auction_id, states.of(Auction, self.auction_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Seal the assessment (invariant 25: before any bid can be known).

        - An assessor of the auction's authority seals it.
        - Neither that person nor any assessor has a live conflict of interest (invariant 20).
        - The auction is scheduled and has not opened.
        - It is sealed once.
        - Each qualified supplier has one score, and nobody else has one.
        - A score is at most the weight of its criterion.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id, "authority.assessor"):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_clear(procurement, actor.id, *self.assessors):
            return refusal
        if refusal := unless_in(auction, "scheduled"):
            return refusal
        if refusal := unless_unsealed(auction):
            return refusal
        if sorted(score.supplier_id for score in self.scores) != sorted(auction.qualified):
            return NOT_EACH_TENDER.refuse(
                scores=len(self.scores), qualified=len(auction.qualified)
            )
        terms = auction.terms
        for score in self.scores:
            if score.price > terms.price_weight or score.quality > terms.quality_weight:
                return SCORE_ABOVE_WEIGHT.refuse(
                    supplier=score.supplier_id,
                    price_weight_points=terms.price_weight,
                    quality_weight_points=terms.quality_weight,
                )
        return [
            (self.auction_id, AssessmentSealed(scores=self.scores, assessors=self.assessors))
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAuction(Command):
    """Let bidding begin: at the opening time, or now where that has passed."""

    auction_id: AuctionId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Open an auction.

        - The auction's authority opens it.
        - It is scheduled.
        - Its assessment is sealed.
        - At least one supplier is qualified.
        - It has not reached its close.
        """
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        if refusal := unless_in(auction, "scheduled"):
            return refusal
        if auction.scores is None:
            return WRONG_STATE.refuse(state="not sealed", expected="assessment sealed")
        if not auction.qualified:
            return NOBODY_QUALIFIED.refuse()
        if now >= auction.closes_at:
            return PAST_THE_CLOSE.refuse()
        return [(self.auction_id, AuctionOpened())]
