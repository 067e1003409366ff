"""Evidence, indicators, ratings and the end of a contract, each rule on either side."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import LotReleased
from svx_ledger.domain.auction.events import lot_key
from svx_ledger.domain.contract.apportioning import ApportionEvidence
from svx_ledger.domain.contract.ending import CompleteContract, TerminateContract
from svx_ledger.domain.contract.performing import RatePerformance, SetKpi
from svx_ledger.domain.contract.running import (
    ContractCompleted,
    ContractTerminated,
    EvidenceApportioned,
    EvidenceShare,
    KpiSet,
    ObligationReduced,
    PerformanceRated,
)
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.need import Need, NeedCommitted
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import DeliveryClaimed, DeliveryConfirmed
from svx_ledger.domain.pledge.outcomes import PledgeReleased
from svx_ledger.domain.procurement import InterestDeclared
from svx_ledger.domain.rule import WRONG_STATE, Refusal

from . import rated
from .auction.scene import AUCTION, DRAFTED, RIVAL_BIDDER
from .cast import APPROVER, BIDDER, BUYER, LEAD, OTHER_BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import World, outcome
from .worked_example import (
    AWARD,
    CASH_NEED,
    CONTRACT,
    ENTERED,
    EXPERT_NEED,
    LAPTOP_NEED,
    MANAGER,
    PLEDGED,
    PLEDGED_PENCE,
    RUNNER_UP_PENCE,
    VOLUNTEER_NEED,
    facts,
    line,
    pledge,
)

NOW = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
"""One minute to midnight in London."""
TODAY = date(2026, 6, 30)
DAY = timedelta(days=1)
EVIDENCE = "e" * 64


def decided(when: Command, by: Actor = MANAGER, given: Past = ENTERED) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=NOW)


APPORTION = ApportionEvidence(
    contract_id=CONTRACT,
    evidence_sha256=EVIDENCE,
    shares=(
        EvidenceShare(pledge_id=pledge(LAPTOP_NEED), share=Decimal("0.4")),
        EvidenceShare(pledge_id=pledge(CASH_NEED), share=Decimal("0.6")),
    ),
)
APPORTIONED = EvidenceApportioned(
    evidence_sha256=EVIDENCE, shares=APPORTION.shares, apportioned_by=BIDDER.id
)
DIVIDED: Past = [*ENTERED, (CONTRACT, APPORTIONED)]
CLAIM = ClaimDelivery(
    pledge_id=pledge(LAPTOP_NEED),
    quantity=Decimal(10),
    delivered_from=date(2026, 6, 1),
    delivered_to=date(2026, 6, 12),
    evidence_sha256=EVIDENCE,
)
CLAIMED = DeliveryClaimed(
    quantity=Decimal(10),
    delivered_from=date(2026, 6, 1),
    delivered_to=date(2026, 6, 12),
    evidence_sha256=EVIDENCE,
    claim_no=1,
    value_pence=300_000,
    outside_period=False,
    claimed_by=BIDDER.id,
)


def test_evidence_of_several_deliveries_is_apportioned_by_the_supplier() -> None:
    assert decided(APPORTION, BIDDER) == [APPORTIONED]
    assert decided(APPORTION, MANAGER) == "role-not-allowed"
    assert decided(APPORTION, RIVAL_BIDDER) == "not-yours"
    assert outcome(when=APPORTION, by=BIDDER) == "not-found"


def test_evidence_is_apportioned_before_it_serves_a_pledge_and_once() -> None:
    used: Past = [*ENTERED, (pledge(CASH_NEED), CLAIMED)]

    assert decided(APPORTION, BIDDER, used) == "evidence-used"
    assert decided(APPORTION, BIDDER, DIVIDED) == "evidence-used"
    assert facts(used, APPORTION, BIDDER) == {"held_by": pledge(CASH_NEED)}


def test_evidence_is_apportioned_to_pledges_of_the_contract_each_once() -> None:
    first, second = APPORTION.shares
    twice = replace(APPORTION, shares=(first, replace(second, pledge_id=first.pledge_id)))
    strange = replace(APPORTION, shares=(first, replace(second, pledge_id="pledge-other")))

    assert decided(twice, BIDDER) == "not-of-this-contract"
    assert decided(strange, BIDDER) == "not-of-this-contract"
    assert facts(ENTERED, strange, BIDDER) == {"pledge": "pledge-other"}


@pytest.mark.parametrize(
    ("parts", "result"),
    [
        (("0.333333", "0.333333", "0.333334"), None),
        (("0.333333", "0.333333", "0.333333"), "shares-not-whole"),
        (("0.333334", "0.333333", "0.333334"), "shares-not-whole"),
        (("0.5", "0.5", "0"), "share-empty"),
        (("0.5", "0.499999", "0.000001"), None),
    ],
)
def test_each_share_is_something_and_they_sum_to_one(
    parts: tuple[str, ...], result: str | None
) -> None:
    needs = (LAPTOP_NEED, CASH_NEED, EXPERT_NEED)
    given = tuple(
        EvidenceShare(pledge_id=pledge(need), share=Decimal(part))
        for need, part in zip(needs, parts, strict=True)
    )
    recorded = decided(replace(APPORTION, shares=given), BIDDER)

    assert recorded == (result or [replace(APPORTIONED, shares=given)])


def test_a_refused_apportionment_says_why() -> None:
    first, second = APPORTION.shares
    empty = replace(APPORTION, shares=(replace(first, share=Decimal(0)), second))
    less = replace(APPORTION, shares=(first, replace(second, share=Decimal("0.5"))))

    assert facts(ENTERED, empty, BIDDER) == {"pledge": first.pledge_id}
    assert facts(ENTERED, less, BIDDER) == {"total": "0.9"}


def test_apportioned_evidence_serves_the_pledges_that_have_a_share() -> None:
    second = replace(CLAIM, pledge_id=pledge(CASH_NEED))
    third = replace(CLAIM, pledge_id=pledge(EXPERT_NEED))
    world = World(DIVIDED)

    assert decided(CLAIM, BIDDER, DIVIDED) == [replace(CLAIMED, apportioned=True)]
    assert isinstance(world.execute(CLAIM, BIDDER, NOW), list)
    assert isinstance(world.execute(second, BIDDER, NOW), list)
    assert isinstance(world.execute(CLAIM, BIDDER, NOW), list)
    assert decided(third, BIDDER, DIVIDED) == "evidence-used"
    assert facts(DIVIDED, third, BIDDER, NOW) == {"held_by": CONTRACT}
    assert world.holders[f"evidence:{EVIDENCE}"] == CONTRACT


def test_evidence_that_a_pledge_has_is_not_taken_again() -> None:
    given: Past = [*ENTERED, (CLAIM.pledge_id, CLAIMED)]
    again = replace(CLAIMED, claim_no=2, shown_before=True)

    assert decided(CLAIM, BIDDER, given) == [again]
    assert CLAIMED.claims() != ()
    assert again.claims() == replace(CLAIMED, apportioned=True).claims() == ()


SET = SetKpi(contract_id=CONTRACT, kpi="KPI-1", title="Laptops handed out", goal="1,000 a year")
KPI = KpiSet(kpi="KPI-1", title="Laptops handed out", goal="1,000 a year", set_by=MANAGER.id)
MEASURED: Past = [*ENTERED, (CONTRACT, KPI)]
RATE = RatePerformance(
    contract_id=CONTRACT,
    kpi="KPI-1",
    period_from=date(2026, 4, 1),
    period_to=date(2026, 6, 30),
    rating="good",
)
RATED = PerformanceRated(
    kpi="KPI-1",
    period_from=date(2026, 4, 1),
    period_to=date(2026, 6, 30),
    rating="good",
    rated_by=MANAGER.id,
)
EARLY = "All was delivered early"
COMPLETE = CompleteContract(contract_id=CONTRACT, notice="UK11-1", reason=EARLY)
TERMINATE = TerminateContract(
    contract_id=CONTRACT,
    ground="supplier-breach",
    reason="Nothing was delivered",
    notice="UK11-2",
)
COMPLETED = ContractCompleted(
    completed_on=TODAY, completed_by=MANAGER.id, notice="UK11-1", reason=EARLY
)
TERMINATED = ContractTerminated(
    ground="supplier-breach",
    reason="Nothing was delivered",
    terminated_on=TODAY,
    terminated_by=MANAGER.id,
    notice="UK11-2",
)
ENDED: Past = [*MEASURED, (CONTRACT, COMPLETED)]
MANAGED = [SET, RATE, COMPLETE, TERMINATE]


@pytest.mark.parametrize("when", MANAGED)
def test_a_contract_manager_or_buyer_manages_the_contract(when: Command) -> None:
    assert isinstance(decided(when, given=MEASURED), list)
    assert isinstance(decided(when, BUYER, MEASURED), list)
    assert decided(when, APPROVER, MEASURED) == "role-not-allowed"
    assert decided(when, OTHER_BUYER, MEASURED) == "not-yours"
    assert outcome(when=when, by=MANAGER) == "not-found"


def test_an_indicator_may_cite_pledges_of_the_contract_each_once() -> None:
    cited = (pledge(LAPTOP_NEED), pledge(CASH_NEED))

    assert decided(SET) == [KPI]
    assert decided(replace(SET, pledges=cited)) == [replace(KPI, pledges=cited)]
    assert decided(replace(SET, pledges=(*cited, cited[0]))) == "not-of-this-contract"
    assert decided(replace(SET, pledges=("pledge-other",))) == "not-of-this-contract"
    assert facts(ENTERED, replace(SET, pledges=(*cited, cited[1])), MANAGER) == {
        "pledge": cited[1]
    }


def test_an_indicator_that_is_set_again_takes_the_place_of_the_first() -> None:
    other = replace(SET, goal="2,000 a year")

    assert decided(other, given=MEASURED) == [replace(KPI, goal="2,000 a year")]


def test_no_indicator_is_set_once_the_contract_has_ended() -> None:
    assert decided(SET, given=ENDED) == "wrong-state"
    assert facts(ENDED, SET, MANAGER) == {"state": "completed", "expected": "entered"}


def test_performance_is_rated_against_an_indicator_that_was_set() -> None:
    assert decided(RATE, given=MEASURED) == [RATED]
    assert decided(RATE) == "kpi-not-set"
    assert decided(replace(RATE, kpi="KPI-2"), given=MEASURED) == "kpi-not-set"
    assert facts(ENTERED, RATE, MANAGER) == {"kpi": "KPI-1"}


def test_a_rating_after_the_end_of_the_contract_is_taken() -> None:
    assert decided(RATE, given=ENDED) == [RATED]


def test_a_rated_period_does_not_run_backwards_and_its_last_day_has_come() -> None:
    one_day = replace(RATE, period_from=TODAY)
    backwards = replace(RATE, period_from=TODAY + DAY)
    tomorrow = replace(RATE, period_to=TODAY + DAY)

    assert isinstance(decided(one_day, given=MEASURED), list)
    assert decided(backwards, given=MEASURED) == "period-backwards"
    assert decided(tomorrow, given=MEASURED) == "period-runs"
    assert facts(MEASURED, backwards, MANAGER, NOW) == {
        "period_from": "2026-07-01",
        "period_to": "2026-06-30",
    }
    assert facts(MEASURED, tomorrow, MANAGER, NOW) == {
        "period_to": "2026-07-01",
        "today": "2026-06-30",
    }
    assert isinstance(
        outcome(given=MEASURED, when=tomorrow, by=MANAGER, at=NOW + timedelta(minutes=1)), list
    )


def test_a_rating_that_is_no_grade_has_a_reason() -> None:
    other = replace(RATE, rating="other")
    explained = replace(other, reason="Not yet measurable", notice="UK9-1")

    assert decided(other, given=MEASURED) == "rating-unexplained"
    assert facts(MEASURED, other, MANAGER, NOW) == {"rating": "other"}
    assert isinstance(decided(replace(RATE, rating="inadequate"), given=MEASURED), list)
    assert decided(explained, given=MEASURED) == [
        replace(RATED, rating="other", reason="Not yet measurable", notice="UK9-1")
    ]


def confirmed(need: str, quantity: int) -> tuple[str, Event]:
    event = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(quantity),
        by="community",
        confirmed_by=LEAD.id,
        value_pence=0,
        counted_pence=0,
    )
    return pledge(need), event


DELIVERED: Past = [
    *ENTERED,
    confirmed(LAPTOP_NEED, 1_100),
    confirmed(CASH_NEED, 400_000),
    confirmed(VOLUNTEER_NEED, 70_000),
]
"""All laptops, some cash, too many volunteer hours; nothing of the expert hours."""


FREED = LotReleased(award_id=AWARD, outcome="terminated", procurement_id=PROCUREMENT, lot="1")
WITHOUT_CASH = PLEDGED_PENCE - 200_000_000
REDUCED = ObligationReduced(
    pledge_id=pledge(CASH_NEED),
    pledged_pence_was=PLEDGED_PENCE,
    pledged_pence=WITHOUT_CASH,
    below_runner_up=True,
    runner_up_pence=RUNNER_UP_PENCE,
)


@pytest.mark.parametrize(
    ("when", "ended", "freed"), [(COMPLETE, COMPLETED, ()), (TERMINATE, TERMINATED, (FREED,))]
)
def test_the_end_of_a_contract_releases_what_is_open(
    when: Command, ended: Event, freed: tuple[Event, ...]
) -> None:
    assert decided(when, given=DELIVERED) == [
        ended,
        PledgeReleased(
            released_on=TODAY,
            quantity_was=Decimal(2_400_000),
            quantity=Decimal(400_000),
            value_pence_was=240_000_000,
            value_pence=40_000_000,
            released_by=MANAGER.id,
        ),
        REDUCED,
        NeedCommitted(pledge_id=pledge(CASH_NEED), quantity=Decimal(400_000)),
        PledgeReleased(
            released_on=TODAY,
            quantity_was=Decimal(12_000),
            quantity=Decimal(0),
            value_pence_was=121_200_000,
            value_pence=0,
            released_by=MANAGER.id,
        ),
        replace(
            REDUCED,
            pledge_id=pledge(EXPERT_NEED),
            pledged_pence_was=WITHOUT_CASH,
            pledged_pence=WITHOUT_CASH - 121_200_000,
        ),
        NeedCommitted(pledge_id=pledge(EXPERT_NEED), quantity=Decimal(0)),
        *freed,
    ]


@pytest.mark.parametrize("when", [COMPLETE, TERMINATE])
def test_a_contract_that_ended_is_worth_what_is_left_of_its_pledges(when: Command) -> None:
    world = World(DELIVERED)
    world.execute(when, MANAGER, NOW)
    contract = world.streams[CONTRACT]

    assert isinstance(contract, Contract)
    assert contract.pledged_pence == WITHOUT_CASH - 121_200_000
    kept = 400_000 + 1_100 * 300
    assert contract.pledged_pence == kept * 100 + 101_580_000


@pytest.mark.parametrize("when", [COMPLETE, TERMINATE])
def test_who_has_a_conflict_ends_no_contract(when: Command) -> None:
    def interested(person: str) -> Past:
        interest = InterestDeclared(
            person_id=person,
            organisation_id=SUPPLIER,
            nature="shareholding",
            interest_no=1,
            declared_by=person,
        )
        return [*ENTERED, (PROCUREMENT, interest)]

    assert decided(when, given=interested(MANAGER.id)) == "conflict-of-interest"
    assert isinstance(decided(when, given=interested("person-else")), list)


def test_before_its_last_day_a_contract_is_completed_with_a_reason() -> None:
    last = datetime(2029, 3, 30, 23, tzinfo=UTC)  # midnight in London: the 31st begins
    plain = replace(COMPLETE, reason=None)
    before = last - timedelta(minutes=1)

    assert outcome(given=ENTERED, when=plain, by=MANAGER, at=before) == "completed-early"
    assert facts(ENTERED, plain, MANAGER, before) == {
        "period_to": "2029-03-31",
        "today": "2029-03-30",
    }
    for when, at in ((COMPLETE, before), (plain, last), (COMPLETE, last)):
        assert isinstance(outcome(given=ENTERED, when=when, by=MANAGER, at=at), list)


def test_the_lot_of_a_terminated_contract_is_free_and_of_a_completed_one_is_not() -> None:
    key = lot_key(PROCUREMENT, "1")
    completed, terminated = World(ENTERED), World(ENTERED)
    completed.execute(COMPLETE, MANAGER, NOW)
    terminated.execute(TERMINATE, MANAGER, NOW)

    assert completed.holders[key] == AUCTION
    assert key not in terminated.holders


def test_a_lot_that_was_released_before_is_not_freed_again() -> None:
    """Another auction may have it by now."""
    given: Past = [*ENTERED, (AUCTION, FREED), ("auction-b002", DRAFTED)]
    world = World(given)
    ended = world.execute(TERMINATE, MANAGER, NOW)

    assert isinstance(ended, list)
    assert not any(isinstance(event, LotReleased) for _, event in ended)
    assert world.holders[lot_key(PROCUREMENT, "1")] == "auction-b002"


def test_what_is_released_is_outstanding_of_the_need_again() -> None:
    world = World(DELIVERED)
    world.execute(COMPLETE, MANAGER, NOW)
    cash, laptops = world.streams[CASH_NEED], world.streams[LAPTOP_NEED]

    assert isinstance(cash, Need)
    assert isinstance(laptops, Need)
    assert cash.outstanding == 5_000_000 - 400_000
    assert laptops.outstanding == 0


@pytest.mark.parametrize("given", [ENDED, [*ENTERED, (CONTRACT, TERMINATED)]])
@pytest.mark.parametrize("when", [COMPLETE, TERMINATE])
def test_a_contract_ends_once(when: Command, given: Past) -> None:
    state = "completed" if given == ENDED else "terminated"

    assert decided(when, given=given) == "wrong-state"
    assert facts(given, when, MANAGER) == {"state": state, "expected": "entered"}
    assert facts(given, when, MANAGER)["expected"] == "entered"


@pytest.mark.parametrize(
    ("event", "phase"), [(COMPLETED, "completed"), (TERMINATED, "terminated")]
)
def test_a_contract_that_ended_keeps_when_and_how(event: Event, phase: str) -> None:
    contract = World([*ENTERED, (CONTRACT, event)]).streams[CONTRACT]

    assert isinstance(contract, Contract)
    assert (contract.phase, contract.ended_on, contract.request) == (phase, TODAY, None)


def test_a_contract_ends_on_the_day_in_london() -> None:
    for when in (COMPLETE, TERMINATE):
        written = outcome(given=ENTERED, when=when, by=MANAGER, at=NOW + timedelta(minutes=1))
        assert isinstance(written, list)
        ended, release = written[0], written[1]
        assert isinstance(ended, ContractCompleted | ContractTerminated)
        on = ended.completed_on if isinstance(ended, ContractCompleted) else ended.terminated_on
        assert isinstance(release, PledgeReleased)
        assert on == release.released_on == TODAY + DAY


def test_after_its_end_a_contract_is_not_varied() -> None:
    request = RequestVariation(
        contract_id=CONTRACT, lines=(line(LAPTOP_NEED, 1),), ground="Too late"
    )
    world = World(ENTERED)
    world.execute(request, MANAGER, NOW)
    world.execute(COMPLETE, MANAGER, NOW)
    approved = world.execute(ApproveVariation(contract_id=CONTRACT), APPROVER, NOW)

    assert decided(request, given=ENDED) == "wrong-state"
    assert facts(ENDED, request, MANAGER) == {"state": "completed", "expected": "entered"}
    assert not isinstance(approved, list)


@pytest.mark.parametrize("end", [COMPLETE, TERMINATE])
def test_a_variation_that_was_requested_before_the_end_is_requested_no_more(
    end: Command,
) -> None:
    """Not even of a pledge that was kept in full, which no end releases."""
    kept = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(1_100),
        by="community",
        confirmed_by=LEAD.id,
        value_pence=0,
        counted_pence=0,
    )
    world = World([*ENTERED, (pledge(LAPTOP_NEED), kept)])
    request = RequestVariation(
        contract_id=CONTRACT, lines=(line(LAPTOP_NEED, 1_100),), ground="As it is"
    )
    world.execute(request, MANAGER, NOW)
    world.execute(end, MANAGER, NOW)
    approved = world.execute(ApproveVariation(contract_id=CONTRACT), APPROVER, NOW)

    assert isinstance(approved, Refusal)
    assert (approved.rule, approved.facts) == (
        WRONG_STATE,
        {"state": "none requested", "expected": "variation requested"},
    )


def test_what_is_still_to_be_decided_stays_owed_after_the_end() -> None:
    """A claim of 10 that is open when the contract ends can be confirmed, and counts."""
    world = World(ENTERED)
    confirm = ConfirmDelivery(pledge_id=CLAIM.pledge_id, claim_no=1, quantity=Decimal(10))
    world.execute(CLAIM, BIDDER, NOW)
    ended = world.execute(COMPLETE, MANAGER, NOW)
    decision = world.execute(confirm, LEAD, NOW)

    assert isinstance(ended, list)
    kept = {s: e.quantity for s, e in ended if isinstance(e, PledgeReleased)}
    assert kept == {pledge(need): 10 * (need == LAPTOP_NEED) for need in PLEDGED}
    assert isinstance(decision, list)
    assert isinstance(decision[0][1], DeliveryConfirmed)
    assert decision[0][1].counted_pence == 300_000


def test_delivery_up_to_the_release_may_be_claimed_after_it() -> None:
    world = World(ENTERED)
    world.execute(COMPLETE, MANAGER, NOW)
    later = NOW + 5 * DAY
    last = world.decide(replace(CLAIM, delivered_to=TODAY), BIDDER, later)
    after = world.decide(replace(CLAIM, delivered_to=TODAY + DAY), BIDDER, later)

    assert isinstance(last, list)
    assert isinstance(last[0][1], DeliveryClaimed)
    assert not last[0][1].outside_period
    assert not isinstance(after, list)
    assert (after.rule.name, after.facts) == (
        "delivered-after-close",
        {"delivered_to": "2026-07-01", "closed_on": "2026-06-30"},
    )


def test_delivery_after_the_end_of_the_contract_is_flagged() -> None:
    """Of a fulfilled pledge nothing was released: more of it is over-delivery."""
    world = World(DELIVERED)
    world.execute(COMPLETE, MANAGER, NOW)
    flags = []
    for delivered_to in (TODAY, TODAY + DAY):
        when = replace(CLAIM, delivered_to=delivered_to)
        decision = world.decide(when, BIDDER, NOW + 5 * DAY)
        assert isinstance(decision, list)
        assert isinstance(decision[0][1], DeliveryClaimed)
        flags.append(decision[0][1].outside_period)

    assert flags == [False, True]


def test_the_rest_of_a_rate_pledge_is_released_and_nothing_more_comes_of_it() -> None:
    given = rated.invoiced(100_000_000)
    world = World(given)
    ended = world.execute(COMPLETE, MANAGER, NOW)
    pledged = rated.state([*given, *(ended if isinstance(ended, list) else [])])

    assert isinstance(ended, list)
    release = next(e for s, e in ended if s == rated.RATED)
    assert release == PledgeReleased(
        released_on=TODAY,
        quantity_was=Decimal(1_000),
        quantity=Decimal(0),
        value_pence_was=1_693_000,
        value_pence=0,
        released_by=MANAGER.id,
        reference=Decimal(0),
    )
    assert {pledged.quantity, pledged.most, pledged.reference} == {Decimal(0)}


def test_a_rate_pledge_of_which_nothing_is_owed_yet_is_released_too() -> None:
    ended = outcome(given=rated.ENTERED, when=COMPLETE, by=MANAGER, at=NOW)

    assert isinstance(ended, list)
    assert NeedCommitted(pledge_id=rated.RATED, quantity=Decimal(0)) in ended
