"""What every read has in common: its headers, and what is said where it cannot be had."""

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.reads.catalogue import READS
from svx_ledger.ledger import Sequenced
from tests.api.served import Served, served
from tests.cli.conftest import Example
from tests.world import OPERATOR, registration

from .conftest import people
from .reading import Reader


def test_an_answer_says_of_which_position_it_is(at_the_end: Reader) -> None:
    answer = at_the_end.get("/reports/needs")

    assert int(answer.headers["svx-position"]) > 50
    assert answer.headers["vary"] == "Accept, Authorization"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["etag"].startswith(f'W/"{answer.headers["svx-position"]}-')


def test_what_somebody_has_already_is_not_sent_again(
    at_the_end: Reader, example: Example
) -> None:
    for path in (
        "/reports/needs",
        f"/awards/{example.deal.award}",
        f"/streams/{example.deal.procurement}",
    ):
        first = at_the_end.get(path)
        tag = first.headers["etag"]
        again = at_the_end.get(path, {"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == tag
        assert again.headers["svx-position"] == first.headers["svx-position"]
        assert at_the_end.get(path, {"If-None-Match": '"other"'}).status_code == 200
        assert at_the_end.get(path, {"If-None-Match": "*"}).status_code == 304


def test_another_form_is_another_answer(at_the_end: Reader) -> None:
    tag = at_the_end.get("/reports/needs").headers["etag"]

    csv = at_the_end.get("/reports/needs", {"If-None-Match": tag, "Accept": "text/csv"})

    assert csv.status_code == 200


def test_a_thing_has_its_version_as_its_tag(at_the_end: Reader, example: Example) -> None:
    answer = at_the_end.get(f"/streams/{example.deal.award}")

    digest = hashlib.sha256(answer.content).hexdigest()[:16]
    assert answer.headers["etag"] == f'"{answer.json()["version"]}-{digest}"'


@pytest.mark.parametrize("kind", ["auction", "winner", "contract"])
def test_a_thing_is_sent_once_whatever_its_kind(
    at_the_end: Reader, example: Example, kind: str
) -> None:
    """Of an auction the phase goes by the clock, an organisation has private texts."""
    path = f"/streams/{getattr(example.deal, kind)}"
    tag = at_the_end.get(path).headers["etag"]

    assert at_the_end.get(path, {"If-None-Match": tag}).status_code == 304
    assert at_the_end.get(path, {"If-None-Match": f"W/{tag}"}).status_code == 304
    assert at_the_end.get(path, {"If-None-Match": tag.replace("-", "-0")}).status_code == 200


def test_one_tag_stands_for_one_body(at_the_bids: Reader, bidding: Example) -> None:
    """What is hidden from one viewer and shown to another is of one version."""
    auction = f"/streams/{bidding.deal.auction}"
    readers = [at_the_bids.as_(who) for who in people(bidding.deal).values()]
    answers = [reader.get(auction) for reader in readers]
    bodies = {(answer.headers["etag"], answer.content) for answer in answers}

    assert len({answer.content for answer in answers}) > 1
    assert len(bodies) == len({tag for tag, _ in bodies}) == len({body for _, body in bodies})
    assert len({tag.partition("-")[0] for tag, _ in bodies}) < len(bodies)
    mine, others = answers[1], answers[0]
    assert readers[0].get(auction, {"If-None-Match": mine.headers["etag"]}).status_code == 200
    assert readers[1].get(auction, {"If-None-Match": others.headers["etag"]}).status_code == 200


def test_what_is_past_and_everybody_s_may_be_kept(at_the_end: Reader, example: Example) -> None:
    deal = example.deal
    auditor = at_the_end.as_(people(deal)["auditor"])
    replay, board = f"/streams/{deal.award}/replay", f"/auctions/{deal.auction}/replay"

    def kept(reader: Reader, path: str, **given: Any) -> str:
        answer = reader.get(path, **given)
        assert answer.status_code == 200, answer.text
        return str(answer.headers["cache-control"])

    head = int(at_the_end.get("/reports/needs").headers["svx-position"])
    assert kept(at_the_end, replay) == "public, no-cache"
    assert kept(at_the_end, replay, position=head) == "public, max-age=31536000, immutable"
    assert kept(auditor, replay, position=head) == "private, max-age=31536000, immutable"
    assert kept(at_the_end, board, position=60).endswith("immutable")
    assert kept(at_the_end, board, at="2026-03-05T12:00:00Z").endswith("immutable")
    assert kept(at_the_end, board, at="2030-01-01T00:00:00Z") == "public, no-cache"
    assert kept(at_the_end, "/leverage", known_at=60).endswith("immutable")
    assert kept(at_the_end, "/leverage", as_at="2026-03-01") == "public, no-cache"
    assert kept(auditor, "/leverage") == "private, no-cache"


def test_what_is_hidden_now_is_not_kept(at_the_bids: Reader, bidding: Example) -> None:
    for things in ("streams", "auctions"):
        answer = at_the_bids.get(f"/{things}/{bidding.deal.auction}/replay", position=50)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/reports/needs", "text/html"),
        ("/awards/award-8f3k2m7q", "text/csv"),
        ("/me", "text/csv"),
    ],
)
def test_a_form_that_there_is_not_is_refused(
    at_the_end: Reader, path: str, accept: str
) -> None:
    answer = at_the_end.get(path, {"Accept": accept})

    if path == "/me":
        assert answer.status_code == 401
    else:
        assert answer.status_code == 406
        assert answer.json()["type"] == "/problems/not-acceptable"


