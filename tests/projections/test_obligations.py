"""Pledges and claims as rows, step by step: what is owed, claimed and decided."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.kind import Event
from svx_ledger.domain.pledge.events import (
    DeliveryClaimed,
    DeliveryConfirmed,
    PledgeMaterialised,
    PledgeVaried,
)
from svx_ledger.domain.pledge.outcomes import (
    ClaimWithdrawn,
    DeliveryDisputed,
    DisputeResolved,
    PledgeDefaulted,
    PledgeReleased,
    PledgeWrittenOff,
    RemedyAgreed,
)
from svx_ledger.projections.obligations import (
    CLAIM,
    OBLIGATION,
    OBLIGATIONS,
    ClaimRow,
    ObligationRow,
)
from svx_ledger.projections.table import existing
from tests.domain.outcome import NOON
from tests.domain.worked_example import LAPTOPS_COMMITTED

from .told import TELLER, tables_after

PLEDGE = "pledge-p001"
CONTRACT = "contract-c001"
JUNE = date(2026, 6, 30)
CLAIMED = DeliveryClaimed(
    quantity=Decimal(500),
    delivered_from=date(2026, 6, 1),
    delivered_to=date(2026, 6, 12),
    evidence_sha256="a" * 64,
    claim_no=1,
    value_pence=15_000_000,
    outside_period=False,
    claimed_by="person-bidder",
)
DISPUTED = DeliveryDisputed(
    claim_no=1,
    reason="Too few",
    by="community",
    quantity=Decimal(500),
    value_pence=15_000_000,
    disputed_by="person-lead",
)


def minute(position: int) -> datetime:
    return NOON + timedelta(minutes=position)


def owed(*told: Event) -> ObligationRow:
    tables = tables_after(OBLIGATIONS, *((PLEDGE, e) for e in (LAPTOPS_COMMITTED, *told)))
    return existing(tables, OBLIGATION, PLEDGE)


def claim(*told: Event) -> ClaimRow:
    events = (LAPTOPS_COMMITTED, CLAIMED, *told)
    return existing(tables_after(OBLIGATIONS, *((PLEDGE, e) for e in events)), CLAIM, PLEDGE, 1)


COMMITTED = owed()


def test_a_pledge_is_owed_as_it_was_committed() -> None:
    terms = LAPTOPS_COMMITTED
    assert (
        ObligationRow(
            pledge_id=PLEDGE,
            contract_id=terms.contract_id,
            award_id=terms.award_id,
            auction_id=terms.auction_id,
            procurement_id=terms.procurement_id,
            authority_id=terms.authority_id,
            supplier_id=terms.supplier_id,
            community_id=terms.community_id,
            project_id=terms.project_id,
            need_id=terms.need_id,
            measure=terms.measure,
            unit=terms.unit,
            pounds_per_unit=terms.pounds_per_unit,
            quantity=terms.quantity,
            due_by=terms.due_by,
            entered_on=terms.entered_on,
            committed_at=minute(1),
            position=1,
            rate=None,
            cap=None,
        )
        == COMMITTED
    )
    assert (COMMITTED.phase, COMMITTED.ended_on) == ("committed", None)


def test_nothing_is_owed_of_a_rate_pledge_until_something_is_spent() -> None:
    rate, cap = Decimal("0.001"), Decimal(50)
    rated = replace(LAPTOPS_COMMITTED, rate=rate, cap=cap)
    spent = PledgeMaterialised(
        contract_id=rated.contract_id,
        spend_pence=1_000_000,
        quantity_was=Decimal(0),
        quantity=Decimal(10),
        value_pence_was=0,
        value_pence=300_000,
        counted_pence=0,
    )
    tables = tables_after(OBLIGATIONS, (PLEDGE, rated))
    row = existing(tables, OBLIGATION, PLEDGE)
    later = existing(
        tables_after(OBLIGATIONS, (PLEDGE, rated), (PLEDGE, spent)), OBLIGATION, PLEDGE
    )

    assert (row.quantity, row.rate, row.cap) == (Decimal(0), rate, cap)
    assert later == row._replace(quantity=Decimal(10))


VARIED = PledgeVaried(
    contract_id=LAPTOPS_COMMITTED.contract_id,
    quantity_was=Decimal(1100),
    quantity=Decimal(900),
    value_pence_was=1,
    value_pence=1,
    counted_pence=0,
    rate=Decimal("0.002"),
    cap=Decimal(950),
)
DEFAULTED = PledgeDefaulted(
    reason="Nothing came",
    as_of=JUNE,
    due_by=date(2026, 6, 1),
    quantity_open=Decimal(7),
    value_pence=210_000,
    recorded_by="person-manager",
)
REMEDIED = RemedyAgreed(
    due_by=date(2026, 9, 1),
    plan="In September",
    due_by_was=date(2026, 6, 1),
    recorded_by="person-manager",
)
WRITTEN_OFF = PledgeWrittenOff(
    request_no=1,
    approved_by="person-approver",
    reason="Insolvent",
    written_off_on=JUNE,
    quantity_was=Decimal(1100),
    quantity=Decimal(5),
    value_pence_was=1,
    value_pence=1,
)
RELEASED = PledgeReleased(
    released_on=JUNE,
    quantity_was=Decimal(1100),
    quantity=Decimal(6),
    value_pence_was=1,
    value_pence=1,
    released_by="person-manager",
)


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        (VARIED, {"quantity": Decimal(900), "rate": Decimal("0.002"), "cap": Decimal(950)}),
        (DEFAULTED, {"phase": "defaulted"}),
        (REMEDIED, {"phase": "remedied", "due_by": date(2026, 9, 1)}),
        (WRITTEN_OFF, {"phase": "written-off", "quantity": Decimal(5), "ended_on": JUNE}),
        (RELEASED, {"phase": "released", "quantity": Decimal(6), "ended_on": JUNE}),
    ],
)
def test_what_befalls_a_pledge_changes_just_that(event: Event, changed: dict) -> None:  # type: ignore[type-arg]
    assert owed(event) == COMMITTED._replace(**changed)


def test_a_claim_waits_for_a_decision() -> None:
    assert claim() == ClaimRow(
        pledge_id=PLEDGE,
        claim_no=1,
        quantity=Decimal(500),
        value_pence=15_000_000,
        claimed_at=minute(2),
        claimed_by="person-bidder",
        claimant_id=TELLER.organisation,
        period_from=date(2026, 6, 1),
        period_to=date(2026, 6, 12),
        evidence_sha256="a" * 64,
        outside_period=False,
        apportioned=False,
        shown_before=False,
        position=2,
    )
    assert claim().undecided
    assert claim().outcome == "claimed"
    again = replace(
        CLAIMED, claim_no=2, outside_period=True, apportioned=True, shown_before=True
    )
    events = ((PLEDGE, LAPTOPS_COMMITTED), (PLEDGE, again))
    row = existing(tables_after(OBLIGATIONS, *events), CLAIM, PLEDGE, 2)
    assert (row.outside_period, row.apportioned, row.shown_before) == (True, True, True)


@pytest.mark.parametrize(
    ("arrived", "outcome"), [(500, "confirmed"), (499, "part-confirmed"), (0, "part-confirmed")]
)
def test_a_confirmation_decides_a_claim_in_whole_or_in_part(arrived: int, outcome: str) -> None:
    confirmed = DeliveryConfirmed(
        claim_no=1,
        quantity=Decimal(arrived),
        by="authority",
        confirmed_by="person-manager",
        value_pence=100,
        counted_pence=90,
    )
    row = claim(confirmed)

    assert row == claim()._replace(
        phase="confirmed",
        confirmed=Decimal(arrived),
        confirmed_pence=100,
        counted_pence=90,
        decided_at=minute(3),
        decided_by="person-manager",
        decided_by_side="authority",
        decided_position=3,
    )
    assert (row.outcome, row.undecided) == (outcome, False)


def test_a_dispute_is_undecided_until_it_is_resolved() -> None:
    resolved = DisputeResolved(
        claim_no=1,
        quantity=Decimal(400),
        reason="Counted",
        by="evaluator",
        resolved_by="person-eve",
        value_pence=120,
        counted_pence=110,
        disputed=Decimal(500),
        disputed_pence=15_000_000,
    )
    disputed, decided = claim(DISPUTED), claim(DISPUTED, resolved)

    assert disputed == claim()._replace(
        phase="disputed",
        disputed_at=minute(3),
        disputed_by="person-lead",
        disputed_by_side="community",
        reason="Too few",
    )
    assert (disputed.undecided, disputed.outcome) == (True, "disputed")
    assert decided == disputed._replace(
        phase="resolved",
        reason="Counted",
        confirmed=Decimal(400),
        confirmed_pence=120,
        counted_pence=110,
        decided_at=minute(4),
        decided_by="person-eve",
        decided_by_side="evaluator",
        decided_position=4,
    )
    assert (decided.undecided, decided.outcome) == (False, "resolved")


def test_a_withdrawn_claim_stays_on_record() -> None:
    withdrawn = ClaimWithdrawn(
        claim_no=1,
        reason="By mistake",
        quantity=Decimal(500),
        value_pence=15_000_000,
        withdrawn_by="person-bidder",
    )
    assert claim(withdrawn) == claim()._replace(
        phase="withdrawn",
        reason="By mistake",
        decided_at=minute(3),
        decided_by="person-bidder",
        decided_by_side="supplier",
        decided_position=3,
    )
    assert not claim(withdrawn).undecided
