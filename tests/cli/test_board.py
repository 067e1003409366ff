"""A board in points, with scores under pseudonyms, as the program shows it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger.cli.showing import money
from svx_ledger.domain.auction.terms import AuctionTerms, Increment
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from tests.domain.auction.scene import TERMS
from tests.projections.deal import Deal

from .conftest import Run, played

OPEN = replace(TERMS, visibility="open", withdrawal_allowed=True)
IN_POINTS = replace(
    OPEN,
    basis="points",
    increment=Increment(kind="points", points=Decimal(1)),
    reserve_points=Decimal(2),
)


def with_bids(tmp_path: Path, terms: AuctionTerms, *, closed: bool = False) -> tuple[Deal, str]:
    """An auction under these terms with two bids in cash, and one that was withdrawn."""

    def scenes(deal: Deal) -> None:
        deal.prepare()
        deal.draft(under=terms)
        deal.bid(deal.winner, {"cash": 4_444})
        deal.play.do(
            WithdrawBid(auction_id=deal.auction, supplier_id=deal.winner, reason="Too few"),
            deal.bidder(deal.winner),
        )
        deal.bid(deal.winner, {"cash": 8_000})
        deal.bid(deal.rival, {"cash": 6_000})
        if closed:
            deal.close()
            deal.disclose()

    url = f"sqlite:///{tmp_path / 'board.db'}"
    return played(url, scenes), url


@pytest.mark.parametrize(
    ("terms", "scores"),
    [(OPEN, (money(800_000), money(600_000))), (IN_POINTS, ("2000", "1500"))],
    ids=["pounds", "points"],
)
def test_a_bidder_reads_the_scores_under_pseudonyms(
    svx: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    terms: AuctionTerms,
    scores: tuple[str, str],
) -> None:
    deal, url = with_bids(tmp_path, terms)
    monkeypatch.setenv("SVX_ACTOR", f"supplier.bidder:{deal.rival}/person-rival")

    said = svx("auction", "board", deal.auction, "--as", deal.rival, "--ledger", url)

    assert said.code == 0, said.err
    table = said.out[said.out.index("Standing bids") :]
    assert table.index(scores[0]) < table.index(scores[1])
    assert "known to the others as Bidder" in said.out
    assert deal.winner not in said.out
    assert "Too few" not in said.out


def test_a_ranked_board_in_points_shows_both_and_what_was_withdrawn(
    svx: Run, tmp_path: Path
) -> None:
    deal, url = with_bids(tmp_path, IN_POINTS, closed=True)

    said = svx("auction", "board", deal.auction, "--ledger", url)

    assert said.code == 0, said.err
    for shown in ("reserve: 2 points", "points per unit", "£8,000.00", "2000", "Too few"):
        assert shown in said.out
    assert "basis: points" in said.out


def test_a_board_in_pounds_has_no_points(svx: Run, tmp_path: Path) -> None:
    deal, url = with_bids(tmp_path, OPEN, closed=True)

    said = svx("auction", "board", deal.auction, "--ledger", url)

    assert "points per unit" not in said.out
    assert f"reserve: {money(0)}" in said.out