@pytest.mark.parametrize(
    "path",
    [
        "/auctions/auction-nowhere",
        "/auctions/award-8f3k2m7q",
        "/auctions/nowhere/timeline",
        "/auctions/auction-nowhere/boards/organisation-nowhere",
        "/awards/award-nowhere",
        "/organisations/organisation-nowhere",
        "/streams/auction-nowhere",
        "/streams/auction-nowhere/replay",
        "/auctions/auction-nowhere/replay",
        "/auctions/award-8f3k2m7q/replay",
        "/streams/%00%01",
        "/events/0",
        "/events/999999",
        "/events/-1",
        "/events/1e3",
        "/events/" + "9" * 30,
        "/leverage?procurement=procurement-nowhere",
        "/leverage?proxy_set=proxy-set-nowhere",
        "/leverage/explain?figure=confirmed.gross.D1&by=measure&part=nothing",
        "/reports/late-bids?auction=auction-nowhere",
        "/reports/due?supplier=organisation-comm0001",
        "/reports/lines?procurement=procurement-nowhere",
    ],
)
def test_what_is_not_there_is_not_found(at_the_end: Reader, path: str) -> None:
    answer = at_the_end.get(path)

    assert answer.status_code == 404, answer.text
    assert answer.json()["type"] == "/problems/no-such-thing"
    assert "nowhere" not in answer.text


