"""The rules of awards, each on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.award.announcing import PublishAwardNotice, SendAssessmentSummaries
from svx_ledger.domain.award.assessing import RankAssessment
from svx_ledger.domain.award.choosing import ApproveAward, RecommendAward
from svx_ledger.domain.award.events import AwardedLine, Ground, StandstillStarted
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import (
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    Finding,
    InterestDeclared,
    Regime,
    SupplierFinding,
)
from svx_ledger.domain.procurement.events import Occasion, Outcome
from svx_ledger.domain.standstill import StandstillKind

from .auction.scene import ASSESSOR, AUCTION, DRAFTED, RIVAL, TERMS
from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BOUGHT,
    BUYER,
    COMMUNITY,
    OTHER_BUYER,
    PROCUREMENT,
    REVIEWED_BEFORE_AWARD,
    SUPPLIER,
    Past,
)
from .outcome import OPERATOR, World, outcome
from .worked_example import (
    ASSESSED,
    AWARD,
    AWARD_APPROVED,
    AWARDED,
    BIDS_RANKED,
    DISCLOSED,
    EXPERT_NEED,
    MANAGER,
    NOTIFIED,
    RANKED,
    RECOMMENDED,
    SENT,
    SILENT,
    STANDSTILL,
    WINNING_BID,
    award,
    facts,
)

DAY = timedelta(days=1)
RANK = RankAssessment(award_id=AWARD, auction_id=AUCTION, cause="auction-closed")
RECOMMEND = RecommendAward(award_id=AWARD, supplier_id=SUPPLIER, grounds=())
APPROVE = ApproveAward(award_id=AWARD, supplier_id=SUPPLIER)
SEND = SendAssessmentSummaries(award_id=AWARD, recipients=(SUPPLIER, RIVAL, SILENT))
PUBLISH = PublishAwardNotice(
    award_id=AWARD,
    reference=STANDSTILL.reference,
    published_on=NOTIFIED,
    calendar=STANDSTILL.calendar,
    calendar_version=STANDSTILL.calendar_version,
    non_working_days=STANDSTILL.non_working_days,
)
ON_THE_DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
JUST_ASSESSED = award(ASSESSED)
JUST_RECOMMENDED = award(ASSESSED, RECOMMENDED)
JUST_APPROVED = award(ASSESSED, RECOMMENDED, AWARD_APPROVED)
JUST_SENT = award(ASSESSED, RECOMMENDED, AWARD_APPROVED, SENT)
PHASES = [DISCLOSED, JUST_ASSESSED, JUST_RECOMMENDED, JUST_APPROVED, JUST_SENT, AWARDED]


def test_tenders_are_ranked_by_bids_and_by_the_scores_as_they_were_sealed() -> None:
    assert outcome(given=DISCLOSED, when=RANK, by=BUYER) == [ASSESSED]


def test_the_auctions_authority_ranks_the_assessment() -> None:
    assert outcome(given=DISCLOSED, when=RANK, by=ASSESSOR) == [ASSESSED]
    assert outcome(given=DISCLOSED, when=RANK, by=OPERATOR) == "role-not-allowed"
    assert outcome(given=DISCLOSED, when=RANK, by=OTHER_BUYER) == "not-yours"


def test_a_lot_has_at_most_one_award() -> None:
    second = replace(RANK, award_id="award-w002")

    assert outcome(given=DISCLOSED, when=second, by=BUYER) == [ASSESSED]
    assert outcome(given=JUST_ASSESSED, when=second, by=BUYER) == "lot-awarded-already"


def test_bids_are_ranked_and_the_assessment_is_disclosed_before() -> None:
    unranked = [(s, e) for s, e in DISCLOSED if e != BIDS_RANKED]

    assert outcome(given=RANKED, when=RANK, by=BUYER) == "wrong-state"
    assert outcome(given=unranked, when=RANK, by=BUYER) == "wrong-state"


def test_what_an_award_names_exists_and_the_award_does_not() -> None:
    assert outcome(when=RANK, by=BUYER) == "not-found"
    assert outcome(given=JUST_ASSESSED, when=RANK, by=BUYER) == "already-exists"
    for command in (RECOMMEND, APPROVE, SEND, PUBLISH):
        assert outcome(given=DISCLOSED, when=command, by=BUYER) == "not-found"


def test_an_assessor_or_buyer_recommends() -> None:
    assert outcome(given=JUST_ASSESSED, when=RECOMMEND, by=ASSESSOR) == [RECOMMENDED]
    assert outcome(given=JUST_ASSESSED, when=RECOMMEND, by=BUYER) == [
        replace(RECOMMENDED, recommended_by=BUYER.id)
    ]
    assert outcome(given=JUST_ASSESSED, when=RECOMMEND, by=APPROVER) == "role-not-allowed"
    assert outcome(given=JUST_ASSESSED, when=RECOMMEND, by=OTHER_BUYER) == "not-yours"


def grounds(*suppliers: str) -> tuple[Ground, ...]:
    return tuple(Ground(supplier_id=s, reason="Abnormally low price") for s in suppliers)


def recommend(supplier: str, *passed_over: str) -> list[Event] | str:
    command = replace(RECOMMEND, supplier_id=supplier, grounds=grounds(*passed_over))
    return outcome(given=JUST_ASSESSED, when=command, by=ASSESSOR)


def test_the_supplier_was_assessed_and_has_a_bid() -> None:
    assert recommend(SILENT, SUPPLIER) == "no-bid-to-award"
    assert recommend(COMMUNITY) == "no-bid-to-award"
    assert recommend("organisation-supp9") == "not-found"


def test_a_ground_is_stated_for_each_better_tender_and_no_other() -> None:
    assert isinstance(recommend(RIVAL, SILENT, SUPPLIER), list)
    assert recommend(RIVAL) == "ground-missing"
    assert recommend(RIVAL, SUPPLIER) == "ground-missing"
    assert recommend(RIVAL, SILENT) == "ground-missing"
    assert recommend(RIVAL, SILENT, SUPPLIER, SUPPLIER) == "ground-unasked"
    assert recommend(RIVAL, SILENT, SUPPLIER, RIVAL) == "ground-unasked"
    assert recommend(SUPPLIER, RIVAL) == "ground-unasked"


def test_the_awarded_lines_are_the_standing_bid_line_for_line() -> None:
    assert outcome(given=JUST_RECOMMENDED, when=APPROVE, by=APPROVER) == [AWARD_APPROVED]


def test_an_approver_of_the_authority_approves() -> None:
    elsewhere = replace(APPROVER, organisation=OTHER_BUYER.organisation)

    assert outcome(given=JUST_RECOMMENDED, when=APPROVE, by=BUYER) == "role-not-allowed"
    assert outcome(given=JUST_RECOMMENDED, when=APPROVE, by=elsewhere) == "not-yours"


def test_nobody_approves_what_the_same_person_recommended() -> None:
    same = replace(APPROVER, id=RECOMMENDED.recommended_by)

    assert outcome(given=JUST_RECOMMENDED, when=APPROVE, by=same) == "same-person"


def test_the_supplier_named_is_the_one_recommended_now() -> None:
    instead = replace(RECOMMENDED, supplier_id=RIVAL, grounds=grounds(SUPPLIER, SILENT))
    given = award(ASSESSED, RECOMMENDED, instead)
    of_rival = replace(APPROVE, supplier_id=RIVAL)

    assert outcome(given=given, when=APPROVE, by=APPROVER) == "other-recommended"
    assert facts(given, APPROVE, APPROVER) == {"supplier": RIVAL}
    assert isinstance(outcome(given=given, when=of_rival, by=APPROVER), list)


def test_the_runner_up_is_the_best_bid_of_another() -> None:
    passing_over = replace(RECOMMENDED, supplier_id=RIVAL, grounds=grounds(SUPPLIER, SILENT))
    alone = replace(BIDS_RANKED, ranking=BIDS_RANKED.ranking[:1])
    without_rival = [(s, alone if e == BIDS_RANKED else e) for s, e in JUST_RECOMMENDED]

    approve = replace(APPROVE, supplier_id=RIVAL)
    to_rival = World(award(ASSESSED, passing_over)).execute(approve, APPROVER, ON_THE_DAY)
    only_bid = outcome(given=without_rival, when=APPROVE, by=APPROVER)

    assert isinstance(to_rival, list)
    assert vars_of(to_rival[0][1], "supplier_id", "bid_no", "value_pence") == (
        RIVAL,
        1,
        420_000_000,
    )
    assert vars_of(to_rival[0][1], "runner_up_pence") == (495_780_000,)
    assert only_bid == [replace(AWARD_APPROVED, runner_up_pence=None)]


def test_the_runner_up_is_the_highest_bid_of_another_wherever_it_ranks() -> None:
    """Where totals rank, the bid behind the winner's need not be the highest of the rest."""
    first, second = BIDS_RANKED.ranking
    third = replace(second, rank=3, supplier_id=SILENT, bid_no=9, value_pence=420_000_001)
    by_totals = replace(BIDS_RANKED, ranking=(first, second, third))
    given = [(s, by_totals if e == BIDS_RANKED else e) for s, e in JUST_RECOMMENDED]

    assert second.value_pence == 420_000_000
    assert outcome(given=given, when=APPROVE, by=APPROVER) == [
        replace(AWARD_APPROVED, runner_up_pence=420_000_001)
    ]


