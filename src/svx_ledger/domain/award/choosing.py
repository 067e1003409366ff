"""Choosing the winner of a lot: one person recommends a tender, another approves."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.assessment import AssessedTender
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.domain.auction.lines import counted
from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.conflict import (
    unless_conflicted,
    unless_reviewed,
    unless_supplier_conflicted,
)
from svx_ledger.domain.form import AwardId, Count, OrganisationId
from svx_ledger.domain.kind import Command, Decision, States
from svx_ledger.domain.organisation import Organisation
from svx_ledger.domain.permission import unless_authority, unless_verified
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import SAME_PERSON, WRONG_STATE, Refusal, Rule
from svx_ledger.domain.uk_calendar import uk_date
from svx_ledger.domain.values import value_pence

from .events import AwardApproved, AwardedLine, AwardRecommended, Ground
from .state import Award

RECOMMENDERS: Final = ("authority.assessor", "authority.buyer")

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
class RecommendAward(Command):
    """Propose the winner of a lot."""

    award_id: AwardId
    supplier_id: OrganisationId
    grounds: Annotated[tuple[Ground, ...], Count(0, 250)]

    def reads(self, states: States) -> tuple[str, ...]:
        """Return the award, the supplier, and the procurement."""
        named = (self.award_id, self.supplier_id)
        if self.award_id not in states:
            return named
        return (*named, states.of(Award, self.award_id).procurement_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Recommend an award.

        - An assessor or buyer of the authority recommends.
        - Whoever recommends has no live conflict of interest (invariant 20).
        - Nobody recommends who recorded that a tender was withdrawn, however often the others
          were ranked since.
        - The tenders are assessed and no award is approved; a later recommendation takes the
          place of one that nobody approved.
        - The supplier was assessed and has a bid.
        - It is verified, and not suspended.
        - No live conflict of interest favours it.
        - A ground is stated for each tender that ranks better (invariant 14).
        - No other ground is stated, and none twice.
        """
        del now
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id, *RECOMMENDERS):
            return refusal
        procurement = states.of(Procurement, award.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        if actor.id in award.dropped_by:
            return SAME_PERSON.refuse(person=actor.id)
        if award.phase not in {"assessed", "recommended"}:
            return WRONG_STATE.refuse(state=award.phase, expected="assessed")
        chosen = _tender_of(self.supplier_id, award.ranking)
        if chosen is None or chosen.bid_no is None:
            return NO_BID_TO_AWARD.refuse(supplier=self.supplier_id)
        if refusal := _unless_may_win(self.supplier_id, procurement, states):
            return refusal
        if refusal := _unless_best_or_grounded(chosen, award.ranking, self.grounds):
            return refusal
        recommended = AwardRecommended(
            supplier_id=self.supplier_id, grounds=self.grounds, recommended_by=actor.id
        )
        return [(self.award_id, recommended)]


def _unless_may_win(
    supplier_id: str, procurement: Procurement, states: States
) -> Refusal | None:
    refusal = unless_verified(states.of(Organisation, supplier_id), "supplier")
    return refusal or unless_supplier_conflicted(procurement, supplier_id)


def _tender_of(supplier_id: str, ranking: tuple[AssessedTender, ...]) -> AssessedTender | None:
    return next((tender for tender in ranking if tender.supplier_id == supplier_id), None)


def _unless_best_or_grounded(
    chosen: AssessedTender, ranking: tuple[AssessedTender, ...], grounds: tuple[Ground, ...]
) -> Refusal | None:
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
        """Return the award, the supplier, the procurement, and the auction with the bid."""
        named = (self.award_id, self.supplier_id)
        if self.award_id not in states:
            return named
        award = states.of(Award, self.award_id)
        return (*named, award.procurement_id, award.auction_id)

    def decide(self, states: States, actor: Actor, now: datetime) -> Decision:
        """Approve an award.

        - An approver of the same authority approves.
        - Whoever approves has no live conflict of interest (invariant 20).
        - An award is approved once, after it was recommended.
        - The supplier named is the one that is recommended now.
        - Nobody approves what the same person recommended.
        - Conflicts were reviewed before the award, after the last declaration (section 83).
        - The supplier is verified, and not suspended.
        - No live conflict favours it.
        - The awarded lines are the standing bid, line for line.
        """
        award = states.of(Award, self.award_id)
        if refusal := unless_authority(actor, award.authority_id, "authority.approver"):
            return refusal
        procurement = states.of(Procurement, award.procurement_id)
        if refusal := unless_conflicted(procurement, actor):
            return refusal
        recommended = award.recommended
        if award.phase != "recommended" or recommended is None:
            return WRONG_STATE.refuse(state=award.phase, expected="recommended")
        if self.supplier_id != recommended.supplier_id:
            return OTHER_RECOMMENDED.refuse(supplier=recommended.supplier_id)
        if actor.id == recommended.recommended_by:
            return SAME_PERSON.refuse(person=actor.id)
        refusal = unless_reviewed(procurement, "before-award")
        refusal = refusal or _unless_may_win(self.supplier_id, procurement, states)
        if refusal:
            return refusal
        approved = _approved(self.supplier_id, actor.id, award, states)
        return [(self.award_id, replace(approved, approved_on=uk_date(now)))]


def _approved(
    supplier_id: str, approved_by: str, award: Award, states: States
) -> AwardApproved:
    """Return what is pledged; the runner-up is the best bid among the tenders that stand."""
    auction = states.of(Auction, award.auction_id)
    bid = auction.standing[supplier_id]
    others = {tender.supplier_id for tender in award.ranking} - {supplier_id}
    bids = (bid.value_pence for bid in auction.ranking if bid.supplier_id in others)
    return AwardApproved(
        approved_by=approved_by,
        supplier_id=supplier_id,
        bid_no=bid.bid_no,
        value_pence=bid.value_pence,
        lines=tuple(_awarded(line, auction) for line in bid.lines),
        runner_up_pence=max(bids, default=None),
    )


def _awarded(line: BidLine, auction: Auction) -> AwardedLine:
    need = auction.needs[line.need_id]
    quantity = counted(line, need, auction.terms.reference_spend_pence)
    return AwardedLine(
        need_id=line.need_id,
        measure=need.measure,
        unit=line.unit,
        quantity=quantity,
        pounds_per_unit=need.pounds_per_unit,
        value_pence=value_pence(quantity, need.pounds_per_unit),
        rate=line.rate,
        cap=None if line.rate is None else line.quantity,
    )


COMMANDS: tuple[type[Command], ...] = (RecommendAward, ApproveAward)
