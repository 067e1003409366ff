"""The screens: what each flags, on either side of its boundary, and when it has too little."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.projections.auction_rows import AUCTION, PLACE, AuctionRow, PlaceRow
from svx_ledger.projections.award_rows import AWARD, AwardRow
from svx_ledger.projections.leverage.facts import RANKING, RankingRow
from svx_ledger.projections.memory import Tables
from svx_ledger.projections.obligations import OBLIGATION
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.screens import SCREENS, screens
from svx_ledger.projections.view import View
from tests.domain.auction.scene import TERMS
from tests.projections.deal import CLOSES_AT, OPENS_AT, Deal
from tests.projections.play import Play

from .conftest import view_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def flags(view: View, screen: str) -> list[tuple[str | None, str]]:
    """Whom or what a screen flags, and what it says; its verdict where that is nothing."""
    found = screens(view, screen=screen)
    if found[0].verdict != "flag":
        return [(None, found[0].verdict)]
    return [(row.subject, row.says) for row in found]


def verdict(view: View, screen: str) -> str:
    return screens(view, screen=screen)[0].verdict


def test_every_screen_says_what_it_needs_and_that_a_flag_is_no_finding(demo: View) -> None:
    found = screens(demo)

    assert [*dict.fromkeys(row.screen for row in found)] == [*SCREENS]
    for row in found:
        assert row.note == "a flag is not a finding"
        assert row.minimum
        assert (row.verdict == "flag") == bool(row.positions) == (row.subject is not None)
    small = {row.screen for row in found if row.verdict == "sample too small"}
    assert {"rotation", "co-bidding", "cover-bids"} <= small
    with pytest.raises(BadQuestion, match="no screen is called 'luck'"):
        screens(demo, screen="luck")


def test_an_empty_ledger_is_too_small_a_sample() -> None:
    empty = view_of(Deal(Play()))
    seen = {row.screen: row.verdict for row in screens(empty)}

    assert seen.pop("corrections") == "nothing flagged"
    assert set(seen.values()) == {"sample too small"}


def test_few_bidders_are_fewer_than_three(worked: View, demo: View) -> None:
    assert flags(worked, "few-bidders") == [("auction-0001", "2 standing bids at the close")]
    few = {subject for subject, _ in flags(demo, "few-bidders")}
    assert "auction-estates" not in few  # it had three
    assert "auction-lighting" in few


def bidding(*, closed: bool = True) -> Deal:
    """Five bids of the winner, two of them in the last two minutes; three of the rival."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    for pounds in (1_000, 2_000, 3_000):
        deal.bid(deal.winner, {"cash": pounds})
        deal.bid(deal.rival, {"cash": pounds})
    deal.bid(deal.winner, {"cash": 4_000}, CLOSES_AT - timedelta(seconds=121))
    deal.bid(deal.winner, {"cash": 5_000}, CLOSES_AT + timedelta(seconds=1))
    if closed:
        deal.close()
    return deal


def test_sniping_is_half_of_five_bids_or_more() -> None:
    deal = bidding(closed=False)
    hidden = verdict(view_of(deal), "sniping")
    deal.close()
    before = flags(view_of(deal), "sniping")
    again = bidding(closed=False)
    again.bid(again.winner, {"cash": 6_000}, CLOSES_AT + timedelta(seconds=200))
    again.bid(again.winner, {"cash": 7_000})
    again.close()

    assert hidden == "sample too small"
    assert before == [(None, "nothing flagged")]  # 1 of 5: the close had moved
    assert flags(view_of(again), "sniping") == [(None, "nothing flagged")]  # 3 of 7


@pytest.mark.parametrize(("early", "flagged"), [(3, True), (4, False)])
def test_half_of_the_bids_late_are_flagged(early: int, *, flagged: bool) -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    for number in range(1, early + 1):
        deal.bid(deal.winner, {"cash": 1_000 * number})
    closes_at = CLOSES_AT
    for number, extended in ((11, True), (12, True), (13, False)):
        deal.bid(deal.winner, {"cash": 1_000 * number}, closes_at - timedelta(seconds=120))
        closes_at += timedelta(seconds=120 if extended else 0)
    deal.close()
    says = f"3 of {early + 3} bids in the last two minutes"

    assert flags(view_of(deal), "sniping") == [
        (deal.winner, says) if flagged else (None, "nothing flagged")
    ]


