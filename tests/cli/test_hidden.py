"""What a bid would give away stays out of every answer while its auction is open."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger import open_ledger
from svx_ledger.cli.failing import Exit
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import BidLine
from svx_ledger.ledger import Sequenced, SimulatedClock
from tests.projections.deal import CLOSES_AT, OPENS_AT, Deal

from .conftest import Example, Run, Said, played

LATE = CLOSES_AT - timedelta(seconds=30)
AMOUNTS = {"first": 1_234_567, "too-little": 1_234_568, "late": 2_345_678}
BIDS = tuple(AMOUNTS)


def to_the_opening(deal: Deal) -> None:
    """Up to an open auction without a bid."""
    deal.prepare()
    deal.draft()


def bid(example: Example, name: str) -> list[str]:
    """Bid by a person and under a command id of its own; return the types of its events."""
    deal, at = example.deal, LATE if name == "late" else OPENS_AT + timedelta(minutes=1)
    line = BidLine(need_id=deal.need("cash"), unit="£", quantity=Decimal(AMOUNTS[name]))
    command = SubmitBid(auction_id=deal.auction, supplier_id=deal.winner, lines=(line,))
    actor = replace(deal.bidder(deal.winner), id=f"person-canary-{name}")
    with open_ledger(example.url, clock=SimulatedClock(at)) as ledger:
        answer = ledger.execute(command, actor, f"command-canary-{name}")
    assert isinstance(answer, Sequenced)
    return [type(event).__name__ for _, event in answer.events]


def asked(svx: Run, example: Example) -> dict[tuple[str, ...], Said]:
    """Every answer about the auction that anybody gets, as text and as JSON."""
    auction = example.deal.auction
    lines = [
        ("events",),
        ("events", "--stream", auction),
        ("show", auction),
        ("auction", "board"),
        ("auction", "board", auction),
    ]
    return {
        (*line, *form): svx(*line, *form, "--ledger", example.url)
        for line in lines
        for form in ((), ("--json",))
    }


def test_an_open_auction_tells_nothing_of_its_bids(svx: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    example = Example(url, played(url, to_the_opening))
    before = asked(svx, example)
    led_to = [bid(example, name) for name in BIDS]
    after = asked(svx, example)
    canaries = ["canary", "SubmitBid", "bid-below-increment"]
    canaries += [f"{value:{form}}" for value in AMOUNTS.values() for form in ("d", ",")]
    leaks = {
        (line, canary)
        for line, said in after.items()
        for canary in canaries
        if canary in said.out + said.err
    }
    bidder = example.deal.winner

    assert led_to == [["BidAccepted"], ["BidRejected"], ["BidAccepted", "AuctionExtended"]]
    assert {said.code for said in after.values()} == {Exit.DONE}
    assert leaks == set()
    for line, said in after.items():  # an invited bidder is named, and no more for its bids
        assert said.out.count(bidder) == before[line].out.count(bidder)
    closes_at = svx("auction", "board", example.deal.auction, "--ledger", url).out
    assert f"closes_at: {LATE + timedelta(seconds=240):%Y-%m-%d %H:%M:%S}Z" in closes_at


def test_a_ranked_auction_tells_all_of_it(svx: Run, example: Example) -> None:
    told = svx("events", "--stream", example.deal.auction, "--json", "--ledger", example.url)
    bids = [event for event in told.lines if event["command_type"] == "SubmitBid"]

    assert len(bids) == 3
    assert all(event["actor"]["organisation"] for event in bids)
    assert all(event["data"] and event["command_id"] for event in bids)


def test_a_live_rank_is_shown_to_its_own_bidder_only(svx: Run, bidding: Example) -> None:
    deal = bidding.deal
    line = ("auction", "board", deal.auction, "--as", deal.rival, "--ledger", bidding.url)
    nobody = svx(*line)
    others = [
        svx(*line, "--actor", f"{role}:{organisation}/person-1")
        for role, organisation in (
            ("operator", deal.rival),
            ("authority.buyer", deal.authority),
            ("supplier.bidder", deal.winner),
        )
    ]
    itself = ("--actor", f"supplier.bidder:{deal.rival}/person-1")
    own, text = svx(*line, *itself, "--json"), svx(*line, *itself)

    assert nobody.code == Exit.USAGE
    assert "--actor" in nobody.err
    assert [said.code for said in others] == [Exit.REFUSED] * 3
    assert all("not-yours" in said.err and said.out == "" for said in others)
    assert (own.json["rank"], "value_pence" in own.json) == (2, False)
    assert "rank: 2" in text.out
    for canary in ("4200000", "4,200,000", "4957800", "4,957,800", deal.winner):
        assert canary not in own.out + text.out


def test_once_ranked_a_bidder_s_board_is_everybody_s(svx: Run, example: Example) -> None:
    deal = example.deal
    line = ("auction", "board", deal.auction, "--as", deal.rival, "--ledger", example.url)

    assert "£4,200,000.00" in svx(*line).out


@pytest.mark.parametrize("actor", [(), ("--actor", "operator:/person-1")])
def test_a_bidder_s_board_is_of_one_auction(
    svx: Run, bidding: Example, actor: tuple[str, ...]
) -> None:
    line = ("auction", "board", "--as", bidding.deal.rival, "--ledger", bidding.url)
    said = svx(*line, *actor)

    assert said.code == Exit.USAGE
    assert "auction board AUCTION --as SUPPLIER" in said.err
