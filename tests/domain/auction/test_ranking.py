"""The ranking is a total order: by score or by total, then by who was first."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.assessment import Scoring, assess
from svx_ledger.domain.auction.events import BidAccepted, RankedBid, TenderScore
from svx_ledger.domain.auction.ranking import Totals, in_order, rank, tender_of, totals_of
from svx_ledger.domain.auction.state import Standing
from svx_ledger.domain.auction.tendering import tenders
from tests.domain.cast import SUPPLIER

from .scene import OPEN, RIVAL, SEALED, TERMS, auction_of, here, laptops, with_terms

A, B, C = "organisation-aaaa", "organisation-bbbb", "organisation-cccc"


def standing(bid_no: int, value_pence: int, points: str | None = None) -> Standing:
    score = None if points is None else Decimal(points)
    return Standing(bid_no=bid_no, value_pence=value_pence, lines=(), score_points=score)


def scored(supplier: str, points: int) -> TenderScore:
    return TenderScore(supplier_id=supplier, price=Decimal(points), quality=Decimal(0))


@st.composite
def boards(draw: st.DrawFn) -> dict[str, Standing]:
    """Standing bids with different numbers and, often, equal scores; in pounds or in points."""
    numbers = draw(st.lists(st.integers(1, 40), unique=True, max_size=12))
    in_points = draw(st.booleans())
    return {
        f"organisation-{index:04}": standing(
            number,
            draw(st.integers(0, 3)),
            str(draw(st.integers(0, 3))) if in_points else None,
        )
        for index, number in enumerate(numbers)
    }


def test_the_higher_value_comes_first() -> None:
    assert in_order({A: standing(1, 100), B: standing(2, 101)}, None) == (B, A)


def test_of_equal_values_the_earlier_bid_comes_first() -> None:
    assert in_order({A: standing(3, 100), B: standing(2, 100)}, None) == (B, A)


def test_in_points_the_higher_score_comes_first_whatever_its_value() -> None:
    less, more = standing(1, 500, "9.999999"), standing(2, 100, "10")

    assert in_order({A: less, B: more}, None) == (B, A)
    assert in_order({A: more, B: replace(less, score_points=Decimal(10))}, None) == (B, A)


def test_in_totals_the_sealed_points_count_with_the_bid() -> None:
    """The golden assessment: A 80 + £90k leads B 79 + £120k while C with £400k takes part."""
    scores = (scored(A, 80), scored(B, 79), scored(C, 0))
    totals = Totals(Scoring(Decimal(10)), scores)
    bids = {A: standing(1, 9_000_000), B: standing(2, 12_000_000), C: standing(3, 40_000_000)}
    without = {who: bid for who, bid in bids.items() if who != C}

    assert in_order(bids, totals) == (A, B, C)
    assert in_order(without, totals) == (B, A)
    assert in_order(bids, None) == (C, B, A)


def test_of_equal_totals_the_earlier_bid_comes_first() -> None:
    totals = Totals(Scoring(Decimal(10)), (scored(A, 50), scored(B, 50)))

    assert in_order({A: standing(3, 100), B: standing(2, 100)}, totals) == (B, A)


def test_who_did_not_bid_has_no_place() -> None:
    totals = Totals(Scoring(Decimal(10)), (scored(A, 90), scored(B, 1)))

    assert in_order({B: standing(1, 100)}, totals) == (B,)


def test_the_terms_say_whether_totals_are_ranked_on() -> None:
    combined = with_terms(OPEN, replace(TERMS, rank_on="combined"))

    assert totals_of(auction_of(OPEN)) is None
    assert totals_of(auction_of(combined)) == Totals(TERMS.scoring, SEALED.scores)


def test_a_tender_has_its_bid_in_pence_and_in_points() -> None:
    score = scored(A, 50)

    assert tender_of(score, None) == (A, Decimal(50), Decimal(0), 0, None, None)
    assert tender_of(score, standing(3, 100, "2.5")) == (
        *(A, Decimal(50), Decimal(0)),
        *(100, 3, Decimal("2.5")),
    )


def test_the_live_order_is_that_of_the_assessment_where_totals_rank() -> None:
    def accepted(supplier: str, no: int, pence: int) -> BidAccepted:
        return BidAccepted(
            supplier_id=supplier, lines=(laptops(2),), bid_no=no, value_pence=pence
        )

    given = [*OPEN, *here(accepted(SUPPLIER, 1, 60_000), accepted(RIVAL, 2, 60_001))]
    auction = auction_of(with_terms(given, replace(TERMS, rank_on="combined")))
    ranking = rank(auction.standing, totals_of(auction))
    assessed = assess(auction.terms.scoring, tenders(auction))

    assert [bid.supplier_id for bid in ranking] == [t.supplier_id for t in assessed]
    assert [bid.supplier_id for bid in ranking] == [SUPPLIER, RIVAL]
    assert in_order(auction.standing, None) == (RIVAL, SUPPLIER)


def test_a_rank_carries_the_bid_that_holds_it() -> None:
    ranking = rank({A: standing(1, 100, "1.5"), B: standing(2, 300, "2.5")}, None)

    assert ranking == (
        RankedBid(
            rank=1, supplier_id=B, bid_no=2, value_pence=300, score_points=Decimal("2.5")
        ),
        RankedBid(
            rank=2, supplier_id=A, bid_no=1, value_pence=100, score_points=Decimal("1.5")
        ),
    )


def test_nobody_is_ranked_where_nobody_bid() -> None:
    assert rank({}, None) == ()
    assert rank({}, Totals(Scoring(Decimal(10)), (scored(A, 50),))) == ()


@given(boards(), st.randoms())
def test_the_ranking_is_a_total_order(board: dict[str, Standing], random: Random) -> None:
    shuffled = list(board.items())
    random.shuffle(shuffled)

    ranking = rank(board, None)

    assert rank(dict(shuffled), None) == ranking
    assert {bid.supplier_id for bid in ranking} == set(board)
    assert [bid.rank for bid in ranking] == list(range(1, len(board) + 1))
    for better, worse in pairwise(board[bid.supplier_id] for bid in ranking):
        assert (-better.score, better.bid_no) < (-worse.score, worse.bid_no)


@given(boards(), st.lists(st.integers(0, 3), min_size=12, max_size=12), st.randoms())
def test_the_ranking_of_totals_is_a_total_order(
    board: dict[str, Standing], sealed: list[int], random: Random
) -> None:
    scores = [scored(who, points) for who, points in zip(board, sealed, strict=False)]
    shuffled, totals = list(scores), Totals(Scoring(Decimal(10)), tuple(scores))
    random.shuffle(shuffled)

    order = in_order(board, totals)

    assert in_order(board, totals._replace(scores=tuple(shuffled))) == order
    assert set(order) == set(board)
    best = max((bid.score for bid in board.values()), default=0)
    price = {score.supplier_id: score.price for score in scores}
    for one, other in pairwise(order):
        first, second = (
            (
                -totals.scoring.points(board[who].score, best) - int(price[who]),
                board[who].bid_no,
            )
            for who in (one, other)
        )
        assert first < second


@given(boards())
def test_one_bid_less_keeps_the_order_of_the_others(board: dict[str, Standing]) -> None:
    order = in_order(board, None)

    for gone in board:
        rest = {who: bid for who, bid in board.items() if who != gone}
        assert in_order(rest, None) == tuple(who for who in order if who != gone)
