"""Private texts as records have them, and their erasure (all of it fictional)."""

from datetime import date
from decimal import Decimal

from svx_ledger.domain.award.events import RepresentationRecorded
from svx_ledger.domain.kind import Event
from svx_ledger.domain.organisation import Identifier, OrganisationRegistered
from svx_ledger.domain.pledge.events import DeliveryClaimed
from svx_ledger.domain.pledge.outcomes import DeliveryDisputed
from svx_ledger.domain.private import Private, SubjectErased
from svx_ledger.domain.procurement import (
    InterestDeclared,
    ProcurementCompleted,
    ProcurementTerminated,
)

ORGANISATION = "organisation-brightway"
PROCUREMENT = "procurement-facilities"
AWARD = "award-facilities"
PLEDGE = "pledge-laptops"
ERASURE = "EraseSubject"
BUYER = "person-buyer"


def _private(digit: str) -> Private:
    return Private(commitment=digit * 64)


EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        ORGANISATION,
        "RegisterOrganisation",
        OrganisationRegistered(
            name="Brightway (fictional)",
            side="supplier",
            identifiers=(Identifier(scheme="GB-COH", id="01234567"),),
            contact=_private("1"),
        ),
    ),
    (
        PROCUREMENT,
        "DeclareInterest",
        InterestDeclared(
            person_id="person-assessor",
            organisation_id=ORGANISATION,
            nature="family",
            interest_no=2,
            declared_by="person-assessor",
            details=_private("2"),
        ),
    ),
    (
        AWARD,
        "RecordRepresentation",
        RepresentationRecorded(
            supplier_id=ORGANISATION,
            received_on=date(2026, 3, 19),
            subject="scoring",
            recorded_by=BUYER,
            content=_private("3"),
        ),
    ),
    (
        PLEDGE,
        "ClaimDelivery",
        DeliveryClaimed(
            quantity=Decimal(5),
            delivered_from=date(2026, 6, 1),
            delivered_to=date(2026, 6, 12),
            evidence_sha256="a" * 64,
            claim_no=1,
            value_pence=150_000,
            outside_period=False,
            claimed_by="person-bidder",
            note=_private("4"),
        ),
    ),
    (
        PLEDGE,
        "DisputeDelivery",
        DeliveryDisputed(
            claim_no=1,
            reason="Three came, not five",
            by="community",
            quantity=Decimal(5),
            value_pence=150_000,
            disputed_by="person-lead",
            details=_private("5"),
        ),
    ),
    (
        PROCUREMENT,
        "CompleteProcurement",
        ProcurementCompleted(
            lots=("1",),
            auctions=("auction-facilities",),
            completed_by=BUYER,
            completed_on=date(2029, 3, 31),
        ),
    ),
    (
        PROCUREMENT,
        "TerminateProcurement",
        ProcurementTerminated(
            reason="The building is sold",
            reference="UK12-1",
            lots=("1",),
            auctions=(),
            terminated_by=BUYER,
            terminated_on=date(2026, 5, 4),
        ),
    ),
    (
        AWARD,
        ERASURE,
        SubjectErased(
            commitments=("3" * 64,),
            basis="retention",
            reason="RET-2029-1",
            contract_id="contract-facilities",
            erased_by=BUYER,
        ),
    ),
    (
        ORGANISATION,
        ERASURE,
        SubjectErased(
            commitments=("1" * 64, "6" * 64),
            basis="data-subject-request",
            reason="DSR-2026-1",
            erased_by="person-operator",
        ),
    ),
)
