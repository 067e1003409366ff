"""Auctions that are looked for: of an authority or a procurement, in a phase by the clock."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.projections.auction_search import AuctionsOf
from svx_ledger.projections.board import boards
from tests.api.served import Served, served
from tests.cli.conftest import OPERATOR_TEXT, Example, Run
from tests.projections.deal import CLOSES_AT
from tests.world import OPERATOR, OpenedAuction, open_auction, registration

from .reading import Reader


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


@pytest.fixture
def later(one: Served) -> OpenedAuction:
    """Another auction, of another authority, which closes after the first."""
    return open_auction(one.exchange, "w002", bidders=1, open_for=timedelta(hours=3))


def names(reader: Reader, limit: int = 1000, **given: Any) -> list[str]:
    return [page["auction_id"] for page in reader.items("/auctions", limit, **given)]


def test_auctions_are_those_of_an_authority_or_a_procurement(
    one: Served, later: OpenedAuction
) -> None:
    reader, first, second = Reader(one.app), one.auction.auction_id, later.auction_id
    mine, other = one.auction.buyer.organisation, later.buyer.organisation

    assert names(reader) == [first, second]
    assert names(reader, authority=mine) == [first]
    assert names(reader, authority=other) == [second]
    assert names(reader, procurement=one.auction.procurement_id) == [first]
    assert names(reader, procurement=later.procurement_id, authority=other) == [second]
    assert names(reader, procurement=later.procurement_id, authority=mine) == []
    assert names(reader, authority="organisation-nowhere") == []


def test_a_phase_is_that_which_the_board_shows(one: Served, later: OpenedAuction) -> None:
    reader, first, second = Reader(one.app), one.auction.auction_id, later.auction_id
    assert names(reader, phase="open") == names(reader, 1, phase="open") == [first, second]
    assert names(reader, phase="closed") == []

    one.clock.advance_to(one.auction.closes_at)
    one.exchange.execute(registration("organisation-late0001"), OPERATOR)  # time has passed
    shown = {name: reader.ok(f"/auctions/{name}") for name in (first, second)}

    assert shown[first]["phase"] != shown[second]["phase"] == "open"
    for name, board in shown.items():
        assert reader.items("/auctions", phase=board["phase"]) == [board], name


def test_an_auction_is_closed_from_its_closing_instant_on(bidding: Example) -> None:
    """Whether or not that is written."""
    rows, name = bidding.deal.play.views().tables, bidding.deal.auction
    for now, phase in ((CLOSES_AT - timedelta(seconds=1), "open"), (CLOSES_AT, "closed")):
        (shown,) = boards(rows, now, of=AuctionsOf(phase=phase))

        assert (shown.auction_id, shown.phase) == (name, phase)
        assert boards(rows, now) == (shown,)
        other = {"open": "closed", "closed": "open"}[phase]
        assert boards(rows, now, of=AuctionsOf(phase=other)) == ()


def test_a_phase_is_one_of_those_that_there_are(one: Served) -> None:
    answer = Reader(one.app).get("/auctions", phase="state")

    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "/query/phase"
    assert "rules-frozen" in fault["detail"]


def test_the_program_says_which_phases_there_are(example: Example, svx: Run) -> None:
    board = ("auction", "board", "--ledger", example.url, "--actor", OPERATOR_TEXT)
    unknown = svx(*board, "--phase", "started")
    of_one = svx(*board, example.deal.auction, "--phase", "open")
    none = svx(*board, "--phase", "open", "--json")

    assert (unknown.code, of_one.code, none.code) == (2, 2, 0)
    assert "rules-frozen" in unknown.err
    assert "--phase" in of_one.err
    assert none.lines == []
