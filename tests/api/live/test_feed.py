"""GET /events: the log as its reader may see it, page by page, and the same as elsewhere."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple, cast

import httpx2
import orjson
import pytest

from svx_ledger.api.application import create_application
from svx_ledger.api.feed import pages as feed_pages
from svx_ledger.api.feed.pages import EVERYTHING, Wanted, page
from svx_ledger.api.process.starting import open_to_serve
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.breaks import HiddenAmountsRead
from svx_ledger.domain.auction.events import SupplierInvited
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.exchange import Exchange
from svx_ledger.projections.visibility import PARTS
from svx_ledger.projections.visibility.about import never
from svx_ledger.projections.visibility.rules import FLAG
from tests.api.played import Log, moments, play_into
from tests.api.reads.reading import AsNamed
from tests.demo.running import run


class Told(NamedTuple):
    """A ledger on which the whole story was told, and everybody in it."""

    url: str
    exchange: Exchange
    people: tuple[Actor, ...]
    readers: tuple[Actor, ...]
    """Auditors who read hidden amounts."""

    @property
    def store(self) -> Store:
        """Where it is."""
        return self.exchange.store


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    url = f"sqlite:///{tmp_path_factory.mktemp('told') / 'told.db'}"
    play_into(url)
    with closing(open_store(url)) as store:
        log = [read_record(row) for row in store.rows()]
    people = {one.actor.principal: one.actor for one in log if one.actor.role != "clock"}
    readers = {one.actor for one in log if isinstance(one.event, HiddenAmountsRead)}
    with closing(open_to_serve(url)) as exchange:
        yield Told(url, exchange, tuple(people.values()), tuple(readers))


def some(told: Told) -> list[Actor | None]:
    """The public, and one person of each role."""
    by_role: dict[str, Actor | None] = {one.role: one for one in told.people}
    return [None, *by_role.values(), *told.readers]


def everything(told: Told, viewer: Actor | None, wanted: Wanted = EVERYTHING) -> list[Any]:
    with told.exchange.views.view() as view:
        found = page(told.store, view, viewer, after=0, limit=10**6, wanted=wanted)
    assert not found.more
    assert found.upto == told.store.head().position
    return [orjson.loads(one.json) for one in found.events]


def actor_text(actor: Actor) -> str:
    return f"{actor.role}:{actor.organisation or ''}/{actor.id}"


def test_everybody_is_told_what_the_program_tells_them(told: Told) -> None:
    for viewer in some(told):
        acting = () if viewer is None else ("--actor", actor_text(viewer))
        code, lines, said = run("events", "--json", "--ledger", told.url, *acting)
        assert code == 0, said

        assert everything(told, viewer) == [orjson.loads(line) for line in lines]


def test_who_is_told_together_is_told_what_each_would_be(told: Told) -> None:
    viewers = some(told)
    with told.exchange.views.view() as view:
        for row in told.store.rows():
            recorded = read_record(row)
            together = dict(feed_pages.told_to_each(told.store, view.rows, viewers, recorded))
            assert together == {
                viewer: feed_pages.told_of(told.store, view.rows, viewer, recorded)
                for viewer in viewers
            }


def test_a_part_with_a_rule_of_its_own_is_told_only_to_whom_that_rule_allows(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the event is everybody's before the part is."""
    kept = replace(FLAG, public=never)
    monkeypatch.setitem(cast("dict[Any, Any]", PARTS), SupplierInvited, {"connected_to": kept})
    ((flagged, supplier),) = (
        (recorded, recorded.event.supplier_id)
        for recorded in map(read_record, told.store.rows())
        if isinstance(recorded.event, SupplierInvited) and recorded.event.connected_to
    )
    invited = next(p for p in told.people if p.organisation == supplier)
    viewers = [None, invited, flagged.actor]
    for view in moments(Log(list(told.store.rows())), "bids-ranked.v1"):
        if view.position >= flagged.position:
            together = dict(feed_pages.told_to_each(told.store, view.rows, viewers, flagged))
            alone = {
                one: feed_pages.told_of(told.store, view.rows, one, flagged) for one in viewers
            }
            assert together == alone
            assert b"connected_to" in together[flagged.actor].json
            assert b"connected_to" not in together[None].json + together[invited].json


def test_what_may_not_be_known_does_not_use_up_what_is_read_for_a_page(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_pages, "MOST_READ", 2)
    streams = [row.stream for row in told.store.rows()]
    hidden = max((s for s in streams if s.startswith("participations-")), key=streams.count)
    assert streams.count(hidden) > 2
    with told.exchange.views.view() as view:
        found, nothing = (
            page(told.store, view, None, after=0, limit=5, wanted=Wanted(stream=stream))
            for stream in (hidden, "participations-nobody")
        )

    assert found == nothing
    assert not found.more


