"""Representations and proceedings, and when these keep the contract from being entered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from svx_ledger.domain.award.events import (
    ProceedingsNotified,
    RepresentationRecorded,
    SuspensionLifted,
)
from svx_ledger.domain.award.objecting import (
    LiftSuspension,
    RecordProceedings,
    RecordRepresentation,
)
from svx_ledger.domain.award.state import Award
from svx_ledger.domain.kind import Event
from svx_ledger.domain.procurement import Regime

from .auction.scene import RIVAL
from .cast import BIDDER, BOUGHT, BUYER, OTHER_BUYER, Past
from .outcome import World, outcome
from .worked_example import (
    AFTER,
    ASSESSED,
    AWARD,
    AWARDED,
    ENTER,
    ENTERED,
    MANAGER,
    award,
    facts,
)

DAY = timedelta(days=1)
NOTIFIED_ON = date(2026, 3, 20)  # the last day of the standstill
NIGHT = datetime(2026, 3, 20, 23, 59, tzinfo=UTC)
REPRESENTATION = RecordRepresentation(
    award_id=AWARD, supplier_id=RIVAL, received_on=NOTIFIED_ON, subject="scoring"
)
REPRESENTED = RepresentationRecorded(
    supplier_id=RIVAL, received_on=NOTIFIED_ON, subject="scoring", recorded_by=BUYER.id
)
PROCEEDINGS = RecordProceedings(
    award_id=AWARD,
    court_ref="HT-2026-000001",
    commenced_on=date(2026, 3, 10),
    notified_on=NOTIFIED_ON,
)
SUSPENDS = ProceedingsNotified(
    court_ref="HT-2026-000001",
    commenced_on=date(2026, 3, 10),
    notified_on=NOTIFIED_ON,
    suspends=True,
    recorded_by=BUYER.id,
)
SUSPENDED: Past = [*AWARDED, (AWARD, SUSPENDS)]
LIFT = LiftSuspension(
    award_id=AWARD,
    court_ref="HT-2026-000001",
    order_ref="ORDER-1",
    lifted_on=date(2026, 3, 21),
)
LIFTED = SuspensionLifted(
    court_ref="HT-2026-000001",
    order_ref="ORDER-1",
    lifted_on=date(2026, 3, 21),
    recorded_by=BUYER.id,
)
ALL = (REPRESENTATION, PROCEEDINGS, LIFT)


def test_a_representation_is_recorded_and_changes_nothing() -> None:
    world = World(AWARDED)
    before = world.streams[AWARD]
    world.execute(REPRESENTATION, BUYER, AFTER)

    assert outcome(given=AWARDED, when=REPRESENTATION, by=BUYER, at=NIGHT) == [REPRESENTED]
    assert world.streams[AWARD] == before


def test_proceedings_are_recorded_with_who_did_and_whether_they_suspend() -> None:
    assert outcome(given=AWARDED, when=PROCEEDINGS, by=BUYER, at=AFTER) == [SUSPENDS]


@pytest.mark.parametrize("command", ALL)
def test_the_authority_records(command: LiftSuspension) -> None:
    for given, by, expected in (
        (SUSPENDED, BIDDER, "role-not-allowed"),
        (SUSPENDED, OTHER_BUYER, "not-yours"),
        (AWARDED[:-5], BUYER, "not-found"),
    ):
        assert outcome(given=given, when=command, by=by, at=AFTER) == expected
    given = SUSPENDED if command == LIFT else AWARDED
    assert isinstance(outcome(given=given, when=command, by=MANAGER, at=AFTER), list)


def test_who_objects_was_assessed() -> None:
    stranger = replace(REPRESENTATION, supplier_id="organisation-supp9")
    left = award(ASSESSED, replace(ASSESSED, cause="supplier-excluded", ranking=()))

    assert outcome(given=AWARDED, when=stranger, by=BUYER, at=AFTER) == "not-assessed"
    assert facts(AWARDED, stranger, BUYER) == {"supplier": "organisation-supp9"}
    assert isinstance(outcome(given=left, when=REPRESENTATION, by=BUYER, at=AFTER), list)


def test_what_is_recorded_has_happened() -> None:
    early = datetime(2026, 3, 19, 23, 59, tzinfo=UTC)
    too_late = replace(LIFT, lifted_on=date(2026, 3, 22))

    for command in (REPRESENTATION, PROCEEDINGS):
        refused = outcome(given=AWARDED, when=command, by=BUYER, at=early)
        assert refused == "received-in-the-future"
        in_time = outcome(given=AWARDED, when=command, by=BUYER, at=early + DAY)
        assert isinstance(in_time, list)
    assert outcome(given=SUSPENDED, when=too_late, by=BUYER, at=AFTER) == (
        "received-in-the-future"
    )
    assert facts(SUSPENDED, too_late, BUYER) == {"day": "2026-03-22", "today": "2026-03-21"}
    assert outcome(given=SUSPENDED, when=LIFT, by=BUYER, at=AFTER) == [LIFTED]


def test_the_authority_is_told_after_proceedings_are_commenced() -> None:
    same_day = replace(PROCEEDINGS, commenced_on=NOTIFIED_ON)
    backwards = replace(PROCEEDINGS, commenced_on=NOTIFIED_ON + DAY)

    assert isinstance(outcome(given=AWARDED, when=same_day, by=BUYER, at=AFTER), list)
    assert outcome(given=AWARDED, when=backwards, by=BUYER, at=AFTER) == "period-backwards"
    assert facts(AWARDED, backwards, BUYER) == {
        "commenced_on": "2026-03-21",
        "notified_on": "2026-03-20",
    }


def test_proceedings_are_recorded_once() -> None:
    other = replace(PROCEEDINGS, court_ref="HT-2026-000002")

    assert outcome(given=SUSPENDED, when=PROCEEDINGS, by=BUYER, at=AFTER) == "proceedings-twice"
    assert facts(SUSPENDED, PROCEEDINGS, BUYER) == {"court_ref": "HT-2026-000001"}
    assert isinstance(outcome(given=SUSPENDED, when=other, by=BUYER, at=AFTER), list)


def under(regime: Regime, given: Past = AWARDED) -> Past:
    return [(s, replace(BOUGHT, regime=regime) if e == BOUGHT else e) for s, e in given]


def suspends(given: Past, commenced_on: date, notified_on: date) -> bool:
    command = replace(PROCEEDINGS, commenced_on=commenced_on, notified_on=notified_on)
    recorded = outcome(given=given, when=command, by=BUYER, at=AFTER + 10 * DAY)
    assert isinstance(recorded, list), recorded
    assert isinstance(recorded[0], ProceedingsNotified)
    return recorded[0].suspends


@pytest.mark.parametrize("regime", ["pa2023", "light_touch"])
def test_under_the_act_they_suspend_if_commenced_and_notified_in_the_standstill(
    regime: Regime,
) -> None:
    first, last = date(2026, 3, 10), date(2026, 3, 20)
    given = under(regime)
    unannounced = under(regime, award(ASSESSED))

    assert suspends(given, first, last)
    assert suspends(given, last, last)
    assert not suspends(given, first - DAY, last)
    assert not suspends(given, first, last + DAY)
    assert not suspends(unannounced, first, last)


@pytest.mark.parametrize("regime", ["pcr2015", "scotland", "other"])
def test_under_older_regulations_they_suspend_at_any_time_before_the_contract(
    regime: Regime,
) -> None:
    for given in (under(regime, award(ASSESSED)), under(regime)):
        assert suspends(given, date(2026, 3, 1), date(2026, 3, 1))
        assert suspends(given, date(2026, 3, 31), date(2026, 3, 31))
    assert not suspends(under(regime, ENTERED), date(2026, 3, 20), date(2026, 3, 20))


def test_below_the_thresholds_no_proceedings_suspend() -> None:
    given = under("below_threshold")

    assert not suspends(given, date(2026, 3, 10), date(2026, 3, 20))


def test_once_the_contract_is_entered_nothing_is_suspended() -> None:
    assert not suspends(ENTERED, date(2026, 3, 10), date(2026, 3, 20))


def enter(given: Past) -> list[Event] | str:
    return outcome(given=given, when=ENTER, by=BUYER, at=AFTER)


def test_no_contract_is_entered_while_an_award_is_suspended() -> None:
    harmless = replace(SUSPENDS, suspends=False)
    second = replace(SUSPENDS, court_ref="HT-2026-000002")

    assert enter(SUSPENDED) == "award-suspended"
    assert facts(SUSPENDED, ENTER, BUYER) == {"court_ref": "HT-2026-000001"}
    assert isinstance(enter([*AWARDED, (AWARD, harmless)]), list)
    assert isinstance(enter([*SUSPENDED, (AWARD, LIFTED)]), list)
    assert enter([*SUSPENDED, (AWARD, second), (AWARD, LIFTED)]) == "award-suspended"


def test_a_suspension_outlasts_a_new_ranking() -> None:
    again = replace(ASSESSED, cause="tender-withdrawn")
    state = World([*SUSPENDED, (AWARD, again)]).streams[AWARD]

    assert isinstance(state, Award)
    assert state.suspended
    assert state.proceedings == {"HT-2026-000001": NOTIFIED_ON}


def test_what_is_lifted_suspends() -> None:
    harmless = [*AWARDED, (AWARD, replace(SUSPENDS, suspends=False))]
    lifted = [*SUSPENDED, (AWARD, LIFTED)]

    for given in (AWARDED, harmless, lifted):
        assert outcome(given=given, when=LIFT, by=BUYER, at=AFTER) == "not-suspended"
    assert facts(AWARDED, LIFT, BUYER) == {"court_ref": "HT-2026-000001"}


def test_a_suspension_is_lifted_after_the_authority_was_told() -> None:
    same_day = replace(LIFT, lifted_on=NOTIFIED_ON)
    before = replace(LIFT, lifted_on=NOTIFIED_ON - DAY)

    assert isinstance(outcome(given=SUSPENDED, when=same_day, by=BUYER, at=AFTER), list)
    assert outcome(given=SUSPENDED, when=before, by=BUYER, at=AFTER) == "period-backwards"
    assert facts(SUSPENDED, before, BUYER) == {
        "notified_on": "2026-03-20",
        "lifted_on": "2026-03-19",
    }