def vars_of(event: Event, *names: str) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in names)


def test_every_assessed_supplier_is_sent_a_summary_and_nobody_else() -> None:
    def send(*recipients: str) -> list[Event] | str:
        command = replace(SEND, recipients=recipients)
        return outcome(given=JUST_APPROVED, when=command, by=BUYER, at=ON_THE_DAY)

    assert send(SUPPLIER, RIVAL, SILENT) == [SENT]
    assert isinstance(send(SILENT, RIVAL, SUPPLIER), list)
    assert send(SUPPLIER, RIVAL) == "summary-for-each"
    assert send(SUPPLIER, RIVAL, SILENT, SILENT) == "summary-for-each"
    assert send(SUPPLIER, RIVAL, SILENT, AUTHORITY) == "summary-for-each"


@pytest.mark.parametrize(
    ("at", "sent_on"),
    [
        (datetime(2026, 6, 10, 22, 59, tzinfo=UTC), date(2026, 6, 10)),
        (datetime(2026, 6, 10, 23, 0, tzinfo=UTC), date(2026, 6, 11)),
        (datetime(2026, 12, 10, 23, 59, tzinfo=UTC), date(2026, 12, 10)),
    ],
)
def test_summaries_are_dated_by_the_day_in_london(at: datetime, sent_on: date) -> None:
    assert outcome(given=JUST_APPROVED, when=SEND, by=BUYER, at=at) == [
        replace(SENT, sent_on=sent_on)
    ]