@pytest.mark.parametrize(
    ("address", "pointers"),
    [
        ("/reports/needs?limit=0", ["/query/limit"]),
        ("/reports/needs?limit=1001", ["/query/limit"]),
        ("/reports/needs?limit=ten", ["/query/limit"]),
        ("/reports/needs?wait_for=-1", ["/query/wait_for"]),
        (
            "/reports/needs?limit=0&wait_for=x&cursor=..",
            ["/query/limit", "/query/cursor", "/query/wait_for"],
        ),
        ("/awards?supplier=somebody", ["/query/supplier"]),
        ("/awards?since=2026-02-30", ["/query/since"]),
        ("/awards?least_pence=1.5", ["/query/least_pence"]),
        ("/awards?vcse=yes", ["/query/vcse"]),
        ("/awards?standstill=someday", ["/query/standstill"]),
        ("/awards?text=%20", ["/query/text"]),
        ("/trail?since=yesterday", ["/query/since"]),
        ("/leverage/figures?stage=somewhere", ["/query/stage"]),
        ("/leverage/parts", ["/query/by"]),
        ("/leverage?year=2025", ["/query/year"]),
        ("/leverage/explain", ["/query/figure"]),
        ("/leverage/explain?figure=a.b", ["/query/figure"]),
        ("/reports/sample?seed=x", ["/query/size"]),
        ("/reports/screens?screen=none", ["/query/screen"]),
        ("/reports/late-bids?minutes=0", ["/query/minutes"]),
        (
            "/streams/award-8f3k2m7q/replay?position=1&at=2026-03-01T00:00:00Z",
            ["/query/position"],
        ),
    ],
)
def test_a_parameter_of_another_form_is_pointed_at(
    at_the_end: Reader, address: str, pointers: list[str]
) -> None:
    answer = at_the_end.get(address)

    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"] == "/problems/bad-parameter"
    assert [one["pointer"] for one in problem["errors"]] == pointers
    assert all(one["detail"] for one in problem["errors"])
    for given in ("somebody", "2026-02-30", "someday", "yesterday", "somewhere"):
        assert given not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/reports/needs?colour=red",
        "/reports/needs?limit=1&limit=2",
        "/leverage?by=measure",
        "/awards?facets=true",
        "/leverage?year=2025/26&from=2026-01-01",
        "/leverage?from=2026-02-01&to=2026-01-01",
        "/leverage?year=2025/27",
        "/leverage?known_at=999999",
        "/leverage/explain?figure=confirmed.gross.D1&part=cash",
        "/reports/sample?seed=x&size=100000",
        "/reports/needs?facets=true",
    ],
)
def test_what_makes_no_sense_is_refused(at_the_end: Reader, address: str) -> None:
    answer = at_the_end.get(address)

    assert answer.status_code == (422 if "size" not in address else answer.status_code)
    if answer.status_code == 422:
        assert answer.json()["type"] == "/problems/bad-parameter"


def test_a_question_is_not_answered_to_whom_it_is_not_for(
    at_the_end: Reader, example: Example
) -> None:
    bidder = at_the_end.as_(people(example.deal)["bidder"])
    public = at_the_end.as_(None)

    assert bidder.get("/reports/my-bids").status_code == 200
    refused = bidder.get("/reports/waiting")
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/role-not-allowed"
    assert public.get("/reports/my-bids").status_code == 401


def test_what_takes_long_can_be_answered_here_too(at_the_end: Reader) -> None:
    assert {name for name, read in READS.items() if read.takes_long} >= {
        *("leverage", "leverage-figures", "leverage-parts", "leverage-lines"),
        *("leverage-sensitivity", "leverage-explanation", "stream-replay", "auction-replay"),
        *("report-lines", "report-waterfall"),
        *("report-exclusions", "report-screens", "report-sample"),
    }
    assert at_the_end.app.state.serving.heavy is None


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


def register(small: Served, name: str) -> int:
    """Write something; return where it is."""
    command = registration(f"organisation-{name}")
    answer = small.exchange.execute(command, OPERATOR)
    assert isinstance(answer, Sequenced), answer
    return answer.last_position


def test_who_wrote_reads_what_it_wrote(small: Served) -> None:
    position = register(small, "late0001")
    answer = Reader(small.app).get("/organisations/organisation-late0001", wait_for=position)

    assert answer.status_code == 200
    assert int(answer.headers["svx-position"]) >= position


def test_what_is_not_written_yet_is_waited_for(small: Served) -> None:
    head = small.head()
    reader = Reader(small.app)
    began = time.monotonic()
    writer = threading.Timer(0.3, register, (small, "late0002"))
    writer.start()

    answer = reader.get("/organisations/organisation-late0002", wait_for=head + 1)

    writer.join()
    assert answer.status_code == 200
    assert time.monotonic() - began >= 0.3


def test_what_never_comes_is_not_waited_for_for_ever(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("svx_ledger.api.reads.routes.VIEW_SECONDS", 0.2)

    answer = Reader(small.app).get("/reports/needs", wait_for=small.head() + 1)

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/behind"
    assert answer.headers["retry-after"] == "1"
