"""From the assessment to the contract: who wins, who is told, and when it may be entered."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from svx_ledger.domain.award.events import (
    AssessmentRanked,
    AssessmentSummariesSent,
    AwardApproved,
    AwardRecommended,
    ProceedingsNotified,
    StandstillStarted,
)
from svx_ledger.domain.contract.events import ContractEntered
from svx_ledger.domain.need import NeedCommitted, NeedReleased
from svx_ledger.domain.pledge.events import PledgeCommitted
from svx_ledger.domain.procurement.interests import DeclareInterest
from tests.audit.breach import breach
from tests.audit.forging import Draft
from tests.audit.history import Fact

ESTATES = "award-estates"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@breach("assessment-ranked.ranking")
def assessment_total_wrong(draft: Draft) -> Fact:
    fact = draft.fact(AssessmentRanked, ESTATES)
    assert isinstance(fact.event, AssessmentRanked)
    first, *others = fact.event.ranking
    more = replace(first, total=first.total + Decimal("0.000001"))
    return fact.set(ranking=(more, *others))


@breach("ground-missing")
def second_best_recommended_without_a_ground(draft: Draft) -> Fact:
    ranked = draft.fact(AssessmentRanked, ESTATES).event
    assert isinstance(ranked, AssessmentRanked)
    second = ranked.ranking[1].supplier_id
    return draft.fact(AwardRecommended, ESTATES).set(supplier_id=second)


@breach("wrong-state")
def award_approved_before_it_was_recommended(draft: Draft) -> Fact:
    recommended = draft.find("RecommendAward", ESTATES)
    approved = draft.find("ApproveAward", ESTATES)
    draft.move(approved, after=draft.before(recommended))
    return approved.fact(AwardApproved).set(approved_on=approved.at.date())


@breach("other-recommended")
def another_award_approved_than_recommended(draft: Draft) -> Fact:
    return draft.fact(AwardApproved, ESTATES).set(supplier_id="organisation-harle")


@breach("conflicts-unreviewed")
def award_approved_without_a_review(draft: Draft) -> Fact:
    draft.drop(draft.find("ReviewConflicts", "procurement-estates", 2))
    return draft.find("ApproveAward", ESTATES).first


@breach("conflict-of-interest")
def award_approved_by_somebody_with_an_interest(draft: Draft) -> Fact:
    approved = draft.find("ApproveAward", ESTATES)
    declare = DeclareInterest(
        procurement_id="procurement-estates",
        person_id=approved.actor.id,
        organisation_id="organisation-brackwater",
        nature="family",
    )
    buyer = draft.by("person-marchshire-buyer")
    draft.give(declare, buyer, after=draft.find("RecommendAward", ESTATES))
    return approved.first


@breach("award-approved.lines")
def awarded_line_other_than_the_standing_bid(draft: Draft) -> Fact:
    fact = draft.fact(AwardApproved, ESTATES)
    assert isinstance(fact.event, AwardApproved)
    first, *others = fact.event.lines
    less = replace(first, quantity=first.quantity - 1)
    return fact.set(lines=(less, *others))


@breach("award-approved.value_pence")
def awarded_value_wrong(draft: Draft) -> Fact:
    fact = draft.fact(AwardApproved, ESTATES)
    assert isinstance(fact.event, AwardApproved)
    return fact.set(value_pence=fact.event.value_pence + 1)


@breach("award-approved.runner_up_pence")
def runner_up_left_out(draft: Draft) -> Fact:
    return draft.fact(AwardApproved, ESTATES).set(runner_up_pence=None)


@breach("lot-awarded-already")
def lot_awarded_twice(draft: Draft) -> Fact:
    told = draft.find("RankAssessment", ESTATES)
    again = draft.copy(told)
    again.first.stream = "award-estatestwice"
    return draft.put(again, after=told).first


@breach("wrong-state")
def summaries_after_the_notice(draft: Draft) -> Fact:
    summaries = draft.find("SendAssessmentSummaries", ESTATES)
    notice = draft.find("PublishAwardNotice", ESTATES)
    draft.move(summaries, after=notice)
    return notice.first


@breach("summary-for-each")
def bidder_without_a_summary(draft: Draft) -> Fact:
    fact = draft.fact(AssessmentSummariesSent, ESTATES)
    assert isinstance(fact.event, AssessmentSummariesSent)
    return fact.set(recipients=fact.event.recipients[:-1])


@breach("standstill-started.last_day")
def standstill_a_day_too_short(draft: Draft) -> Fact:
    fact = draft.fact(StandstillStarted, ESTATES)
    assert isinstance(fact.event, StandstillStarted)
    return fact.set(last_day=fact.event.last_day - DAY)


@breach("bank-holiday-missing")
def standstill_that_counts_christmas(draft: Draft) -> Fact:
    """Counted to Christmas Eve either way; moved on two days it counts Christmas."""
    fact = draft.fact(StandstillStarted, "award-pupilsagain")
    assert isinstance(fact.event, StandstillStarted)
    told = draft.find("PublishAwardNotice", "award-pupilsagain")
    following = draft.told[draft.told.index(told) + 1]
    told.at = following.at - SECOND
    days = tuple(day for day in fact.event.non_working_days if day != date(2025, 12, 25))
    return fact.set(
        published_on=date(2025, 12, 16),
        non_working_days=days,
        first_day=date(2025, 12, 16),
        last_day=date(2025, 12, 25),
    )


@breach("notice-before-summaries")
def notice_dated_before_the_summaries(draft: Draft) -> Fact:
    sent = draft.fact(AssessmentSummariesSent, ESTATES).event
    assert isinstance(sent, AssessmentSummariesSent)
    return draft.fact(StandstillStarted, ESTATES).set(published_on=sent.sent_on - DAY)


@breach("notice-in-the-future")
def award_notice_dated_in_the_future(draft: Draft) -> Fact:
    fact = draft.fact(StandstillStarted, ESTATES)
    assert isinstance(fact.event, StandstillStarted)
    return fact.set(published_on=fact.event.published_on + DAY)


@breach("calendar-disordered")
def bank_holidays_out_of_order(draft: Draft) -> Fact:
    fact = draft.fact(StandstillStarted, "award-catering")
    assert isinstance(fact.event, StandstillStarted)
    return fact.set(non_working_days=fact.event.non_working_days[::-1])


@breach("proceedings-notified.suspends")
def proceedings_that_do_not_suspend(draft: Draft) -> Fact:
    return draft.fact(ProceedingsNotified).set(suspends=False)


@breach("standstill-runs")
def contract_in_standstill(draft: Draft) -> Fact:
    """On the last day of the standstill, a day too early."""
    entered = draft.find("EnterContract", "contract-pupilsagain")
    entered.at = draft.before(entered).at.replace(day=24)
    for fact in entered.facts:
        if isinstance(fact.event, ContractEntered | PledgeCommitted):
            fact.set(entered_on=date(2025, 12, 24))
    return entered.first


@breach("award-suspended")
def contract_in_suspension(draft: Draft) -> Fact:
    draft.drop(draft.find("LiftSuspension"))
    return draft.find("EnterContract", "contract-fleetagain").first


@breach("contract-entered-already")
def contract_entered_twice(draft: Draft) -> Fact:
    told = draft.find("EnterContract", "contract-catering")
    again = draft.copy(told)
    again.first.stream = "contract-cateringtwice"
    again.facts = again.facts[:1]
    return draft.put(again, after=told).first


@breach("contract-entered.pledged_pence")
def contract_with_another_sum(draft: Draft) -> Fact:
    fact = draft.fact(ContractEntered, "contract-estates")
    assert isinstance(fact.event, ContractEntered)
    return fact.set(pledged_pence=fact.event.pledged_pence - 1)


@breach("pledge-committed-missing")
def awarded_line_without_a_pledge(draft: Draft) -> Fact:
    """The third line's; its need is not committed to either."""
    told = draft.find("EnterContract", "contract-estates")
    pledge, need = told.fact(PledgeCommitted, 2), told.fact(NeedCommitted, 2)
    following = told.facts[told.facts.index(need) + 1]
    told.facts.remove(pledge)
    told.facts.remove(need)
    return following


@breach("pledge-committed.value_pence")
def pledge_of_another_value(draft: Draft) -> Fact:
    fact = draft.fact(PledgeCommitted)
    assert isinstance(fact.event, PledgeCommitted)
    return fact.set(value_pence=fact.event.value_pence - 1)


@breach("pledge-committed.quantity")
def pledge_of_less_than_was_bid(draft: Draft) -> Fact:
    fact = draft.fact(PledgeCommitted)
    assert isinstance(fact.event, PledgeCommitted)
    return fact.set(quantity=fact.event.quantity - 1)


@breach("pledge-committed.due_by")
def pledge_due_later_than_needed(draft: Draft) -> Fact:
    fact = draft.fact(PledgeCommitted)
    assert isinstance(fact.event, PledgeCommitted)
    return fact.set(due_by=fact.event.due_by + DAY)


@breach("need-released-missing")
def need_reserved_for_ever(draft: Draft) -> Fact:
    told = draft.find("EnterContract", "contract-catering")
    released = told.fact(NeedReleased)
    following = told.facts[told.facts.index(released) + 1]
    told.facts.remove(released)
    return following
