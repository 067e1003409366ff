"""The assessment: the golden one, its ties, and what it is for any bids."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.assessment import AssessedTender, Scoring, Tender, assess

WEIGHT = Decimal(10)
BEST = Scoring(WEIGHT)
TARGET = Scoring(WEIGHT, "share-of-target", 12_000_000)
STEPS = ((9_000_000, Decimal(2)), (12_000_000, Decimal("7.5")), (40_000_001, Decimal(10)))
BANDED = Scoring(WEIGHT, "banded", steps=STEPS)
A = Tender("organisation-aaaa", Decimal(45), Decimal(35), 9_000_000, 1)
B = Tender("organisation-bbbb", Decimal(50), Decimal(29), 12_000_000, 2)
C = Tender("organisation-cccc", Decimal(0), Decimal(0), 40_000_000, 3)


def totals(*tenders: Tender, by: Scoring = BEST) -> list[tuple[str, Decimal]]:
    return [(t.supplier_id[-4:], t.total) for t in assess(by, tenders)]


def order(*tenders: Tender) -> list[str]:
    return [t.supplier_id[-4:] for t in assess(BEST, tenders)]


def test_the_golden_assessment_with_and_without_the_highest_bidder() -> None:
    with_c = totals(A, B, C)
    without_c = totals(A, B)

    assert with_c == [
        ("aaaa", Decimal("82.25")),
        ("bbbb", Decimal("82.00")),
        ("cccc", Decimal("10.00")),
    ]
    assert without_c == [("bbbb", Decimal("89.00")), ("aaaa", Decimal("87.50"))]


def test_the_golden_assessment_by_a_target() -> None:
    """£120k is the target: £90k earns three quarters, and no bid more than the weight."""
    with_c = totals(A, B, C, by=TARGET)
    without_c = totals(A, B, by=TARGET)

    assert with_c == [
        ("bbbb", Decimal("89.00")),
        ("aaaa", Decimal("87.50")),
        ("cccc", Decimal("10.00")),
    ]
    assert without_c == with_c[:2]


def test_the_golden_assessment_by_bands() -> None:
    """From £90k 2 points, from £120k 7.5, and a penny more than C bids for all ten."""
    with_c = totals(A, B, C, by=BANDED)
    without_c = totals(A, B, by=BANDED)

    assert with_c == [
        ("bbbb", Decimal("86.50")),
        ("aaaa", Decimal("82.00")),
        ("cccc", Decimal("7.50")),
    ]
    assert without_c == with_c[:2]


@pytest.mark.parametrize(
    ("bid", "points"),
    [(0, "0"), (1, "10/12000000"), (11_999_999, "119999990/12000000"), (12_000_000, "10")],
)
def test_a_share_of_the_target_ends_at_the_target(bid: int, points: str) -> None:
    assert TARGET.points(bid, 40_000_000) == Fraction(points)
    assert TARGET.points(12_000_001, 40_000_000) == 10


@pytest.mark.parametrize(
    ("bid", "points"),
    [
        (0, "0"),
        (8_999_999, "0"),
        (9_000_000, "2"),
        (11_999_999, "2"),
        (12_000_000, "7.5"),
        (40_000_000, "7.5"),
        (40_000_001, "10"),
    ],
)
def test_a_band_begins_at_its_score(bid: int, points: str) -> None:
    assert BANDED.points(bid, 50_000_000) == Fraction(points)


@pytest.mark.parametrize("scoring", [BEST, TARGET, BANDED])
def test_nobody_earns_social_value_where_the_best_bid_is_nothing(scoring: Scoring) -> None:
    from_nothing = scoring._replace(steps=((0, Decimal(5)),))

    assert from_nothing.points(0, 0) == 0
    assert totals(A._replace(bid_pence=0), B._replace(bid_pence=0), by=from_nothing) == [
        ("aaaa", Decimal(80)),
        ("bbbb", Decimal(79)),
    ]


def test_where_points_are_the_basis_they_are_compared_and_pence_recorded() -> None:
    less = A._replace(bid_points=Decimal("2.5"))
    more = B._replace(bid_pence=1, bid_points=Decimal(10))

    assert [
        (t.social_value, t.bid_pence, t.bid_points) for t in assess(BEST, [less, more])
    ] == [
        (Decimal(10), 1, Decimal(10)),
        (Decimal("2.5"), 9_000_000, Decimal("2.5")),
    ]
    on_target = Scoring(WEIGHT, "share-of-target", Decimal(20))
    assert on_target.points(Decimal("2.5"), Decimal(10)) == Fraction("1.25")


def test_a_tender_stands_with_all_its_points() -> None:
    assert assess(BEST, [A, C])[0] == AssessedTender(
        rank=1,
        supplier_id=A.supplier_id,
        social_value=Decimal("2.25"),
        price=Decimal(45),
        quality=Decimal(35),
        total=Decimal("82.25"),
        bid_pence=9_000_000,
        bid_no=1,
    )


@pytest.mark.parametrize(
    ("weight", "bid", "best", "stored"),
    [
        ("10", 1, 3, "3.333333"),
        ("20", 1, 3, "6.666667"),
        ("0.0001", 5, 1000, "0"),
        ("0.0001", 15, 1000, "0.000002"),
    ],
)
def test_points_are_stored_rounded_half_to_even_at_the_millionth(
    weight: str, bid: int, best: int, stored: str
) -> None:
    small, great = A._replace(bid_pence=bid), C._replace(bid_pence=best)
    (tender,) = (
        t for t in assess(Scoring(Decimal(weight)), [small, great]) if t.bid_pence == bid
    )

    assert tender.social_value == Decimal(stored)
    assert tender.total == 80 + Decimal(stored)


def test_exact_points_rank_where_the_stored_ones_are_equal() -> None:
    best = C._replace(bid_pence=10**15)
    less, more = A._replace(bid_pence=5), A._replace(supplier_id=B.supplier_id, bid_pence=6)
    later = more._replace(bid_no=2)

    assert totals(best, less, later)[:2] == [("bbbb", Decimal(80)), ("aaaa", Decimal(80))]
    assert BEST.points(6, 10**15) > BEST.points(5, 10**15)


def test_equal_totals_go_to_the_earlier_bid_then_to_who_bid_then_by_id() -> None:
    later = Tender("organisation-aaaa", Decimal(40), Decimal(40), 0, 3)
    earlier = Tender("organisation-bbbb", Decimal(40), Decimal(40), 0, 2)
    silent = Tender("organisation-aaa0", Decimal(40), Decimal(40))
    silent_too = Tender("organisation-aaa1", Decimal(40), Decimal(40))

    assert order(silent_too, later, silent, earlier) == ["bbbb", "aaaa", "aaa0", "aaa1"]


def test_nobody_is_ranked_where_nobody_tendered() -> None:
    assert assess(BEST, ()) == ()


TENDERS = st.lists(
    st.builds(
        Tender,
        st.integers(0, 9999).map("organisation-{:04}".format),
        st.integers(0, 500_000).map(lambda n: Decimal(n).scaleb(-4)),
        st.integers(0, 400_000).map(lambda n: Decimal(n).scaleb(-4)),
        st.integers(0, 10**15),
        st.integers(1, 10**9),
        st.none(),
    ),
    min_size=1,
    max_size=8,
    unique_by=(lambda tender: tender.supplier_id, lambda tender: tender.bid_no),
)


SCORINGS = st.sampled_from([BEST, TARGET, BANDED])


@given(TENDERS, SCORINGS)
def test_any_assessment_ranks_each_tender_once_by_its_total(
    tenders: list[Tender], scoring: Scoring
) -> None:
    ranking = assess(scoring, tenders)

    assert [t.rank for t in ranking] == list(range(1, len(tenders) + 1))
    assert {t.supplier_id for t in ranking} == {t.supplier_id for t in tenders}
    assert [t.total for t in ranking] == sorted((t.total for t in ranking), reverse=True)
    assert all(0 <= t.social_value <= WEIGHT for t in ranking)
    assert all(t.total == t.social_value + t.price + t.quality for t in ranking)


@given(TENDERS, SCORINGS)
def test_the_order_in_which_tenders_are_given_changes_nothing(
    tenders: list[Tender], scoring: Scoring
) -> None:
    assert assess(scoring, tenders[::-1]) == assess(scoring, tenders)


@given(TENDERS, SCORINGS)
def test_a_higher_bid_never_earns_less(tenders: list[Tender], scoring: Scoring) -> None:
    earned = sorted((t.bid_pence, t.social_value) for t in assess(scoring, tenders))

    assert [points for _, points in earned] == sorted(points for _, points in earned)
