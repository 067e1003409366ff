"""Pledges and claims as rows, step by step; how contracts run; what is kept and corrected."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from svx_ledger.domain.access import AccessGranted, AccessRevoked
from svx_ledger.domain.book import ClockStepAccepted, LedgerOpened, LedgerResumed
from svx_ledger.domain.contract.running import (
    ContractInvoiceRecorded,
    EvidenceApportioned,
    EvidenceShare,
    KpiSet,
    PerformanceRated,
)
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import CorrectionApproved, CorrectionRequested
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import (
    Identifier,
    KeyRegistered,
    KeyRevoked,
    OrganisationRegistered,
)
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
from svx_ledger.domain.private import SubjectErased
from svx_ledger.domain.procurement import ConflictsReviewed, InterestDeclared
from svx_ledger.domain.procurement.events import Finding
from svx_ledger.domain.project import ProjectRegistered
from svx_ledger.domain.proxies import ProxySetAdopted, ProxySetSuperseded
from svx_ledger.domain.resource_offer import ResourceOffered, ResourceWithdrawn
from svx_ledger.projections.corrections import (
    CORRECTED,
    CORRECTION,
    CORRECTIONS,
    CorrectedRow,
    CorrectionRequestRow,
)
from svx_ledger.projections.keeping import (
    CLOCK_STEP,
    ERASURE,
    KEEPING,
    LEDGER,
    OUTAGE,
    ClockStepRow,
    ErasureRow,
    LedgerRow,
    OutageRow,
)
from svx_ledger.projections.needs import NEEDS, PROJECT, ProjectRow
from svx_ledger.projections.obligations import (
    CLAIM,
    OBLIGATION,
    OBLIGATIONS,
    ClaimRow,
    ObligationRow,
)
from svx_ledger.projections.organisations import (
    IDENTIFIER,
    KEY,
    ORGANISATIONS,
    IdentifierRow,
    KeyRow,
)
from svx_ledger.projections.persons import ACCESS, INTEREST, PERSONS, AccessRow, InterestRow
from svx_ledger.projections.proxy_sets import PROXY_SET, PROXY_SETS, ProxySetRow
from svx_ledger.projections.resource_offers import (
    RESOURCE_OFFER,
    RESOURCE_OFFERS,
    RESOURCE_PLACE,
    ResourceOfferRow,
    ResourcePlaceRow,
)
from svx_ledger.projections.running import (
    DEFAULT,
    EVIDENCE_SHARE,
    INVOICE,
    KPI,
    KPI_PLEDGE,
    RATING,
    REMEDY,
    RUNNING,
    DefaultRow,
    EvidenceShareRow,
    InvoiceRow,
    KpiPledgeRow,
    KpiRow,
    RatingRow,
    RemedyRow,
)
from svx_ledger.projections.table import existing
from tests.domain.cast import PLACE
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


def test_defaults_and_remedies_are_each_kept() -> None:
    again = replace(DEFAULTED, reason="Nothing again")
    told = ((PLEDGE, DEFAULTED), (PLEDGE, REMEDIED), (PLEDGE, again))
    tables = tables_after(RUNNING, *told)

    first = DefaultRow(
        pledge_id=PLEDGE,
        position=1,
        reason="Nothing came",
        as_of=JUNE,
        due_by=date(2026, 6, 1),
        quantity_open=Decimal(7),
        value_pence=210_000,
        recorded_by="person-manager",
        recorded_at=minute(1),
    )
    second = first._replace(position=3, reason="Nothing again", recorded_at=minute(3))
    assert list(tables.select(DEFAULT, PLEDGE)) == [first, second]
    assert list(tables.select(REMEDY, PLEDGE)) == [
        RemedyRow(
            pledge_id=PLEDGE,
            position=2,
            due_by_was=date(2026, 6, 1),
            due_by=date(2026, 9, 1),
            plan="In September",
            recorded_by="person-manager",
            recorded_at=minute(2),
        )
    ]


def test_an_invoice_is_kept_with_the_spend_so_far() -> None:
    invoiced = ContractInvoiceRecorded(
        contract_id=CONTRACT,
        invoice="INV-1",
        period_from=date(2026, 4, 1),
        period_to=JUNE,
        amount_pence=200,
        spend_pence_was=100,
        spend_pence=300,
        recorded_by="person-manager",
    )
    assert list(tables_after(RUNNING, (CONTRACT, invoiced)).select(INVOICE, CONTRACT)) == [
        InvoiceRow(
            contract_id=CONTRACT,
            position=1,
            invoice="INV-1",
            period_from=date(2026, 4, 1),
            period_to=JUNE,
            amount_pence=200,
            spend_pence=300,
            recorded_by="person-manager",
            recorded_at=minute(1),
        )
    ]


def test_an_indicator_takes_the_place_of_the_one_with_its_code() -> None:
    first = KpiSet(kpi="K1", title="T", goal="G", set_by="person-x", pledges=(PLEDGE,))
    second = replace(first, goal="H", pledges=None)
    tables = tables_after(RUNNING, (CONTRACT, first), (CONTRACT, second))

    assert list(tables.all(KPI)) == [KpiRow(CONTRACT, "K1", "T", "H", "person-x", minute(2), 2)]
    assert list(tables.all(KPI_PLEDGE)) == [KpiPledgeRow(CONTRACT, "K1", 1, PLEDGE)]


def test_every_rating_is_kept_with_its_notice() -> None:
    rated = PerformanceRated(
        kpi="K1",
        period_from=date(2026, 4, 1),
        period_to=JUNE,
        rating="good",
        rated_by="person-x",
        notice="UK9-1",
        reason="On time",
    )
    assert list(tables_after(RUNNING, (CONTRACT, rated)).all(RATING)) == [
        RatingRow(
            contract_id=CONTRACT,
            position=1,
            kpi="K1",
            period_from=date(2026, 4, 1),
            period_to=JUNE,
            rating="good",
            reason="On time",
            notice="UK9-1",
            rated_by="person-x",
            rated_at=minute(1),
        )
    ]


def test_shared_evidence_has_a_share_for_each_pledge() -> None:
    parts = (
        EvidenceShare(pledge_id=PLEDGE, share=Decimal("0.25")),
        EvidenceShare(pledge_id="pledge-p002", share=Decimal("0.75")),
    )
    shared = EvidenceApportioned(
        evidence_sha256="b" * 64, shares=parts, apportioned_by="person-x"
    )
    by = (CONTRACT, "person-x", 1)

    assert list(tables_after(RUNNING, (CONTRACT, shared)).all(EVIDENCE_SHARE)) == [
        EvidenceShareRow("b" * 64, PLEDGE, Decimal("0.25"), *by),
        EvidenceShareRow("b" * 64, "pledge-p002", Decimal("0.75"), *by),
    ]


def test_a_correction_keeps_old_and_new_and_who_agreed() -> None:
    record, correction = "spend-s001", "correction-c001"
    asked = CorrectionRequested(
        target_id=record,
        field="amount_pence",
        old="100",
        new="200",
        reason="A digit",
        organisation_id="organisation-auth",
        requested_by="person-x",
    )
    said: dict[str, Any] = {
        "field": "amount_pence",
        "old": "100",
        "new": "200",
        "reason": "A digit",
    }
    corrected = RecordCorrected(correction_id=correction, **said)
    told = ((correction, asked), (correction, CorrectionApproved(approved_by="person-y")))
    before, after = tables_after(CORRECTIONS, told[0]), tables_after(CORRECTIONS, *told)
    request = CorrectionRequestRow(
        correction_id=correction,
        target_id=record,
        **said,
        organisation_id="organisation-auth",
        requested_by="person-x",
        requested_at=minute(1),
        position=1,
    )

    assert before.get(CORRECTION, correction) == request
    assert after.get(CORRECTION, correction) == request._replace(
        approved_by="person-y", approved_at=minute(2), approved_position=2
    )
    assert list(tables_after(CORRECTIONS, (record, corrected)).all(CORRECTED)) == [
        CorrectedRow(
            stream=record,
            position=1,
            **said,
            correction_id=correction,
            approved_by=TELLER.id,
            corrected_at=minute(1),
        )
    ]


def test_access_is_kept_with_its_end() -> None:
    who: dict[str, Any] = {
        "person_id": "person-new",
        "organisation_id": "organisation-supp1",
        "role": "supplier.bidder",
    }
    granted = AccessGranted(until=JUNE, granted_by="person-op", **who)
    revoked = AccessRevoked(reason="Left", revoked_by="person-op2", **who)
    stream = "access-a001"
    row = AccessRow(
        access_id=stream,
        until=JUNE,
        granted_by="person-op",
        granted_at=minute(1),
        position=1,
        **who,
    )

    assert tables_after(PERSONS, (stream, granted)).get(ACCESS, stream) == row
    ended = tables_after(PERSONS, (stream, granted), (stream, revoked))
    assert ended.get(ACCESS, stream) == row._replace(
        revoked_at=minute(2), revoked_by="person-op2", reason="Left"
    )


def test_an_interest_is_kept_with_what_the_last_review_made_of_it() -> None:
    stream = "procurement-p001"
    declared = InterestDeclared(
        person_id="person-x",
        organisation_id="organisation-supp1",
        nature="family",
        interest_no=1,
        declared_by="person-y",
    )
    judged = ConflictsReviewed(
        occasion="declaration",
        findings=(Finding(interest_no=1, outcome="mitigated", measure="Not in the panel"),),
        suppliers=(),
        reviewed_by="person-z",
    )
    row = InterestRow(
        procurement_id=stream,
        interest_no=1,
        person_id="person-x",
        organisation_id="organisation-supp1",
        nature="family",
        declared_by="person-y",
        declared_at=minute(1),
        position=1,
    )

    assert list(tables_after(PERSONS, (stream, declared)).all(INTEREST)) == [row]
    assert list(tables_after(PERSONS, (stream, declared), (stream, judged)).all(INTEREST)) == [
        row._replace(outcome="mitigated", measure="Not in the panel", reviewed_at=minute(2))
    ]


def test_a_resource_offer_has_its_places_and_may_be_withdrawn() -> None:
    stream = "resource-offer-r001"
    offered = ResourceOffered(
        supplier_id="organisation-supp1",
        measure="laptop",
        unit="laptop",
        quantity=Decimal(3),
        places=(PLACE,),
        available_from=date(2026, 1, 1),
        available_to=JUNE,
        proxy_set_id="proxy-set-px01",
        offered_by="person-x",
    )
    withdrawn = ResourceWithdrawn(reason="Given away", withdrawn_by="person-x")
    row = ResourceOfferRow(
        resource_offer_id=stream,
        supplier_id="organisation-supp1",
        measure="laptop",
        unit="laptop",
        quantity=Decimal(3),
        available_from=date(2026, 1, 1),
        available_to=JUNE,
        proxy_set_id="proxy-set-px01",
        position=1,
    )
    tables = tables_after(RESOURCE_OFFERS, (stream, offered))
    gone = tables_after(RESOURCE_OFFERS, (stream, offered), (stream, withdrawn))

    assert tables.get(RESOURCE_OFFER, stream) == row
    assert gone.get(RESOURCE_OFFER, stream) == row._replace(withdrawn=True)
    assert list(tables.all(RESOURCE_PLACE)) == [
        ResourcePlaceRow(stream, 1, PLACE.police_force, PLACE.local_authority)
    ]


def test_what_befell_the_ledger_is_kept() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    opened = LedgerOpened(origin="l.example", epoch=1, format=1, hash="sha256", clock="real")
    resumed = LedgerResumed(not_accepting_from=at, accepting_again_at=minute(9))
    stepped = ClockStepAccepted(reason="NTP", clock_at=at, last_recorded_at=minute(8))
    erased = SubjectErased(
        commitments=("c" * 64, "d" * 64),
        basis="court-order",
        reason="Order-1",
        erased_by="person-x",
    )
    ledger, award = "ledger-l001", "award-a001"
    told = ((ledger, opened), (ledger, resumed), (ledger, stepped), (award, erased))
    tables = tables_after(KEEPING, *told)

    assert list(tables.all(LEDGER)) == [LedgerRow(ledger, "l.example", 1, "real", minute(1))]
    assert list(tables.all(OUTAGE)) == [OutageRow(2, at, minute(9))]
    assert list(tables.all(CLOCK_STEP)) == [ClockStepRow(3, "NTP", at, minute(8), TELLER.id)]
    assert list(tables.all(ERASURE)) == [
        ErasureRow(award, 4, 2, "court-order", "Order-1", "person-x", minute(4))
    ]


def test_an_organisation_has_identifiers_and_keys() -> None:
    stream = "organisation-o001"
    registered = OrganisationRegistered(
        name="A (fictional)",
        side="supplier",
        identifiers=(
            Identifier(scheme="GB-COH", id="01"),
            Identifier(scheme="GB-CHC", id="2"),
        ),
    )
    key = KeyRegistered(
        key_id="k1", algorithm="ed25519", public_key="a" * 64, registered_by="person-x"
    )
    revoked = KeyRevoked(key_id="k1", reason="Lost", revoked_by="person-y")
    told = ((stream, registered), (stream, key))
    row = KeyRow(stream, "k1", "ed25519", "a" * 64, "person-x", minute(2))

    assert list(tables_after(ORGANISATIONS, *told).all(KEY)) == [row]
    tables = tables_after(ORGANISATIONS, *told, (stream, revoked))
    assert list(tables.all(KEY)) == [row._replace(revoked_at=minute(3), reason="Lost")]
    assert list(tables.all(IDENTIFIER)) == [
        IdentifierRow(stream, "GB-CHC", "2"),
        IdentifierRow(stream, "GB-COH", "01"),
    ]


def test_a_project_is_shown_by_its_corrected_title() -> None:
    stream, need = "project-p001", "need-n001"
    registered = ProjectRegistered(
        organisation_id="organisation-comm1", title="Club", summary="Evenings", place=PLACE
    )
    said = {"correction_id": "correction-c001", "old": "Club", "reason": "Two"}
    titled = RecordCorrected(field="title", new="Clubs", **said)
    summed = RecordCorrected(field="summary", new="Days", **said)
    row = ProjectRow(
        stream, "organisation-comm1", "Club", PLACE.police_force, PLACE.local_authority
    )
    tables = tables_after(NEEDS, (stream, registered), (stream, summed), (need, titled))

    assert tables.get(PROJECT, stream) == row
    tables = tables_after(NEEDS, (stream, registered), (stream, titled))
    assert tables.get(PROJECT, stream) == row._replace(title="Clubs")


def test_a_proxy_set_names_the_one_that_took_its_place() -> None:
    stream = "proxy-set-px01"
    adopted = ProxySetAdopted(
        adopter_id="organisation-eval1", name="2025", count=1, sha256="e" * 64
    )
    replaced = ProxySetSuperseded(superseded_by="proxy-set-px02", reason="Newer")
    tables = tables_after(PROXY_SETS, (stream, adopted), (stream, replaced))

    assert tables.get(PROXY_SET, stream) == ProxySetRow(
        stream, "2025", "e" * 64, "proxy-set-px02"
    )
