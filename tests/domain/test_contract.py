"""The rules of contracts, each on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import AuctionConcluded
from svx_ledger.domain.contract.events import (
    ContractEntered,
    ContractVaried,
    LineChange,
    VariationRequested,
    VariedLine,
)
from svx_ledger.domain.contract.state import Contract
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import Need, NeedCommitted, NeedListed, NeedReleased
from svx_ledger.domain.pledge.events import (
    DeliveryConfirmed,
    PledgeCommitted,
    PledgeVaried,
    pledge_id_of,
)
from svx_ledger.domain.procurement import InterestDeclared
from svx_ledger.domain.rule import WRONG_STATE, Facts

from .auction.scene import ASSESSOR, AUCTION
from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
)
from .outcome import OPERATOR, World, outcome
from .worked_example import (
    AFTER,
    ASSESSED,
    AWARD,
    AWARD_APPROVED,
    AWARDED,
    CASH_NEED,
    CONTRACT,
    CONTRACT_VALUE_PENCE,
    ENTER,
    ENTERED,
    EXPERT_NEED,
    LAPTOP_NEED,
    LAPTOPS_COMMITTED,
    MANAGER,
    PLEDGED,
    PLEDGED_PENCE,
    RECOMMENDED,
    RUNNER_UP_PENCE,
    SENT,
    STANDSTILL,
    VALUES_PENCE,
    VOLUNTEER_NEED,
    award,
    entered,
    facts,
    line,
    pledge,
)

INSTANT = timedelta(microseconds=1)
MILLIONTH = Decimal("0.000001")
REQUEST = RequestVariation(
    contract_id=CONTRACT,
    lines=(line(LAPTOP_NEED, 1_000),),
    ground="Fewer pupils than expected",
    notice="UK10-1",
)
REQUESTED = VariationRequested(
    lines=REQUEST.lines,
    ground=REQUEST.ground,
    notice="UK10-1",
    requested_by=MANAGER.id,
    request_no=1,
)
APPROVE = ApproveVariation(contract_id=CONTRACT)
CONTRACT_ENTERED = ContractEntered(
    award_id=AWARD,
    entered_on=date(2026, 3, 21),
    period_from=date(2026, 4, 1),
    period_to=date(2029, 3, 31),
    procurement_id=PROCUREMENT,
    lot="1",
    authority_id=AUTHORITY,
    supplier_id=SUPPLIER,
    auction_id=AUCTION,
    contract_value_pence=CONTRACT_VALUE_PENCE,
    pledged_pence=PLEDGED_PENCE,
    runner_up_pence=RUNNER_UP_PENCE,
)


def test_entering_writes_the_contract_a_pledge_for_each_line_and_releases_each_need() -> None:
    written = entered()[len(AWARDED) :]
    released = NeedReleased(auction_id=AUCTION)
    commits = [
        (need, NeedCommitted(pledge_id=pledge(need), quantity=quantity))
        for need, quantity in PLEDGED.items()
    ]
    pledged = [(s, e.value_pence) for s, e in written if isinstance(e, PledgeCommitted)]

    assert written[0] == (CONTRACT, CONTRACT_ENTERED)
    assert written[3] == (pledge(LAPTOP_NEED), LAPTOPS_COMMITTED)
    assert written[2:9:2] == commits
    assert pledged == [(pledge(need), value) for need, value in VALUES_PENCE.items()]
    assert written[9:-1] == [(need, released) for need in PLEDGED]
    assert written[-1] == (AUCTION, AuctionConcluded(contract_id=CONTRACT))


def test_a_need_without_a_line_is_released_too() -> None:
    cash_only = replace(AWARD_APPROVED, lines=AWARD_APPROVED.lines[:1])
    written = entered(award(ASSESSED, RECOMMENDED, cash_only, SENT, STANDSTILL))[len(AWARDED) :]

    assert [type(event) for _, event in written] == [
        ContractEntered,
        PledgeCommitted,
        NeedCommitted,
        *[NeedReleased] * 4,
        AuctionConcluded,
    ]


def test_a_pledge_is_named_after_contract_and_need() -> None:
    assert pledge_id_of("contract-c001", "need-cash") == "pledge-022707823c57c2570230b021df"


def test_a_pledge_is_due_when_it_is_needed_but_within_the_contract() -> None:
    def due_by(period_to: date) -> set[date]:
        given = entered(when=replace(ENTER, period_to=period_to))
        return {event.due_by for _, event in given if isinstance(event, PledgeCommitted)}

    assert due_by(date(2026, 9, 2)) == {date(2026, 9, 1)}
    assert due_by(date(2026, 8, 31)) == {date(2026, 8, 31)}


@pytest.mark.parametrize(
    ("at", "entered_on"),
    [
        (datetime(2026, 6, 10, 22, 59, tzinfo=UTC), date(2026, 6, 10)),
        (datetime(2026, 6, 10, 23, 0, tzinfo=UTC), date(2026, 6, 11)),
    ],
)
def test_a_contract_is_entered_on_the_day_in_london(at: datetime, entered_on: date) -> None:
    written = outcome(given=AWARDED, when=ENTER, by=BUYER, at=at)

    assert isinstance(written, list)
    assert {
        event.entered_on
        for event in written
        if isinstance(event, ContractEntered | PledgeCommitted)
    } == {entered_on}


def test_a_pledge_says_whether_it_can_be_divided() -> None:
    pledged = {s: e.divisible for s, e in ENTERED if isinstance(e, PledgeCommitted)}

    assert pledged == {pledge(need): need != LAPTOP_NEED for need in PLEDGED}


@pytest.mark.parametrize(
    ("last_day", "first_instant"),
    [
        (date(2026, 3, 20), datetime(2026, 3, 21, 0, tzinfo=UTC)),  # GMT
        (date(2026, 6, 10), datetime(2026, 6, 10, 23, tzinfo=UTC)),  # BST
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),  # GMT when it began
    ],
)
def test_a_contract_is_entered_from_midnight_after_the_standstill(
    last_day: date, first_instant: datetime
) -> None:
    announced = replace(STANDSTILL, last_day=last_day)
    given = award(ASSESSED, RECOMMENDED, AWARD_APPROVED, SENT, announced)

    too_early = outcome(given=given, when=ENTER, by=BUYER, at=first_instant - INSTANT)
    in_time = outcome(given=given, when=ENTER, by=BUYER, at=first_instant)

    assert too_early == "standstill-runs"
    assert isinstance(in_time, list)


def test_the_award_notice_was_published() -> None:
    for given in (award(ASSESSED), award(ASSESSED, RECOMMENDED, AWARD_APPROVED, SENT)):
        assert outcome(given=given, when=ENTER, by=BUYER, at=AFTER) == "wrong-state"


def test_the_authority_enters_the_contract() -> None:
    assert isinstance(outcome(given=AWARDED, when=ENTER, by=MANAGER, at=AFTER), list)
    assert outcome(given=AWARDED, when=ENTER, by=BIDDER, at=AFTER) == "role-not-allowed"
    assert outcome(given=AWARDED, when=ENTER, by=OTHER_BUYER, at=AFTER) == "not-yours"


def test_an_award_leads_to_one_contract() -> None:
    second = replace(ENTER, contract_id="contract-c002")

    assert isinstance(outcome(given=AWARDED, when=second, by=BUYER, at=AFTER), list)
    assert outcome(given=ENTERED, when=second, by=BUYER, at=AFTER) == "contract-entered-already"


def test_the_period_does_not_run_backwards() -> None:
    one_day = replace(ENTER, period_to=ENTER.period_from)
    backwards = replace(ENTER, period_to=ENTER.period_from - timedelta(days=1))

    assert isinstance(outcome(given=AWARDED, when=one_day, by=BUYER, at=AFTER), list)
    assert outcome(given=AWARDED, when=backwards, by=BUYER, at=AFTER) == "period-backwards"


def test_what_a_contract_names_exists_and_the_contract_does_not() -> None:
    assert outcome(when=ENTER, by=BUYER, at=AFTER) == "not-found"
    assert outcome(given=ENTERED, when=ENTER, by=BUYER, at=AFTER) == "already-exists"
    assert outcome(given=AWARDED, when=REQUEST, by=MANAGER) == "not-found"
    assert outcome(given=AWARDED, when=APPROVE, by=APPROVER) == "not-found"


def test_a_pledge_that_exists_is_not_made_again() -> None:
    taken = [*AWARDED, (pledge(VOLUNTEER_NEED), LAPTOPS_COMMITTED)]

    assert outcome(given=taken, when=ENTER, by=BUYER, at=AFTER) == "already-exists"


def test_a_need_is_committed_and_open_for_the_rest_once_the_contract_is_entered() -> None:
    cash = World(ENTERED).streams[CASH_NEED]

    assert isinstance(cash, Need)
    assert cash.listed_in is None
    assert cash.outstanding == 2_600_000


def test_a_contract_keeps_its_terms_and_what_its_pledges_are_worth() -> None:
    asked = World([*ENTERED, (CONTRACT, REQUESTED)])
    asked.execute(APPROVE, APPROVER, AFTER)

    assert World(ENTERED).streams[CONTRACT] == Contract(
        terms=CONTRACT_ENTERED, pledged_pence=PLEDGED_PENCE
    )
    assert asked.streams[CONTRACT] == Contract(
        terms=CONTRACT_ENTERED, pledged_pence=PLEDGED_PENCE - 3_000_000, requests=1
    )


def test_a_contract_manager_or_buyer_requests_a_variation() -> None:
    assert outcome(given=ENTERED, when=REQUEST, by=MANAGER) == [REQUESTED]
    assert outcome(given=ENTERED, when=REQUEST, by=BUYER) == [
        replace(REQUESTED, requested_by=BUYER.id)
    ]
    assert outcome(given=ENTERED, when=REQUEST, by=ASSESSOR) == "role-not-allowed"
    assert outcome(given=ENTERED, when=REQUEST, by=OTHER_BUYER) == "not-yours"


def test_a_later_request_takes_the_place_of_one_that_nobody_approved() -> None:
    asked: Past = [*ENTERED, (CONTRACT, REQUESTED)]
    later = replace(REQUEST, lines=(line(CASH_NEED, 7),))
    world = World(asked)
    world.execute(later, MANAGER, AFTER)
    decided = world.execute(APPROVE, APPROVER, AFTER)

    assert isinstance(decided, list)
    varied = decided[0][1]
    assert isinstance(varied, ContractVaried)
    (change,) = varied.lines
    assert (change.need_id, change.quantity) == (CASH_NEED, Decimal(7))
    assert world.execute(APPROVE, APPROVER, AFTER) == WRONG_STATE.refuse(
        state="none requested", expected="variation requested"
    )


def test_an_approval_names_the_request_that_stands() -> None:
    later = replace(REQUESTED, lines=(line(CASH_NEED, 7),), request_no=2)
    given: Past = [*ENTERED, (CONTRACT, REQUESTED), (CONTRACT, later)]
    unnumbered: Past = [*ENTERED, (CONTRACT, replace(REQUESTED, request_no=None))]
    first, second = (replace(APPROVE, request_no=no) for no in (1, 2))
    approved = outcome(given=given, when=second, by=APPROVER)

    assert outcome(given=ENTERED, when=REQUEST, by=MANAGER) == [REQUESTED]
    assert outcome(given=given[:-1], when=REQUEST, by=MANAGER) == [
        replace(REQUESTED, request_no=2)
    ]
    assert outcome(given=given, when=first, by=APPROVER) == "other-request"
    assert facts(given, first, APPROVER) == {"request_no": 2}
    assert facts(unnumbered, first, APPROVER) == {"request_no": 0}
    assert isinstance(approved, list)
    assert isinstance(approved[0], ContractVaried)
    assert approved[0].request_no == 2
    assert isinstance(outcome(given=given, when=APPROVE, by=APPROVER), list)


def test_a_person_with_a_conflict_does_not_approve_a_variation() -> None:
    def asked(person: str) -> Past:
        interest = InterestDeclared(
            person_id=person,
            organisation_id=SUPPLIER,
            nature="family",
            interest_no=1,
            declared_by=person,
        )
        return [*ENTERED, (CONTRACT, REQUESTED), (PROCUREMENT, interest)]

    assert outcome(given=asked(APPROVER.id), when=APPROVE, by=APPROVER) == (
        "conflict-of-interest"
    )
    assert isinstance(outcome(given=asked("person-else"), when=APPROVE, by=APPROVER), list)


def request(*lines: VariedLine) -> list[Event] | str:
    return outcome(given=ENTERED, when=replace(REQUEST, lines=lines), by=MANAGER)


def test_a_variation_names_pledged_needs_once_each() -> None:
    assert isinstance(request(line(LAPTOP_NEED, 1), line(CASH_NEED, 1)), list)
    assert request(line(LAPTOP_NEED, 1), line(LAPTOP_NEED, 2)) == "need-not-pledged"
    assert request(line("need-n009", 1)) == "need-not-pledged"


def test_the_least_that_can_be_owed_is_nothing() -> None:
    assert isinstance(request(line(CASH_NEED, 0)), list)
    assert request(VariedLine(need_id=CASH_NEED, quantity=-MILLIONTH)) == (
        "varied-below-nothing"
    )


def vary(*lines: VariedLine, given: Past = ENTERED, by: Actor = APPROVER) -> list[Event] | str:
    asked = (CONTRACT, replace(REQUESTED, lines=lines))
    return outcome(given=[*given, asked], when=APPROVE, by=by)


def test_an_approved_variation_changes_contract_pledge_and_need() -> None:
    assert vary(line(LAPTOP_NEED, 1_000), line(CASH_NEED, 2_500_000)) == [
        ContractVaried(
            approved_by=APPROVER.id,
            lines=(
                LineChange(
                    need_id=LAPTOP_NEED,
                    pledge_id=pledge(LAPTOP_NEED),
                    quantity_was=Decimal(1_100),
                    quantity=Decimal(1_000),
                ),
                LineChange(
                    need_id=CASH_NEED,
                    pledge_id=pledge(CASH_NEED),
                    quantity_was=Decimal(2_400_000),
                    quantity=Decimal(2_500_000),
                ),
            ),
            ground=REQUESTED.ground,
            notice="UK10-1",
            pledged_pence_was=PLEDGED_PENCE,
            pledged_pence=PLEDGED_PENCE - 3_000_000 + 10_000_000,
            runner_up_pence=RUNNER_UP_PENCE,
            below_runner_up=False,
        ),
        PledgeVaried(
            contract_id=CONTRACT,
            quantity_was=Decimal(1_100),
            quantity=Decimal(1_000),
            value_pence_was=33_000_000,
            value_pence=30_000_000,
            counted_pence=0,
        ),
        NeedCommitted(pledge_id=pledge(LAPTOP_NEED), quantity=Decimal(1_000)),
        PledgeVaried(
            contract_id=CONTRACT,
            quantity_was=Decimal(2_400_000),
            quantity=Decimal(2_500_000),
            value_pence_was=240_000_000,
            value_pence=250_000_000,
            counted_pence=0,
        ),
        NeedCommitted(pledge_id=pledge(CASH_NEED), quantity=Decimal(2_500_000)),
    ]


def test_a_second_person_of_the_same_authority_approves() -> None:
    same = replace(APPROVER, id=REQUESTED.requested_by)

    assert vary(line(LAPTOP_NEED, 1), by=same) == "same-person"
    assert vary(line(LAPTOP_NEED, 1), by=OPERATOR) == "role-not-allowed"
    assert vary(line(LAPTOP_NEED, 1), by=OTHER_BUYER) == "not-yours"


def test_a_variation_is_approved_after_it_was_requested() -> None:
    assert outcome(given=ENTERED, when=APPROVE, by=APPROVER) == "wrong-state"


def confirmed(need: str, quantity: str) -> tuple[str, Event]:
    event = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(quantity),
        by="community",
        confirmed_by="person-lead",
        value_pence=0,
        counted_pence=0,
    )
    return pledge(need), event


def test_a_variation_goes_down_to_what_is_confirmed_and_no_further() -> None:
    given = [*ENTERED, confirmed(EXPERT_NEED, "9000")]

    assert isinstance(vary(line(EXPERT_NEED, 9_000), given=given), list)
    assert vary(line(EXPERT_NEED, "8999.999999"), given=given) == "varied-below-confirmed"
    assert isinstance(vary(line(EXPERT_NEED, 0)), list)


def test_a_raise_stays_within_what_is_outstanding() -> None:
    assert isinstance(vary(line(CASH_NEED, 5_000_000)), list)
    assert vary(line(CASH_NEED, "5000000.000001")) == "varied-above-outstanding"
    assert isinstance(vary(line(LAPTOP_NEED, 1_100)), list)
    assert vary(line(LAPTOP_NEED, 1_101)) == "varied-above-outstanding"


def test_what_cannot_be_divided_is_owed_in_whole_units() -> None:
    half = replace(REQUESTED, lines=(line(LAPTOP_NEED, "999.5"),))

    assert facts([*ENTERED, (CONTRACT, half)], APPROVE, APPROVER) == {
        "need": LAPTOP_NEED,
        "quantity": "999.5",
    }
    assert vary(line(LAPTOP_NEED, "999.5")) == "quantity-indivisible"
    assert isinstance(vary(line(LAPTOP_NEED, "999")), list)
    assert isinstance(vary(line(CASH_NEED, "999.5")), list)


def test_all_pledges_together_have_a_value_that_a_record_can_state() -> None:
    rich = replace(CONTRACT_ENTERED, pledged_pence=10**15 - 100)
    given = [(s, rich if e == CONTRACT_ENTERED else e) for s, e in ENTERED]

    assert isinstance(vary(line(CASH_NEED, 2_400_001), given=given), list)
    assert vary(line(CASH_NEED, "2400001.01"), given=given) == "worth-too-much"


def test_a_raise_takes_nothing_that_an_auction_has_reserved() -> None:
    listed = NeedListed(auction_id="auction-a002", relevance="The next contract")
    given = [*ENTERED, (CASH_NEED, listed)]

    assert vary(line(CASH_NEED, "2400000.000001"), given=given) == "need-reserved"
    assert isinstance(vary(line(CASH_NEED, 2_400_000), given=given), list)
    assert isinstance(vary(line(CASH_NEED, 1), given=given), list)


def test_a_raise_counts_what_was_delivered_in_excess() -> None:
    given = [*ENTERED, confirmed(CASH_NEED, "2400010")]
    varied = vary(line(CASH_NEED, 2_400_020), given=given)

    assert isinstance(varied, list)
    assert isinstance(varied[1], PledgeVaried)
    assert varied[1].counted_pence == 1_000


def test_a_contract_worth_less_than_the_runner_up_is_flagged() -> None:
    def flagged(cash: str | int, given: Past = ENTERED) -> bool:
        events = vary(line(CASH_NEED, cash), given=given)
        assert isinstance(events, list)
        assert isinstance(events[0], ContractVaried)
        return events[0].below_runner_up

    alone = award(
        ASSESSED, RECOMMENDED, replace(AWARD_APPROVED, runner_up_pence=None), SENT, STANDSTILL
    )

    assert not flagged("1642200.00")  # £4,200,000 exactly
    assert flagged("1642199.99")
    assert not flagged(0, given=entered(alone))


def test_a_second_variation_starts_from_the_first() -> None:
    world = World(ENTERED)
    for quantity in (1_000, 900):
        lines = (line(LAPTOP_NEED, quantity),)
        world.execute(replace(REQUEST, lines=lines), MANAGER, AFTER)
        decision = world.execute(APPROVE, APPROVER, AFTER)

    assert isinstance(decision, list)
    varied = decision[0][1]
    assert isinstance(varied, ContractVaried)
    assert varied.pledged_pence_was == PLEDGED_PENCE - 3_000_000
    assert varied.pledged_pence == PLEDGED_PENCE - 6_000_000
    assert varied.lines[0].quantity_was == 1_000


def test_a_refusal_says_why() -> None:
    second = replace(ENTER, contract_id="contract-c002")
    backwards = replace(ENTER, period_to=date(2026, 3, 31))
    sent = award(ASSESSED, RECOMMENDED, AWARD_APPROVED, SENT)
    asked: Past = [*ENTERED, (CONTRACT, REQUESTED)]
    same = replace(APPROVER, id=MANAGER.id)

    assert facts(ENTERED, second, BUYER) == {"contract": CONTRACT}
    assert facts(sent, ENTER, BUYER) == {"state": "summaries-sent", "expected": "standstill"}
    assert facts(AWARDED, ENTER, BUYER, AFTER - INSTANT) == {
        "last_day": "2026-03-20",
        "today": "2026-03-20",
    }
    assert facts(AWARDED, backwards, BUYER) == {
        "period_from": "2026-04-01",
        "period_to": "2026-03-31",
    }
    assert facts(ENTERED, REQUEST, APPROVER) == {
        "allowed": "authority.contract_manager, authority.buyer",
        "role": "authority.approver",
    }
    assert facts(ENTERED, replace(REQUEST, lines=(line("need-n009", 1),)), MANAGER) == {
        "need": "need-n009"
    }
    assert facts(ENTERED, replace(REQUEST, lines=(line(CASH_NEED, "-1"),)), MANAGER) == {
        "need": CASH_NEED,
        "quantity": "-1",
    }
    assert facts(ENTERED, APPROVE, APPROVER) == {
        "state": "none requested",
        "expected": "variation requested",
    }
    assert facts(asked, APPROVE, same) == {"person": MANAGER.id}


def test_a_refused_variation_says_what_stands_against_it() -> None:
    def against(change: VariedLine, *given: tuple[str, Event]) -> Facts:
        asked = (CONTRACT, replace(REQUESTED, lines=(change,)))
        return facts([*ENTERED, *given, asked], APPROVE, APPROVER)

    listed = NeedListed(auction_id="auction-a002", relevance="The next contract")

    assert against(line(EXPERT_NEED, "8999.5"), confirmed(EXPERT_NEED, "9000")) == {
        "need": EXPERT_NEED,
        "quantity": "8999.5",
        "confirmed": "9000",
        "unit": "hour",
    }
    assert against(line(LAPTOP_NEED, 1_101), (LAPTOP_NEED, listed)) == {
        "need": LAPTOP_NEED,
        "auction": "auction-a002",
    }
    assert against(line(CASH_NEED, 5_000_001)) == {
        "need": CASH_NEED,
        "raised": "2600001",
        "outstanding": "2600000",
        "unit": "£",
    }