def test_the_authority_sends_summaries_and_publishes_the_notice() -> None:
    for given, command in ((JUST_APPROVED, SEND), (JUST_SENT, PUBLISH)):
        assert outcome(given=given, when=command, by=BIDDER) == "role-not-allowed"
        assert outcome(given=given, when=command, by=OTHER_BUYER) == "not-yours"
        assert isinstance(outcome(given=given, when=command, by=MANAGER, at=ON_THE_DAY), list)


def test_the_notice_starts_the_standstill_with_the_calendar_it_was_computed_from() -> None:
    assert outcome(given=JUST_SENT, when=PUBLISH, by=BUYER, at=ON_THE_DAY) == [STANDSTILL]


def publish(
    published_on: date, at: datetime, *non_working_days: date, given: Past = JUST_SENT
) -> list[Event] | str:
    command = replace(PUBLISH, published_on=published_on, non_working_days=non_working_days)
    return outcome(given=given, when=command, by=BUYER, at=at)


def last_day(recorded: list[Event] | str) -> date:
    assert isinstance(recorded, list), recorded
    assert isinstance(recorded[0], StandstillStarted)
    return recorded[0].last_day


def test_the_standstill_counts_from_the_day_on_which_the_notice_is_recorded() -> None:
    at_once = publish(NOTIFIED, ON_THE_DAY)
    the_day_after = publish(NOTIFIED, datetime(2026, 3, 11, 0, tzinfo=UTC))

    assert last_day(at_once) == date(2026, 3, 19)
    assert last_day(the_day_after) == date(2026, 3, 20)


