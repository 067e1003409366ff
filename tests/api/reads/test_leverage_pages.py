"""Later pages of leverage: of the moment of the first, whatever became of what was kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from svx_ledger.api.reads.kept import MOST_LISTS
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import Sequenced, SimulatedClock
from tests.cli.conftest import PlayOnLedger, played, to_the_end
from tests.world import OPERATOR, registration

from .conftest import reader_of
from .reading import Reader

LISTS: dict[str, dict[str, Any]] = {
    "/leverage/figures": {},
    "/leverage/parts": {"by": "measure"},
    "/leverage/lines": {},
    "/leverage/sensitivity": {},
}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Reader]:
    """The worked example on a ledger of real time: each read is as at another instant."""
    url = f"sqlite:///{tmp_path}/running.db"
    played(url, to_the_end, kept="real")
    with reader_of(url, kept="real") as reader:
        yield reader


def exchange_of(reader: Reader) -> Exchange:
    return cast("Exchange", reader.app.state.serving.exchange)


def read_others(reader: Reader) -> None:
    """Read the first pages of more lists than are kept."""
    for number in range(12):
        page = reader.ok("/leverage/figures", limit=1, as_at=f"2026-03-{number + 1:02}")
        assert "next" in page
    assert MOST_LISTS < 12


def rest_of(reader: Reader, path: str, page: Any, **given: Any) -> list[Any]:
    """Return the items after a page, page by page, reading other lists in between."""
    items: list[Any] = []
    while "next" in page:
        read_others(reader)
        page = reader.ok(path, limit=50, cursor=page["next"], **given)
        items += page["items"]
    return items


@pytest.mark.parametrize("path", LISTS)
def test_a_page_is_had_whatever_others_read_and_write(running: Reader, path: str) -> None:
    first = running.get(path, limit=1, **LISTS[path])
    page = first.json()
    whole = running.items(path, as_at=as_at_of(first), **LISTS[path])
    read_others(running)
    registered = exchange_of(running).execute(registration("organisation-late0001"), OPERATOR)
    assert isinstance(registered, Sequenced)

    following = running.get(path, limit=1, cursor=page["next"], **LISTS[path])
    rest = rest_of(running, path, following.json(), **LISTS[path])

    assert [*page["items"], *following.json()["items"], *rest] == whole
    assert following.headers["svx-position"] == first.headers["svx-position"]
    assert int(first.headers["svx-position"]) < exchange_of(running).store.head().position


def as_at_of(first: Any) -> str:
    """Return the instant that a page is of, as its first item says."""
    said = first.text.partition("as at ")[2].partition(",")[0]
    assert said
    return str(said)


@pytest.mark.parametrize("given", [{}, {"as_at": "2030-01-01"}], ids=["now", "as at"])
def test_a_list_is_what_it_was_when_more_was_spent(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    """What is recorded between two pages changes leverage, and is on neither."""
    url = f"sqlite:///{tmp_path}/told.db"
    deal = played(url, to_the_end)
    with reader_of(url) as reader:
        exchange = exchange_of(reader)
        play = cast("PlayOnLedger", deal.play)
        play._ledger, play._clock = exchange, cast("SimulatedClock", exchange.clock)
        whole = reader.items("/leverage/figures", **given)
        page = reader.ok("/leverage/figures", limit=2, **given)
        deal.spend(1_000)
        rest = rest_of(reader, "/leverage/figures", page, **given)
        after = reader.items("/leverage/figures", **given)

    assert [*page["items"], *rest] == whole
    assert [one.get("amount") for one in after] != [one.get("amount") for one in whole]
