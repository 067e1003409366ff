"""Judging a bid: each rule on either side of its boundary, and the order they come in."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.auction.breaks import AuctionPaused, AuctionResumed, SupplierExcluded
from svx_ledger.domain.auction.events import (
    AuctionClosed,
    AuctionOpened,
    BidAccepted,
    BidLine,
    BidsRanked,
    BidWithdrawn,
    SupplierInvited,
)
from svx_ledger.domain.auction.judging import judge
from svx_ledger.domain.auction.lines import worth
from svx_ledger.domain.auction.terms import Increment
from svx_ledger.domain.procurement import Procurement
from svx_ledger.domain.rule import Facts, Refusal
from tests.domain.cast import PROCUREMENT, SUPPLIER, Past
from tests.domain.outcome import World

from .points import OPEN_IN_POINTS, POINTS, in_points, scored
from .scene import (
    CLOSES_AT,
    HARD_STOP,
    INSTANT,
    OPEN,
    OPENS_AT,
    READY,
    RIVAL,
    SCHEDULED,
    SECOND,
    TERMS,
    auction_of,
    here,
    hours,
    laptops,
    takes_part,
    with_terms,
)

DURING = OPENS_AT + SECOND


def standing(*lines: BidLine, worth: int) -> Past:
    return here(BidAccepted(supplier_id=SUPPLIER, lines=lines, bid_no=1, value_pence=worth))


def procuring() -> Procurement:
    procurement = World(OPEN).streams[PROCUREMENT]
    assert isinstance(procurement, Procurement)
    return procurement


PROCURING = procuring()


def judged(
    *lines: BidLine,
    given: Past = OPEN,
    at: datetime = DURING,
    supplier: str = SUPPLIER,
    procurement: Procurement = PROCURING,
) -> int | str:
    """What the bid is worth in pence, or the name of the rule that it breaks."""
    verdict = judge(auction_of(given), supplier, lines, at, procurement=procurement)
    return verdict.rule.name if isinstance(verdict, Refusal) else verdict.value_pence


def facts(
    *lines: BidLine,
    given: Past = OPEN,
    at: datetime = DURING,
    supplier: str = SUPPLIER,
    procurement: Procurement = PROCURING,
) -> Facts:
    verdict = judge(auction_of(given), supplier, lines, at, procurement=procurement)
    assert isinstance(verdict, Refusal)
    return verdict.facts


def test_bidding_begins_at_the_opening_time() -> None:
    assert judged(laptops(2), at=OPENS_AT) == 60_000
    assert judged(laptops(2), at=OPENS_AT - INSTANT) == "auction-not-open"
    assert facts(laptops(2), at=OPENS_AT - INSTANT) == {
        "opens_at": "2026-03-02T12:00:00.000000Z"
    }


def test_bidding_waits_for_the_auction_to_be_opened() -> None:
    assert judged(laptops(2), given=READY) == "auction-not-open"
    assert judged(laptops(2), given=READY, at=CLOSES_AT) == "auction-not-open"


def test_bidding_ends_at_the_closing_instant() -> None:
    assert judged(laptops(2), at=CLOSES_AT - INSTANT) == 60_000
    assert judged(laptops(2), at=CLOSES_AT) == "auction-closed"
    assert facts(laptops(2), at=CLOSES_AT) == {"closes_at": "2026-03-02T13:00:00.000000Z"}


def test_no_bid_is_taken_once_the_close_is_written() -> None:
    closed = [*OPEN, *here(AuctionClosed(closed_at=CLOSES_AT))]
    ranked = [*closed, *here(BidsRanked(ranking=()))]

    assert judged(laptops(2), given=closed) == "auction-closed"
    assert judged(laptops(2), given=ranked) == "auction-closed"


def test_no_bid_is_taken_while_the_auction_is_paused() -> None:
    pause = AuctionPaused(paused_at=DURING, cause="person", reason="A fault (fictional)")
    resumed = AuctionResumed(
        request_no=1,
        approved_by="person-auditor",
        approving_organisation="organisation-audit",
        resumed_at=DURING + SECOND,
        closes_at_was=CLOSES_AT,
        closes_at=CLOSES_AT + SECOND,
        hard_stop_was=HARD_STOP,
        hard_stop=HARD_STOP + SECOND,
    )
    paused = [*OPEN, *here(pause)]
    again = [*paused, *here(resumed)]

    assert judged(laptops(2), given=paused) == "auction-paused"
    assert judged(laptops(2), given=paused, at=CLOSES_AT) == "auction-paused"
    assert facts(laptops(2), given=paused) == {}
    assert judged(laptops(2), given=again, at=CLOSES_AT) == 60_000
    assert judged(laptops(2), given=again, at=CLOSES_AT + SECOND) == "auction-closed"


def test_an_excluded_supplier_bids_no_more() -> None:
    gone = SupplierExcluded(
        supplier_id=SUPPLIER,
        ground="discretionary",
        reason="Misconduct (fictional)",
        requested_by="person-buyer",
        approved_by="person-approver",
    )
    excluded = [*OPEN, *here(gone)]

    assert judged(laptops(2), given=excluded) == "supplier-excluded"
    assert facts(laptops(2), given=excluded) == {}
    assert judged(laptops(2), given=excluded, supplier=RIVAL) == 60_000


def test_a_supplier_with_a_live_conflict_does_not_bid() -> None:
    conflicted = replace(PROCURING, conflicted_suppliers=frozenset({SUPPLIER}))

    assert judged(laptops(2), procurement=conflicted) == "supplier-conflicted"
    assert facts(laptops(2), procurement=conflicted) == {"supplier": SUPPLIER}
    assert judged(laptops(2), supplier=RIVAL, procurement=conflicted) == 60_000


def test_in_single_mode_each_supplier_has_one_bid() -> None:
    single = replace(TERMS, mode="single")
    once = with_terms([*OPEN, *standing(laptops(2), worth=60_000)], single)
    withdrawn = BidWithdrawn(supplier_id=SUPPLIER, reason="An error", bid_no=1)

    assert judged(laptops(2), given=with_terms(OPEN, single)) == 60_000
    assert judged(laptops(20), given=once) == "single-bid"
    assert facts(laptops(20), given=once) == {}
    assert judged(laptops(2), given=once, supplier=RIVAL) == 60_000
    assert judged(laptops(20), given=[*once, *here(withdrawn)]) == "single-bid"


def test_the_supplier_is_qualified() -> None:
    third, fourth = "organisation-supp3", "organisation-supp4"
    willing = takes_part(third)[:2]
    given = [
        *SCHEDULED,
        *here(*willing, SupplierInvited(supplier_id=fourth), AuctionOpened()),
    ]

    assert judged(laptops(2), given=given, supplier=SUPPLIER) == 60_000
    assert judged(laptops(2), given=given, supplier=third) == "supplier-not-qualified"
    assert facts(laptops(2), given=given, supplier=third) == {"state": "accepted"}
    assert judged(laptops(2), given=given, supplier=fourth) == "supplier-not-qualified"


def test_a_first_bid_reaches_the_reserve() -> None:
    reserve = with_terms(OPEN, replace(TERMS, reserve_pence=60_000))
    a_penny_more = with_terms(OPEN, replace(TERMS, reserve_pence=60_001))

    assert judged(laptops(2), given=reserve) == 60_000
    assert judged(laptops(2), given=a_penny_more) == "bid-below-reserve"
    assert facts(laptops(2), given=a_penny_more) == {
        "value_pence": 60_000,
        "reserve_pence": 60_001,
    }


def test_the_bid_after_a_withdrawal_is_a_first_bid() -> None:
    reserve = with_terms(OPEN, replace(TERMS, reserve_pence=60_000))
    withdrawn = BidWithdrawn(supplier_id=SUPPLIER, reason="An error", bid_no=1)
    given = [*reserve, *standing(laptops(10), worth=300_000), *here(withdrawn)]

    assert judged(laptops(2), given=given) == 60_000
    assert judged(laptops(1), given=given) == "bid-below-reserve"


def test_a_later_bid_beats_the_own_standing_bid_by_the_increment() -> None:
    exactly = [*OPEN, *standing(laptops(1), worth=50_000)]
    a_penny_short = [*OPEN, *standing(laptops(1), worth=50_001)]

    assert judged(laptops(2), given=exactly) == 60_000
    assert judged(laptops(2), given=a_penny_short) == "bid-below-increment"
    assert facts(laptops(2), given=a_penny_short) == {
        "value_pence": 60_000,
        "standing_pence": 50_001,
        "least_pence": 60_001,
    }


def test_a_later_bid_need_not_reach_a_reserve_again_but_must_rise() -> None:
    given = [*OPEN, *standing(laptops(10), worth=300_000)]

    assert judged(laptops(10), given=given) == "bid-below-increment"
    assert judged(laptops(9), hours(1), given=given) == "bid-below-increment"


def test_a_percentage_of_the_standing_value_is_rounded_up() -> None:
    one_percent = replace(TERMS, increment=Increment(kind="percent", percent=Decimal(1)))
    given = with_terms([*OPEN, *standing(laptops(1), worth=59_405)], one_percent)
    higher = with_terms([*OPEN, *standing(laptops(1), worth=59_406)], one_percent)

    assert judged(laptops(2), given=given) == 60_000  # 594.05 p is 595 p
    assert judged(laptops(2), given=higher) == "bid-below-increment"


def test_a_recomposition_at_the_same_or_a_lower_score_is_refused() -> None:
    given = in_points([*OPEN, *here(scored(laptops(3), worth=90_000, points="15"))])

    assert judged(hours(60), given=given) == "bid-below-increment"
    assert judged(laptops(2), hours(19), given=given) == "bid-below-increment"
    assert judged(laptops(2), hours(22), given=given) == 97_246


def test_in_points_a_first_bid_reaches_the_reserve_in_points() -> None:
    assert judged(laptops(2), given=OPEN_IN_POINTS) == 60_000
    assert judged(laptops(1), hours("19.999997"), given=OPEN_IN_POINTS) == "bid-below-reserve"
    assert facts(hours("20.5"), given=OPEN_IN_POINTS) == {
        "score_points": "5.125",
        "reserve_points": "10",
    }


def test_in_points_a_later_bid_beats_the_own_by_the_increment_in_points() -> None:
    exactly = in_points([*OPEN, *here(scored(laptops(1), worth=1, points="9.5"))])
    short = in_points([*OPEN, *here(scored(laptops(1), worth=1, points="9.500001"))])

    assert judged(laptops(2), given=exactly) == 60_000
    assert judged(laptops(2), given=short) == "bid-below-increment"
    assert facts(laptops("2.00"), given=short) == {
        "score_points": "10",
        "standing_points": "9.500001",
        "least_points": "10.000001",
    }


@given(
    st.integers(1, 20),
    st.decimals("0", "100", places=2, allow_nan=False),
    st.integers(1, 20),
    st.decimals("0", "100", places=2, allow_nan=False),
)
def test_whatever_replaces_a_bid_scores_more(
    units: int, quantity: Decimal, then: int, then_quantity: Decimal
) -> None:
    """In either basis, and whichever way the lines were put together."""

    def lines(laptop: int, hour: Decimal) -> tuple[BidLine, ...]:
        return (laptops(laptop), *([hours(str(hour))] if hour else []))

    for given_, basis in ((OPEN, TERMS), (OPEN_IN_POINTS, POINTS)):
        needs = auction_of(given_).needs
        stood = worth(lines(units, quantity), needs, basis)
        bid = worth(lines(then, then_quantity), needs, basis)
        first = BidAccepted(
            supplier_id=SUPPLIER,
            lines=lines(units, quantity),
            bid_no=1,
            value_pence=stood.value_pence,
            score_points=stood.score_points,
        )
        verdict = judged(*lines(then, then_quantity), given=[*given_, *here(first)])
        if basis is POINTS:
            assert bid.score_points is not None
            assert stood.score_points is not None
            enough = bid.score_points - stood.score_points >= Decimal("0.5")
        else:
            enough = bid.value_pence - stood.value_pence >= 10_000
        assert (verdict == bid.value_pence) is enough
        assert (verdict == "bid-below-increment") is not enough


def test_a_rival_that_bids_more_does_not_matter() -> None:
    rival = BidAccepted(
        supplier_id="organisation-supp2", lines=(laptops(20),), bid_no=1, value_pence=600_000
    )

    assert judged(laptops(2), given=[*OPEN, *here(rival)]) == 60_000


def test_rules_are_asked_in_their_order() -> None:
    """A bid that breaks them all is told of the first; each mended, of the next."""
    third = "organisation-supp3"
    pause = AuctionPaused(paused_at=DURING, cause="person")
    conflicted = replace(PROCURING, conflicted_suppliers=frozenset({SUPPLIER, third}))
    opened = [*SCHEDULED, *here(*takes_part(third)[:2], AuctionOpened())]
    single = with_terms([*OPEN, *standing(laptops(2), worth=1)], replace(TERMS, mode="single"))
    unlisted = BidLine(need_id="need-n003", unit="x", quantity=Decimal(-1))

    def told(given: Past, at: datetime = DURING, supplier: str = third) -> int | str:
        return judged(unlisted, given=given, at=at, supplier=supplier, procurement=conflicted)

    assert told([*opened, *here(pause)], OPENS_AT - INSTANT) == "auction-not-open"
    assert told([*opened, *here(pause)], CLOSES_AT) == "auction-paused"
    assert told(opened, CLOSES_AT) == "auction-closed"
    assert told(opened) == "supplier-not-qualified"
    assert told(single, supplier=SUPPLIER) == "supplier-conflicted"
    assert judged(unlisted, given=single) == "single-bid"
    assert judged(unlisted) == "need-not-listed"
    assert judged(laptops(1)) == "bid-below-reserve"