def under(regime: Regime, given: Past = JUST_SENT) -> Past:
    """The same history under another regime."""
    of_another = replace(BOUGHT, regime=regime)
    return [(s, of_another if e == BOUGHT else e) for s, e in given]


def announced(
    regime: Regime,
    kind: StandstillKind = "mandatory",
    *,
    days: int | None = None,
    ground: str | None = None,
) -> list[Event] | str:
    command = replace(PUBLISH, kind=kind, days=days, ground=ground)
    by = APPROVER if kind == "none" else BUYER
    return outcome(given=under(regime), when=command, by=by, at=ON_THE_DAY)


@pytest.mark.parametrize("regime", ["pcr2015", "scotland"])
def test_older_regulations_count_ten_days_of_the_calendar(regime: Regime) -> None:
    assert announced(regime) == [
        replace(
            STANDSTILL,
            working_days=0,
            calendar_days=10,
            first_day=date(2026, 3, 11),
            last_day=date(2026, 3, 20),
        )
    ]
    assert announced(regime, "voluntary", days=11, ground="Longer is kinder") == [
        replace(
            STANDSTILL,
            kind="voluntary",
            days=11,
            ground="Longer is kinder",
            working_days=0,
            calendar_days=11,
            first_day=date(2026, 3, 11),
            last_day=date(2026, 3, 23),  # the 21st is a Saturday
        )
    ]


def test_a_voluntary_standstill_has_the_days_that_are_stated() -> None:
    assert announced("below_threshold", "voluntary", days=3) == [
        replace(
            STANDSTILL, kind="voluntary", days=3, working_days=3, last_day=date(2026, 3, 12)
        )
    ]


@pytest.mark.parametrize("regime", ["pa2023", "pcr2015", "below_threshold"])
def test_without_a_standstill_no_day_is_counted(regime: Regime) -> None:
    assert announced(regime, "none", ground="Section 51(3): call-off") == [
        replace(
            STANDSTILL,
            kind="none",
            ground="Section 51(3): call-off",
            working_days=0,
            last_day=date(2026, 3, 9),
        )
    ]


def test_without_a_standstill_an_approver_publishes_who_did_not_recommend() -> None:
    none = replace(PUBLISH, kind="none", ground="Section 51(3): call-off")
    recommender = replace(APPROVER, id=RECOMMENDED.recommended_by)

    def published(command: PublishAwardNotice, by: Actor) -> list[Event] | str:
        return outcome(given=JUST_SENT, when=command, by=by, at=ON_THE_DAY)

    assert isinstance(published(none, APPROVER), list)
    assert published(none, BUYER) == "role-not-allowed"
    assert published(none, recommender) == "same-person"
    assert facts(JUST_SENT, none, recommender) == {"person": ASSESSOR.id}
    assert facts(JUST_ASSESSED, none, APPROVER) == _step("assessed", "summaries-sent")
    assert isinstance(published(PUBLISH, BUYER), list)
    assert isinstance(published(PUBLISH, recommender), list)


def test_the_standstill_is_one_that_the_regime_knows() -> None:
    assert announced("light_touch") == "no-mandatory-standstill"
    assert announced("pa2023", "none") == "standstill-ground"
    assert announced("pa2023", days=8) == "standstill-days"
    assert announced("light_touch", "voluntary", days=7) == "standstill-too-short"


