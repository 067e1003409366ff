"""Who and what the examples are about, with the history that brought each there (fictional)."""

from datetime import date
from decimal import Decimal

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.domain.need import NeedApproved, NeedProposed, Theme
from svx_ledger.domain.organisation import (
    Identifier,
    OrganisationRegistered,
    OrganisationVerified,
    Side,
)
from svx_ledger.domain.place import Place
from svx_ledger.domain.procurement import (
    ConflictsReviewed,
    Finding,
    InterestDeclared,
    Lot,
    ProcurementRegistered,
)
from svx_ledger.domain.project import ProjectRegistered
from svx_ledger.domain.proxies import Proxy, ProxyAdded, ProxySetAdopted

Past = list[tuple[str, Event]]

AUTHORITY = "organisation-auth1"
OTHER_AUTHORITY = "organisation-auth2"
COMMUNITY = "organisation-comm1"
SUPPLIER = "organisation-supp1"
PARTICIPATIONS = "participations-supp1"
EVALUATING = "organisation-eval1"
PROXY_SET = "proxy-set-px01"
PROJECT = "project-p001"
NEED = "need-n001"
PROCUREMENT = "procurement-pr01"

BUYER = Actor(id="person-buyer", role="authority.buyer", organisation=AUTHORITY)
APPROVER = Actor(id="person-approver", role="authority.approver", organisation=AUTHORITY)
OTHER_BUYER = Actor(id="person-other", role="authority.buyer", organisation=OTHER_AUTHORITY)
LEAD = Actor(id="person-lead", role="community.lead", organisation=COMMUNITY)
BIDDER = Actor(id="person-bidder", role="supplier.bidder", organisation=SUPPLIER)
EVALUATOR = Actor(id="person-eve", role="evaluator", organisation=EVALUATING)

PLACE = Place(police_force="E23000001", local_authority="E09000001", name="Riverside")
THEME = Theme(scheme="ToMs", code="NT11")


def registered(organisation: str, side: Side) -> Past:
    """An organisation that has said who it is."""
    identifier = Identifier(
        scheme="GB-COH", id=organisation.removeprefix("organisation-").upper()
    )
    stated = OrganisationRegistered(name=organisation, side=side, identifiers=(identifier,))
    return [(organisation, stated)]


def verified(organisation: str, side: Side) -> Past:
    """An organisation that somebody has checked."""
    checked = OrganisationVerified(basis="register checked")
    return [*registered(organisation, side), (organisation, checked)]


LAPTOPS = Proxy(
    measure="laptop",
    name="A refurbished laptop",
    unit="laptop",
    pounds_per_unit=Decimal(300),
    divisible=False,
    source="Unit cost table (fictional)",
    edition="2025",
    price_year=2025,
    licence="OGL-UK-3.0",
    theme_scheme="ToMs",
    theme="NT11",
)


def adopted(*proxies: Proxy) -> Past:
    """A proxy set with these proxies."""
    whole = ProxySetAdopted(
        adopter_id=EVALUATING, name="Proxies 2025", count=len(proxies), sha256="0" * 64
    )
    return [
        *((PROXY_SET, ProxyAdded(proxy=proxy)) for proxy in proxies),
        (PROXY_SET, whole),
    ]


ADOPTED: Past = adopted(LAPTOPS)
STARTED: Past = [
    *verified(COMMUNITY, "community"),
    (
        PROJECT,
        ProjectRegistered(
            organisation_id=COMMUNITY, title="Homework club", summary="Evenings", place=PLACE
        ),
    ),
]
PROPOSED = NeedProposed(
    project_id=PROJECT,
    organisation_id=COMMUNITY,
    measure="laptop",
    unit="laptop",
    quantity=Decimal(20),
    place=PLACE,
    needed_by=date(2026, 9, 1),
    theme=THEME,
    use="Homework three evenings a week",
    delivered_by="The club's own mentors",
    in_place="A room, a lockable cupboard, broadband",
    proposed_by=LEAD.id,
)
APPROVED = NeedApproved(approved_by=BUYER.id, approver_organisation=AUTHORITY)
LOT = Lot(lot="1", title="Facilities", contract_value_pence=5_000_000_000)
BOUGHT = ProcurementRegistered(
    ocid="ocds-abc123-0001",
    title="Facilities management",
    authority_id=AUTHORITY,
    acts_for=("E23000001",),
    lots=(LOT,),
    regime="pa2023",
    nation="england",
    policy="own",
    social_value_weight=Decimal(10),
)
REVIEWED = ConflictsReviewed(
    occasion="before-notice", findings=(), suppliers=(), reviewed_by=APPROVER.id
)
REVIEWED_BEFORE_AWARD = ConflictsReviewed(
    occasion="before-award", findings=(), suppliers=(), reviewed_by=APPROVER.id
)
DECLARED = InterestDeclared(
    person_id="person-declares",
    organisation_id=SUPPLIER,
    nature="employment",
    interest_no=1,
    declared_by="person-declares",
)
"""What nobody has judged yet."""
JUDGED = ConflictsReviewed(
    occasion="declaration",
    findings=(Finding(interest_no=1, outcome="none"),),
    suppliers=(),
    reviewed_by=APPROVER.id,
)
