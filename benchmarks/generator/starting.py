"""Builders for what comes before an auction: organisations, proxies, projects and needs."""

from decimal import Decimal
from random import Random
from typing import Final

from svx_ledger.domain.auction.state import Auction
from svx_ledger.domain.need import Need, Theme
from svx_ledger.domain.organisation import Identifier, Organisation, Side
from svx_ledger.domain.place import Place
from svx_ledger.domain.procurement import Lot, Procurement
from svx_ledger.domain.proxies import Proxy

from .people import OPERATOR, SECOND_OPERATOR
from .proposals import Desk, Proposal, builds

WANTED: Final[dict[Side, int]] = {
    "authority": 2,
    "supplier": 5,
    "community": 3,
    "evaluator": 1,
    "operator": 1,
}
"""How many organisations of each side a small world has."""
MEASURES: Final = (
    # measure, unit, pounds, divisible, theme, a usual quantity
    ("laptop", "laptop", "300", False, "NT11", 40),
    ("volunteer-hour", "hour", "16.93", True, "NT17", 600),
    ("mentoring", "hour", "105.58", True, "NT9", 120),
    ("cash", "£", "1", True, "NT28", 20_000),
    ("van-day", "day", "47.255", False, "NT29", 30),
)
PLACES: Final = tuple(
    Place(police_force=f"E230000{force:02d}", local_authority=f"E0900{force:04d}", name=name)
    for force, name in enumerate(("Riverside", "Northgate", "Millfield", "Harbour"), start=1)
)
WEIGHT: Final = Decimal(10)
"""Points that social value has in the procurements here."""


def proxies() -> tuple[Proxy, ...]:
    """Return a table of proxies (fictional values but for their shape)."""
    return tuple(
        Proxy(
            measure=measure,
            name=f"One {unit} of {measure}",
            unit=unit,
            pounds_per_unit=Decimal(pounds),
            divisible=divisible,
            source="Unit cost table (fictional)",
            edition="2025",
            price_year=2025,
            licence="OGL-UK-3.0",
            theme_scheme="ToMs",
            theme=theme,
            deadweight=Decimal("0.1"),
            points_per_unit=round(Decimal(pounds) / 8, 3),
        )
        for measure, unit, pounds, divisible, theme, _ in MEASURES
    )


def identifier(organisation_id: str) -> Identifier:
    """Return the identifier of a generated organisation."""
    number = organisation_id.removeprefix("organisation-").upper()
    return Identifier(scheme="GB-COH", id=number)


@builds("RegisterOrganisation", 3)
def register_organisation(desk: Desk) -> Proposal | None:
    """Register what is missing most, and rarely one more."""
    sides = [state.side for _, state in desk.world.of("organisation")]  # type: ignore[attr-defined]  # of that kind
    missing = [side for side, wanted in WANTED.items() if sides.count(side) < wanted]
    if not missing and not (desk.chance(0.05) and len(sides) < 40):
        return None
    organisation_id = desk.new("organisation")
    command = desk.make(
        "RegisterOrganisation",
        organisation_id=organisation_id,
        side=desk.rng.choice(missing or list(WANTED)),
        name=f"The {organisation_id[-6:]} organisation (fictional)",
        identifiers=(identifier(organisation_id),),
    )
    return Proposal(command, OPERATOR)


@builds("VerifyOrganisation", 5)
def verify_organisation(desk: Desk) -> Proposal | None:
    """Verify one that is not, by the operator or by an authority."""
    found = desk.pick(Organisation, "organisation", lambda o: not o.verified)
    if found is None:
        return None
    authority = desk.organisation("authority")
    if authority is None or desk.chance(0.7):
        command = desk.make("VerifyOrganisation", organisation_id=found[0], verifier_id=None)
        return Proposal(command, SECOND_OPERATOR)
    command = desk.make("VerifyOrganisation", organisation_id=found[0], verifier_id=authority)
    return Proposal(command, desk.someone(authority, "authority.buyer"))


@builds("AdoptProxySet", 3)
def adopt_proxy_set(desk: Desk) -> Proposal | None:
    """Adopt a table while there are few."""
    adopter = desk.organisation(desk.rng.choice(("evaluator", "authority")))
    if adopter is None or len(desk.world.by_kind["proxy-set"]) >= (
        1 if desk.chance(0.9) else 4
    ):
        return None
    state = desk.world.states[adopter]
    assert isinstance(state, Organisation)
    actor = desk.someone(
        adopter, "evaluator" if state.side == "evaluator" else "authority.buyer"
    )
    given = {"proxy_set_id": desk.new("proxy-set"), "adopter_id": adopter, "proxies": proxies()}
    return Proposal(desk.make("AdoptProxySet", **given), actor)


