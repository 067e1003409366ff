"""Observed history: recorded once, never acted in (everybody is fictional)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, States
from svx_ledger.domain.observation.elsewhere import evolve
from svx_ledger.domain.observation.events import (
    NoticeRecorded,
    ProcurementObserved,
    PublishedAwardRecorded,
)
from svx_ledger.domain.observation.merging import Statement, latest, sums, uncertain
from svx_ledger.domain.observation.observing import (
    ObserveProcurement,
    RecordNotice,
    RecordPublishedAward,
)
from svx_ledger.domain.observation.state import ObservedProcurement
from svx_ledger.domain.observation.stated import (
    Source,
    Stated,
    StatedMoney,
    StatedParty,
    StatedTime,
)
from svx_ledger.domain.procurement import PublishTenderNotice
from svx_ledger.domain.procurement.registering import RegisterProcurement
from svx_ledger.domain.rule import Refusal

from .cast import AUTHORITY, BOUGHT, BUYER, LOT, PROCUREMENT, Past, verified
from .outcome import NOON, OPERATOR, World, outcome

STREAM = "procurement-0bserved"
OCID = "ocds-demo00-lamps"
SOURCE = Source(file="notices.json", pointer="/releases/0", release_sha256="5e" * 32)
LATER = replace(SOURCE, release_sha256="6f" * 32)
TITLE = Stated(text="Lamps for the quay")
BUYING = StatedParty(name=Stated(text="Fenmarsh Borough Council (fictional)"))
OBSERVE = ObserveProcurement(
    procurement_id=STREAM, ocid=OCID, source=SOURCE, title=TITLE, buyer=BUYING
)
OBSERVED = ProcurementObserved(ocid=OCID, source=SOURCE, title=TITLE, buyer=BUYING)
TIME = StatedTime(text="12 months")
VALUE = StatedMoney(amount=Decimal("72508.80"), currency="GBP")
NOTICE = RecordNotice(
    procurement_id=STREAM,
    source=SOURCE,
    release_id="lamps-1",
    tags=("award",),
    dated=TIME,
    title=TITLE,
    buyer=BUYING,
    status="complete",
    value=VALUE,
    least_value=VALUE,
    deadline=TIME,
    starts=TIME,
    ends=TIME,
    awards=1,
)
RECORDED = NoticeRecorded(
    source=SOURCE,
    release_id="lamps-1",
    tags=("award",),
    dated=TIME,
    title=TITLE,
    buyer=BUYING,
    status="complete",
    value=VALUE,
    least_value=VALUE,
    deadline=TIME,
    starts=TIME,
    ends=TIME,
    awards=1,
)
AWARD = RecordPublishedAward(
    procurement_id=STREAM,
    award_id="lamps-1-1",
    source=SOURCE,
    suppliers=(BUYING,),
    release_id="lamps-1",
    released=TIME,
    title=TITLE,
    status="active",
    value=VALUE,
    dated=TIME,
)
PUBLISHED = PublishedAwardRecorded(
    award_id="lamps-1-1",
    source=SOURCE,
    suppliers=(BUYING,),
    release_id="lamps-1",
    released=TIME,
    title=TITLE,
    status="active",
    value=VALUE,
    dated=TIME,
)
HISTORY: Past = [(STREAM, OBSERVED)]
OWN: Past = [*verified(AUTHORITY, "authority"), (PROCUREMENT, BOUGHT)]


def test_a_procurement_elsewhere_is_observed_with_a_notice_and_an_award() -> None:
    assert outcome(when=OBSERVE) == [OBSERVED]
    assert outcome(given=HISTORY, when=NOTICE) == [RECORDED]
    assert outcome(given=HISTORY, when=AWARD) == [PUBLISHED]


@pytest.mark.parametrize("command", [OBSERVE, NOTICE, AWARD])
def test_the_operator_observes(command: Command) -> None:
    given = [] if command is OBSERVE else HISTORY
    refusal = World(given).decide(command, BUYER, NOON)

    assert isinstance(refusal, Refusal)
    assert refusal.rule.name == "role-not-allowed"
    assert refusal.facts == {"allowed": "operator", "role": "authority.buyer"}


def test_an_ocid_is_observed_once_and_never_where_it_is_the_exchanges_own() -> None:
    second = replace(OBSERVE, procurement_id="procurement-0ther")
    taken = replace(second, ocid=BOUGHT.ocid)
    refusal = World(HISTORY).decide(second, OPERATOR, NOON)

    assert isinstance(refusal, Refusal)
    assert (refusal.rule.name, refusal.facts) == (
        "ocid-taken",
        {"ocid": OCID, "procurement": STREAM},
    )
    assert outcome(given=OWN, when=taken) == "ocid-taken"
    assert isinstance(outcome(given=HISTORY, when=replace(second, ocid="ocds-b")), list)


def test_an_observation_does_not_keep_an_authority_from_registering() -> None:
    register = RegisterProcurement(
        procurement_id=PROCUREMENT,
        ocid=OCID,
        title="Lamps",
        authority_id=AUTHORITY,
        acts_for=(),
        lots=(LOT,),
        regime="pa2023",
        nation="england",
        policy="own",
        social_value_weight=Decimal(10),
    )
    given = [*HISTORY, *verified(AUTHORITY, "authority")]

    assert isinstance(outcome(given=given, when=register, by=BUYER), list)


@pytest.mark.parametrize("command", [NOTICE, AWARD])
def test_only_what_is_observed_takes_notices_and_published_awards(command: Command) -> None:
    own = replace(command, procurement_id=PROCUREMENT)  # type: ignore[type-var]
    refusal = World(OWN).decide(own, OPERATOR, NOON)

    assert outcome(when=command) == "not-found"
    assert isinstance(refusal, Refusal)
    assert refusal.rule.name == "wrong-state"
    assert refusal.facts == {"state": "registered", "expected": "observed"}


def test_a_release_is_recorded_once_and_another_of_its_id_is_a_further_statement() -> None:
    given: Past = [*HISTORY, (STREAM, RECORDED)]
    refusal = World(given).decide(NOTICE, OPERATOR, NOON)

    assert isinstance(refusal, Refusal)
    assert refusal.rule.name == "release-recorded"
    assert refusal.facts == {"release_sha256": SOURCE.release_sha256}
    assert isinstance(outcome(given=given, when=replace(NOTICE, source=LATER)), list)


def test_what_a_release_states_of_an_award_is_recorded_once() -> None:
    given: Past = [*HISTORY, (STREAM, PUBLISHED)]
    refusal = World(given).decide(AWARD, OPERATOR, NOON)

    assert isinstance(refusal, Refusal)
    assert refusal.rule.name == "statement-recorded"
    assert refusal.facts == {"release_sha256": SOURCE.release_sha256}
    assert isinstance(outcome(given=given, when=replace(AWARD, source=LATER)), list)
    assert isinstance(outcome(given=given, when=replace(AWARD, award_id="lamps-1-2")), list)


def test_the_exchange_does_not_act_in_what_it_only_observed() -> None:
    publish = PublishTenderNotice(
        procurement_id=STREAM, notice="UK4", reference="UK4-1", published_on=NOON.date()
    )
    refusal = World(HISTORY).decide(publish, BUYER, NOON)

    assert isinstance(refusal, Refusal)
    assert refusal.rule.name == "observed-elsewhere"
    assert refusal.facts == {"procurement": STREAM}


def test_an_observed_procurement_knows_what_was_recorded() -> None:
    state = World([*HISTORY, (STREAM, RECORDED), (STREAM, PUBLISHED)]).streams[STREAM]

    assert state == ObservedProcurement(
        ocid=OCID,
        notices=frozenset({SOURCE.release_sha256}),
        awards=frozenset({("lamps-1-1", SOURCE.release_sha256)}),
    )


def test_the_two_sorts_of_procurement_do_not_mix_on_a_stream() -> None:
    registered = evolve(None, BOUGHT)
    observed = evolve(None, OBSERVED)

    with pytest.raises(TypeError, match="NoticeRecorded follows on Procurement"):
        evolve(registered, RECORDED)
    with pytest.raises(TypeError, match="ProcurementRegistered follows on ObservedProcurement"):
        evolve(observed, BOUGHT)


def test_a_state_is_known_by_its_sort() -> None:
    states = States({STREAM: World(HISTORY).streams[STREAM]})

    assert states.known(ObservedProcurement, STREAM) is not None
    assert states.known(Actor, STREAM) is None
    assert states.known(ObservedProcurement, PROCUREMENT) is None


@pytest.mark.parametrize(
    ("amount", "currency", "pence"),
    [
        ("72508.8", "GBP", 7_250_880),
        ("0", "GBP", 0),
        ("0.01", "GBP", 1),
        ("0.001", "GBP", None),
        ("-0.01", "GBP", None),
        ("10000000000000", "GBP", 10**15),
        ("10000000000000.01", "GBP", None),
        ("1", "EUR", None),
        ("1", "gbp", None),
        ("1", None, None),
    ],
)
def test_pence_are_those_of_whole_pounds_and_pence(
    amount: str, currency: str | None, pence: int | None
) -> None:
    assert StatedMoney(amount=Decimal(amount), currency=currency).pence == pence


def statement(order: int, at: int | None, pence: int | None, **other: str) -> Statement:
    """A statement of award `a` of process `o`, released in that year."""
    released = datetime(at, 1, 1, tzinfo=UTC) if at else None
    return Statement(
        ocid=other.get("ocid", "o"),
        award_id=other.get("award_id", "a"),
        released_at=released,
        order=order,
        pence=pence,
        valued=pence is not None,
    )


def test_of_several_statements_the_one_released_last_counts_whatever_their_order() -> None:
    newest, older = statement(1, 2022, 300), statement(2, 2021, 100)
    undated = statement(3, None, 50)

    assert latest([newest, older, undated]) == {("o", "a"): newest}
    assert latest([undated, older]) == {("o", "a"): older}


def test_of_statements_released_together_the_one_that_came_last_counts() -> None:
    first, second = statement(1, 2022, 300), statement(2, 2022, 100)

    assert latest([first, second]) == {("o", "a"): second}
    assert latest([second, first]) == {("o", "a"): second}


def test_a_day_counts_as_its_end_and_where_that_is_a_guess_it_is_uncertain() -> None:
    noon = statement(1, 2022, 300)._replace(released_at=datetime(2022, 3, 1, 12, tzinfo=UTC))
    day = statement(2, None, 1)._replace(released_on=date(2022, 3, 1), order=0)
    next_day = day._replace(released_on=date(2022, 3, 2), order=0)
    before = day._replace(released_on=date(2022, 2, 28))

    assert latest([noon, day]) == {("o", "a"): day}
    assert uncertain([noon, day]) == [day]
    assert latest([noon, next_day]) == {("o", "a"): next_day}
    assert uncertain([noon, next_day]) == []
    assert latest([noon, before]) == {("o", "a"): noon}
    assert uncertain([noon, before]) == []
    assert uncertain([noon, statement(2, None, 5)]) == [noon]
    assert uncertain([noon, noon._replace(order=2)]) == [noon._replace(order=2)]
    assert uncertain([noon]) == []


def test_sums_are_given_both_ways() -> None:
    said = [
        statement(1, 2022, 300),
        statement(2, 2021, 100),
        statement(3, 2022, 7, award_id="b"),
        statement(4, 2022, 5, ocid="p"),
        statement(5, 2022, None, ocid="q"),
        statement(6, 2022, None, ocid="r")._replace(valued=True),
    ]
    found = sums(said)

    assert (found.statements, found.statements_pence) == (6, 412)
    assert (found.merged, found.merged_pence) == (5, 312)
    assert (found.other, found.without) == (1, 1)
