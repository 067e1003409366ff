"""API keys as rows and as a list: in force or not, and to whom each is shown."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.api_key import ApiKeyIssued, ApiKeyRevoked, IssueApiKey, RevokeApiKey
from svx_ledger.projections.api_keys import (
    API_KEY,
    API_KEYS,
    ApiKeyRow,
    KeyState,
    ListedKey,
)
from svx_ledger.projections.lists.listing import page_of
from svx_ledger.projections.lists.parties import KEYS
from svx_ledger.projections.view import View
from tests.domain.outcome import NOON

from .deal import Deal
from .play import Play
from .test_visibility_played import EXCHANGE, fields_hidden, seeing, viewers
from .told import tables_after

KEY = "api-key-k001"
ENDS = NOON + timedelta(days=30)
WHO: dict[str, Any] = {
    "person_id": "person-new",
    "organisation_id": "organisation-supp1",
    "role": "supplier.bidder",
}
ISSUED = ApiKeyIssued(
    access_id="access-a001",
    secret_sha256="5e" * 32,
    scopes=("read", "act:SubmitBid"),
    expires_at=ENDS,
    issued_by="person-op",
    **WHO,
)
REVOKED = ApiKeyRevoked(reason="Lost", revoked_by="person-op2", **WHO)


def minute(position: int) -> datetime:
    """When an event at this position is told."""
    return NOON + timedelta(minutes=position)


ROW = ApiKeyRow(
    api_key_id=KEY,
    access_id="access-a001",
    scopes="read act:SubmitBid",
    expires_at=ENDS,
    issued_by="person-op",
    issued_at=minute(1),
    position=1,
    **WHO,
)


def test_a_key_is_kept_with_its_end() -> None:
    assert tables_after(API_KEYS, (KEY, ISSUED)).get(API_KEY, KEY) == ROW
    ended = tables_after(API_KEYS, (KEY, ISSUED), (KEY, REVOKED))
    assert ended.get(API_KEY, KEY) == ROW._replace(
        revoked_at=minute(2), revoked_by="person-op2", reason="Lost"
    )


def test_no_row_has_the_digest() -> None:
    assert "secret_sha256" in {field.name for field in fields(ApiKeyIssued)}
    for kind in (ApiKeyRow, ListedKey):
        assert not {name for name in kind._fields if "sha" in name or "secret" in name}


@pytest.fixture
def deal() -> Deal:
    """Two people with access, each with a key."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    for number, organisation in enumerate((deal.winner, deal.rival), start=1):
        grant = GrantAccess(
            access_id=f"access-a00{number}",
            person_id="person-new",
            organisation_id=organisation,
            role="supplier.signatory",
        )
        deal.play.do(grant, EXCHANGE)
        issue = IssueApiKey(
            api_key_id=f"api-key-k00{number}",
            access_id=grant.access_id,
            secret_sha256=f"{number}a" * 32,
            scopes=("read", "act"),
            expires_at=deal.play.now + timedelta(days=30),
        )
        deal.play.do(issue, EXCHANGE)
    return deal


def api_keys(view: View, viewer: Actor | None = None, **sought: str) -> tuple[ListedKey, ...]:
    return page_of(KEYS, view, viewer, sought=sought).items


def view_of(deal: Deal, days: int = 0) -> View:
    now = deal.play.now + timedelta(days=days)
    return View(deal.play.views().tables, len(deal.play.log), now)


def states(deal: Deal, days: int = 0) -> dict[str, KeyState]:
    return {key.api_key_id: key.state for key in api_keys(view_of(deal, days), EXCHANGE)}


def test_a_key_is_listed_as_it_is_now(deal: Deal) -> None:
    (mine, other) = api_keys(view_of(deal), EXCHANGE)
    row = view_of(deal).rows.get(API_KEY, KEY)

    assert row is not None
    assert mine == ListedKey(
        api_key_id=KEY,
        state="in-force",
        organisation_id=deal.winner,
        person_id="person-new",
        role="supplier.signatory",
        scopes=("read", "act"),
        expires_at=row.expires_at,
        access_id="access-a001",
        issued_by=EXCHANGE.id,
        issued_at=row.issued_at,
        revoked_at=None,
        revoked_by=None,
        reason=None,
        position=row.position,
    )
    assert api_keys(view_of(deal), EXCHANGE, organisation=deal.rival) == (other,)


def test_a_key_has_expired_from_that_instant_on(deal: Deal) -> None:
    (mine, _) = api_keys(view_of(deal), EXCHANGE)
    view = view_of(deal)
    before = view._replace(now=mine.expires_at - timedelta(microseconds=1))
    then = view._replace(now=mine.expires_at)

    assert api_keys(before, EXCHANGE)[0].state == "in-force"
    assert api_keys(then, EXCHANGE)[0].state == "expired"


def test_revoked_is_said_before_expired_and_that_before_its_access(deal: Deal) -> None:
    deal.play.do(RevokeApiKey(api_key_id=KEY, reason="Lost (fictional)"), EXCHANGE)
    assert states(deal) == {KEY: "revoked", "api-key-k002": "in-force"}
    for access in ("access-a001", "access-a002"):
        deal.play.do(RevokeAccess(access_id=access, reason="Left"), EXCHANGE)

    assert states(deal) == {KEY: "revoked", "api-key-k002": "access-revoked"}
    assert states(deal, days=60) == {KEY: "revoked", "api-key-k002": "expired"}
    (first, _) = api_keys(view_of(deal), EXCHANGE)
    assert (first.reason, first.revoked_by) == ("Lost (fictional)", EXCHANGE.id)
    assert first.revoked_at is not None


def test_keys_are_known_to_the_organisation_the_operator_and_auditors(deal: Deal) -> None:
    revoke = RevokeApiKey(api_key_id=KEY, reason="Lost (fictional)")
    deal.play.do(revoke, EXCHANGE)
    insiders = {"winner", "operator", "auditor", "other auditor"}
    view = view_of(deal)
    listing = {
        name: [key.api_key_id for key in api_keys(view, viewer)]
        for name, viewer in viewers(deal).items()
    }

    assert seeing(deal, "api-key-issued")[0] == seeing(deal, "api-key-revoked")[0] == insiders
    assert {name for name, found in listing.items() if KEY in found} == insiders
    assert listing["winner"] == [KEY]
    assert listing["rival"] == ["api-key-k002"]
    assert listing["public"] == []
    hidden = fields_hidden(deal, KEY, deal.bidder(deal.rival))
    assert {"secret_sha256", "person_id", "scopes"} <= set(hidden)
    assert fields_hidden(deal, KEY, deal.bidder(deal.winner)) == ()


def test_who_acts_for_another_organisation_sees_no_keys(deal: Deal) -> None:
    viewer = replace(deal.bidder(deal.winner), on_behalf_of=deal.rival)

    assert api_keys(view_of(deal), viewer) == ()
