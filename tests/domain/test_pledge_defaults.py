"""Defaults, remedies, write-offs and releases, each rule on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.contract.events import ContractVaried
from svx_ledger.domain.contract.running import ObligationReduced
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.need import NeedCommitted
from svx_ledger.domain.pledge.defaulting import RecordDefault, RecordRemedy
from svx_ledger.domain.pledge.delivering import ClaimDelivery
from svx_ledger.domain.pledge.events import DeliveryClaimed, DeliveryConfirmed, PledgeVaried
from svx_ledger.domain.pledge.outcomes import (
    PledgeDefaulted,
    PledgeReleased,
    PledgeWrittenOff,
    RemedyAgreed,
    WriteOffRequested,
)
from svx_ledger.domain.pledge.releasing import ApproveWriteOff, ReleasePledge, RequestWriteOff
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import InterestDeclared

from . import rated
from .cast import APPROVER, BIDDER, BUYER, OTHER_BUYER, PROCUREMENT, SUPPLIER, Past
from .outcome import OPERATOR, World, outcome
from .worked_example import (
    ASSESSED,
    AWARD_APPROVED,
    CASH_NEED,
    CONTRACT,
    ENTERED,
    LAPTOP_NEED,
    MANAGER,
    PLEDGED_PENCE,
    RECOMMENDED,
    RUNNER_UP_PENCE,
    SENT,
    STANDSTILL,
    award,
    entered,
    facts,
    line,
    pledge,
)

NOW = datetime(2026, 9, 30, 22, 59, tzinfo=UTC)
"""One minute to midnight in London."""
TODAY = date(2026, 9, 30)
DUE = date(2026, 9, 1)
DAY = timedelta(days=1)
PLEDGE = pledge(LAPTOP_NEED)
DEFAULT = RecordDefault(pledge_id=PLEDGE, reason="Two terms without", as_of=DUE + DAY)
DEFAULTED = PledgeDefaulted(
    reason="Two terms without",
    as_of=DUE + DAY,
    due_by=DUE,
    quantity_open=Decimal(1_100),
    value_pence=33_000_000,
    recorded_by=MANAGER.id,
)
LATE: Past = [*ENTERED, (PLEDGE, DEFAULTED)]
REMEDY = RecordRemedy(pledge_id=PLEDGE, due_by=date(2026, 12, 1), plan="All before winter")
AGREED = RemedyAgreed(
    due_by=date(2026, 12, 1),
    plan="All before winter",
    due_by_was=DUE,
    recorded_by=MANAGER.id,
)
REMEDIED: Past = [*LATE, (PLEDGE, AGREED)]
REQUEST = RequestWriteOff(pledge_id=PLEDGE, reason="No staff left")
REQUESTED = WriteOffRequested(reason="No staff left", requested_by=MANAGER.id, request_no=1)
ASKED: Past = [*LATE, (PLEDGE, REQUESTED)]
APPROVE = ApproveWriteOff(pledge_id=PLEDGE, request_no=1)
RELEASE = ReleasePledge(pledge_id=PLEDGE, reason="The club has closed")
WRITTEN_OFF = PledgeWrittenOff(
    request_no=1,
    approved_by=APPROVER.id,
    reason="No staff left",
    written_off_on=TODAY,
    quantity_was=Decimal(1_100),
    quantity=Decimal(0),
    value_pence_was=33_000_000,
    value_pence=0,
)
RELEASED = PledgeReleased(
    released_on=TODAY,
    quantity_was=Decimal(1_100),
    quantity=Decimal(0),
    value_pence_was=33_000_000,
    value_pence=0,
    released_by=MANAGER.id,
    reason="The club has closed",
)
REDUCED = ObligationReduced(
    pledge_id=PLEDGE,
    pledged_pence_was=PLEDGED_PENCE,
    pledged_pence=PLEDGED_PENCE - 33_000_000,
    below_runner_up=False,
    runner_up_pence=RUNNER_UP_PENCE,
)


def decided(when: Command, by: Actor = MANAGER, given: Past = ENTERED) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=NOW)


def confirmed(quantity: int, stream: str = PLEDGE) -> tuple[str, Event]:
    event = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(quantity),
        by="community",
        confirmed_by="person-lead",
        value_pence=0,
        counted_pence=0,
    )
    return stream, event


def claimed(quantity: int, no: int = 2, stream: str = PLEDGE) -> tuple[str, Event]:
    event = DeliveryClaimed(
        quantity=Decimal(quantity),
        delivered_from=date(2026, 6, 1),
        delivered_to=date(2026, 6, 12),
        evidence_sha256=f"{no:064x}",
        claim_no=no,
        value_pence=0,
        outside_period=False,
        claimed_by=BIDDER.id,
    )
    return stream, event


def state(given: Past, stream: str = PLEDGE) -> Pledge:
    found = World(given).streams[stream]
    assert isinstance(found, Pledge)
    return found


MANAGING = [(DEFAULT, ENTERED), (REMEDY, LATE), (REQUEST, LATE), (RELEASE, ENTERED)]


@pytest.mark.parametrize(("when", "given"), MANAGING)
def test_a_contract_manager_or_buyer_of_the_authority_does_it(
    when: Command, given: Past
) -> None:
    assert isinstance(decided(when, MANAGER, given), list)
    assert isinstance(decided(when, BUYER, given), list)
    for other in (APPROVER, BIDDER, OPERATOR):
        assert decided(when, other, given) == "role-not-allowed"
    assert decided(when, OTHER_BUYER, given) == "not-yours"
    assert outcome(when=when, by=MANAGER) == "not-found"


def test_a_default_says_what_is_open_and_what_it_is_worth() -> None:
    partly: Past = [*ENTERED, confirmed(100), claimed(900)]
    open_of = replace(DEFAULTED, quantity_open=Decimal(1_000), value_pence=30_000_000)

    assert decided(DEFAULT) == [DEFAULTED]
    assert decided(DEFAULT, given=partly) == [open_of]


def test_a_pledge_is_in_default_from_the_day_after_it_was_due() -> None:
    early = replace(DEFAULT, as_of=DUE)

    assert decided(early) == "not-due"
    assert facts(ENTERED, early, MANAGER, NOW) == {
        "as_of": "2026-09-01",
        "due_by": "2026-09-01",
    }


def test_a_default_is_found_as_of_today_in_london_or_earlier() -> None:
    tomorrow = replace(DEFAULT, as_of=TODAY + DAY)

    assert isinstance(decided(replace(DEFAULT, as_of=TODAY)), list)
    assert decided(tomorrow) == "default-in-the-future"
    assert isinstance(
        outcome(given=ENTERED, when=tomorrow, by=MANAGER, at=NOW + timedelta(minutes=1)), list
    )
    assert facts(ENTERED, tomorrow, MANAGER, NOW) == {
        "as_of": "2026-10-01",
        "today": "2026-09-30",
    }


def test_what_was_confirmed_in_full_is_not_in_default() -> None:
    assert decided(DEFAULT, given=[*ENTERED, confirmed(1_100)]) == "nothing-open"
    assert isinstance(decided(DEFAULT, given=[*ENTERED, confirmed(1_099)]), list)
    assert facts([*ENTERED, confirmed(1_100)], DEFAULT, MANAGER, NOW) == {
        "owed": "1100",
        "confirmed": "1100",
    }
    assert state([*ENTERED, confirmed(1_100)]).fulfilled
    assert not state([*ENTERED, confirmed(1_099)]).fulfilled


@pytest.mark.parametrize(
    ("given", "phase"),
    [
        (LATE, "defaulted"),
        ([*LATE, (PLEDGE, WRITTEN_OFF)], "written-off"),
        ([*ENTERED, (PLEDGE, RELEASED)], "released"),
    ],
)
def test_a_pledge_in_default_or_let_go_is_not_in_default_again(given: Past, phase: str) -> None:
    assert decided(DEFAULT, given=given) == "wrong-state"
    assert facts(given, DEFAULT, MANAGER, NOW) == {
        "state": phase,
        "expected": "committed or remedied",
    }


def test_a_remedy_that_was_not_kept_is_a_default_from_the_day_after() -> None:
    given: Past = [*LATE, (PLEDGE, replace(AGREED, due_by=TODAY - DAY))]
    again = replace(DEFAULTED, as_of=TODAY, due_by=TODAY - DAY)

    assert decided(replace(DEFAULT, as_of=TODAY - DAY), given=given) == "not-due"
    assert decided(replace(DEFAULT, as_of=TODAY), given=given) == [again]


def test_a_remedy_follows_a_default_and_lies_ahead() -> None:
    today, yesterday = replace(REMEDY, due_by=TODAY), replace(REMEDY, due_by=TODAY - DAY)

    assert decided(REMEDY, given=LATE) == [AGREED]
    assert decided(REMEDY) == "wrong-state"
    assert decided(REMEDY, given=REMEDIED) == "wrong-state"
    assert isinstance(decided(today, given=LATE), list)
    assert decided(yesterday, given=LATE) == "remedy-in-the-past"
    assert facts(ENTERED, REMEDY, MANAGER) == {"state": "committed", "expected": "defaulted"}
    assert facts(LATE, yesterday, MANAGER, NOW) == {
        "due_by": "2026-09-29",
        "today": "2026-09-30",
    }
    assert (state(REMEDIED).phase, state(REMEDIED).due_by) == ("remedied", AGREED.due_by)


def test_a_write_off_is_requested_of_what_is_in_default() -> None:
    assert decided(REQUEST, given=LATE) == [REQUESTED]
    assert decided(REQUEST, given=REMEDIED) == [REQUESTED]
    for given in (ENTERED, [*LATE, (PLEDGE, RELEASED)]):
        assert decided(REQUEST, given=given) == "wrong-state"
    assert facts(ENTERED, REQUEST, MANAGER) == {
        "state": "committed",
        "expected": "defaulted or remedied",
    }


def test_a_later_request_takes_the_place_of_the_first() -> None:
    later = replace(REQUEST, reason="Insolvent")
    given: Past = [*ASKED, (PLEDGE, replace(REQUESTED, reason="Insolvent", request_no=2))]
    second = replace(WRITTEN_OFF, reason="Insolvent", request_no=2)

    assert decided(later, given=ASKED) == [replace(REQUESTED, reason="Insolvent", request_no=2)]
    assert decided(APPROVE, APPROVER, given) == "other-request"
    assert facts(given, APPROVE, APPROVER) == {"request_no": 2}
    written = decided(replace(APPROVE, request_no=2), APPROVER, given)
    assert isinstance(written, list)
    assert written[0] == second


def test_an_approved_write_off_gives_up_what_is_open() -> None:
    assert decided(APPROVE, APPROVER, ASKED) == [
        WRITTEN_OFF,
        REDUCED,
        NeedCommitted(pledge_id=PLEDGE, quantity=Decimal(0)),
    ]


def test_a_second_person_of_the_same_authority_approves_a_write_off() -> None:
    same = replace(APPROVER, id=MANAGER.id)

    assert decided(APPROVE, same, ASKED) == "same-person"
    assert facts(ASKED, APPROVE, same) == {"person": MANAGER.id}
    assert decided(APPROVE, OPERATOR, ASKED) == "role-not-allowed"
    assert decided(APPROVE, OTHER_BUYER, ASKED) == "not-yours"
    assert outcome(when=APPROVE, by=APPROVER) == "not-found"


def test_a_write_off_is_approved_after_it_was_requested_and_once() -> None:
    decided_on: Past = [*ASKED, (PLEDGE, WRITTEN_OFF)]

    for given in (LATE, decided_on):
        assert decided(APPROVE, APPROVER, given) == "wrong-state"
    assert facts(LATE, APPROVE, APPROVER) == {
        "state": "none requested",
        "expected": "write-off requested",
    }


def test_the_authority_releases_what_is_open() -> None:
    assert decided(RELEASE) == [
        RELEASED,
        REDUCED,
        NeedCommitted(pledge_id=PLEDGE, quantity=Decimal(0)),
    ]


@pytest.mark.parametrize(("given", "phase"), [(LATE, "defaulted"), (REMEDIED, "remedied")])
def test_what_is_in_default_is_written_off_by_two_and_not_released(
    given: Past, phase: str
) -> None:
    assert decided(RELEASE, given=given) == "wrong-state"
    assert facts(given, RELEASE, MANAGER, NOW) == {"state": phase, "expected": "not in default"}
    written_off: Past = [*given, (PLEDGE, replace(WRITTEN_OFF, quantity=Decimal(200)))]
    assert isinstance(decided(RELEASE, given=written_off), list)


LETTING_GO = [(APPROVE, APPROVER, ASKED), (RELEASE, MANAGER, ENTERED)]


@pytest.mark.parametrize(("when", "by", "given"), LETTING_GO)
def test_a_person_with_a_conflict_lets_nothing_go(
    when: Command, by: Actor, given: Past
) -> None:
    def interested(person: str) -> Past:
        interest = InterestDeclared(
            person_id=person,
            organisation_id=SUPPLIER,
            nature="employment",
            interest_no=1,
            declared_by=person,
        )
        return [*given, (PROCUREMENT, interest)]

    assert decided(when, by, interested(by.id)) == "conflict-of-interest"
    assert isinstance(decided(when, by, interested("person-else")), list)


@pytest.mark.parametrize(("when", "by", "given"), LETTING_GO)
def test_the_confirmed_and_the_undecided_stay_owed(
    when: Command, by: Actor, given: Past
) -> None:
    def kept(*more: tuple[str, Event]) -> int | str:
        written = decided(when, by, [*given, *more])
        if isinstance(written, str):
            return written
        first, _, commits = written
        assert isinstance(first, PledgeReleased | PledgeWrittenOff)
        assert isinstance(commits, NeedCommitted)
        assert first.value_pence == 30_000 * first.quantity
        assert first.quantity == commits.quantity
        return int(first.quantity)

    assert kept(confirmed(300)) == 300
    assert kept(confirmed(300), claimed(200)) == 500
    assert kept(confirmed(300), claimed(799)) == 1_099
    assert kept(confirmed(300), claimed(800)) == "nothing-open"
    assert kept(confirmed(1_100)) == "nothing-open"
    assert kept(confirmed(1_200)) == "nothing-open"
    assert facts([*given, confirmed(300), claimed(900)], when, by) == {
        "most": "1100",
        "kept": "1100",
    }


def test_what_was_undecided_may_be_released_once_it_was_decided() -> None:
    """Let go with 200 undecided, of which 50 arrive: the other 150 are open again."""
    given: Past = [*ENTERED, claimed(200, no=1)]
    world = World(given)
    world.execute(RELEASE, MANAGER, NOW)
    world.apply(*confirmed(50))
    decision = world.execute(RELEASE, MANAGER, NOW)

    assert isinstance(decision, list)
    release = decision[0][1]
    assert isinstance(release, PledgeReleased)
    assert (release.quantity_was, release.quantity) == (Decimal(200), Decimal(50))


def test_a_contract_worth_less_than_the_runner_up_is_flagged() -> None:
    of_cash = replace(RELEASE, pledge_id=pledge(CASH_NEED))
    kept = 240_000_000 - (PLEDGED_PENCE - RUNNER_UP_PENCE)  # £1,642,200 of cash

    def flagged(cash: int) -> bool:
        given: Past = [*ENTERED, confirmed(cash, pledge(CASH_NEED))]
        written = decided(of_cash, given=given)
        assert isinstance(written, list)
        assert isinstance(written[1], ObligationReduced)
        return written[1].below_runner_up

    assert not flagged(kept // 100)
    assert flagged(kept // 100 - 1)


def test_without_a_runner_up_nothing_is_flagged() -> None:
    alone = replace(AWARD_APPROVED, runner_up_pence=None)
    given = entered(award(ASSESSED, RECOMMENDED, alone, SENT, STANDSTILL))

    assert decided(RELEASE, given=given) == [
        RELEASED,
        replace(REDUCED, runner_up_pence=None),
        NeedCommitted(pledge_id=PLEDGE, quantity=Decimal(0)),
    ]


def test_a_variation_after_a_release_starts_from_what_is_left() -> None:
    world = World(ENTERED)
    world.execute(RELEASE, MANAGER, NOW)
    lines = (line(CASH_NEED, 2_400_001),)
    request = RequestVariation(contract_id=CONTRACT, lines=lines, ground="More cash")
    world.execute(request, MANAGER, NOW)
    decision = world.execute(ApproveVariation(contract_id=CONTRACT), APPROVER, NOW)

    assert isinstance(decision, list)
    varied = decision[0][1]
    assert isinstance(varied, ContractVaried)
    assert varied.pledged_pence_was == PLEDGED_PENCE - 33_000_000


@pytest.mark.parametrize(
    ("event", "phase"), [(RELEASED, "released"), (WRITTEN_OFF, "written-off")]
)
def test_what_was_let_go_is_varied_no_more(event: Event, phase: str) -> None:
    given: Past = [*LATE, (PLEDGE, event)]
    lines = (line(LAPTOP_NEED, 5),)
    world = World(given)
    request = RequestVariation(contract_id=CONTRACT, lines=lines, ground="Again")
    world.execute(request, MANAGER, NOW)
    refused = world.decide(ApproveVariation(contract_id=CONTRACT), APPROVER, NOW)

    assert not isinstance(refused, list)
    assert refused.rule.name == "wrong-state"
    assert refused.facts == {"need": LAPTOP_NEED, "state": phase, "expected": "not let go"}


@pytest.mark.parametrize("event", [RELEASED, WRITTEN_OFF])
def test_nothing_more_is_delivered_on_what_was_let_go(event: Event) -> None:
    given: Past = [*LATE, (PLEDGE, event)]
    claim = ClaimDelivery(
        pledge_id=PLEDGE,
        quantity=Decimal(1),
        delivered_from=date(2026, 9, 1),
        delivered_to=TODAY,
        evidence_sha256="f" * 64,
    )
    later = NOW + DAY
    after = replace(claim, delivered_to=TODAY + DAY)

    assert isinstance(outcome(given=given, when=claim, by=BIDDER, at=later), list)
    assert outcome(given=given, when=after, by=BIDDER, at=later) == "delivered-after-close"


def test_a_pledge_that_was_let_go_keeps_what_is_left() -> None:
    left = replace(RELEASED, quantity=Decimal(7))
    found = state([*ASKED, (PLEDGE, left)])

    assert (found.quantity, found.reference, found.cap) == (Decimal(7), Decimal(7), None)
    assert (found.phase, found.closed_on, found.request) == ("released", TODAY, None)
    assert state([*ASKED, (PLEDGE, WRITTEN_OFF)]).phase == "written-off"


def test_a_rate_pledge_is_let_go_with_what_it_might_have_come_to() -> None:
    """£1m of spend made 1,000 hours owed, of which 400 were confirmed."""
    given: Past = [*rated.invoiced(100_000_000), confirmed(400, rated.RATED)]
    release = replace(RELEASE, pledge_id=rated.RATED)
    written = decided(release, given=given)
    assert isinstance(written, list)
    after: Past = [*given, (rated.RATED, written[0])]
    second = replace(rated.INVOICE, invoice="INV-2")
    invoiced = decided(second, given=after)

    assert written[0] == replace(
        RELEASED,
        quantity_was=Decimal(1_000),
        quantity=Decimal(400),
        value_pence_was=1_693_000,
        value_pence=677_200,
        reference=Decimal(400),
    )
    assert isinstance(written[1], ObligationReduced)
    assert written[1].pledged_pence_was - written[1].pledged_pence == 19_600 * 1_693
    assert written[2] == NeedCommitted(pledge_id=rated.RATED, quantity=Decimal(400))
    assert isinstance(invoiced, list)
    assert len(invoiced) == 1
    assert state(after, rated.RATED).most == 400


def test_a_rate_pledge_keeps_its_reference_where_that_is_less() -> None:
    """Spend outran the reference: 30,000 hours are confirmed, 20,000 were ranked."""
    given: Past = [*rated.invoiced(3_000_000_000), confirmed(30_000, rated.RATED)]
    written = decided(replace(RELEASE, pledge_id=rated.RATED), given=given)

    assert isinstance(written, list)
    assert isinstance(written[0], PledgeReleased)
    assert isinstance(written[1], ObligationReduced)
    assert written[0].quantity == 30_000
    assert written[0].reference == 20_000
    assert written[1].pledged_pence_was == written[1].pledged_pence
    assert state([*given, (rated.RATED, written[0])], rated.RATED).reference == 20_000


def test_a_rate_pledge_is_written_off_with_its_reference() -> None:
    """£1m of spend made 1,000 hours owed, of which 400 were confirmed."""
    default = replace(DEFAULTED, quantity_open=Decimal(600), value_pence=1_015_800)
    given: Past = [
        *rated.invoiced(100_000_000),
        confirmed(400, rated.RATED),
        (rated.RATED, default),
        (rated.RATED, REQUESTED),
    ]
    written = decided(replace(APPROVE, pledge_id=rated.RATED), APPROVER, given)

    assert isinstance(written, list)
    assert written[0] == replace(
        WRITTEN_OFF,
        quantity_was=Decimal(1_000),
        quantity=Decimal(400),
        value_pence_was=1_693_000,
        value_pence=677_200,
        reference=Decimal(400),
    )
    assert isinstance(written[1], ObligationReduced)
    assert written[1].pledged_pence_was - written[1].pledged_pence == 19_600 * 1_693


def test_varied_pledges_stay_in_their_phase() -> None:
    varied = PledgeVaried(
        contract_id=CONTRACT,
        quantity_was=Decimal(1_100),
        quantity=Decimal(1_000),
        value_pence_was=0,
        value_pence=0,
        counted_pence=0,
    )
    found = state([*LATE, (PLEDGE, varied)])

    assert found.phase == "defaulted"
    assert found.quantity == found.reference == 1_000