def test_the_holidays_of_may_are_not_left_out() -> None:
    on_27_april = datetime(2026, 4, 27, 12, tzinfo=UTC)
    on_22_april = datetime(2026, 4, 22, 12, tzinfo=UTC)

    assert publish(NOTIFIED, on_27_april) == "bank-holiday-missing"
    assert last_day(publish(NOTIFIED, on_27_april, date(2026, 5, 4))) == date(2026, 5, 7)
    assert last_day(publish(NOTIFIED, on_22_april)) == date(2026, 5, 1)


def test_bank_holidays_of_every_year_are_not_left_out() -> None:
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)
    before, on_25 = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (24, 25))

    assert publish(NOTIFIED, on_25) == "bank-holiday-missing"
    assert publish(NOTIFIED, on_25, easter_monday) == "bank-holiday-missing"
    assert publish(NOTIFIED, on_25, good_friday) == "bank-holiday-missing"
    assert last_day(publish(NOTIFIED, on_25, good_friday, easter_monday)) == date(2026, 4, 7)
    assert last_day(publish(NOTIFIED, before)) == date(2026, 4, 2)


def test_the_notice_is_dated_on_the_day_of_the_summaries_or_later() -> None:
    later = ON_THE_DAY + 5 * DAY

    assert isinstance(publish(NOTIFIED, later), list)
    assert publish(NOTIFIED - DAY, later) == "notice-before-summaries"


def test_the_notice_is_not_dated_in_the_future() -> None:
    night = datetime(2026, 6, 10, 22, 59, tzinfo=UTC)

    assert isinstance(publish(date(2026, 6, 10), night), list)
    assert publish(date(2026, 6, 11), night) == "notice-in-the-future"
    assert isinstance(publish(date(2026, 6, 11), night + timedelta(minutes=1)), list)


def test_bank_holidays_are_in_order_once_each_within_sixty_days() -> None:
    a_day_later = ON_THE_DAY + DAY

    def with_days(*days: date) -> list[Event] | str:
        return publish(NOTIFIED, a_day_later, *days)

    first, last = NOTIFIED, a_day_later.date() + 60 * DAY

    assert isinstance(with_days(), list)
    assert isinstance(with_days(first, last), list)
    assert with_days(last, first) == "calendar-disordered"
    assert with_days(first, first) == "calendar-disordered"
    assert with_days(first - DAY) == "calendar-disordered"
    assert with_days(last + DAY) == "calendar-disordered"


@pytest.mark.parametrize(
    ("command", "in_order", "by"),
    [
        (RECOMMEND, (JUST_ASSESSED, JUST_RECOMMENDED), ASSESSOR),
        (APPROVE, (JUST_RECOMMENDED,), APPROVER),
        (SEND, (JUST_APPROVED,), BUYER),
        (PUBLISH, (JUST_SENT,), BUYER),
    ],
)
def test_each_step_follows_the_one_before(
    command: RecommendAward, in_order: tuple[Past, ...], by: object
) -> None:
    for given in PHASES[1:]:
        made = outcome(given=given, when=command, by=by, at=ON_THE_DAY)  # type: ignore[arg-type]

        assert isinstance(made, list) if given in in_order else made == "wrong-state"


def test_an_award_keeps_what_the_contract_will_ask() -> None:
    assert World(AWARDED).streams[AWARD] == Award(
        auction_id=AUCTION,
        procurement_id=PROCUREMENT,
        lot="1",
        authority_id=AUTHORITY,
        ranking=ASSESSED.ranking,
        suppliers=frozenset({SUPPLIER, RIVAL, SILENT}),
        phase="standstill",
        recommended=RECOMMENDED,
        approved=AWARD_APPROVED,
        sent_on=NOTIFIED,
        announced_on=NOTIFIED,
        last_day=date(2026, 3, 20),
    )


def declared(person: str) -> Past:
    """Somebody's interest, which nobody has judged yet."""
    interest = InterestDeclared(
        person_id=person,
        organisation_id=RIVAL,
        nature="employment",
        interest_no=1,
        declared_by=person,
    )
    return [(PROCUREMENT, interest)]