def test_identical_bids_are_the_same_line_for_line() -> None:
    same, other = Deal(Play()), Deal(Play())
    for deal, laptops in ((same, 5), (other, 4)):
        deal.prepare()
        deal.draft()
        deal.bid(deal.winner, {"cash": 2_000, "laptop": 5})
        deal.bid(deal.rival, {"cash": 2_000, "laptop": laptops})
        deal.close()
    (row,) = screens(view_of(same), screen="identical-bids")

    assert row.verdict == "flag"
    assert row.says == f"{same.rival}, {same.winner} pledge exactly the same"
    assert [same.play.log[at - 1].type for at in row.positions] == ["bid-accepted.v1"] * 2
    assert verdict(view_of(other), "identical-bids") == "nothing flagged"


def test_identical_bids_at_every_cap_are_no_sign() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    for supplier in (deal.winner, deal.rival):
        deal.bid(supplier, {"laptop": 1_100})
    deal.close()

    assert verdict(view_of(deal), "identical-bids") == "nothing flagged"


def test_who_takes_bids_back_twice_is_flagged() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=replace(TERMS, withdrawal_allowed=True))
    back = WithdrawBid(auction_id=deal.auction, supplier_id=deal.winner, reason="No")
    for times in (1, 2):
        deal.bid(deal.winner, {"cash": 2_000 * times})
        deal.play.do(back, deal.bidder(deal.winner))
    deal.close()
    view = _with_played(view_of(deal), 3)

    assert (deal.winner, "2 bids or tenders taken back") in flags(view, "shill-pattern")


def auction(name: str, authority: str = "organisation-a") -> AuctionRow:
    """A ranked auction, as far as screens look at one."""
    return AuctionRow(
        auction_id=name,
        procurement_id="procurement-a",
        lot="1",
        authority_id=authority,
        proxy_set_id="proxy-set-a",
        phase="ranked",
        opens_at=OPENS_AT,
        closes_at=CLOSES_AT,
        hard_stop=CLOSES_AT,
        bidder_count_shown=False,
        mode="ascending",
        visibility="rank",
        rank_on="social-value",
        basis="pounds",
        reserve_pence=0,
        reserve_points=None,
        formula="share-of-best",
        weight=Decimal(10),
        target_pence=None,
        target_points=None,
        ranked_at=CLOSES_AT,
    )


def ranked(tables: Tables, number: int, bids: dict[str, int], authority: str = "") -> None:
    """One more ranked auction, won by the best of these bids (pence)."""
    name = f"auction-{number:04}"
    order = sorted(bids, key=lambda supplier: -bids[supplier])
    position = 1000 + 10 * number
    tables.apply([AUCTION.put(auction(name, authority or "organisation-a"))])
    tables.apply([RANKING.put(RankingRow(name, position, CLOSES_AT))])
    for rank, supplier in enumerate(order, start=1):
        place = PlaceRow(name, supplier, rank, rank, bids[supplier], None)
        tables.apply([PLACE.put(place)])
    award = AwardRow(
        award_id=f"award-{number:04}",
        procurement_id="procurement-a",
        lot="1",
        authority_id="organisation-a",
        auction_id=name,
        phase="approved",
        assessed_at=CLOSES_AT,
        position=position + 1,
        ranked_position=position + 1,
        supplier_id=order[0],
        approved_at=CLOSES_AT,
        approved_position=position + 2,
    )
    tables.apply([AWARD.put(award)])


def of_auctions(auctions: Iterable[dict[str, int]]) -> View:
    tables = Play().views().tables
    for number, bids in enumerate(auctions, start=1):
        ranked(tables, number, bids)
    return View(tables, 5_000, NOW)


def _with_played(view: View, auctions: int) -> View:
    """The same, with so many more auctions of one bidder, so that the sample is enough."""
    from svx_ledger.projections.auction_rows import BID, BidRow

    assert isinstance(view.rows, Tables)
    for number in range(1, auctions + 1):
        ranked(view.rows, number, {"organisation-z": 100})
        bid = BidRow(f"auction-{number:04}", 1, "organisation-z", 100, OPENS_AT, 1, None)
        view.rows.apply([BID.put(bid)])
    return view


def in_turn(auctions: int, bidders: int) -> View:
    """Auctions of the same bidders, each won by the next."""
    return of_auctions(
        {f"organisation-{b}": 100 + (200 if b == n % bidders else b) for b in range(bidders)}
        for n in range(auctions)
    )


@pytest.mark.parametrize(("bidders", "needed"), [(2, 8), (3, 13), (4, 18)])
def test_rotation_needs_as_many_auctions_as_chance_explains(bidders: int, needed: int) -> None:
    """((k − 1) ÷ k)^(n − 1) ≤ 1 ÷ 100, worked out apart from the code."""
    k = Decimal(bidders)
    chance = [((k - 1) / k) ** (n - 1) for n in range(1, needed + 1)]

    assert chance[-2] > Decimal("0.01") >= chance[-1]
    assert verdict(in_turn(needed - 1, bidders), "rotation") == "sample too small"
    ((subject, says),) = flags(in_turn(needed, bidders), "rotation")
    assert says == f"{needed} auctions of the same bidders, nobody won twice running"
    assert subject == ", ".join(f"organisation-{b}" for b in range(bidders))


