"""What is kept beside auctions, as rows: corrections, access, interests, offers, keys."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from svx_ledger.domain.access import AccessGranted, AccessRevoked
from svx_ledger.domain.book import (
    ClockStepAccepted,
    EpochStarted,
    LedgerOpened,
    LedgerResumed,
    LogKeyAdded,
    LogKeyRevoked,
)
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import CorrectionApproved, CorrectionRequested
from svx_ledger.domain.organisation import (
    Identifier,
    KeyRegistered,
    KeyRevoked,
    OrganisationRegistered,
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
    EPOCH,
    ERASURE,
    KEEPING,
    LEDGER,
    LOG_KEY,
    OUTAGE,
    ClockStepRow,
    EpochRow,
    ErasureRow,
    LedgerRow,
    LogKeyRow,
    OutageRow,
)
from svx_ledger.projections.needs import NEEDS, PROJECT, ProjectRow
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
from tests.domain.cast import PLACE
from tests.golden.areas import published

from .test_obligations import JUNE, minute
from .told import TELLER, tables_after


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


def test_the_keys_of_the_published_log_are_kept_and_who_follows_a_restore() -> None:
    first, second, third = (
        published.FIRST_KEY,
        published.SECOND_KEY,
        published.KEY_OF_EPOCH_2,
    )
    origin, ledger = published.ORIGIN, "ledger-l001"
    opened = LedgerOpened(origin=origin, epoch=1, format=1, hash="sha256", clock="real")
    started = EpochStarted(
        epoch=2, checkpoint=published.CHECKPOINT, verifier_key=third, reason="Restored"
    )
    told = (
        opened,
        LogKeyAdded(verifier_key=first),
        LogKeyAdded(verifier_key=second),
        LogKeyRevoked(verifier_key=first, reason="Lost"),
        started,
    )
    tables = tables_after(KEEPING, *((ledger, event) for event in told))
    renamed = f"{origin}/2"

    assert list(tables.all(LEDGER)) == [LedgerRow(ledger, renamed, 2, "real", minute(1))]
    assert {row.verifier_key: row for row in tables.all(LOG_KEY)} == {
        first: LogKeyRow(first, origin, 2, TELLER.id, 4, "Lost"),
        second: LogKeyRow(second, origin, 3, TELLER.id),
        third: LogKeyRow(third, renamed, 5, TELLER.id),
    }
    assert list(tables.all(EPOCH)) == [
        EpochRow(
            position=5,
            epoch=2,
            origin=renamed,
            published_as=origin,
            published_size=664,
            published_root=published.CHECKPOINT[2],
            reason="Restored",
            started_by=TELLER.id,
            started_at=minute(5),
        )
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
