"""The ranking is a total order: by value, then by who was first."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.auction.events import RankedBid
from svx_ledger.domain.auction.ranking import in_order, rank
from svx_ledger.domain.auction.state import Standing


def standing(bid_no: int, value_pence: int) -> Standing:
    return Standing(bid_no=bid_no, value_pence=value_pence, lines=())


@st.composite
def boards(draw: st.DrawFn) -> dict[str, Standing]:
    """Standing bids with different numbers and, often, equal values."""
    numbers = draw(st.lists(st.integers(1, 40), unique=True, max_size=12))
    return {
        f"organisation-{index:04}": standing(number, draw(st.integers(0, 3)))
        for index, number in enumerate(numbers)
    }


def test_the_higher_value_comes_first() -> None:
    assert in_order({"a": standing(1, 100), "b": standing(2, 101)}) == ("b", "a")


def test_of_equal_values_the_earlier_bid_comes_first() -> None:
    assert in_order({"a": standing(3, 100), "b": standing(2, 100)}) == ("b", "a")


def test_a_rank_carries_the_bid_that_holds_it() -> None:
    ranking = rank({"a": standing(1, 100), "b": standing(2, 300)})

    assert ranking == (
        RankedBid(rank=1, supplier_id="b", bid_no=2, value_pence=300),
        RankedBid(rank=2, supplier_id="a", bid_no=1, value_pence=100),
    )


def test_nobody_is_ranked_where_nobody_bid() -> None:
    assert rank({}) == ()


@given(boards(), st.randoms())
def test_the_ranking_is_a_total_order(board: dict[str, Standing], random: Random) -> None:
    shuffled = list(board.items())
    random.shuffle(shuffled)

    ranking = rank(board)

    assert rank(dict(shuffled)) == ranking
    assert {bid.supplier_id for bid in ranking} == set(board)
    assert [bid.rank for bid in ranking] == list(range(1, len(board) + 1))
    for better, worse in pairwise(ranking):
        assert (-better.value_pence, better.bid_no) < (-worse.value_pence, worse.bid_no)
