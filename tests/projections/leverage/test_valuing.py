"""Present values and restatements: the same quantities at other rates and other prices."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from svx_ledger.domain.present_value import (
    GREEN_BOOK_STPR,
    Convention,
    RateTable,
    flat,
    outcome_factor,
)
from svx_ledger.domain.proxies import AdoptProxySet, Proxy
from svx_ledger.domain.uprating import Deflator, YearMissing
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.leverage.valuing import (
    GREEN_BOOK,
    Discounting,
    NoSuchProxySet,
    Restatement,
    in_prices_of,
    under_proxy_set,
)
from svx_ledger.projections.memory import Views
from tests.projections import deal as deals
from tests.projections.deal import PLEDGED, PROXIES, Deal
from tests.projections.play import Play

from .happening import bid, delivered, happened, spent, voided

DEFLATOR = Deflator(
    series="A deflator (fictional)",
    source="Nobody",
    base="index_2023_24_100",
    years="financial",
    index={"2023/24": Decimal(100), "2025/26": Decimal("106.5"), "2026/27": Decimal("109.1")},
)
END = datetime.max.replace(tzinfo=UTC)


@contextmanager
def proxies(**changed: Mapping[str, object]) -> Iterator[None]:
    """A table in which some measures are otherwise."""
    given = deals.PROXIES
    with pytest.MonkeyPatch.context() as patch:
        table = tuple(replace(one, **changed.get(one.measure, {})) for one in given)  # type: ignore[arg-type]
        patch.setattr(deals, "PROXIES", table)
        yield


def delivered_deal(**pounds: str) -> Deal:
    """A deal with £10 of exchange spend, of which these quantities arrived."""
    deal = Deal(Play())
    deal.prepare()
    spent(deal, "exchange", 10, date(2026, 3, 31))
    deal.draft()
    bid(deal, deal.winner, {one: (f"{PLEDGED[one]}", None) for one in pounds})
    deal.close()
    deal.disclose()
    deal.approve()
    deal.announce()
    deal.enter()
    for measure, quantity in pounds.items():
        delivered(deal, measure, quantity)
    return deal


def report_of(
    deal: Deal, discounting: Discounting = GREEN_BOOK, restatement: Restatement | None = None
) -> LeverageReport:
    views = deal.play.views()
    return leverage_report(
        views.tables,
        as_at=deal.play.now,
        known_at=views.position,
        discounting=discounting,
        restatement=restatement,
    )


@pytest.fixture(scope="module")
def three_years() -> Deal:
    """£10,000 of something that lasts three years, and loses a quarter in each."""
    with proxies(cash={"years": 3, "drop_off": Decimal("0.25")}):
        return delivered_deal(cash="10000")


@pytest.mark.parametrize(
    ("table", "convention", "pounds"),
    [
        (GREEN_BOOK_STPR, "green_book", "22497.37"),
        (GREEN_BOOK_STPR, "sroi_guide", "21736.59"),
        (flat(Decimal(0)), "green_book", "23125.00"),
        (flat(Decimal(0)), "sroi_guide", "23125.00"),
    ],
)
def test_the_numbers_of_the_design(
    three_years: Deal, table: RateTable, convention: Convention, pounds: str
) -> None:
    report = report_of(three_years, Discounting(table=table, convention=convention))
    figure = report.total("confirmed", "present")
    parts = report.by("measure")

    assert str(figure.amount) == pounds
    assert str(report.total("confirmed", "net").amount) == "10000.00"
    assert f"({convention}, {table.name})" in figure.name
    assert parts.total("cash", "confirmed", "present").amount == figure.amount
    assert f"{figure}".startswith(
        f"£{Decimal(pounds):,} of confirmed net social value at present value ({convention}, "
    )


def test_a_ratio_of_a_present_value_is_of_the_rounded_total(three_years: Deal) -> None:
    figure = report_of(three_years).leverage("confirmed", "present", "D1")

    assert str(figure.amount) == "2247.49"  # £22,497.37 over £10.01
    assert (
        "at present value (green_book, Green Book STPR) per £1 of exchange spend" in figure.text
    )


def test_it_is_rounded_once_at_the_total_and_not_line_by_line() -> None:
    """Two lines of half a penny each: rounded alone, they are none."""
    half = {"pounds_per_unit": Decimal("0.01"), "deadweight": Decimal("0.5")}
    left = {"displacement": Decimal(0), "attribution": Decimal(0)}
    with proxies(volunteer=half | left, expert=half | left):
        deal = delivered_deal(volunteer="101", expert="101")
    report = report_of(deal)

    assert report.pence("confirmed", "gross") == 202
    assert report.pence("confirmed", "net") == 100  # of 50.5 each
    assert report.pence("confirmed", "present") == 101
    parts = report.by("measure")
    assert [parts.pence(part, "confirmed", "present") for part in parts.parts] == [50, 50]
    assert report.by("supplier").pence(deal.winner, "confirmed", "present") == 101


def test_what_lasts_a_year_is_its_net_value_today_or_discounted_once() -> None:
    deal = delivered_deal(cash="1000")

    assert report_of(deal).pence("confirmed", "present") == 100_000
    guide = report_of(deal, Discounting(convention="sroi_guide"))
    assert guide.pence("confirmed", "present") == 96_618  # ÷ 1.035


def test_present_values_are_by_the_exact_sum_over_proxies() -> None:
    with proxies(
        cash={"years": 50, "drop_off": Decimal("0.015")},
        volunteer={"years": 2, "drop_off": Decimal(1)},
    ):
        deal = delivered_deal(cash="1234.56", volunteer="77.7", expert="3.33")
    report = report_of(deal, Discounting(convention="sroi_guide"))
    exact = sum(
        line.pence("confirmed", "gross")
        * Fraction(line.price.k)
        * outcome_factor(line.price.years, line.price.drop_off, GREEN_BOOK_STPR, "sroi_guide")
        for line in report.lines
    )

    assert report.pence("confirmed", "present") == round(exact)


OTHER = "proxy-set-other"


def adopt(deal: Deal, *table: Proxy) -> None:
    adopting = AdoptProxySet(
        proxy_set_id=OTHER, adopter_id=deal.evaluator, name="Proxies 2026", proxies=table
    )
    deal.play.do(adopting, deal.person("evaluator", deal.evaluator))


@pytest.fixture(scope="module")
def restated() -> tuple[Deal, Views]:
    """Another set: cash and volunteers otherwise, experts by the day, no laptops."""
    deal = delivered_deal(cash="10000", volunteer="100", expert="10", laptop="3")
    cash, laptop, expert, volunteer = PROXIES
    assert laptop.measure == "laptop"
    adopt(
        deal,
        replace(cash, years=2, drop_off=Decimal("0.5"), deadweight=Decimal("0.1")),
        replace(expert, unit="day"),
        replace(volunteer, pounds_per_unit=Decimal("20.005"), attribution=Decimal("0.5")),
    )
    return deal, deal.play.views()


def test_another_set_of_proxies_values_the_same_quantities(
    restated: tuple[Deal, Views],
) -> None:
    deal, views = restated
    frozen, other = (
        report_of(deal),
        report_of(deal, restatement=under_proxy_set(views.tables, OTHER)),
    )
    of = {line.measure: line for line in other.lines}

    assert {*of} == {"cash", "volunteer"}
    assert of["volunteer"].stages["confirmed"].gross_pence == 200_050
    assert of["volunteer"].stages["confirmed"].net_pence == 80_020  # × 0.8 × 0.5
    assert of["cash"].stages["confirmed"].net_pence == 900_000
    assert other.pence("confirmed", "present") == 80_020 + round(
        900_000 * (1 + Fraction(1, 2) / Fraction("1.035"))
    )
    assert other.denominators == frozen.denominators
    quantities = {line.key: line.stages["confirmed"].quantity for line in frozen.lines}
    for line in other.lines:
        assert line.stages["confirmed"].quantity == quantities[line.key]
        assert line.price.proxy_set_id == OTHER


def test_what_another_set_cannot_value_is_left_out_and_said(
    restated: tuple[Deal, Views],
) -> None:
    deal, views = restated
    report = report_of(deal, restatement=under_proxy_set(views.tables, OTHER))

    assert [(x.subject, x.says, x.value_pence) for x in report.exclusions] == [
        (
            f"{measure} (proxy-set-0001)",
            (
                "no value for this at the prices asked for: 1 needs are left out "
                f"(frozen at £{pounds} a unit of {unit})"
            ),
            None,
        )
        for measure, pounds, unit in (("expert", 101, "hour"), ("laptop", 300, "laptop"))
    ]
    elsewhere = leverage_report(
        views.tables,
        as_at=END,
        known_at=views.position,
        scope=Scope(procurement_id="procurement-none"),
        restatement=under_proxy_set(views.tables, OTHER),
    )
    assert [
        x.says for x in elsewhere.exclusions if x.subject.startswith(("expert", "laptop"))
    ] == []
    drafted = next(row.position for row in deal.play.log if row.type == "auction-opened.v1")
    early = leverage_report(
        views.tables,
        as_at=END,
        known_at=drafted,
        restatement=under_proxy_set(views.tables, OTHER),
    )
    assert [x.says for x in early.exclusions] == ["not ranked: nothing is offered yet"]


def test_what_was_once_offered_in_a_voided_auction_is_restated_too() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    bid(deal, deal.rival, {"volunteer": ("5", None)})
    bid(deal, deal.winner, {"volunteer": ("7", None)})
    bid(deal, deal.winner, {"volunteer": ("10", None), "laptop": ("3", None)})
    deal.close()
    ranking = report_of(deal)
    happened(deal.play, (deal.auction, voided(deal)))
    adopt(deal, replace(PROXIES[3], pounds_per_unit=Decimal("20.005")))
    views = deal.play.views()
    under = under_proxy_set(views.tables, OTHER)

    (frozen,) = report_of(deal).exclusions
    other, *unvalued = report_of(deal, restatement=under).exclusions
    assert frozen.value_pence == ranking.pence("offered") == 115_395
    assert other.value_pence == 10_002 + 20_005
    assert (other.subject, other.says) == (frozen.subject, frozen.says)
    assert {one.subject.partition(" ")[0] for one in unvalued} == {"cash", "expert", "laptop"}


def test_a_need_that_the_final_bid_leaves_out_was_not_offered_in_the_end() -> None:
    deal = Deal(Play())
    deal.prepare()
    deal.draft()
    bid(deal, deal.winner, {"laptop": ("3", None)})
    bid(deal, deal.winner, {"volunteer": ("500", None)})
    deal.close()
    ranking = report_of(deal)
    happened(deal.play, (deal.auction, voided(deal)))

    (left,) = report_of(deal).exclusions
    assert left.value_pence == ranking.pence("offered") > 0


def test_every_figure_says_by_what_it_is_restated(restated: tuple[Deal, Views]) -> None:
    deal, views = restated
    under = report_of(deal, restatement=under_proxy_set(views.tables, OTHER))
    prices = report_of(deal, restatement=in_prices_of(DEFLATOR, 2023))

    for report, says in (
        (under, f"restated: proxy set Proxies 2026 ({OTHER})"),
        (prices, "restated: prices of 2023/24 by A deflator (fictional)"),
    ):
        figures = [*report.figures(), *report.by("force").figures()]
        for figure in figures:
            assert figure.text.rstrip(".").partition(": nothing")[0].endswith(says) or (
                f", {says}" in figure.text
            )
            assert "proxy set Proxies 2025 (proxy-set-0001)" in figure.text
    assert "restated" not in report_of(deal).headline.text


def test_no_such_set_of_proxies(restated: tuple[Deal, Views]) -> None:
    _, views = restated
    with pytest.raises(NoSuchProxySet, match="proxy-set-none"):
        under_proxy_set(views.tables, "proxy-set-none")


def test_prices_of_another_year(restated: tuple[Deal, Views]) -> None:
    deal, _ = restated
    report = report_of(deal, restatement=in_prices_of(DEFLATOR, 2023))
    pounds = {line.measure: line.price.pounds_per_unit for line in report.lines}

    assert pounds == {
        "cash": Decimal(1),  # a pound is a pound
        "laptop": Decimal("281.69"),
        "expert": Decimal("94.84"),
        "volunteer": Decimal("15.90"),
    }
    assert {line.price.price_year for line in report.lines} == {2023}
    volunteer = next(line for line in report.lines if line.measure == "volunteer")
    assert volunteer.stages["confirmed"].gross_pence == 159_000
    assert report.exclusions == ()


def test_prices_of_a_year_that_the_series_does_not_have(restated: tuple[Deal, Views]) -> None:
    with pytest.raises(YearMissing, match="2024/25"):
        in_prices_of(DEFLATOR, 2024)
    deal, _ = restated
    short = replace(DEFLATOR, index={"2026/27": Decimal(100)})
    report = report_of(deal, restatement=in_prices_of(short, 2026))

    assert {line.measure for line in report.lines} == {"cash"}  # of 2025 it says nothing
    assert len(report.exclusions) == 3


def test_restatements_are_told_apart_by_their_names(restated: tuple[Deal, Views]) -> None:
    _, views = restated
    again = under_proxy_set(views.tables, OTHER)

    assert again == under_proxy_set(views.tables, OTHER)
    assert again != under_proxy_set(views.tables, "proxy-set-0001")
    assert in_prices_of(DEFLATOR, 2023) != in_prices_of(DEFLATOR, 2026)
