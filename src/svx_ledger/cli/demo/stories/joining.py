"""Who comes onto the exchange, who may act there, and who belongs to whom."""

from hashlib import sha256
from typing import Final

from svx_ledger.cli.demo.people import PROXIES_2026
from svx_ledger.cli.demo.step import OPERATOR, Step, day, person, step
from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Actor, Role
from svx_ledger.domain.organisation import (
    DeclareConnection,
    DescribeOrganisation,
    Identifier,
    RegisterKey,
    RegisterOrganisation,
    RevokeKey,
    VerifyOrganisation,
)
from svx_ledger.domain.proxies import AdoptProxySet
from svx_ledger.domain.superseding import SupersedeProxySet

ROPEWALK: Final = "organisation-ropewalk"
BRACKWATER: Final = "organisation-brackwater"
EVALUATOR = person("evaluator", "plumbline")


def _granted(at: str, by: Actor, who: Actor, until: str | None = None) -> Step:
    _, party, called = who.id.split("-", 2)
    assert who.organisation is not None
    grant = GrantAccess(
        access_id=f"access-{party}{called.replace('-', '')}",
        person_id=who.id,
        organisation_id=who.organisation,
        role=who.role,
        until=None if until is None else day(until),
    )
    return step(at, by, grant)


def _accesses() -> tuple[Step, ...]:
    """Let the operator name those who lead the commissioner's office, and these the others."""
    others: tuple[Role, ...] = (
        "authority.buyer",
        "authority.assessor",
        "authority.contract_manager",
    )
    approver = person("authority.approver", "marchshire")
    led = _granted("2025-03-06 09:00", OPERATOR, approver)
    named = (
        _granted(f"2025-03-06 09:1{n}", approver, person(role, "marchshire"), "2028-09-30")
        for n, role in enumerate(others)
    )
    return (led, *named)


def _key(at: str, key_id: str) -> Step:
    invented = sha256(f"{key_id} (fictional)".encode()).hexdigest()
    key = RegisterKey(
        organisation_id=BRACKWATER, key_id=key_id, algorithm="ed25519", public_key=invented
    )
    return step(at, person("supplier.signatory", "brackwater"), key)


GROUP: Final = (
    step(
        "2025-05-12 10:00",
        OPERATOR,
        RegisterOrganisation(
            organisation_id=ROPEWALK,
            name="Ropewalk Street Group (fictional)",
            side="community",
            identifiers=(Identifier(scheme="SVX", id="ROPEWALK"),),
            unincorporated=True,
            host_id="organisation-doorstep",
        ),
    ),
    step(
        "2025-05-13 10:00",
        person("authority.buyer", "ottermoor"),
        VerifyOrganisation(
            organisation_id=ROPEWALK,
            basis="Met its members; Doorstep Friends answers for it (fictional)",
            verifier_id="organisation-ottermoor",
        ),
        "The Ropewalk neighbours join, no charity and no company: Doorstep Friends is their "
        "host, and Ottermoor's council vouches for them.",
    ),
    step(
        "2025-05-19 10:00",
        person("community.lead", "ropewalk"),
        DescribeOrganisation(
            organisation_id=ROPEWALK,
            income_band="under-10k",
            led_by=("older-people",),
            beneficiary_groups=("older-people", "everybody-in-the-area"),
        ),
    ),
)
CONNECTED: Final = step(
    "2025-06-12 10:00",
    person("supplier.signatory", "wrenfold"),
    DeclareConnection(
        organisation_id="organisation-wrenfold",
        connected_to="organisation-harle",
        nature="common-control",
        declarer_id="organisation-wrenfold",
    ),
    "Wrenfold declares that it and Harle & Fenn have one owner. Both may bid, and are flagged.",
)
KEYS: Final = (
    _key("2025-06-05 10:00", "bids-2025"),
    _key("2026-01-09 10:00", "bids-2026"),
    step(
        "2026-01-09 10:30",
        person("supplier.signatory", "brackwater"),
        RevokeKey(
            organisation_id=BRACKWATER, key_id="bids-2025", reason="Replaced by this year's"
        ),
    ),
)
LEAVING: Final = step(
    "2026-05-29 17:00",
    person("authority.approver", "marchshire"),
    RevokeAccess(access_id="access-marchshireassessor", reason="Moves to another force"),
)
NEW_PROXIES: Final = (
    step(
        "2026-01-12 10:00",
        EVALUATOR,
        AdoptProxySet(
            proxy_set_id="proxy-set-demo2026",
            adopter_id="organisation-plumbline",
            name="Demo proxies 2026 (fictional)",
            proxies=PROXIES_2026,
        ),
    ),
    step(
        "2026-01-12 10:30",
        EVALUATOR,
        SupersedeProxySet(
            proxy_set_id="proxy-set-demo",
            superseded_by="proxy-set-demo2026",
            reason="A new year; what the first table valued keeps its value",
        ),
        "The evaluator sets anew what one unit of help is worth. What was valued before keeps "
        "its value.",
    ),
)
JOINING: Final = (*_accesses(), *GROUP, CONNECTED, *KEYS, LEAVING, *NEW_PROXIES)
