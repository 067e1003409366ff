"""Reads through the client, of the real application; and live streams of the real server."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from svx_ledger.client import Client, NotAnswered, Refused
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.served import Served, served
from tests.world import OPERATOR, registration

from .conftest import Registrar
from .faulty import CutAsked, CutTold, Fate, Say, Through, faulty
from .running import running
from .setting import Either, Sort
from .test_words import problem


@pytest.fixture(scope="module")
def auctioned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("reads")) as one:
        yield one


@pytest.fixture(scope="module")
def url(auctioned: Served) -> Iterator[str]:
    with running(auctioned.app) as address:
        yield address


def test_an_object(auctioned: Served, url: str, sort: Sort) -> None:
    client = Either(sort, url, auctioned.key(auctioned.auction.bidders[0]))
    me = client.ask("get", "/me")

    assert me["organisation_id"] == auctioned.auction.bidders[0].organisation


def test_a_board(auctioned: Served, url: str, sort: Sort) -> None:
    auction, bidder = auctioned.auction.auction_id, auctioned.auction.bidders[1]
    everybodys = Either(sort, url).ask("board", auction)
    own = Either(sort, url, auctioned.key(bidder)).ask("board", auction, bidder.organisation)

    assert everybodys == Either(sort, url).ask("get", f"/auctions/{auction}")
    assert own.keys() != everybodys.keys()


def test_what_is_not_there_or_not_for_oneself_is_refused(
    auctioned: Served, url: str, sort: Sort
) -> None:
    auction, bidder = auctioned.auction.auction_id, auctioned.auction.bidders[1]
    with pytest.raises(Refused) as absent:
        Either(sort, url).ask("board", "auction-0000")
    with pytest.raises(Refused) as hidden:
        Either(sort, url).ask("board", auction, bidder.organisation)

    assert (absent.value.rule, absent.value.problem.status) == ("no-such-thing", 404)
    assert hidden.value.problem.status in (401, 403)


def test_events_are_all_of_the_log_in_order(auctioned: Served, url: str, sort: Sort) -> None:
    head = auctioned.head()
    everything = Either(sort, url).list("events", limit=7)
    rest = Either(sort, url).list("events", head - 3)

    assert [event["position"] for event in everything][:head] == [*range(1, head + 1)]
    assert [event["position"] for event in rest][:3] == [head - 2, head - 1, head]


def test_events_of_one_thing(auctioned: Served, url: str, sort: Sort) -> None:
    auction = auctioned.auction.auction_id
    events = Either(sort, url).list("events", stream=auction, limit=3)

    assert len(events) > 3
    assert {event["stream"] for event in events if "stream" in event} == {auction}


def test_pages_are_the_whole_list(auctioned: Served, url: str, sort: Sort) -> None:
    named = str(auctioned.auction.buyer.organisation)
    client = Either(sort, url, auctioned.key(auctioned.auction.buyer))
    paged = client.list("pages", "/trail", limit=2, organisation=named)
    whole = client.ask("get", "/trail", limit=1000, organisation=named)["items"]

    assert len(paged) > 4
    assert paged == whole


def test_a_table(url: str, sort: Sort) -> None:
    client = Either(sort, url, timeout=20, retry_for=20)  # a whole list begins a process
    table = client.ask("table", "/needs")
    items = client.ask("get", "/needs")["items"]

    assert len(table) == len(items) == 1
    (row,) = table
    assert row[table.columns[0]] in {str(value) for value in items[0].values()}
    assert tuple(row) == table.columns


def test_leverage_of_a_question(auctioned: Served, url: str, sort: Sort) -> None:
    report = Either(sort, url, timeout=20, retry_for=20).ask(
        "leverage", procurement=auctioned.auction.procurement_id, from_=None
    )

    assert report


def test_the_outcome_of_a_command(auctioned: Served, url: str, sort: Sort) -> None:
    bidder = auctioned.auction.bidders[0]
    client = Either(sort, url, auctioned.key(bidder))
    key = f"outcome-{sort}"
    pounds = 1_000 if sort == "blocking" else 2_000
    bid = auctioned.auction.bid(0, pounds=pounds)
    done = client.ask("execute", bid, idempotency_key=key)
    outcome = client.ask("outcome", key)

    assert str(done.position) in str(outcome)


def operators_key(auctioned: Served) -> str:
    exchange = "organisation-exchange"
    register = registration(exchange, side="operator")
    for command in (register, VerifyOrganisation(organisation_id=exchange, basis="Known.")):
        auctioned.exchange.execute(command, OPERATOR, f"{type(command).__name__}-once")
    return auctioned.key(Actor(id="person-ops", role="operator", organisation=exchange))


def test_the_outcome_of_what_was_entered_for_somebody(
    auctioned: Served, url: str, sort: Sort
) -> None:
    command, key = Registrar(auctioned, "").command(), f"entered-{sort}"
    client = Either(sort, url, operators_key(auctioned))
    whom = {"on_behalf_of": command.organisation_id}
    done = client.ask("execute", command, idempotency_key=key, **whom)
    outcome = client.ask("outcome", key, **whom)

    assert outcome["position"] == done.position
    for other, rule in (
        ({}, "no-outcome"),
        ({"on_behalf_of": "organisation-0ther"}, "no-outcome"),
        ({"on_behalf_of": command.project_id}, "bad-header"),
    ):
        with pytest.raises(Refused) as told:
            client.ask("outcome", key, **other)
        assert told.value.rule == rule


def test_reads_are_tried_again(auctioned: Served, sort: Sort) -> None:
    fates: list[Fate] = [CutAsked(3), CutTold(50), problem("behind", 503), Say(502), Through()]
    with faulty(auctioned.app, fates) as server:
        found = Either(sort, server.url).ask("get", "/needs")

    assert len(found["items"]) == 1
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "fate",
    [
        Say(500),
        Say(200, b"[]", (("Content-Type", "application/json"),)),
        Say(200, b"\xff", (("Content-Type", "text/csv"),)),
        Say(200, b"<p>", (("Content-Type", "text/html"),)),
    ],
    ids=["a fault", "a list", "not text", "a page"],
)
def test_a_read_that_is_not_answered(sort: Sort, fate: Fate) -> None:
    for method in ("get", "table"):
        with faulty(fates=[fate] * 9) as server:
            client = Either(sort, server.url, retry_for=0)
            with pytest.raises(NotAnswered):
                client.ask(method, "/needs")


def test_a_name_that_is_not_taken_is_answered_with_those_that_are(url: str, sort: Sort) -> None:
    with pytest.raises(Refused) as told:
        Either(sort, url).list("pages", "/needs", communty="organisation-w001comm")

    assert "/query: each once at most: " in str(told.value)
    assert "community, " in str(told.value)


def test_what_is_no_list_is_said_to_be_none_at_once(
    auctioned: Served, url: str, sort: Sort
) -> None:
    client = Either(sort, url, auctioned.key(auctioned.auction.bidders[0]), retry_for=20)
    with pytest.raises(NotAnswered) as told:
        client.list("pages", "/me")

    assert str(told.value) == (
        "There was no answer: what is at this address is no list: read it with `get`"
    )
    assert not told.value.repeatable


def test_parameters_are_written_as_the_exchange_reads_them(sort: Sort) -> None:
    answer = Say(200, b"{}", (("Content-Type", "application/json"),))
    with faulty(fates=[answer]) as server:
        Either(sort, server.url).ask(
            "get",
            "/x",
            at=datetime(2026, 6, 1, 9, tzinfo=UTC),
            from_=date(2026, 6, 1),
            share=Decimal("0.10"),
            facets=True,
            limit=7,
            text="a&b=ü c",
            absent=None,
        )

    assert server.asked[0][1] == (
        "/x?at=2026-06-01T09%3A00%3A00.000000Z&from=2026-06-01&share=0.10&facets=true&limit=7"
        "&text=a%26b%3D%C3%BC+c"
    )


def test_the_feed_goes_on_with_what_is_written(auctioned: Served, url: str, sort: Sort) -> None:
    head = auctioned.head()
    timer = threading.Timer(0.3, bid, [auctioned])
    timer.start()
    events = Either(sort, url, retry_for=20).list("stream_events", head - 2, most=3)
    timer.join()

    assert [event["position"] for event in events] == [head - 1, head, head + 1]


def test_a_board_is_watched(auctioned: Served, url: str, sort: Sort) -> None:
    auction, bidder = auctioned.auction.auction_id, auctioned.auction.bidders[1]
    client = Either(sort, url, auctioned.key(bidder), retry_for=20)
    timer = threading.Timer(0.3, bid, [auctioned])
    timer.start()
    boards = client.list("watch", auction, bidder.organisation, most=2)
    timer.join()
    shown = [{n: v for n, v in board.items() if n != "now"} for board in boards]

    assert len(shown) == 2
    assert shown[0] != shown[1]


_pounds = iter(range(10_000, 10**9, 1_000))


def bid(one: Served) -> None:
    """Bid more than ever before, for the second bidder."""
    made = one.auction.bid(1, pounds=next(_pounds))
    answer = one.exchange.execute(made, one.auction.bidders[1])
    assert isinstance(answer, Sequenced)


def test_an_iteration_can_be_left(auctioned: Served, url: str) -> None:
    with Client(url) as client:
        for event in client.events():
            assert event["position"] == 1
            break
    assert auctioned.head() > 1
