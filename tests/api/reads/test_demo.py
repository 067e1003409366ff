"""The demo, which is read only: its lists in pages and its report, as the program says."""

from collections.abc import Iterator
from typing import Any

import pytest

from svx_ledger.api.reads.catalogue import READS
from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.seeding import SEED
from svx_ledger.cli.demo.story import STORY
from tests.api.matrix import VALUES
from tests.cli.conftest import Run

from .conftest import reader_of
from .reading import Reader


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    address = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'read.db'}"
    fill(address, STORY, SEED)
    return address


@pytest.fixture(scope="module")
def demo(url: str) -> Iterator[Reader]:
    with reader_of(url) as reader:
        yield reader


@pytest.mark.parametrize(
    ("path", "line", "limit"),
    [
        ("/auctions", ("auction", "board"), 3),
        ("/awards", ("report", "awards"), 2),
        ("/reports/needs", ("report", "needs"), 7),
        ("/requests", ("report", "requests"), 1),
        ("/reports/lines", ("report", "lines"), 20),
        ("/reports/rejected-bids", ("report", "rejected-bids"), 2),
        ("/reports/due", ("report", "due"), 3),
    ],
)
def test_pages_of_the_demo_sum_to_what_the_program_lists(
    demo: Reader, url: str, svx: Run, *, path: str, line: tuple[str, ...], limit: int
) -> None:
    assert demo.items(path, limit) == svx(*line, "--json", "--ledger", url).lines


def test_the_trail_of_the_demo_is_the_whole_log(demo: Reader) -> None:
    found = demo.items("/trail", 250)

    head = int(demo.get("/reports/needs").headers["svx-position"])
    assert [line["position"] for line in found] == [*range(1, head + 1)]


def test_the_report_of_the_demo_is_the_program_s(demo: Reader, url: str, svx: Run) -> None:
    said = svx("report", "leverage", "--json", "--ledger", url).json

    assert demo.ok("/leverage") == said


def test_every_read_of_the_demo_answers_the_public(demo: Reader) -> None:
    auction = demo.ok("/auctions", limit=1)["items"][0]
    award = demo.items("/awards", elsewhere=False)[0]["award"]
    named = {
        **VALUES,
        "auction_id": auction["auction_id"],
        "award_id": award["award_id"],
        "organisation_id": award["authority_id"],
        "supplier_id": award["supplier_id"],
        "stream": award["award_id"],
        "position": "7",
    }
    given: dict[str, dict[str, Any]] = {
        "leverage-explanation": {"figure": "confirmed.gross.D1"},
        "leverage-parts": {"by": "measure"},
        "report-sample": {"seed": "x", "size": 5},
    }
    for read in READS.values():
        answer = demo.get(read.path.format(**named), **given.get(read.name, {}))
        expected = {200, 401} if read.name.startswith("report-") else {200, 404}
        assert answer.status_code in expected, (read.name, answer.text)
        assert len(answer.content) > 10
