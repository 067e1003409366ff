"""Every word that the state of a thing in a list can be, with what makes it so."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from svx_ledger.projections.api_keys import API_KEY, ApiKeyRow
from svx_ledger.projections.award_rows import (
    AWARD,
    CONTRACT,
    END,
    AwardRow,
    ContractRow,
    EndRow,
)
from svx_ledger.projections.lists.catalogue import LISTS
from svx_ledger.projections.lists.listing import ListOf, page_of
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.needs import (
    COMMITMENT,
    NEED,
    RESERVATION,
    CommitmentRow,
    NeedRow,
    ReservationRow,
)
from svx_ledger.projections.obligations import OBLIGATION, ObligationRow
from svx_ledger.projections.obligations import Phase as PledgePhase
from svx_ledger.projections.organisations import ORGANISATION, OrganisationRow
from svx_ledger.projections.persons import ACCESS, AccessRow
from svx_ledger.projections.procurements import PROCUREMENT, ProcurementRow
from svx_ledger.projections.proxy_sets import PROXY_SET, ProxySetRow
from svx_ledger.projections.table import Put
from svx_ledger.projections.view import View
from tests.domain.outcome import NOON, OPERATOR

TODAY = NOON.date()
DAY = timedelta(days=1)
BY_GROUP: dict[str, ListOf[Any, Any]] = {one.group: one for one in LISTS}


def organisation(**now: Any) -> list[Put[Any]]:
    row = OrganisationRow(
        "organisation-a001", "A club (fictional)", "community", verified=False
    )
    return [ORGANISATION.put(row._replace(**now))]


def access(**now: Any) -> list[Put[Any]]:
    who = ("access-a001", "person-a001", "organisation-a001", "supplier.signatory")
    row = AccessRow(*who, until=None, granted_by="person-op", granted_at=NOON, position=1)
    return [ACCESS.put(row._replace(**now))]


def key(revoked: Any = None, **now: Any) -> list[Put[Any]]:
    row = ApiKeyRow(
        api_key_id="api-key-k001",
        access_id="access-a001",
        person_id="person-a001",
        organisation_id="organisation-a001",
        role="supplier.signatory",
        scopes="read",
        expires_at=NOON + DAY,
        issued_by="person-op",
        issued_at=NOON - DAY,
        position=2,
    )
    return [*access(revoked_at=revoked), API_KEY.put(row._replace(**now))]


def proxies(**now: Any) -> list[Put[Any]]:
    return [PROXY_SET.put(ProxySetRow("proxy-set-0001", "Proxies", "ab" * 32)._replace(**now))]


def need(*others: Put[Any], **now: Any) -> list[Put[Any]]:
    row = NeedRow(
        need_id="need-n001",
        project_id="project-p001",
        community_id="organisation-a001",
        measure="laptop",
        unit="each",
        quantity=Decimal(20),
        needed_by=date(2026, 12, 31),
        theme_scheme="ToMs",
        theme="NT11",
        police_force="E23000001",
        local_authority="E09000001",
        approved=True,
    )
    return [NEED.put(row._replace(**now)), *others]


def pledged(quantity: int) -> Put[Any]:
    return COMMITMENT.put(CommitmentRow("need-n001", "pledge-p001", Decimal(quantity)))


def reserved(auction: str, *, still: bool) -> Put[Any]:
    return RESERVATION.put(ReservationRow("need-n001", auction, reserves=still))


def procurement(phase: str) -> list[Put[Any]]:
    row = ProcurementRow(
        procurement_id="procurement-p001",
        ocid="ocds-x-1",
        title="Vans (fictional)",
        authority_id="organisation-auth",
        regime="pa2023",
        nation="england",
        registered_at=NOON,
        position=1,
        phase=phase,
    )
    return [PROCUREMENT.put(row)]


def contract(*ends: EndRow) -> list[Put[Any]]:
    award = AwardRow(
        award_id="award-a001",
        procurement_id="procurement-p001",
        lot="1",
        authority_id="organisation-auth",
        auction_id="auction-a001",
        phase="approved",
        assessed_at=NOON,
        position=1,
        ranked_position=1,
    )
    row = ContractRow(
        award_id="award-a001",
        contract_id="contract-a001",
        entered_at=NOON,
        period_from=TODAY,
        period_to=TODAY + DAY,
        contract_value_pence=100,
        pledged_pence=10,
        position=2,
        entered_on=TODAY,
        supplier_id="organisation-a001",
    )
    return [AWARD.put(award), CONTRACT.put(row), *map(END.put, ends)]


def pledge(phase: PledgePhase) -> list[Put[Any]]:
    row = ObligationRow(
        pledge_id="pledge-p001",
        contract_id="contract-a001",
        award_id="award-a001",
        auction_id="auction-a001",
        procurement_id="procurement-p001",
        authority_id="organisation-auth",
        supplier_id="organisation-a001",
        community_id="organisation-c001",
        project_id="project-p001",
        need_id="need-n001",
        measure="laptop",
        unit="each",
        pounds_per_unit=Decimal(1),
        quantity=Decimal(1),
        due_by=TODAY,
        entered_on=TODAY,
        committed_at=NOON,
        position=1,
        rate=None,
        cap=None,
    )
    return [OBLIGATION.put(row._replace(phase=phase))]


A, B = "auction-a001", "auction-b002"
STATES: tuple[tuple[str, str, list[Put[Any]]], ...] = (
    ("organisation", "registered", organisation()),
    ("organisation", "verified", organisation(verified=True)),
    ("organisation", "suspended", organisation(verified=True, suspended=True)),
    ("organisation", "suspended", organisation(suspended=True)),
    ("access", "in-force", access()),
    ("access", "in-force", access(until=TODAY)),
    ("access", "ended", access(until=TODAY - DAY)),
    ("access", "revoked", access(revoked_at=NOON)),
    ("access", "revoked", access(until=TODAY - DAY, revoked_at=NOON)),
    ("key", "in-force", key()),
    ("key", "expired", key(expires_at=NOON)),
    ("key", "revoked", key(revoked_at=NOON)),
    ("key", "access-revoked", key(revoked=NOON)),
    ("proxies", "in-force", proxies()),
    ("proxies", "superseded", proxies(superseded_by="proxy-set-0002")),
    ("need", "proposed", need(approved=False)),
    ("need", "open", need()),
    ("need", "open", need(pledged(19))),
    ("need", "listed", need(reserved(A, still=True), listed_last_in=A)),
    ("need", "open", need(reserved(A, still=False), listed_last_in=A)),
    (
        *("need", "listed"),
        need(reserved(A, still=False), reserved(B, still=True), listed_last_in=B),
    ),
    ("need", "committed", need(pledged(20), reserved(A, still=True), listed_last_in=A)),
    ("need", "withdrawn", need(pledged(19), withdrawn=True)),
    ("procurement", "registered", procurement("registered")),
    ("procurement", "published", procurement("published")),
    ("procurement", "completed", procurement("completed")),
    ("procurement", "terminated", procurement("terminated")),
    ("contract", "entered", contract()),
    ("contract", "completed", contract(EndRow("contract-a001", "completed", TODAY))),
    ("contract", "terminated", contract(EndRow("contract-a001", "terminated", TODAY))),
    *(("pledge", phase, pledge(phase)) for phase in get_args(PledgePhase)),
)


@pytest.mark.parametrize(("group", "state", "rows"), STATES)
def test_a_thing_is_listed_in_its_state(group: str, state: str, rows: list[Put[Any]]) -> None:
    tables = Tables()
    tables.apply(rows)
    view = View(tables, 9, NOON)
    (item,) = page_of(BY_GROUP[group], view, OPERATOR).items

    assert item.state == state
    assert page_of(BY_GROUP[group], view, OPERATOR, sought={"state": state}).items == (item,)


def test_every_word_of_every_state_is_above() -> None:
    forms = {(of.group, one.name): one.form for of in LISTS for one in of.filters}
    words = {
        (group, word)
        for (group, name), form in forms.items()
        if name == "state"
        for word in get_args(form)
    }

    assert words == {(group, state) for group, state, _ in STATES}
    assert {group for group, _ in words} == {
        one.group for one in LISTS if "state" in one.item._fields
    }
