"""Claims that are withdrawn or disputed, and who may say what arrived."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, Event
from svx_ledger.domain.organisation.events import ConnectionDeclared
from svx_ledger.domain.pledge.delivering import ClaimDelivery, ConfirmDelivery
from svx_ledger.domain.pledge.disputing import DisputeDelivery, ResolveDispute, WithdrawClaim
from svx_ledger.domain.pledge.events import DeliveryClaimed, DeliveryConfirmed, PledgeVaried
from svx_ledger.domain.pledge.outcomes import ClaimWithdrawn, DeliveryDisputed, DisputeResolved
from svx_ledger.domain.pledge.state import Pledge
from svx_ledger.domain.procurement import InterestDeclared

from .auction.scene import RIVAL_BIDDER
from .cast import (
    APPROVER,
    AUTHORITY,
    BIDDER,
    BUYER,
    COMMUNITY,
    EVALUATING,
    EVALUATOR,
    LEAD,
    OTHER_BUYER,
    PROCUREMENT,
    SUPPLIER,
    Past,
)
from .outcome import OPERATOR, World, outcome
from .worked_example import (
    CONTRACT,
    ENTERED,
    LAPTOP_NEED,
    MANAGER,
    VOLUNTEER_NEED,
    facts,
    pledge,
)

NOW = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
PLEDGE = pledge(LAPTOP_NEED)
HOURS = pledge(VOLUNTEER_NEED)
AUDITOR = Actor(id="person-aud", role="auditor", organisation="organisation-audit1")


def claimed(quantity: str | int, no: int = 1, pence: int = 0) -> DeliveryClaimed:
    return DeliveryClaimed(
        quantity=Decimal(quantity),
        delivered_from=date(2026, 6, 1),
        delivered_to=date(2026, 6, 12),
        evidence_sha256=f"{no:064x}",
        claim_no=no,
        value_pence=pence,
        outside_period=False,
        claimed_by=BIDDER.id,
    )


DELIVERED: Past = [*ENTERED, (PLEDGE, claimed(500))]
DISPUTED = DeliveryDisputed(
    claim_no=1,
    reason="Half of them are broken",
    by="community",
    quantity=Decimal(500),
    value_pence=15_000_000,
    disputed_by=LEAD.id,
)
CONTESTED: Past = [*DELIVERED, (PLEDGE, DISPUTED)]
WITHDRAW = WithdrawClaim(pledge_id=PLEDGE, claim_no=1, reason="Counted twice")
WITHDRAWN = ClaimWithdrawn(
    claim_no=1,
    reason="Counted twice",
    quantity=Decimal(500),
    value_pence=15_000_000,
    withdrawn_by=BIDDER.id,
)
DISPUTE = DisputeDelivery(pledge_id=PLEDGE, claim_no=1, reason="Half of them are broken")
RESOLVE = ResolveDispute(
    pledge_id=PLEDGE, claim_no=1, quantity=Decimal(250), reason="Half of them work"
)
RESOLVED = DisputeResolved(
    claim_no=1,
    quantity=Decimal(250),
    reason="Half of them work",
    by="authority",
    resolved_by=MANAGER.id,
    value_pence=7_500_000,
    counted_pence=7_500_000,
    disputed=Decimal(500),
    disputed_pence=15_000_000,
)
CONFIRM = ConfirmDelivery(pledge_id=PLEDGE, claim_no=1, quantity=Decimal(400))
CONFIRMED = DeliveryConfirmed(
    claim_no=1,
    quantity=Decimal(400),
    by="community",
    confirmed_by=LEAD.id,
    value_pence=12_000_000,
    counted_pence=12_000_000,
)
DECIDED: Past = [*DELIVERED, (PLEDGE, CONFIRMED)]


def decided(when: Command, by: Actor, given: Past) -> list[Event] | str:
    return outcome(given=given, when=when, by=by, at=NOW)


def state(given: Past, stream: str = PLEDGE) -> Pledge:
    found = World(given).streams[stream]
    assert isinstance(found, Pledge)
    return found


def test_the_supplier_withdraws_a_claim_that_nobody_decided() -> None:
    assert decided(WITHDRAW, BIDDER, DELIVERED) == [WITHDRAWN]
    assert decided(WITHDRAW, RIVAL_BIDDER, DELIVERED) == "not-yours"
    assert decided(WITHDRAW, MANAGER, DELIVERED) == "role-not-allowed"
    assert decided(WITHDRAW, BIDDER, DECIDED) == "no-open-claim"
    assert decided(WITHDRAW, BIDDER, ENTERED) == "no-open-claim"
    assert facts(DECIDED, WITHDRAW, BIDDER) == {"claim_no": 1, "claims": 1}
    assert outcome(when=WITHDRAW, by=BIDDER) == "not-found"


def test_a_withdrawn_claim_is_claimed_no_longer_and_never_confirmed() -> None:
    given: Past = [*DELIVERED, (PLEDGE, WITHDRAWN)]

    assert (state(given).claimed, state(given).open_claims, state(given).claims) == (
        Decimal(0),
        {},
        1,
    )
    assert state(given).confirmed == 0
    assert decided(CONFIRM, LEAD, given) == "no-open-claim"
    assert decided(DISPUTE, LEAD, given) == "no-open-claim"
    assert decided(WITHDRAW, BIDDER, given) == "no-open-claim"


def test_a_disputed_claim_may_be_withdrawn() -> None:
    given: Past = [*CONTESTED, (PLEDGE, replace(WITHDRAWN, disputed_pence=15_000_000))]

    assert decided(WITHDRAW, BIDDER, CONTESTED) == [
        replace(WITHDRAWN, disputed_pence=15_000_000)
    ]
    assert (state(given).disputed, state(given).disputes) == (Decimal(0), {})


def test_withdrawn_instalments_take_back_what_they_added() -> None:
    """Four half hours at £16.93, of which two are withdrawn: £16.93 stay claimed."""
    world = World(ENTERED)
    claims, taken_back = [], []
    for no in range(1, 5):
        claim = ClaimDelivery(
            pledge_id=HOURS,
            quantity=Decimal("0.5"),
            delivered_from=date(2026, 6, 1),
            delivered_to=date(2026, 6, 12),
            evidence_sha256=f"{no:064x}",
        )
        decision = world.execute(claim, BIDDER, NOW)
        assert isinstance(decision, list)
        assert isinstance(decision[0][1], DeliveryClaimed)
        claims.append(decision[0][1].value_pence)
    for no in (1, 3):
        decision = world.execute(
            WithdrawClaim(pledge_id=HOURS, claim_no=no, reason="x"), BIDDER, NOW
        )
        assert isinstance(decision, list)
        assert isinstance(decision[0][1], ClaimWithdrawn)
        taken_back.append(decision[0][1].value_pence)

    assert sum(claims) == 3_386
    assert sum(claims) - sum(taken_back) == 1_693


def test_the_community_or_the_authority_disputes() -> None:
    by_authority = replace(DISPUTED, by="authority", disputed_by=MANAGER.id)

    assert decided(DISPUTE, LEAD, DELIVERED) == [DISPUTED]
    assert decided(DISPUTE, MANAGER, DELIVERED) == [by_authority]
    assert decided(DISPUTE, BIDDER, DELIVERED) == "role-not-allowed"
    assert decided(DISPUTE, OTHER_BUYER, DELIVERED) == "not-yours"
    assert decided(DISPUTE, replace(LEAD, organisation=AUTHORITY), DELIVERED) == "not-yours"
    assert outcome(when=DISPUTE, by=LEAD) == "not-found"


def test_a_claim_is_disputed_once_and_before_it_is_decided() -> None:
    assert decided(DISPUTE, LEAD, CONTESTED) == "wrong-state"
    assert facts(CONTESTED, DISPUTE, LEAD) == {"state": "disputed", "expected": "claimed"}
    assert decided(DISPUTE, LEAD, DECIDED) == "no-open-claim"
    assert facts(DECIDED, DISPUTE, LEAD) == {"claim_no": 1, "claims": 1}


def test_what_is_disputed_is_not_confirmed() -> None:
    both: Past = [*CONTESTED, (PLEDGE, claimed(400, no=2))]

    assert decided(CONFIRM, LEAD, CONTESTED) == "claim-disputed"
    assert facts(CONTESTED, CONFIRM, LEAD) == {"claim_no": 1}
    assert isinstance(decided(replace(CONFIRM, claim_no=2), LEAD, both), list)


def test_disputed_instalments_are_worth_what_their_sum_is() -> None:
    past: Past = list(ENTERED)
    for no in range(1, 5):
        past.append((HOURS, claimed("0.5", no=no)))
    world = World(past)
    added, taken = [], []
    for no in range(1, 5):
        dispute = DisputeDelivery(pledge_id=HOURS, claim_no=no, reason="Nobody came")
        decision = world.execute(dispute, LEAD, NOW)
        assert isinstance(decision, list)
        assert isinstance(decision[0][1], DeliveryDisputed)
        added.append(decision[0][1].value_pence)
    for no in range(1, 5):
        resolve = ResolveDispute(
            pledge_id=HOURS, claim_no=no, quantity=Decimal("0.5"), reason="Somebody did"
        )
        decision = world.execute(resolve, MANAGER, NOW)
        assert isinstance(decision, list)
        resolved = decision[0][1]
        assert isinstance(resolved, DisputeResolved)
        taken.append((resolved.disputed_pence, resolved.value_pence, resolved.counted_pence))

    assert added == [846, 847, 847, 846]
    assert [sum(column) for column in zip(*taken, strict=True)] == [3_386] * 3


def test_the_authority_or_an_independent_auditor_or_evaluator_resolves() -> None:
    def resolved(by: Actor) -> list[Event] | str:
        return decided(RESOLVE, by, CONTESTED)

    assert resolved(MANAGER) == [RESOLVED]
    assert resolved(APPROVER) == [replace(RESOLVED, resolved_by=APPROVER.id)]
    assert resolved(AUDITOR) == [replace(RESOLVED, by="auditor", resolved_by=AUDITOR.id)]
    assert resolved(EVALUATOR) == [replace(RESOLVED, by="evaluator", resolved_by=EVALUATOR.id)]
    for other in (BUYER, BIDDER, LEAD, OPERATOR):
        assert resolved(other) == "role-not-allowed"
    assert resolved(replace(MANAGER, organisation="organisation-auth2")) == "not-yours"
    assert facts(CONTESTED, RESOLVE, BUYER) == {
        "allowed": "authority.approver, authority.contract_manager, auditor, evaluator",
        "role": "authority.buyer",
    }
    assert outcome(when=RESOLVE, by=MANAGER) == "not-found"


@pytest.mark.parametrize("organisation", [SUPPLIER, COMMUNITY, None])
def test_who_resolves_belongs_to_neither_side(organisation: str | None) -> None:
    for by in (AUDITOR, EVALUATOR):
        of_a_side = replace(by, organisation=organisation)
        assert decided(RESOLVE, of_a_side, CONTESTED) == "takes-part"
        assert facts(CONTESTED, RESOLVE, of_a_side) == {"organisation": organisation or "none"}


def test_who_resolves_acts_for_nobody_else() -> None:
    for_itself = replace(EVALUATOR, on_behalf_of=EVALUATING)

    assert isinstance(decided(RESOLVE, for_itself, CONTESTED), list)
    for other in (SUPPLIER, AUTHORITY):
        assert decided(RESOLVE, replace(EVALUATOR, on_behalf_of=other), CONTESTED) == (
            "takes-part"
        )


def test_a_dispute_is_resolved_once_and_where_there_is_one() -> None:
    resolved: Past = [*CONTESTED, (PLEDGE, RESOLVED)]

    for given in (DELIVERED, DECIDED, resolved):
        assert decided(RESOLVE, MANAGER, given) == "wrong-state"
    assert facts(DELIVERED, RESOLVE, MANAGER) == {
        "state": "not disputed",
        "expected": "disputed",
    }
    assert decided(CONFIRM, LEAD, resolved) == "no-open-claim"


def test_nobody_resolves_who_disputed_or_ever_claimed() -> None:
    disputed_by = replace(DISPUTED, by="authority", disputed_by=APPROVER.id)
    given: Past = [*DELIVERED, (PLEDGE, disputed_by)]
    claimer = replace(AUDITOR, id=BIDDER.id)

    assert decided(RESOLVE, APPROVER, given) == "same-person"
    assert isinstance(decided(RESOLVE, MANAGER, given), list)
    assert decided(RESOLVE, claimer, given) == "same-person"
    assert facts(given, RESOLVE, APPROVER) == {"person": APPROVER.id}


@pytest.mark.parametrize(
    ("quantity", "rule"),
    [
        ("-1", "resolved-below-nothing"),
        ("0", None),
        ("499.5", "quantity-indivisible"),
        ("500", None),
        ("501", "confirmed-above-claimed"),
    ],
)
def test_between_nothing_and_all_of_the_claim_arrived(quantity: str, rule: str | None) -> None:
    when = replace(RESOLVE, quantity=Decimal(quantity))
    pence = 30_000 * int(Decimal(quantity))
    resolved = replace(
        RESOLVED, quantity=Decimal(quantity), value_pence=pence, counted_pence=pence
    )

    assert decided(when, MANAGER, CONTESTED) == (rule or [resolved])


def test_a_refused_resolution_says_why() -> None:
    def why(quantity: str) -> object:
        when = replace(RESOLVE, quantity=Decimal(quantity))
        return facts(CONTESTED, when, MANAGER)

    assert why("-1") == {"quantity": "-1", "unit": "laptop"}
    assert why("501") == {"quantity": "501", "claimed": "500", "unit": "laptop"}
    assert why("0.5") == {"quantity": "0.5", "unit": "laptop"}


def test_what_was_resolved_beyond_what_is_owed_is_not_counted() -> None:
    varied = PledgeVaried(
        contract_id=CONTRACT,
        quantity_was=Decimal(1_100),
        quantity=Decimal(200),
        value_pence_was=33_000_000,
        value_pence=6_000_000,
        counted_pence=0,
    )
    given: Past = [*CONTESTED, (PLEDGE, varied)]

    assert decided(RESOLVE, MANAGER, given) == [replace(RESOLVED, counted_pence=6_000_000)]


def test_a_resolved_claim_is_confirmed_by_what_arrived() -> None:
    after = state([*CONTESTED, (PLEDGE, RESOLVED)])

    assert state(CONTESTED).disputes == {1: LEAD.id}
    assert state(CONTESTED).disputed == state(CONTESTED).kept == 500
    assert (after.confirmed, after.claimed, after.open_claims, after.disputes) == (
        Decimal(250),
        Decimal(500),
        {},
        {},
    )


SAYING = [(CONFIRM, LEAD, DELIVERED), (RESOLVE, EVALUATOR, CONTESTED)]


@pytest.mark.parametrize(("when", "by", "given"), SAYING)
def test_who_says_what_arrived_has_no_connection_to_the_supplier(
    when: Command, by: Actor, given: Past
) -> None:
    def tied(organisation: str) -> Past:
        tie = ConnectionDeclared(
            connected_to=organisation, nature="common-control", declared_by="person-x"
        )
        return [*given, (SUPPLIER, tie)]

    assert by.organisation is not None
    assert decided(when, by, tied(by.organisation)) == "connected-to-supplier"
    assert isinstance(decided(when, by, tied("organisation-else")), list)
    assert facts(tied(by.organisation), when, by, NOW) == {"supplier": SUPPLIER}


BOTH_SIDES = [
    (CONFIRM, LEAD, DELIVERED),
    (CONFIRM, MANAGER, DELIVERED),
    (RESOLVE, MANAGER, CONTESTED),
]


@pytest.mark.parametrize(("when", "by", "given"), BOTH_SIDES)
def test_neither_side_says_what_arrived_with_a_third_one_in_common_with_the_supplier(
    when: Command, by: Actor, given: Past
) -> None:
    def tied(*pairs: tuple[str, str]) -> Past:
        ties = [
            (stream, ConnectionDeclared(connected_to=to, nature="parent", declared_by="p-x"))
            for stream, to in pairs
        ]
        return [*given, *ties]

    own = by.organisation or ""
    sisters = tied((SUPPLIER, "organisation-p1"), (own, "organisation-p1"))
    strangers = tied((SUPPLIER, "organisation-p1"), (own, "organisation-p2"))
    assert decided(when, by, sisters) == "connected-to-supplier"
    assert facts(sisters, when, by, NOW) == {
        "supplier": SUPPLIER,
        "through": "organisation-p1",
    }
    assert isinstance(decided(when, by, strangers), list)
    assert isinstance(decided(when, by, tied((own, "organisation-p1"))), list)


def test_the_tie_of_one_side_is_not_the_others() -> None:
    parent = "organisation-p1"
    given: Past = [
        *DELIVERED,
        *(
            (stream, ConnectionDeclared(connected_to=parent, nature="parent", declared_by="x"))
            for stream in (SUPPLIER, COMMUNITY)
        ),
    ]

    assert decided(CONFIRM, LEAD, given) == "connected-to-supplier"
    assert isinstance(decided(CONFIRM, MANAGER, given), list)


@pytest.mark.parametrize(("when", "by", "given"), SAYING)
def test_who_says_what_arrived_has_no_conflict(when: Command, by: Actor, given: Past) -> None:
    def interested(person: str) -> Past:
        interest = InterestDeclared(
            person_id=person,
            organisation_id=SUPPLIER,
            nature="shareholding",
            interest_no=1,
            declared_by=person,
        )
        return [*given, (PROCUREMENT, interest)]

    assert decided(when, by, interested(by.id)) == "conflict-of-interest"
    assert isinstance(decided(when, by, interested("person-else")), list)