@pytest.mark.parametrize(
    ("given", "command", "by"),
    [(DISCLOSED, RANK, BUYER), (JUST_ASSESSED, RECOMMEND, ASSESSOR)],
)
def test_nobody_with_a_conflict_ranks_or_recommends(
    given: Past, command: RankAssessment | RecommendAward, by: Actor
) -> None:
    conflicted = [*given, *declared(by.id)]
    of_another = [*given, *declared("person-x")]

    assert outcome(given=conflicted, when=command, by=by) == "conflict-of-interest"
    assert isinstance(outcome(given=of_another, when=command, by=by), list)


def judged(occasion: Occasion, *suppliers: SupplierFinding) -> Past:
    """A review that finds nothing against the person who declared."""
    review = ConflictsReviewed(
        occasion=occasion,
        findings=(Finding(interest_no=1, outcome="none"),),
        suppliers=suppliers,
        reviewed_by=BUYER.id,
    )
    return [(PROCUREMENT, review)]


def test_nobody_with_a_conflict_approves() -> None:
    conflicted = [*JUST_RECOMMENDED, *declared(APPROVER.id)]
    cleared = [*conflicted, *judged("before-award")]

    assert outcome(given=conflicted, when=APPROVE, by=APPROVER) == "conflict-of-interest"
    assert outcome(given=cleared, when=APPROVE, by=APPROVER) == [AWARD_APPROVED]


def test_conflicts_are_reviewed_before_the_award_and_after_the_last_declaration() -> None:
    unreviewed = [(s, e) for s, e in JUST_RECOMMENDED if e != REVIEWED_BEFORE_AWARD]
    since = [*JUST_RECOMMENDED, *declared("person-x")]
    otherwise = [*since, *judged("declaration")]

    for given in (unreviewed, since, otherwise):
        assert outcome(given=given, when=APPROVE, by=APPROVER) == "conflicts-unreviewed"
    assert isinstance(
        outcome(given=[*since, *judged("before-award")], when=APPROVE, by=APPROVER), list
    )


def test_a_supplier_that_a_conflict_favours_wins_nothing() -> None:
    def found(outcome: Outcome) -> Past:
        finding = SupplierFinding(supplier_id=SUPPLIER, outcome=outcome)
        return [*declared("person-x"), *judged("before-award", finding)]

    for given, command, by in (
        (JUST_ASSESSED, RECOMMEND, ASSESSOR),
        (JUST_RECOMMENDED, APPROVE, APPROVER),
    ):
        live, mitigated = [*given, *found("live")], [*given, *found("mitigated")]

        assert outcome(given=live, when=command, by=by) == "supplier-conflicted"
        assert isinstance(outcome(given=mitigated, when=command, by=by), list)


@pytest.mark.parametrize(
    ("given", "command", "by"),
    [(JUST_ASSESSED, RECOMMEND, ASSESSOR), (JUST_RECOMMENDED, APPROVE, APPROVER)],
)
def test_a_supplier_that_is_suspended_or_unverified_wins_nothing(
    given: Past, command: RecommendAward | ApproveAward, by: Actor
) -> None:
    suspended = [
        *given,
        (SUPPLIER, OrganisationSuspended(reason="debarred", suspended_by=OPERATOR.id)),
    ]
    unverified = [(s, e) for s, e in given if (s, type(e)) != (SUPPLIER, OrganisationVerified)]
    reinstated = [
        *suspended,
        (SUPPLIER, OrganisationReinstated(reason="cleared", reinstated_by=APPROVER.id)),
    ]

    assert outcome(given=suspended, when=command, by=by) == "not-verified"
    assert facts(suspended, command, by) == {"state": "suspended", "expected": "verified"}
    assert outcome(given=unverified, when=command, by=by) == "not-verified"
    assert isinstance(outcome(given=reinstated, when=command, by=by), list)