@builds("RegisterProject", 1)
def register_project(desk: Desk) -> Proposal | None:
    """Register a project of a community organisation."""
    community = desk.organisation("community")
    if community is None or len(desk.world.by_kind["project"]) >= 8:
        return None
    project_id = desk.new("project")
    command = desk.make(
        "RegisterProject",
        project_id=project_id,
        organisation_id=community,
        title=f"Project {project_id[-4:]}",
        place=desk.rng.choice(PLACES),
    )
    return Proposal(command, desk.someone(community, "community.lead"))


def ask(rng: Random) -> tuple[str, str, Decimal, Theme]:
    """Return measure, unit, quantity and theme of something that a project may need."""
    measure, unit, _, _, theme, usual = rng.choice(MEASURES)
    quantity = Decimal(max(1, round(usual * rng.uniform(0.3, 2.0))))
    return measure, unit, quantity, Theme(scheme="ToMs", code=theme)


@builds("ProposeNeed", 4)
def propose_need(desk: Desk) -> Proposal | None:
    """Ask for something while few needs are free."""
    project = desk.pick(object, "project")
    needs = [s for _, s in desk.world.of("need") if s.listed_in is None and s.outstanding > 0]  # type: ignore[attr-defined]  # of that kind
    if project is None or len(needs) >= 12:
        return None
    measure, unit, quantity, theme = ask(desk.rng)
    community = project[1].organisation_id  # type: ignore[attr-defined]  # of that kind
    command = desk.make(
        "ProposeNeed",
        need_id=desk.new("need"),
        project_id=project[0],
        measure=measure,
        unit=unit,
        quantity=quantity,
        theme=theme,
        place=desk.rng.choice(PLACES),
        needed_by=desk.day(desk.rng.choice((0, 30, 200, 365))),
    )
    return Proposal(command, desk.someone(community, "community.lead"))


@builds("ApproveNeed", 5)
def approve_need(desk: Desk) -> Proposal | None:
    """Approve what was proposed."""
    found = desk.pick(Need, "need", lambda need: need.phase == "proposed")
    authority = desk.organisation("authority")
    if found is None or authority is None:
        return None
    command = desk.make("ApproveNeed", need_id=found[0], approver_organisation=authority)
    return Proposal(command, desk.someone(authority, "authority.approver", "authority.buyer"))


def under_way(desk: Desk) -> int:
    """Return how many auctions are being prepared or open, and not too late."""
    return sum(
        isinstance(auction, Auction)
        and auction.phase in {"drafted", "rules-frozen", "scheduled", "open"}
        and auction.closes_at > desk.now
        and (auction.phase != "rules-frozen" or auction.terms.opens_at > desk.now)
        for _, auction in desk.world.of("auction")
    )


@builds("RegisterProcurement", 2)
def register_procurement(desk: Desk) -> Proposal | None:
    """Begin another buying exercise while few are under way."""
    authority = desk.organisation("authority")
    waiting = desk.pick(Procurement, "procurement", lambda p: p.phase == "registered")
    if authority is None or waiting or under_way(desk) > 2 or desk.chance(0.6):
        return None
    procurement_id = desk.new("procurement")
    lots = tuple(
        Lot(
            lot=str(number),
            title=f"Lot {number}",
            contract_value_pence=desk.rng.randrange(10**8, 10**10),
            reference_spend_pence=desk.rng.choice((None, 10**8)),
        )
        for number in range(1, desk.rng.choice((2, 2, 3, 4)))
    )
    command = desk.make(
        "RegisterProcurement",
        procurement_id=procurement_id,
        ocid=f"ocds-abc123-{procurement_id[-14:]}",
        authority_id=authority,
        lots=lots,
        regime="pa2023" if desk.chance(0.9) else desk.rng.choice(("pcr2015", "light_touch")),
        social_value_weight=WEIGHT,
    )
    return Proposal(command, desk.someone(authority, "authority.buyer"))


@builds("PublishTenderNotice", 4)
def publish_tender_notice(desk: Desk) -> Proposal | None:
    """Publish what was registered."""
    found = desk.pick(Procurement, "procurement", lambda p: p.phase == "registered")
    if found is None:
        return None
    command = desk.make("PublishTenderNotice", procurement_id=found[0], published_on=desk.day())
    return Proposal(command, desk.someone(found[1].authority_id, "authority.buyer"))