@pytest.mark.parametrize("limit", [1, 7, 1_000])
def test_pages_make_up_the_whole(told: Told, limit: int) -> None:
    viewer = told.people[0]
    whole, found, after = everything(told, viewer), list[Any](), 0
    with told.exchange.views.view() as view:
        while True:
            part = page(told.store, view, viewer, after=after, limit=limit)
            assert len(part.events) == (limit if part.more else len(part.events))
            found += [orjson.loads(one.json) for one in part.events]
            after = part.upto
            if not part.more:
                break

    assert found == whole
    assert after == told.store.head().position


def test_a_filter_leaves_out_and_changes_nothing(told: Told) -> None:
    for viewer in (None, told.people[-1]):
        whole = everything(told, viewer)
        for kind in ("bid-accepted.v1", "need-listed.v1", "participation-began.v1"):
            only = [event for event in whole if event["type"] == kind]
            assert everything(told, viewer, Wanted(type=kind)) == only
        for stream in {event["stream"] for event in whole if "stream" in event}:
            if stream.startswith(("auction", "organisation", "access")):
                only = [event for event in whole if event.get("stream") == stream]
                assert everything(told, viewer, Wanted(stream=stream)) == only


def test_nobody_finds_a_hidden_record_by_its_type_or_its_stream(told: Told) -> None:
    hidden = {"participation-began.v1", "access-granted.v1", "resource-offered.v1"}
    for kind in hidden:
        of_kind = {row.position for row in told.store.rows() if row.type == kind}
        shown = {event["position"] for event in everything(told, None, Wanted(type=kind))}
        withheld = {e["position"] for e in everything(told, None) if "withheld" in e}
        assert of_kind - shown <= withheld
        assert shown.isdisjoint(withheld)


def test_a_long_log_is_looked_through_in_parts(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted(type="bid-accepted.v1")
    whole = everything(told, None, wanted)
    monkeypatch.setattr(feed_pages, "MOST_READ", 10)
    monkeypatch.setattr(feed_pages, "MOST_PASSED", 25)
    for kind, at_once in (("bid-accepted.v1", 10), ("need-listed.v1", 25)):
        after, steps, found = 0, list[int](), list[Any]()
        with told.exchange.views.view() as view:
            while True:
                part = page(
                    told.store, view, None, after=after, limit=100, wanted=Wanted(type=kind)
                )
                found += part.events
                steps.append(part.upto - after)
                after = part.upto
                if not part.more:
                    break
        assert set(steps[:-1]) == {at_once}
        if kind == wanted.type:
            assert [orjson.loads(one.json) for one in found] == whole


def test_a_long_stream_is_not_read_from_its_beginning(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_pages, "_PAGE", 2)
    streams = [row.stream for row in told.store.rows()]
    longest = max(set(streams), key=streams.count)
    versions = {row.position: row.version for row in told.store.stream(longest)}
    for after in range(len(streams) + 1):
        before = [v for position, v in versions.items() if position <= after]
        found = feed_pages._version_before(told.store, longest, after)
        assert max(before, default=0) - 2 <= found <= max(before, default=0)


@pytest.fixture
def asked(told: Told) -> Iterator[Any]:
    """Asks over HTTP, as the public or as somebody."""
    app = create_application(told.exchange, Config(read_only=True, heavy_processes=0))
    app.state.serving.principals = AsNamed()

    async def get(path: str, **headers: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get(path, headers=headers)

    yield lambda path, **headers: asyncio.run(get(path, **headers))
    app.state.serving.close()


def test_a_page_says_where_the_next_one_begins(told: Told, asked: Any) -> None:
    head = told.store.head().position
    somebody = {"authorization": actor_text(told.people[0])}
    first = asked("/events?limit=3&type=need-listed.v1", **somebody)
    following = asked(first.headers["link"].partition(">")[0][1:], **somebody)
    last = asked(f"/events?after={head - 1}")

    assert first.json()["next"] == str(first.json()["items"][-1]["position"])
    assert following.json()["items"][0]["position"] > first.json()["items"][-1]["position"]
    assert first.headers["svx-position"] == str(head)
    assert first.headers["vary"] == "Accept, Authorization"
    assert last.json() == {"items": last.json()["items"]}
    assert "link" not in last.headers
    assert asked(f"/events?after={head}").json() == {"items": []}


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ("after=-1", 422, "bad-parameter"),
        ("after=01", 422, "bad-parameter"),
        ("after=1&after=2", 422, "bad-parameter"),
        ("limit=0", 422, "bad-parameter"),
        ("limit=1001", 422, "bad-parameter"),
        ("type=bid", 422, "bad-parameter"),
        ("type=bid-accepted.v9", 422, "bad-parameter"),
        ("stream=%00", 422, "bad-parameter"),
        ("stream=auction-nosuch", 404, "no-such-thing"),
        ("before=3", 422, "bad-parameter"),
        ("after=999999999", 503, "behind"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Any, query: str, status: int, name: str) -> None:
    answer = asked(f"/events?{query}")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{name}")


def test_another_form_is_not_to_be_had(asked: Any) -> None:
    assert asked("/events", accept="text/csv").status_code == 406
