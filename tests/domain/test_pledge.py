"""The rules of claiming and confirming, each on either side of its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.contract.varying import ApproveVariation, RequestVariation
from svx_ledger.domain.kind import Event
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.events import DeliveryClaimed, DeliveryConfirmed, PledgeVaried
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.values import value_pence

from .auction.scene import RIVAL_BIDDER
from .cast import APPROVER, AUTHORITY, BIDDER, COMMUNITY, LEAD, OTHER_BUYER, SUPPLIER, Past
from .outcome import OPERATOR, World, outcome
from .worked_example import (
    CASH_NEED,
    CONTRACT,
    ENTERED,
    LAPTOP_NEED,
    LAPTOPS_COMMITTED,
    MANAGER,
    VOLUNTEER_NEED,
    facts,
    line,
    pledge,
)

MILLIONTH = Decimal("0.000001")
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
TODAY = date(2026, 6, 30)
PLEDGE = pledge(LAPTOP_NEED)
CONFIRMER = Actor(id="person-conf", role="community.confirmer", organisation=COMMUNITY)
CLAIM = ClaimDelivery(
    pledge_id=PLEDGE,
    quantity=Decimal(500),
    delivered_from=date(2026, 6, 1),
    delivered_to=date(2026, 6, 12),
    evidence_sha256="a" * 64,
)
CLAIMED = DeliveryClaimed(
    quantity=Decimal(500),
    delivered_from=date(2026, 6, 1),
    delivered_to=date(2026, 6, 12),
    evidence_sha256="a" * 64,
    claim_no=1,
    value_pence=15_000_000,
    outside_period=False,
    claimed_by=BIDDER.id,
)
CONFIRM = ConfirmDelivery(pledge_id=PLEDGE, claim_no=1, quantity=Decimal(400))
CONFIRMED = DeliveryConfirmed(
    claim_no=1,
    quantity=Decimal(400),
    by="community",
    confirmed_by=CONFIRMER.id,
    value_pence=12_000_000,
    counted_pence=12_000_000,
)
DELIVERED: Past = [*ENTERED, (PLEDGE, CLAIMED)]


def claim(when: ClaimDelivery, by: Actor = BIDDER, given: Past = ENTERED) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=NOW)


def confirm(
    when: ConfirmDelivery = CONFIRM, by: Actor = CONFIRMER, given: Past = DELIVERED
) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=NOW)


def test_a_claim_says_what_was_delivered_and_what_it_is_worth() -> None:
    assert claim(CLAIM) == [CLAIMED]


def test_the_pledges_supplier_claims() -> None:
    helper = replace(OPERATOR, on_behalf_of=SUPPLIER)

    assert claim(CLAIM, by=RIVAL_BIDDER) == "not-yours"
    assert claim(CLAIM, by=CONFIRMER) == "role-not-allowed"
    assert claim(CLAIM, by=helper) == "role-not-allowed"


def test_a_claim_is_of_more_than_nothing() -> None:
    of_cash = replace(CLAIM, pledge_id=pledge(CASH_NEED))

    assert isinstance(claim(replace(of_cash, quantity=MILLIONTH)), list)
    assert claim(replace(of_cash, quantity=Decimal(0))) == "nothing-delivered"


def test_what_cannot_be_divided_is_claimed_and_confirmed_in_whole_units() -> None:
    half, whole = Decimal("0.5"), Decimal(1)

    assert claim(replace(CLAIM, quantity=half)) == "quantity-indivisible"
    assert isinstance(claim(replace(CLAIM, quantity=whole)), list)
    assert confirm(replace(CONFIRM, quantity=half)) == "quantity-indivisible"
    assert isinstance(confirm(replace(CONFIRM, quantity=whole)), list)
    given: Past = [*ENTERED, (PLEDGE, CLAIMED)]
    for past, when, by in ((ENTERED, CLAIM, BIDDER), (given, CONFIRM, LEAD)):
        assert facts(past, replace(when, quantity=half), by, NOW) == {
            "unit": "laptop",
            "quantity": "0.5",
        }


def test_all_that_is_claimed_has_a_value_that_a_record_can_state() -> None:
    most = Decimal(10**13) / 300 // 1  # laptops worth ten trillion pounds at most
    before = [*ENTERED, (PLEDGE, replace(CLAIMED, quantity=most - 1))]

    assert isinstance(claim(replace(CLAIM, quantity=most)), list)
    assert claim(replace(CLAIM, quantity=most + 1)) == "worth-too-much"
    assert isinstance(claim(replace(CLAIM, quantity=Decimal(1)), given=before), list)
    assert claim(replace(CLAIM, quantity=Decimal(2)), given=before) == "worth-too-much"
    assert facts(ENTERED, replace(CLAIM, quantity=most + 1), BIDDER, NOW) == {
        "worth": "£10,000,000,000,200.00"
    }


def test_the_days_of_delivery_do_not_run_backwards() -> None:
    first = CLAIM.delivered_from

    assert isinstance(claim(replace(CLAIM, delivered_to=first)), list)
    assert claim(replace(CLAIM, delivered_to=first - DAY)) == "period-backwards"


def test_what_is_claimed_was_delivered_by_today_in_london() -> None:
    today, tomorrow = (replace(CLAIM, delivered_to=TODAY + n * DAY) for n in (0, 1))
    past_midnight = NOW + timedelta(minutes=1)

    assert isinstance(claim(today), list)
    assert claim(tomorrow) == "delivered-in-the-future"
    assert isinstance(outcome(given=ENTERED, when=tomorrow, by=BIDDER, at=past_midnight), list)


def test_a_piece_of_evidence_serves_one_pledge() -> None:
    of_another = replace(CLAIM, pledge_id=pledge(CASH_NEED))
    other_evidence = replace(of_another, evidence_sha256="b" * 64)

    assert claim(of_another, given=DELIVERED) == "evidence-used"
    assert isinstance(claim(other_evidence, given=DELIVERED), list)
    assert isinstance(claim(CLAIM, given=DELIVERED), list)


def test_a_claim_is_never_refused_for_excess() -> None:
    when = replace(CLAIM, quantity=Decimal(5_000), evidence_sha256="b" * 64)

    assert claim(when, given=DELIVERED) == [
        replace(
            CLAIMED,
            quantity=Decimal(5_000),
            claim_no=2,
            value_pence=150_000_000,
            evidence_sha256="b" * 64,
        )
    ]


@pytest.mark.parametrize(
    ("delivered_from", "delivered_to", "outside"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), False),
        (date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2029, 3, 31), date(2029, 3, 31), False),
        (date(2029, 3, 31), date(2029, 4, 1), True),
    ],
)
def test_delivery_outside_the_contract_period_is_flagged(
    delivered_from: date, delivered_to: date, *, outside: bool
) -> None:
    when = replace(CLAIM, delivered_from=delivered_from, delivered_to=delivered_to)
    late = datetime(2029, 6, 1, tzinfo=UTC)

    assert outcome(given=ENTERED, when=when, by=BIDDER, at=late) == [
        replace(
            CLAIMED,
            delivered_from=delivered_from,
            delivered_to=delivered_to,
            outside_period=outside,
        )
    ]


@pytest.mark.parametrize(
    ("delivered_from", "outside"), [("2026-06-10", True), ("2026-06-11", False)]
)
def test_delivery_before_the_contract_was_entered_is_flagged(
    delivered_from: str, *, outside: bool
) -> None:
    late = replace(LAPTOPS_COMMITTED, entered_on=date(2026, 6, 11))
    given = [(s, late if e == LAPTOPS_COMMITTED else e) for s, e in ENTERED]
    from_then = replace(CLAIM, delivered_from=date.fromisoformat(delivered_from))
    claimed = claim(from_then, given=given)

    assert claimed == [
        replace(CLAIMED, delivered_from=from_then.delivered_from, outside_period=outside)
    ]


def test_what_is_claimed_or_confirmed_exists() -> None:
    assert outcome(when=CLAIM, by=BIDDER) == "not-found"
    assert outcome(when=CONFIRM, by=CONFIRMER) == "not-found"


def test_the_community_or_the_authority_confirms() -> None:
    by_authority = replace(CONFIRMED, by="authority", confirmed_by=MANAGER.id)

    assert confirm() == [CONFIRMED]
    assert confirm(by=LEAD) == [replace(CONFIRMED, confirmed_by=LEAD.id)]
    assert confirm(by=MANAGER) == [by_authority]
    assert confirm(by=replace(MANAGER, role="authority.observer")) == "role-not-allowed"
    assert confirm(by=OTHER_BUYER) == "not-yours"
    assert confirm(by=replace(CONFIRMER, organisation=AUTHORITY)) == "not-yours"
    assert confirm(by=replace(MANAGER, organisation=COMMUNITY)) == "not-yours"


def test_never_the_supplier_nor_the_operator_nor_on_their_behalf() -> None:
    outside = Actor(id="person-eve", role="evaluator", organisation=COMMUNITY)
    helper = replace(OPERATOR, organisation=COMMUNITY, on_behalf_of=COMMUNITY)

    assert confirm(by=BIDDER) == "role-not-allowed"
    assert confirm(by=OPERATOR) == "role-not-allowed"
    assert confirm(by=helper) == "role-not-allowed"
    assert confirm(by=outside) == "role-not-allowed"
    assert confirm(by=replace(CONFIRMER, organisation=SUPPLIER)) == "not-yours"
    assert confirm(by=replace(CONFIRMER, on_behalf_of=SUPPLIER)) == "not-yours"
    assert confirm(by=replace(MANAGER, on_behalf_of=SUPPLIER)) == "not-yours"
    assert confirm(by=replace(CONFIRMER, on_behalf_of=OPERATOR.organisation)) == "not-yours"
    assert isinstance(confirm(by=replace(CONFIRMER, on_behalf_of=COMMUNITY)), list)


def test_nobody_confirms_who_has_ever_claimed_on_the_same_pledge() -> None:
    decided = [*DELIVERED, (PLEDGE, CONFIRMED)]
    by_another = replace(CLAIMED, claim_no=2, claimed_by="person-second")
    given = [*decided, (PLEDGE, by_another)]
    second = replace(CONFIRM, claim_no=2)

    assert confirm(by=replace(CONFIRMER, id=BIDDER.id)) == "same-person"
    assert confirm(second, by=replace(CONFIRMER, id=BIDDER.id), given=given) == "same-person"
    assert isinstance(confirm(second, given=given), list)


def test_a_claim_is_decided_once() -> None:
    decided = [*DELIVERED, (PLEDGE, CONFIRMED)]

    assert confirm(given=decided) == "no-open-claim"
    assert confirm(replace(CONFIRM, claim_no=2)) == "no-open-claim"


def test_claims_are_decided_in_any_order() -> None:
    both = [*DELIVERED, (PLEDGE, replace(CLAIMED, claim_no=2))]
    second = replace(CONFIRMED, claim_no=2)

    assert confirm(replace(CONFIRM, claim_no=2), given=both) == [second]
    assert confirm(given=[*both, (PLEDGE, second)]) == [CONFIRMED]


def test_no_more_is_confirmed_than_was_claimed() -> None:
    assert isinstance(confirm(replace(CONFIRM, quantity=Decimal(500))), list)
    assert confirm(replace(CONFIRM, quantity=Decimal(501))) == "confirmed-above-claimed"


def test_more_than_nothing_is_confirmed() -> None:
    stream = pledge(CASH_NEED)
    given = [*ENTERED, (stream, CLAIMED)]
    of_cash = replace(CONFIRM, pledge_id=stream, quantity=MILLIONTH)

    assert isinstance(confirm(of_cash, given=given), list)
    assert confirm(replace(CONFIRM, quantity=Decimal(0))) == "nothing-delivered"


def test_what_exceeds_the_quantity_owed_is_confirmed_but_not_counted() -> None:
    excess = [*ENTERED, (PLEDGE, replace(CLAIMED, quantity=Decimal(1_101)))]
    varied = PledgeVaried(
        contract_id=CONTRACT,
        quantity_was=Decimal(1_100),
        quantity=Decimal(1_000),
        value_pence_was=33_000_000,
        value_pence=30_000_000,
        counted_pence=0,
    )

    def values(quantity: int, given: Past) -> tuple[int, int]:
        recorded = confirm(replace(CONFIRM, quantity=Decimal(quantity)), given=given)
        assert isinstance(recorded, list)
        event = recorded[0]
        assert isinstance(event, DeliveryConfirmed)
        return event.value_pence, event.counted_pence

    assert values(1_100, excess) == (33_000_000, 33_000_000)
    assert values(1_101, excess) == (33_030_000, 33_000_000)
    assert values(1_101, [*excess, (PLEDGE, varied)]) == (33_030_000, 30_000_000)


def test_a_pledge_keeps_what_is_owed_claimed_and_confirmed() -> None:
    second = replace(CLAIMED, claim_no=2, quantity=Decimal(7))
    given = [*DELIVERED, (PLEDGE, second), (PLEDGE, CONFIRMED)]

    assert World(given).streams[PLEDGE] == Pledge(
        terms=LAPTOPS_COMMITTED,
        quantity=Decimal(1_100),
        reference=Decimal(1_100),
        due_by=date(2026, 9, 1),
        claimed=Decimal(507),
        confirmed=Decimal(400),
        claims=2,
        open_claims={2: Decimal(7)},
        claimers=frozenset({BIDDER.id}),
    )


def test_a_refusal_says_why() -> None:
    nothing = replace(CLAIM, quantity=Decimal(0))
    backwards = replace(CLAIM, delivered_to=date(2026, 5, 31))
    tomorrow = replace(CLAIM, delivered_to=TODAY + DAY)
    too_much = replace(CONFIRM, quantity=Decimal(501))

    assert facts(ENTERED, nothing, BIDDER, NOW) == {"quantity": "0", "unit": "laptop"}
    assert facts(ENTERED, backwards, BIDDER, NOW) == {
        "period_from": "2026-06-01",
        "period_to": "2026-05-31",
    }
    assert facts(ENTERED, tomorrow, BIDDER, NOW) == {
        "delivered_to": "2026-07-01",
        "today": "2026-06-30",
    }
    assert facts(DELIVERED, replace(CLAIM, pledge_id=pledge(CASH_NEED)), BIDDER, NOW) == {
        "held_by": PLEDGE
    }
    assert facts(DELIVERED, CONFIRM, BIDDER) == {
        "allowed": "community, authority",
        "role": "supplier.bidder",
    }
    assert facts(DELIVERED, CONFIRM, OTHER_BUYER) == {"organisation": AUTHORITY}
    assert facts(DELIVERED, CONFIRM, replace(CONFIRMER, organisation=SUPPLIER)) == {
        "organisation": COMMUNITY
    }
    assert facts(DELIVERED, replace(CONFIRM, claim_no=2), CONFIRMER) == {
        "claim_no": 2,
        "claims": 1,
    }
    assert facts(DELIVERED, CONFIRM, replace(CONFIRMER, id=BIDDER.id)) == {"person": BIDDER.id}
    assert facts(DELIVERED, replace(CONFIRM, quantity=Decimal(0)), CONFIRMER) == {
        "quantity": "0",
        "unit": "laptop",
    }
    assert facts(DELIVERED, too_much, CONFIRMER) == {
        "quantity": "501",
        "claimed": "500",
        "unit": "laptop",
    }


HALF_HOURS = st.integers(1, 40).map(lambda halves: Decimal(halves) / 2)


@for_any(
    instalments=st.lists(HALF_HOURS, min_size=1, max_size=6),
    varied_after=st.integers(0, 5),
    owed=HALF_HOURS,
)
def test_the_values_of_all_instalments_add_up_to_the_value_of_their_sum(
    instalments: list[Decimal], varied_after: int, owed: Decimal
) -> None:
    """Whatever is claimed, confirmed and varied in whatever order (invariants 6 and 15)."""
    world = World(ENTERED)
    stream = pledge(VOLUNTEER_NEED)
    written: list[Event] = []

    def execute(command: ClaimDelivery | ConfirmDelivery, by: Actor) -> None:
        decision = world.execute(command, by, NOW)
        assert isinstance(decision, list)
        written.extend(event for _, event in decision)

    def vary(quantity: Decimal) -> None:
        lines = (line(VOLUNTEER_NEED, str(quantity)),)
        asked = RequestVariation(contract_id=CONTRACT, lines=lines, ground="fewer hours")
        world.execute(asked, MANAGER, NOW)
        decision = world.execute(ApproveVariation(contract_id=CONTRACT), APPROVER, NOW)
        if isinstance(decision, list):
            written.extend(event for s, event in decision if s == stream)

    for no, quantity in enumerate(instalments, start=1):
        evidence = f"{no:064x}"
        execute(
            replace(CLAIM, pledge_id=stream, quantity=quantity, evidence_sha256=evidence),
            BIDDER,
        )
        execute(ConfirmDelivery(pledge_id=stream, claim_no=no, quantity=quantity), CONFIRMER)
        if no == varied_after:
            vary(owed)

    total = sum(instalments, Decimal(0))
    state = world.streams[stream]
    assert isinstance(state, Pledge)
    claimed = sum(e.value_pence for e in written if isinstance(e, DeliveryClaimed))
    confirmed = sum(e.value_pence for e in written if isinstance(e, DeliveryConfirmed))
    counted = sum(
        e.counted_pence for e in written if isinstance(e, DeliveryConfirmed | PledgeVaried)
    )

    assert claimed == confirmed == value_pence(total, Decimal("16.93"))
    assert counted == value_pence(min(total, state.quantity), Decimal("16.93"))