def test_a_rate_line_is_awarded_at_the_reference_spend_with_its_cap() -> None:
    rate = Decimal("0.0001")
    at_a_rate = replace(
        WINNING_BID, lines=(replace(WINNING_BID.lines[2], rate=rate),), value_pence=50_500_000
    )
    terms = replace(TERMS, reference_spend_pence=5_000_000_000)
    swapped = {WINNING_BID: at_a_rate, DRAFTED: replace(DRAFTED, terms=terms)}
    given = [(s, swapped.get(e, e)) for s, e in JUST_RECOMMENDED]
    approved = outcome(given=given, when=APPROVE, by=APPROVER)

    assert isinstance(approved, list)
    assert vars_of(approved[0], "lines") == (
        (
            AwardedLine(
                need_id=EXPERT_NEED,
                measure="expert-hour",
                unit="hour",
                quantity=Decimal(5_000),
                pounds_per_unit=Decimal(101),
                value_pence=50_500_000,
                rate=rate,
                cap=Decimal(12_000),
            ),
        ),
    )


def test_a_refusal_says_why() -> None:
    same = replace(APPROVER, id=ASSESSOR.id)
    rival = replace(RECOMMEND, supplier_id=RIVAL, grounds=grounds(SILENT))
    early = replace(PUBLISH, published_on=NOTIFIED - DAY)
    future = replace(PUBLISH, published_on=NOTIFIED + DAY)
    disordered = replace(PUBLISH, non_working_days=(NOTIFIED - DAY,))

    assert facts(DISCLOSED, RANK, OTHER_BUYER) == {"organisation": AUTHORITY}
    assert facts(JUST_ASSESSED, replace(RANK, award_id="award-w002"), BUYER) == {"award": AWARD}
    assert facts(RANKED, RANK, BUYER) == {
        "state": "ranked",
        "expected": "ranked and disclosed",
    }
    assert facts(JUST_ASSESSED, RECOMMEND, APPROVER) == {
        "allowed": "authority.assessor, authority.buyer",
        "role": "authority.approver",
    }
    assert facts(JUST_SENT, RECOMMEND, BUYER) == _step("summaries-sent", "assessed")
    assert facts(JUST_ASSESSED, replace(RECOMMEND, supplier_id=SILENT), BUYER) == {
        "supplier": SILENT
    }
    assert facts(JUST_ASSESSED, rival, BUYER) == {"supplier": SUPPLIER, "rank": 3}
    assert facts(JUST_ASSESSED, replace(RECOMMEND, grounds=grounds(RIVAL)), BUYER) == {
        "supplier": RIVAL
    }
    assert facts(JUST_ASSESSED, APPROVE, APPROVER) == _step("assessed", "recommended")
    assert facts(JUST_RECOMMENDED, APPROVE, BUYER)["allowed"] == "authority.approver"
    assert facts(JUST_RECOMMENDED, APPROVE, same) == {"person": ASSESSOR.id}
    assert facts(JUST_SENT, SEND, BUYER) == _step("summaries-sent", "approved")
    assert facts(JUST_APPROVED, replace(SEND, recipients=(RIVAL,)), BUYER) == {
        "assessed": 3,
        "recipients": 1,
    }
    assert facts(JUST_APPROVED, PUBLISH, BUYER) == _step("approved", "summaries-sent")
    assert facts(JUST_SENT, early, BUYER) == {
        "published_on": "2026-03-09",
        "sent_on": "2026-03-10",
    }
    assert facts(JUST_SENT, future, BUYER, ON_THE_DAY) == {
        "published_on": "2026-03-11",
        "today": "2026-03-10",
    }
    assert facts(JUST_SENT, disordered, BUYER, ON_THE_DAY) == {
        "published_on": "2026-03-10",
        "today": "2026-03-10",
    }
    assert facts(JUST_SENT, PUBLISH, BUYER, datetime(2026, 4, 1, tzinfo=UTC)) == {
        "day": "2026-04-03"
    }


def _step(state: str, expected: str) -> dict[str, str]:
    return {"state": state, "expected": expected}
