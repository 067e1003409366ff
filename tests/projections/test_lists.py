"""Lists of things by their names: what narrows them, their pages, who is shown them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args, get_origin

import pytest

from svx_ledger.domain.access import GrantAccess, RevokeAccess
from svx_ledger.domain.actor import Role
from svx_ledger.domain.api_key import IssueApiKey
from svx_ledger.projections.lists.bought import CONTRACTS, PLEDGES, PROCUREMENTS
from svx_ledger.projections.lists.catalogue import LISTS
from svx_ledger.projections.lists.listing import ListOf, Page, page_of
from svx_ledger.projections.lists.offered import PROJECTS, PROXY_SETS
from svx_ledger.projections.lists.parties import ACCESS_GRANTS, ORGANISATIONS
from svx_ledger.projections.table import Key, R, Table, Value
from svx_ledger.projections.view import View

from .deal import Deal, worked_example
from .test_visibility_played import EXCHANGE, viewers

PRIVATE = [one for one in LISTS if "organisation" in {f.name for f in one.filters}]


@pytest.fixture(scope="module")
def deal() -> Deal:
    """The worked example; people of three organisations have access, and keys."""
    deal = worked_example()
    people: list[tuple[str, Role]] = [
        (deal.winner, "supplier.signatory"),
        (deal.rival, "supplier.signatory"),
        (deal.winner, "supplier.signatory"),
        (deal.authority, "authority.observer"),
    ]
    for number, (organisation, role) in enumerate(people, start=1):
        grant = GrantAccess(
            access_id=f"access-a00{number}",
            person_id=f"person-new{number}",
            organisation_id=organisation,
            role=role,
        )
        issue = IssueApiKey(
            api_key_id=f"api-key-k00{number}",
            access_id=grant.access_id,
            secret_sha256=f"{number}a" * 32,
            scopes=("read", "act"),
            expires_at=deal.play.now + timedelta(days=30),
        )
        leads = organisation == deal.authority
        giver = deal.person("authority.approver") if leads else EXCHANGE
        deal.play.do(grant, giver)
        deal.play.do(issue, giver)
    deal.play.do(RevokeAccess(access_id="access-a003", reason="Left"), EXCHANGE)
    return deal


@pytest.fixture(scope="module")
def view(deal: Deal) -> View:
    return View(deal.play.views().tables, len(deal.play.log), deal.play.now)


def names(page: Page) -> list[str]:
    return [item[0] for item in page.items]


def paged(listed: ListOf[Any, Any], view: View, limit: int, **sought: str) -> tuple[Any, ...]:
    """Return all items of a list, page by page."""
    items: list[Any] = []
    page = Page((), "")
    while page.ended is not None:
        page = page_of(listed, view, EXCHANGE, sought=sought, after=page.ended, limit=limit)
        assert 0 < len(page.items) <= limit
        items += page.items
    return tuple(items)


@pytest.mark.parametrize("listed", LISTS, ids=lambda one: one.group)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_sum_to_the_whole(view: View, listed: ListOf[Any, Any], limit: int) -> None:
    whole = page_of(listed, view, EXCHANGE)

    assert whole.ended is None
    assert paged(listed, view, limit) == whole.items


@pytest.mark.parametrize(
    ("listed", "sought"),
    [
        (ORGANISATIONS, {"side": "supplier"}),  # each row is looked at
        (PLEDGES, {"authority": "organisation-auth0001"}),  # by an index
        (CONTRACTS, {"authority": "organisation-auth0001"}),  # by that of the awards
    ],
)
@pytest.mark.parametrize("limit", [1, 2])
def test_pages_of_what_was_sought_sum_to_it(
    view: View, listed: ListOf[Any, Any], sought: dict[str, str], limit: int
) -> None:
    whole = page_of(listed, view, sought=sought).items

    assert paged(listed, view, limit, **sought) == whole != ()


@pytest.mark.parametrize("listed", LISTS, ids=lambda one: one.group)
def test_a_filter_leaves_what_has_its_value_and_nothing_else(
    view: View, listed: ListOf[Any, Any]
) -> None:
    whole = page_of(listed, view, EXCHANGE).items
    for one in listed.filters:
        values = {getattr(item, one.column) for item in whole}
        if get_origin(one.form) is not None and not hasattr(one.form, "__metadata__"):
            assert values <= {*get_args(one.form)}
        for value in values:
            found = page_of(listed, view, EXCHANGE, sought={one.name: value}).items

            assert found == tuple(x for x in whole if getattr(x, one.column) == value)
            assert found
    nothing = dict.fromkeys((one.name for one in listed.filters), "organisation-nowhere")
    assert page_of(listed, view, EXCHANGE, sought=nothing) == Page((), None)
    assert page_of(listed, view, EXCHANGE, sought=dict.fromkeys(nothing)).items == whole


def test_the_example_is_listed_as_it_is(deal: Deal, view: View) -> None:
    (procurement,) = page_of(PROCUREMENTS, view).items
    (contract,) = page_of(CONTRACTS, view).items
    pledges = page_of(PLEDGES, view).items

    assert (procurement.procurement_id, procurement.state) == (deal.procurement, "published")
    assert (contract.contract_id, contract.state) == (deal.contract, "entered")
    assert (contract.authority_id, contract.supplier_id) == (deal.authority, deal.winner)
    assert {pledge.contract_id for pledge in pledges} == {deal.contract}
    assert {pledge.community_id for pledge in pledges} == {deal.community}
    assert names(page_of(PROXY_SETS, view)) != []
    assert {one.community_id for one in page_of(PROJECTS, view).items} == {deal.community}
    assert {one.side for one in page_of(ORGANISATIONS, view).items} >= {"supplier"}
    states = {one.access_id: one.state for one in page_of(ACCESS_GRANTS, view, EXCHANGE).items}
    assert (states["access-a001"], states["access-a003"]) == ("in-force", "revoked")


def test_access_ends_with_its_last_day(view: View) -> None:
    row = next(iter(view.rows.all(ACCESS_GRANTS.table)))
    today = view.now.date()

    def state(until: Any) -> str:
        made = ACCESS_GRANTS.made(view, row._replace(until=until, revoked_at=None))
        return str(made.state)

    assert state(None) == state(today) == state(today + timedelta(days=1)) == "in-force"
    assert state(today - timedelta(days=2)) == "ended"


def test_what_is_hidden_of_a_procurement_is_in_no_list() -> None:
    assert "conflicts_reviewed_at" in PROCUREMENTS.table.row._fields
    assert not {name for name in PROCUREMENTS.item._fields if "conflict" in name}


@pytest.mark.parametrize("listed", PRIVATE, ids=lambda one: one.group)
def test_a_row_is_listed_for_whom_visibility_shows_it(
    deal: Deal, view: View, listed: ListOf[Any, Any]
) -> None:
    """What spares looking at rows leaves none out that may be shown."""
    unspared = replace(listed, within=lambda _: None)
    whole = tuple(view.rows.all(listed.table))
    seen = {}
    for who, viewer in viewers(deal).items():
        seen[who] = page_of(listed, view, viewer)

        assert seen[who] == page_of(unspared, view, viewer), who
    assert [len(seen[who].items) for who in ("public", "rival", "winner")] == [0, 1, 2]
    assert [len(seen[who].items) for who in ("authority", "observer")] == [1, 0]
    assert len(seen["operator"].items) == len(seen["auditor"].items) == len(whole)


@pytest.mark.parametrize("listed", PRIVATE, ids=lambda one: one.group)
def test_nobody_reads_of_another_organisation_by_asking_for_it(
    deal: Deal, view: View, listed: ListOf[Any, Any]
) -> None:
    rival = viewers(deal)["rival"]

    assert page_of(listed, view, rival, sought={"organisation": deal.winner}).items == ()
    assert page_of(listed, view, None, sought={"organisation": deal.winner}).items == ()
    assert len(page_of(listed, view, rival, sought={"organisation": deal.rival}).items) == 1


class Counting:
    """Rows that count how many were read of the table of a list."""

    def __init__(self, view: View) -> None:
        self._rows = view.rows
        self.read = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    def page(self, table: Table[R], after: Key | None, limit: int) -> Iterator[R]:
        for row in self._rows.page(table, after, limit):
            self.read += 1
            yield row

    def where(self, table: Table[R], column: str, value: Value) -> Iterator[R]:
        for row in self._rows.where(table, column, value):
            self.read += 1
            yield row


@pytest.mark.parametrize("listed", LISTS, ids=lambda one: one.group)
def test_a_page_reads_one_row_more_than_it_has(view: View, listed: ListOf[Any, Any]) -> None:
    counting = Counting(view)
    page = page_of(listed, view._replace(rows=counting), EXCHANGE, limit=1)

    assert len(page.items) == 1
    assert counting.read == (1 if page.ended is None else 2)


@pytest.mark.parametrize("listed", PRIVATE, ids=lambda one: one.group)
def test_what_is_hidden_is_not_read_either(
    deal: Deal, view: View, listed: ListOf[Any, Any]
) -> None:
    """The rows of one's own organisation are found first, whichever filter is given."""
    rival = viewers(deal)["rival"]
    (own,) = page_of(listed, view, rival).items
    for person, found in (("person-new1", ()), (own.person_id, (own,))):
        counting = Counting(view)
        moment = view._replace(rows=counting)

        assert page_of(listed, moment, rival, sought={"person": person}).items == found
        assert counting.read == 1
    nobody = Counting(view)
    assert page_of(listed, view._replace(rows=nobody), None, sought={"person": "person-new1"})
    assert nobody.read == 0


def test_a_filter_without_an_index_looks_at_every_row(view: View) -> None:
    """These are told from the others, as they take longer on a long list."""
    for listed in LISTS:
        for one in listed.filters:
            counting = Counting(view)
            nothing = {one.name: "nothing-of-the-kind"}

            assert not page_of(listed, view._replace(rows=counting), sought=nothing).items
            looked_at_all = counting.read == len(list(view.rows.all(listed.table)))
            if listed not in PRIVATE:  # where those of nobody are found
                assert looked_at_all == (one.name in listed.looks_at_all), one
