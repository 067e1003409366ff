"""Choosing the winner of a lot: assessed by the frozen weights, recommended, approved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import AssessedTender, Tender, assess
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.form import AuctionId, AwardId, Count, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.permission import unless_authority
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.values import value_pence

from .events import (
    AssessmentRanked,
    AwardApproved,
    AwardedLine,
    AwardRecommended,
    Cause,
    Ground,
    award_key,
)
from .state import Award

RECOMMENDERS: Final = ("authority.assessor", "authority.buyer")

LOT_AWARDED_ALREADY = Rule(
    "lot-awarded-already",
    "A lot has at most one award in force.",
    "Use the award that stands.",
    "conflict",
)
NO_BID_TO_AWARD = Rule(
    "no-bid-to-award",
    "An award names a supplier that was assessed and has a bid.",
    "Recommend one of the suppliers that bid.",
)
GROUND_MISSING = Rule(
    "ground-missing",
    "Who recommends another than the best tender says why, for each better one.",
    "Add a ground for the supplier named, or recommend a better tender.",
)
GROUND_UNASKED = Rule(
    "ground-unasked",
    "Grounds are given once for each better tender, and for no other.",
    "Remove the ground for the supplier named.",
)


OTHER_RECOMMENDED = Rule(
    "other-recommended",
    "The award that is approved is the one that is recommended.",
    "Read the recommendation that stands now, and approve the supplier that it names.",
    "conflict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankAssessment(Command):
    """Put the tenders for a lot in order, now that bids and sealed scores are known."""

    award_id: AwardId
    auction_id: AuctionId
    cause: Cause

    def creates(self, states: States) -> tuple[str, ...]:
        """Return the new award."""
        del states
        return (self.award_id,)

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the auction."""
        del states
        return (self.auction_id,)

    def claims(self) -> tuple[str, ...]:
        """Return the auction's one award: an auction serves one lot, and holds it."""
        return (award_key(self.auction_id),)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Rank the assessment.

        - The auction's authority ranks it.
        - A lot has at most one award in force.
        - The auction's bids are ranked and its assessment disclosed.
        - The scores that were sealed before the auction are used unchanged (invariant 25).
        """
        del now
        auction = states.of(Auction, self.auction_id)
        if refusal := unless_authority(actor, auction.authority_id):
            return refusal
        holder = states.holder(award_key(self.auction_id))
        if holder is not None:
            return LOT_AWARDED_ALREADY.refuse(award=holder)
        if auction.phase != "ranked" or not auction.disclosed:
            return WRONG_STATE.refuse(state=auction.phase, expected="ranked and disclosed")
        ranked = AssessmentRanked(
            auction_id=self.auction_id,
            cause=self.cause,
            procurement_id=auction.procurement_id,
            lot=auction.lot,
            authority_id=auction.authority_id,
            ranking=assess(auction.terms.social_value_weight, _tenders(auction)),
        )
        return [(self.award_id, ranked)]


def _tenders(auction: Auction) -> list[Tender]:
    tenders = []
    for score in auction.scores or ():
        tender = Tender(score.supplier_id, score.price, score.quality)
        if bid := auction.standing.get(score.supplier_id):
            tender = tender._replace(bid_pence=bid.value_pence, bid_no=bid.bid_no)
        tenders.append(tender)
    return tenders


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendAward(Command):
    """Propose the winner of a lot."""

    award_id: AwardId
    supplier_id: OrganisationId
    grounds: Annotated[tuple[Ground, ...], Count(0, 250)]

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award."""
        del states
        return (self.award_id,)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Recommend an award.

        - An assessor or buyer of the authority recommends.
        - The tenders are assessed and no award is approved; a later recommendation takes the
          place of one that nobody approved.
        - The supplier was assessed and has a bid.
        - A ground is stated for each tender that ranks better (invariant 14).
        - No other ground is stated, and none twice.
        """
        del now
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id, *RECOMMENDERS):
            return refusal
        if award.phase not in {"assessed", "recommended"}:
            return WRONG_STATE.refuse(state=award.phase, expected="assessed")
        refusal = _unless_best_or_grounded(award.ranking, self.supplier_id, self.grounds)
        if refusal:
            return refusal
        recommended = AwardRecommended(
            supplier_id=self.supplier_id, grounds=self.grounds, recommended_by=actor.id
        )
        return [(self.award_id, recommended)]


def _unless_best_or_grounded(
    ranking: tuple[AssessedTender, ...], supplier_id: str, grounds: tuple[Ground, ...]
) -> Refusal | None:
    chosen = next((tender for tender in ranking if tender.supplier_id == supplier_id), None)
    if chosen is None or chosen.bid_no is None:
        return NO_BID_TO_AWARD.refuse(supplier=supplier_id)
    better = {tender.supplier_id for tender in ranking if tender.rank < chosen.rank}
    for ground in grounds:
        if ground.supplier_id not in better:
            return GROUND_UNASKED.refuse(supplier=ground.supplier_id)
        better.remove(ground.supplier_id)
    if better:
        return GROUND_MISSING.refuse(supplier=min(better), rank=chosen.rank)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAward(Command):
    """Agree with the recommendation: from here on, the bid is what was pledged."""

    award_id: AwardId
    supplier_id: OrganisationId

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, and the auction with the bid."""
        if self.award_id not in states:
            return (self.award_id,)
        return (self.award_id, states.of(Award, self.award_id).auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve an award.

        - An approver of the same authority approves.
        - An award is approved once, after it was recommended.
        - The supplier named is the one that is recommended now.
        - Nobody approves what the same person recommended.
        - The awarded lines are the standing bid, line for line.
        """
        del now
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id, "authority.approver"):
            return refusal
        recommended = award.recommended
        if award.phase != "recommended" or recommended is None:
            return WRONG_STATE.refuse(state=award.phase, expected="recommended")
        if self.supplier_id != recommended.supplier_id:
            return OTHER_RECOMMENDED.refuse(supplier=recommended.supplier_id)
        if actor.id == recommended.recommended_by:
            return SAME_PERSON.refuse(person=actor.id)
        auction = states.of(Auction, award.auction_id)
        bid = auction.standing[self.supplier_id]
        others = (bid for bid in auction.ranking if bid.supplier_id != self.supplier_id)
        approved = AwardApproved(
            approved_by=actor.id,
            supplier_id=self.supplier_id,
            bid_no=bid.bid_no,
            value_pence=bid.value_pence,
            lines=tuple(_awarded(line, auction) for line in bid.lines),
            runner_up_pence=next((other.value_pence for other in others), None),
        )
        return [(self.award_id, approved)]


def _awarded(line: BidLine, auction: Auction) -> AwardedLine:
    need = auction.needs[line.need_id]
    return AwardedLine(
        need_id=line.need_id,
        measure=need.measure,
        unit=line.unit,
        quantity=line.quantity,
        pounds_per_unit=need.pounds_per_unit,
        value_pence=value_pence(line.quantity, need.pounds_per_unit),
    )


COMMANDS: tuple[type[Command], ...] = (RankAssessment, RecommendAward, ApproveAward)