def test_who_wins_twice_running_does_not_rotate() -> None:
    turns = [n % 2 for n in range(12)] + [1]
    bids = ({"organisation-0": 150 - 50 * t, "organisation-1": 120} for t in turns)
    view = of_auctions(bids)

    assert verdict(view, "rotation") == "nothing flagged"


def meeting(together: int, apart: int) -> View:
    """A and B meet so many times, and are not there as often; C and D always are."""
    always = {"organisation-c": 300, "organisation-d": 200}
    pair = {"organisation-a": 100, "organisation-b": 50}
    return of_auctions([always | pair] * together + [always] * apart)


def test_co_bidding_needs_enough_auctions_for_its_pairs() -> None:
    few, many = (
        meeting(6, 5),
        meeting(6, 6),
    )  # 6 pairs: 1 in 600; C(11, 5) = 462, C(12, 6) = 924

    assert verdict(few, "co-bidding") == "sample too small"
    assert "12 ranked auctions" in screens(few, screen="co-bidding")[0].minimum
    assert flags(many, "co-bidding") == [
        ("organisation-a, organisation-b", "met in 6 of 12 auctions; chance 0.001")
    ]


def test_who_always_bids_meets_everybody_by_chance() -> None:
    view = meeting(12, 0)

    assert verdict(view, "co-bidding") == "nothing flagged"


def test_cover_bids_need_twenty_auctions_with_three_losing_bids() -> None:
    three = {"organisation-b": 501, "organisation-c": 500, "organisation-d": 499}
    covered = three | {"organisation-a": 900}
    usual = three | {"organisation-e": 502}  # 1 above the second: the losing bids deviate by 1

    assert (
        verdict(of_auctions([covered] * 3 + [usual] * 16), "cover-bids") == "sample too small"
    )
    assert flags(of_auctions([covered] * 3 + [usual] * 17), "cover-bids") == [
        ("organisation-a", "3 of 3 auctions won far above close losing bids")
    ]
    alone = of_auctions([covered] * 20)  # nobody else won: there is nothing to compare with
    assert verdict(alone, "cover-bids") == "nothing flagged"
    short = {"organisation-a": 900, "organisation-b": 501, "organisation-c": 500}
    assert verdict(of_auctions([short] * 30), "cover-bids") == "sample too small"


def late(deal: Deal) -> View:
    """The day after everything fell due."""
    return view_of(deal, datetime(2027, 4, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        ({"cash": 800, "laptop": 8, "expert": 80}, None),
        ({"cash": 799, "laptop": 8, "expert": 80}, "80.0%"),  # £11,279 of £14,100
        ({"cash": 100, "laptop": 8, "expert": 80}, "75.0%"),
    ],
)
def test_under_delivery_is_less_than_four_fifths(
    delivered: dict[str, int], expected: str | None
) -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 1_000, "laptop": 10, "expert": 100})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    for measure, quantity in delivered.items():
        deal.deliver(measure, quantity, quantity)
    early = verdict(view_of(deal), "under-delivery")
    found = flags(late(deal), "under-delivery")

    assert early == "sample too small"  # nothing is due yet
    says = f"{expected} of what was due arrived, over 3 pledges"
    assert found == [(deal.winner, says) if expected else (None, "nothing flagged")]


def test_a_written_off_pledge_counts_as_it_was_before(demo: View) -> None:
    written = [row for row in demo.rows.all(OBLIGATION) if row.phase == "written-off"]
    (row,) = screens(demo, screen="under-delivery")

    assert len(written) == 1
    assert (row.verdict, row.sample) == ("sample too small", 1)


def test_shared_evidence_and_corrections_of_the_demo(demo: View) -> None:
    ((_, evidence),) = flags(demo, "shared-evidence")

    assert evidence == "serves 2 claims of 2 pledges, apportioned"
    assert flags(demo, "corrections") == [("indicator-calls2026", "corrected: value")]
    assert flags(demo, "departures") == [(None, "nothing flagged")]


def test_a_departure_is_flagged_with_its_ground() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.rival, {"cash": 1_000})
    deal.close()
    deal.disclose()
    deal.approve(deal.rival, ground="Low price (fictional)")

    assert flags(view_of(deal), "departures") == [
        (deal.award, f"{deal.rival} rather than {deal.winner}, rank 1: Low price (fictional)")
    ]
