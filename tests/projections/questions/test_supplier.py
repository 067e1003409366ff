"""What a supplier asks of its own, and that nobody else gets an answer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.withdrawing import WithdrawBid
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.record import leaf_of, read_record
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.questions.duties import owed
from svx_ledger.projections.questions.feedback import feedback
from svx_ledger.projections.questions.supplier import my_bids, receipts
from svx_ledger.projections.view import View
from tests.domain.auction.scene import TERMS
from tests.projections.deal import Deal
from tests.projections.play import Play

from .conftest import decimals, view_of


@pytest.fixture
def bidding() -> Deal:
    """An open auction: the winner bid three times, one of them too little; the rival once."""
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    deal.bid(deal.winner, {"cash": 2_000})
    deal.bid(deal.winner, {"cash": 2_001})
    deal.bid(deal.rival, {"cash": 9_999})
    deal.bid(deal.winner, {"cash": 3_000})
    return deal


def bids(view: View, who: Actor | None) -> list[tuple[int, str, int | None, int | None]]:
    found = my_bids(view, who)
    assert not isinstance(found, Refusal)
    return [(bid.bid_no, bid.status, bid.value_pence, bid.rank) for bid in found]


def test_a_supplier_sees_its_own_bids_with_its_rank(bidding: Deal) -> None:
    view, who = view_of(bidding), bidding.bidder(bidding.winner)
    found = my_bids(view, who)
    assert not isinstance(found, Refusal)

    assert bids(view, who) == [
        (1, "replaced", 200_000, None),
        (2, "rejected", None, None),
        (4, "standing", 300_000, 2),
    ]
    assert [bid.rule for bid in found] == [None, "bid-below-increment", None]
    for bid in found:
        (position,) = bid.positions
        assert bidding.play.log[position - 1].stream == bidding.auction
    assert bids(view, bidding.bidder(bidding.rival)) == [(3, "standing", 999_900, 1)]
    assert (
        bids(view, Actor(id="x", role="supplier.bidder", organisation="organisation-x")) == []
    )


def test_where_each_has_one_bid_there_is_no_rank_before_the_ranking() -> None:
    deal = Deal(Play())
    deal.prepare()
    no_extension = replace(TERMS.soft_close, at_most=0)
    deal.draft(under=replace(TERMS, mode="single", soft_close=no_extension))
    deal.bid(deal.winner, {"cash": 2_000})
    before = bids(view_of(deal), deal.bidder(deal.winner))
    deal.close()

    assert before == [(1, "standing", 200_000, None)]
    assert bids(view_of(deal), deal.bidder(deal.winner)) == [(1, "standing", 200_000, 1)]


def test_a_withdrawn_bid_says_so() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft(under=replace(TERMS, withdrawal_allowed=True))
    deal.bid(deal.winner, {"cash": 2_000})
    back = WithdrawBid(auction_id=deal.auction, supplier_id=deal.winner, reason="Too much")
    deal.play.do(back, deal.bidder(deal.winner))
    view, who = view_of(deal), deal.bidder(deal.winner)
    found = my_bids(view, who)
    assert not isinstance(found, Refusal)

    assert bids(view, who) == [(1, "withdrawn", 200_000, None)]
    assert [len(bid.positions) for bid in found] == [2]


def test_an_excluded_supplier_s_bid_says_so(demo: View) -> None:
    who = Actor(id="x", role="supplier.signatory", organisation="organisation-gannet")
    found = my_bids(demo, who)
    assert not isinstance(found, Refusal)

    assert (found[0].auction_id, found[0].status) == ("auction-catering", "excluded")


@pytest.mark.parametrize(
    "who",
    [
        None,
        Actor(id="x", role="operator"),
        Actor(id="x", role="auditor", organisation="organisation-winner0001"),
        Actor(id="x", role="authority.buyer", organisation="organisation-auth0001"),
        Actor(id="x", role="supplier.bidder"),
        Actor(
            id="x",
            role="supplier.bidder",
            organisation="organisation-rival0001",
            on_behalf_of="organisation-winner0001",
        ),
    ],
)
def test_nobody_but_a_supplier_for_itself_is_answered(bidding: Deal, who: Actor | None) -> None:
    view = view_of(bidding)
    for answer in (
        my_bids(view, who),
        feedback(view, who),
        owed(view, who),
        receipts(view, who, log=bidding.play),
    ):
        assert isinstance(answer, Refusal)
        assert answer.rule.name == "role-not-allowed"


def test_receipts_hold_the_leaf_and_the_salt_of_each_record(
    demo: View, demo_store: Store
) -> None:
    who = Actor(id="x", role="supplier.bidder", organisation="organisation-harle")
    found = receipts(demo, who, log=demo_store)
    own = my_bids(demo, who)
    assert not isinstance(found, Refusal)
    assert not isinstance(own, Refusal)
    rows = {row.position: row for row in demo_store.rows()}

    assert [one.position for one in found] == [at for bid in own for at in bid.positions]
    for receipt in found:
        row = rows[receipt.position]
        assert receipt.leaf == leaf_of(row.record).hex()
        assert receipt.salt == read_record(row).salt
        assert (receipt.stream, receipt.type, receipt.version) == row[1:2] + row[3:4] + row[2:3]
    assert {receipt.type for receipt in found} == {"bid-accepted.v1", "bid-rejected.v1"}


def test_feedback_is_one_s_own_beside_the_winner_s(deal: Deal, worked: View) -> None:
    found = feedback(worked, deal.bidder(deal.rival))
    assert not isinstance(found, Refusal)
    (row,) = found
    kinds = [deal.play.log[position - 1].type for position in row.positions]

    assert (row.rank, row.of, row.won) == (2, 2, False)
    assert (row.price, row.quality) == decimals(45, 29)
    assert row.social_value == Decimal("8.471499")  # 10 × 4,200,000 ÷ 4,957,800
    assert row.total == Decimal("82.471499")
    assert (row.winner_social_value, row.winner_total) == decimals(10, 90)
    assert kinds[:2] == ["assessment-ranked.v1", "award-approved.v1"]
    assert kinds[2:] == ["assessment-summaries-sent.v1"]
    winners = feedback(worked, deal.bidder(deal.winner))
    assert not isinstance(winners, Refusal)
    assert [row.won for row in winners] == [True]


def test_before_the_assessment_is_ranked_there_is_no_feedback(bidding: Deal) -> None:
    who = bidding.bidder(bidding.winner)
    bidding.close()
    assert feedback(view_of(bidding), who) == ()
    bidding.disclose()
    assert feedback(view_of(bidding), who) == ()


def test_what_a_supplier_owes_has_what_it_delivered_too(deal: Deal, worked: View) -> None:
    found = owed(worked, deal.bidder(deal.winner))
    assert not isinstance(found, Refusal)

    assert {row.measure: row.state for row in found} == {
        "cash": "due",
        "expert": "due",
        "volunteer": "due",
        "laptop": "delivered",
    }
    assert owed(worked, deal.bidder(deal.rival)) == ()
