"""Sums: the fast way comes to what the lines come to, part by part, whatever is asked."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain.leverage import k
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.dimensions import part_of
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.lines import LineKey, lines
from svx_ledger.projections.leverage.parts import LeverageBy, summed
from svx_ledger.projections.leverage.pricing import Price, Prices, frozen_prices, revalued
from svx_ledger.projections.leverage.reporting import leverage_by, leverage_report
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.sums import Sum, Sums, sums
from svx_ledger.projections.leverage.valuing import Restatement
from svx_ledger.projections.leverage.vocabulary import (
    DIMENSIONS,
    EVERY_STAGE,
    WEIGHTS,
    Dimension,
)
from svx_ledger.projections.memory import Tables

from .happening import BEFORE_APRIL, EVERYTHING, FEATURES, ODD, halves, played

histories = st.frozensets(st.sampled_from(FEATURES))
ROWS: Tables = played(EVERYTHING)[0].views().tables
HEAD = len(played(EVERYTHING)[0].log)
AUTHORITY, PROCUREMENT = "organisation-auth0001", "procurement-0001"
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
SCOPES = (
    PORTFOLIO,
    Scope(procurement_id=PROCUREMENT),
    Scope(procurement_id="procurement-0003"),
    Scope(authority_id=AUTHORITY),
    Scope(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2)),
    Scope(first_day=date(2026, 3, 3)),
    Scope(basis="period"),
    Scope(basis="period", last_day=MARCH),
    Scope(basis="period", first_day=APRIL),
    Scope(basis="period", first_day=date(2026, 3, 3), last_day=MARCH),
    Scope(basis="period", authority_id=AUTHORITY, first_day=date(2026, 3, 21)),
)


def clearly(rows: Tables, cut: Cut, by: Dimension, prices: Prices | None = None) -> Sums:
    """The sums of the lines."""
    of = part_of(rows, cut, by)
    return summed((of(line.key), line) for line in lines(rows, cut, prices))


@pytest.mark.parametrize("by", DIMENSIONS)
@settings(max_examples=15)
@given(having=histories, at=st.floats(min_value=0, max_value=1))
def test_they_are_the_sums_of_the_lines(
    by: Dimension, having: frozenset[str], at: float
) -> None:
    play, *_ = played(having)
    rows = play.views().tables
    cut = Cut(round(at * len(play.log)), len(play.log))

    assert sums(rows, cut, part_of(rows, cut, by), frozen_prices(rows)) == clearly(
        rows, cut, by
    )


def test_at_any_position_they_are_those_of_the_lines_at_other_prices() -> None:
    prices = revalued(frozen_prices(ROWS), halves)
    for until in range(HEAD + 1):
        cut = Cut(until, HEAD)
        of = part_of(ROWS, cut, "measure")
        found = sums(ROWS, cut, of, prices)

        assert found == clearly(ROWS, cut, "measure", prices), until
        assert "laptop" not in found
    assert {*found} == {"cash", "expert", "volunteer"}


@settings(max_examples=60)
@given(
    pounds=st.decimals("0.001", "999.999", places=3),
    taken_off=st.sampled_from(["0", "0.5", "0.25", "0.75", "0.005", "0.3333", "1"]),
)
def test_they_round_as_the_lines_do_at_the_tie_too(pounds: Decimal, taken_off: str) -> None:
    def other(price: Price) -> Price:
        share = k(Decimal(taken_off), Decimal(0), Decimal(0))
        return price._replace(pounds_per_unit=pounds, k=share)

    cut, prices = Cut(HEAD, HEAD), revalued(frozen_prices(ROWS), other)
    of = part_of(ROWS, cut, "supplier")

    assert sums(ROWS, cut, of, prices) == clearly(ROWS, cut, "supplier", prices)


def test_what_is_out_of_scope_is_in_no_sum() -> None:
    cut = Cut(HEAD, HEAD)

    def mine(key: LineKey) -> str | None:
        return "mine" if key[0] == "auction-0001" and key[2].endswith("cash") else None

    found = sums(ROWS, cut, mine, frozen_prices(ROWS))

    assert found == summed(
        (part, line) for line in lines(ROWS, cut) if (part := mine(line.key)) is not None
    )
    assert [*found] == ["mine"]
    assert [*found["mine"]] == [("proxy-set-0001", "cash")]
    assert {*found["mine"]["proxy-set-0001", "cash"]} == {*EVERY_STAGE}


def told(parts: LeverageBy) -> dict[str, object]:
    """Everything that the parts say."""
    return {
        f"{part} {stage} {weight}": (
            parts.pence(part, stage, weight),
            parts.total(part, stage, weight),
            [parts.leverage(part, stage, weight, per) for per in parts.whole],
        )
        for part in parts.parts
        for stage in EVERY_STAGE
        for weight in WEIGHTS
    }


@pytest.mark.parametrize("restatement", [None, ODD])
@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_parts_are_the_same_by_the_fast_way_as_by_the_lines(
    scope: Scope, restatement: Restatement | None
) -> None:
    as_at = datetime(2027, 1, 1, tzinfo=UTC)
    asked = Asked(as_at=as_at, known_at=HEAD, scope=scope, restatement=restatement)
    report = leverage_report(ROWS, **vars(asked))
    for by in DIMENSIONS:
        fast, clear = leverage_by(ROWS, asked, by), report.by(by)
        assert fast.parts == clear.parts, by
        assert fast.own == clear.own, by
        assert told(fast) == told(clear), by


def test_parts_at_an_earlier_time_are_those_of_the_lines() -> None:
    for known_at in (HEAD, HEAD - 7):
        asked = Asked(as_at=BEFORE_APRIL, known_at=known_at, scope=Scope(basis="period"))
        report = leverage_report(ROWS, **vars(asked))
        for by in DIMENSIONS:
            assert told(leverage_by(ROWS, asked, by)) == told(report.by(by))


def test_sums_go_together_column_by_column() -> None:
    assert Sum(1, 20, 300).plus(Sum(4, 50, 600)) == Sum(5, 70, 900)
    assert Sum() == Sum(0, 0, 0)
