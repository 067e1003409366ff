"""The assessment of a lot: ranked after the auction, and again when a tender drops out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import assess
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.auction.tendering import tenders
from svx_ledger.domain.conflict import unless_conflicted
from svx_ledger.domain.form import AuctionId, AwardId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import WRONG_STATE, Rule

from .events import AssessmentRanked, Cause, award_key
from .state import Award

LOT_AWARDED_ALREADY = Rule(
    "lot-awarded-already",
    "A lot has at most one award in force.",
    "Use the award that stands.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankAssessment(Command):
    """Put the tenders for a lot in order, now that bids and sealed scores are known."""

    award_id: AwardId
    auction_id: AuctionId
    cause: Literal["auction-closed"]

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new award."""
        del states
        return (self.award_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction, and its procurement."""
        if self.auction_id not in states:
            return (self.auction_id,)
        return (self.auction_id, states.of(Auction, self.auction_id).procurement_id)

    def claims(self) -> tuple[str, ...]:
        """Return the auction's one award: an auction serves one lot, and holds it."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Rank the assessment.

        - The auction's authority ranks it.
        - Whoever ranks has no live conflict of interest (invariant 20).
        - A lot has at most one award in force.
        - The auction's bids are ranked and its assessment disclosed.
        - The scores that were sealed before the auction are used unchanged (invariant 25).
        - Suppliers that were excluded meanwhile are left out.
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        procurement = states.of(Procurement, auction.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        holder = states.holder(award_key(self.auction_id))
        if holder is not None:
            return LOT_AWARDED_ALREADY.refuse(award=holder)
        if auction.phase != "ranked" or not auction.disclosed:
            return WRONG_STATE.refuse(state=auction.phase, expected="ranked and disclosed")
        ranked = ranking_of(self.auction_id, auction, self.cause)
        return [(self.award_id, ranked)]


def ranking_of(
    auction_id: str, auction: Auction, cause: Cause, without: Collection[str] = ()
) -> AssessmentRanked:
    """Return the order of the tenders that stand, less those of the suppliers in `without`.

    The best bid is the best of those that are left: without an excluded one, the points for
    social value are other ones for everybody.
    """
    return AssessmentRanked(
        auction_id=auction_id,
        cause=cause,
        procurement_id=auction.procurement_id,
        lot=auction.lot,
        authority_id=auction.authority_id,
        ranking=assess(auction.terms.scoring, tenders(auction, without)),
    )


def ranked_again(
    award: Award, auction: Auction, cause: Cause, *suppliers: str
) -> AssessmentRanked:
    """Return the order without the suppliers that drop out now, and without earlier ones."""
    return ranking_of(award.auction_id, auction, cause, award.withdrawn.union(suppliers))


COMMANDS: tuple[type[Command], ...] = (RankAssessment,)
