"""Lists in pages: together they are the whole, and a cursor is good for its list alone."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from svx_ledger.api.cursors import Listing, Moment, Place
from svx_ledger.api.reads import catalogue, rendering
from svx_ledger.api.reads.asking import Asking, Listed, Paged, Read
from svx_ledger.api.reads.kept import Kept
from svx_ledger.api.refusals import Declined
from tests.cli.conftest import Example
from tests.projections.deal import OPENS_AT, Deal

from .conftest import people
from .reading import Reader

LISTS: dict[str, Callable[[Deal], str]] = {
    "trail": lambda _: "/trail",
    "needs": lambda _: "/needs",
    "needs by area": lambda _: "/reports/needs",
    "lines": lambda _: "/reports/lines",
    "timeline": lambda deal: f"/auctions/{deal.auction}/timeline",
    "facets": lambda _: "/awards/facets",
    "figures": lambda _: "/leverage/figures",
    "participants": lambda _: "/reports/participants",
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_sum_to_the_whole(
    at_the_end: Reader, example: Example, name: str, limit: int
) -> None:
    path = LISTS[name](example.deal)
    whole = at_the_end.items(path)

    assert len(whole) > 1
    assert at_the_end.items(path, limit) == whole


def test_a_page_says_where_the_next_is(at_the_end: Reader) -> None:
    first = at_the_end.get("/trail", type="need-approved.v1", limit=2)
    link = first.headers["link"]

    assert link.startswith("</trail?")
    assert link.endswith('>; rel="next"')
    address = link[1 : link.index(">")]
    following = at_the_end.get(address)
    assert following.status_code == 200
    assert following.json()["items"] != first.json()["items"]
    assert {one["type"] for one in following.json()["items"]} == {"need-approved.v1"}
    assert f"cursor={first.json()['next']}" in address
    last = at_the_end.get("/trail", limit=1000)
    assert "link" not in last.headers
    assert "next" not in last.json()


def test_a_page_of_csv_is_followed_by_its_link(at_the_end: Reader) -> None:
    csv = at_the_end.get("/reports/lines", format="csv", limit=1)

    assert len(csv.text.splitlines()) == 2
    assert "format=csv" in csv.headers["link"]


def test_a_cursor_is_good_for_its_list_and_its_reader_alone(
    at_the_end: Reader, example: Example
) -> None:
    cursor = at_the_end.ok("/trail", limit=1)["next"]
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    raw = base64.urlsafe_b64decode(cursor + "==")
    forged = base64.urlsafe_b64encode(raw[:12] + b"[1,-5]").rstrip(b"=").decode()
    auditor = at_the_end.as_(people(example.deal)["auditor"])
    for reader, path, given in (
        (at_the_end, "/trail", {"cursor": flipped}),
        (at_the_end, "/trail", {"cursor": forged}),
        (at_the_end, "/trail", {"cursor": cursor + "A"}),
        (at_the_end, "/trail", {"cursor": cursor[:-2]}),
        (at_the_end, "/trail", {"cursor": "zq0"}),
        (at_the_end, "/trail", {"cursor": cursor, "type": "bid-accepted.v1"}),
        (at_the_end, "/needs", {"cursor": cursor}),
        (auditor, "/trail", {"cursor": cursor}),
    ):
        answer = reader.get(path, **given)
        assert answer.status_code == 422, (path, given)
        problem = answer.json()
        assert problem["type"] == "/problems/bad-parameter"
        assert [one["pointer"] for one in problem["errors"]] == ["/query/cursor"]
        assert given["cursor"] not in answer.text
    assert at_the_end.get("/trail", cursor=cursor, limit=7).status_code == 200


def test_a_cursor_is_not_good_for_another_in_the_same_role(
    at_the_end: Reader, example: Example
) -> None:
    winner, rival = example.deal.winner, example.deal.rival
    bidder = at_the_end.as_(f"supplier.bidder:{winner}/person-eye")
    cursor = bidder.ok("/trail", limit=1)["next"]
    others = (
        f"supplier.bidder:{rival}/person-eye",
        f"supplier.bidder:{winner}/person-eye-2",
        f"supplier.signatory:{winner}/person-eye",
        None,
    )

    for who in others:
        answer = at_the_end.as_(who).get("/trail", cursor=cursor)
        assert answer.status_code == 422, who
        assert answer.json()["type"] == "/problems/bad-parameter"
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/query/cursor"]
    assert bidder.get("/trail", cursor=cursor).status_code == 200


def test_one_thing_has_no_pages(at_the_end: Reader) -> None:
    assert at_the_end.get("/leverage", limit=5).status_code == 422
    assert at_the_end.get("/leverage", format="csv").status_code == 422
    assert at_the_end.get("/leverage", {"Accept": "text/csv"}).status_code == 406


def page_of(items: list[Any], limit: int, place: Place | None = None) -> Paged:
    return rendering._page(Listed(items=items, columns=()), limit, place)


def test_a_page_goes_on_after_its_last_item_wherever_that_is_now() -> None:
    first = page_of(["a", "b", "c", "d"], 2)
    place = Place(7, first.ended)

    assert [*first.items] == ["a", "b"]
    assert [*page_of(["a", "b", "c", "d"], 2, place).items] == ["c", "d"]
    assert page_of(["a", "b", "c", "d"], 2, place).ended is None
    assert [*page_of(["x", "a", "b", "y"], 2, place).items] == ["y"]
    assert [*page_of(["b"], 2, place).items] == []
    with pytest.raises(Declined) as gone:
        page_of(["a", "c"], 2, place)
    assert gone.value.problem.name == "page-gone"


def test_a_list_that_took_long_is_kept_as_it_was_while_it_is_paged(
    at_the_end: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = at_the_end.items("/reports/lines")
    first = at_the_end.get("/reports/lines", limit=1)

    def fail(_: Asking) -> Listed:
        raise AssertionError

    failing = replace(catalogue.READS["report-lines"], ask=fail)
    monkeypatch.setitem(cast("dict[str, Read]", catalogue.READS), "report-lines", failing)
    rest = at_the_end.get("/reports/lines", cursor=first.json()["next"], limit=1000)

    assert first.json()["items"] + rest.json()["items"] == whole
    assert rest.headers["svx-position"] == first.headers["svx-position"]


def test_few_lists_are_kept_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("svx_ledger.api.reads.kept.monotonic", lambda: now[0])
    kept, listing = Kept(), Listing("report-lines", {}, None)
    for position in range(1, 7):
        kept.put(listing, position, Listed(items=[position], columns=()))

    at = [Place(position, None) for position in range(10)]
    assert [place for place in at[1:7] if kept.get(listing, place)] == at[3:7]
    now[0] = 59.0
    assert kept.get(listing, at[3])
    now[0] = 61.0
    assert kept.get(listing, at[3])
    assert kept.get(listing, at[4]) is None
    assert kept.get(Listing("report-lines", {"procurement": "x"}, None), at[3]) is None
    kept.put(listing, 9, Listed(items=range(200_001), columns=()))
    assert kept.get(listing, at[9]) is None


def test_a_list_of_one_instant_is_not_kept_in_place_of_another() -> None:
    kept, listing = Kept(), Listing("leverage-lines", {}, None)
    instants = [OPENS_AT, OPENS_AT + timedelta(seconds=1)]
    for instant in instants:
        moment = Moment(7, instant)
        kept.put(listing, 7, Listed(items=[instant], columns=(), moment=moment))

    found = [kept.get(listing, Place(7, None, instant)) for instant in instants]

    assert [one.items for one in found if one] == [[instant] for instant in instants]
    assert kept.get(listing, Place(7, None)) is None
