"""Organisations, access, offers, indicators and corrections. All fictional."""

from datetime import UTC, date, datetime
from decimal import Decimal

from svx_ledger.domain.access import AccessGranted, AccessRevoked
from svx_ledger.domain.api_key import ApiKeyIssued, ApiKeyRevoked
from svx_ledger.domain.corrected import RecordCorrected
from svx_ledger.domain.correction import CorrectionApproved, CorrectionRequested
from svx_ledger.domain.direct_offer import DirectlyOffered, OfferAccepted, OfferDeclined
from svx_ledger.domain.indicator import IndicatorObserved
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedOfferAccepted
from svx_ledger.domain.organisation import (
    ConnectionDeclared,
    Identifier,
    KeyRegistered,
    KeyRevoked,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
)
from svx_ledger.domain.participations import ParticipationBegan
from svx_ledger.domain.place import Place
from svx_ledger.domain.resource_offer import ResourceOffered, ResourceWithdrawn
from svx_ledger.domain.spend import InputRecorded

GROUP = "organisation-towpath"
HOST = "organisation-lantern"
AUTHORITY = "organisation-quayside"
SUPPLIER = "organisation-heron"
NEED = "need-waders"
EVENTS: tuple[tuple[str, str, Event], ...] = (
    (
        GROUP,
        "RegisterOrganisation",
        OrganisationRegistered(
            name="The Towpath Group (fictional)",
            side="community",
            identifiers=(
                Identifier(scheme="SVX", id="TOWPATH"),
                Identifier(scheme="GB-PPON", id="PABC-1234-WXYZ"),
            ),
            registered_by="person-lead",
            unincorporated=True,
            host_id=HOST,
            looks_like="organisation-t0wpath",
        ),
    ),
    (
        GROUP,
        "SuspendOrganisation",
        OrganisationSuspended(
            reason="Its host has closed (fictional)",
            authority_id=AUTHORITY,
            suspended_by="person-approver",
        ),
    ),
    (
        GROUP,
        "ReinstateOrganisation",
        OrganisationReinstated(
            reason="Another host answers for it (fictional)",
            authority_id=AUTHORITY,
            reinstated_by="person-second",
        ),
    ),
    (
        GROUP,
        "VerifyOrganisation",
        ConnectionDeclared(
            connected_to=HOST,
            nature="host",
            declarer_id=AUTHORITY,
            declared_by="person-approver",
        ),
    ),
    (
        SUPPLIER,
        "DeclareConnection",
        ConnectionDeclared(
            connected_to=GROUP,
            nature="director",
            declarer_id=GROUP,
            declared_by="person-lead",
            mirrored=True,
        ),
    ),
    (
        GROUP,
        "DescribeOrganisation",
        OrganisationDescribed(
            income_band="under-10k",
            led_by=("older-people",),
            beneficiary_groups=("children-and-young-people", "carers"),
            described_by="person-lead",
        ),
    ),
    (
        SUPPLIER,
        "RegisterKey",
        KeyRegistered(
            key_id="bids-2026",
            algorithm="ed25519",
            public_key="3d" * 32,
            registered_by="person-signatory",
        ),
    ),
    (
        SUPPLIER,
        "RevokeKey",
        KeyRevoked(
            key_id="bids-2026",
            reason="The laptop that held it was lost (fictional)",
            revoked_by="person-signatory",
        ),
    ),
    (
        "participations-heron",
        "AcceptInvitation",
        ParticipationBegan(auction_id="auction-quayside", authority_id=AUTHORITY),
    ),
    (
        "access-a1b2",
        "GrantAccess",
        AccessGranted(
            person_id="person-7k2m",
            organisation_id=AUTHORITY,
            role="authority.buyer",
            until=date(2027, 3, 31),
            granted_by="person-approver",
        ),
    ),
    (
        "access-a1b2",
        "RevokeAccess",
        AccessRevoked(
            reason="Moved to another post",
            person_id="person-7k2m",
            organisation_id=AUTHORITY,
            role="authority.buyer",
            revoked_by="person-approver",
        ),
    ),
    (
        "api-key-0123456789abcdef",
        "IssueApiKey",
        ApiKeyIssued(
            access_id="access-a1b2",
            secret_sha256="5e" * 32,
            scopes=("read", "act:DraftAuction"),
            expires_at=datetime(2027, 3, 31, 23, tzinfo=UTC),
            person_id="person-7k2m",
            organisation_id=AUTHORITY,
            role="authority.buyer",
            issued_by="person-approver",
        ),
    ),
    (
        "api-key-0123456789abcdef",
        "RevokeApiKey",
        ApiKeyRevoked(
            reason="The machine that held it was replaced (fictional)",
            person_id="person-7k2m",
            organisation_id=AUTHORITY,
            role="authority.buyer",
            revoked_by="person-7k2m",
        ),
    ),
    (
        "resource-offer-r001",
        "OfferResource",
        ResourceOffered(
            supplier_id=SUPPLIER,
            measure="waders",
            unit="pair",
            quantity=Decimal(12),
            places=(Place(police_force="E23999901", local_authority="E07999901", name="Quay"),),
            available_from=date(2026, 4, 1),
            available_to=date(2026, 9, 30),
            proxy_set_id="proxy-set-px01",
            offered_by="person-signatory",
        ),
    ),
    (
        "resource-offer-r001",
        "WithdrawResource",
        ResourceWithdrawn(reason="Given elsewhere", withdrawn_by="person-signatory"),
    ),
    (
        "direct-offer-d001",
        "OfferDirectly",
        DirectlyOffered(
            supplier_id=SUPPLIER,
            need_id=NEED,
            authority_id=AUTHORITY,
            proxy_set_id="proxy-set-px01",
            quantity=Decimal(4),
            deliver_by=date(2026, 6, 30),
            community_id=GROUP,
            measure="waders",
            unit="pair",
            value_pence=26_000,
            offered_by="person-signatory",
        ),
    ),
    (
        "direct-offer-d001",
        "AcceptOffer",
        OfferAccepted(need_id=NEED, quantity=Decimal(4), accepted_by="person-lead"),
    ),
    (
        NEED,
        "AcceptOffer",
        NeedOfferAccepted(direct_offer_id="direct-offer-d001", quantity=Decimal(4)),
    ),
    (
        "direct-offer-d002",
        "DeclineOffer",
        OfferDeclined(reason="The wrong size (fictional)", declined_by="person-lead"),
    ),
    (
        "indicator-i001",
        "ObserveIndicator",
        IndicatorObserved(
            recorder_id=AUTHORITY,
            area="E23999901",
            indicator="repeat-callers",
            period_from=date(2026, 1, 1),
            period_to=date(2026, 3, 31),
            value=Decimal("412.5"),
            unit="calls",
            source="Quarterly return of the force (fictional)",
            observed_by="person-analyst",
        ),
    ),
    (
        "spend-s002",
        "RecordInput",
        InputRecorded(
            payer_id=SUPPLIER,
            procurement_id="procurement-estates",
            period_from=date(2026, 1, 1),
            period_to=date(2026, 3, 31),
            what="staff-time",
            basis="Time sheets of those who delivered (fictional)",
            amount_pence=420_000,
        ),
    ),
    (
        "correction-c001",
        "RequestCorrection",
        CorrectionRequested(
            target_id="spend-s001",
            field="amount_pence",
            old="120000",
            new="102000",
            reason="Two digits were swapped (fictional)",
            organisation_id=AUTHORITY,
            requested_by="person-buyer",
        ),
    ),
    (
        "correction-c001",
        "ApproveCorrection",
        CorrectionApproved(approved_by="person-approver"),
    ),
    (
        "spend-s001",
        "ApproveCorrection",
        RecordCorrected(
            correction_id="correction-c001",
            field="amount_pence",
            old="120000",
            new="102000",
            reason="Two digits were swapped (fictional)",
        ),
    ),
)
