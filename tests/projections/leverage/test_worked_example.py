"""The worked example of leverage to the penny, cell by cell, from commands to the sentence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from svx_ledger.domain.values import value_pence
from svx_ledger.projections.leverage.delivery import FACT
from svx_ledger.projections.leverage.figures import Basis, Figure, Named
from svx_ledger.projections.leverage.lines import Line
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.vocabulary import DENOMINATORS, Stage
from svx_ledger.projections.memory import Views
from tests.projections.deal import Deal, worked_example


@pytest.fixture(scope="module")
def deal() -> Deal:
    return worked_example()


@pytest.fixture(scope="module")
def views(deal: Deal) -> Views:
    return deal.play.views()


@pytest.fixture(scope="module")
def report(deal: Deal, views: Views) -> LeverageReport:
    return leverage_report(views.tables, as_at=deal.play.now, known_at=views.position)


def line_of(report: LeverageReport, measure: str) -> Line:
    (line,) = (x for x in report.lines if x.measure == measure and "pledged" in x.stages)
    return line


@pytest.mark.parametrize(
    ("measure", "price", "quantities", "net"),
    [
        ("cash", "1.00", (2_400_000, 2_200_000, 2_200_000, 2_025_150), "2025150.00"),
        ("laptop", "300.00", (1_100, 1_000, 1_000, 1_000), "256500.00"),
        ("expert", "101.00", (12_000, 10_000, 10_000, 9_000), "589032.00"),
        ("volunteer", "16.93", (60_000, 50_000, 48_000, 45_000), "548532.00"),
    ],
)
def test_each_line(
    report: LeverageReport, measure: str, price: str, *, quantities: tuple[int, ...], net: str
) -> None:
    line = line_of(report, measure)
    stages: tuple[Stage, ...] = ("pledged", "awarded", "claimed", "confirmed")

    assert line.price.pounds_per_unit == Decimal(price)
    assert tuple(line.stages[stage].quantity for stage in stages) == quantities
    assert Decimal(line.pence("confirmed", "net")) / 100 == Decimal(net)


@pytest.mark.parametrize(
    ("stage", "total", "ratios"),
    [
        ("pledged", "4957800.00", ["275.43", "206.58", "9.92", "None"]),
        ("awarded", "4356500.00", ["242.03", "181.52", "8.71", "None"]),
        ("claimed", "4322640.00", ["240.15", "180.11", "8.65", "None"]),
        ("confirmed", "3996000.00", ["222.00", "166.50", "7.99", "None"]),
    ],
)
def test_each_stage_gross(
    report: LeverageReport, stage: Stage, total: str, ratios: list[str]
) -> None:
    assert str(report.total(stage).amount) == total
    assert [str(report.leverage(stage, "gross", per).amount) for per in DENOMINATORS] == ratios


def test_confirmed_net(report: LeverageReport) -> None:
    assert str(report.total("confirmed", "net").amount) == "3419214.00"
    assert str(report.leverage("confirmed", "net", "D1").amount) == "189.96"
    assert str(report.leverage("confirmed", "net", "D2").amount) == "142.47"
    assert str(report.leverage("confirmed", "net", "D3").amount) == "6.84"


def test_what_is_between_the_stages(report: LeverageReport) -> None:
    assert str(report.conversion.amount) == "0.8787"
    assert str(report.delivery_rate.amount) == "0.9173"
    assert str(report.claimed_not_confirmed.amount) == "326640.00"


def test_offered_is_every_final_bid_once(report: LeverageReport) -> None:
    assert str(report.total("offered").amount) == "9157800.00"  # the runner-up's £4.2m with it


def test_the_sentence(report: LeverageReport, views: Views) -> None:
    expected = (
        "£222.00 of confirmed gross social value per £1 of exchange spend by public bodies "
        "(D1), cohort every procurement, as at 2026-07-01T12:00:07Z, "
        f"known at position {views.position}, proxy set Proxies 2025 (proxy-set-0001)"
    )

    assert str(report.headline) == f"{report.headline}" == expected


@pytest.mark.parametrize(
    ("figure", "unit", "begins"),
    [
        (
            lambda r: r.total("awarded", "net"),
            "£",
            "£3,720,460.00 of awarded net social value, cohort ",
        ),
        (
            lambda r: r.leverage("pledged", "gross", "D2"),
            "£ per £1",
            (
                "£206.58 of pledged gross social value per £1 of exchange spend "
                "and the authorities' administration cost (D2), cohort "
            ),
        ),
        (
            lambda r: r.leverage("confirmed", "gross", "D3"),
            "%",
            "7.99 % of contract value (D3) as confirmed gross social value, cohort ",
        ),
        (
            lambda r: r.conversion,
            "share",
            "0.8787 of pledged gross social value awarded (conversion), cohort ",
        ),
        (
            lambda r: r.delivery_rate,
            "share",
            "0.9173 of awarded gross social value confirmed (delivery rate), cohort ",
        ),
        (
            lambda r: r.claimed_not_confirmed,
            "£",
            "£326,640.00 of gross social value claimed and not confirmed, cohort ",
        ),
        (
            lambda r: r.delivery_rate_of_due,
            "share",
            (
                "No figure for awarded gross social value due by now confirmed "
                "(delivery rate of what is due), cohort "
            ),
        ),
        (
            lambda r: r.unallocated_spend,
            "£",
            "£0.00 of spend on no procurement in particular in D1 and D2, cohort ",
        ),
        (
            lambda r: r.by("supplier").leverage(
                "organisation-winner0001", "confirmed", "gross", "D1"
            ),
            "£ per £1",
            (
                "£222.00 of confirmed gross social value contributed by "
                "supplier organisation-winner0001 "
                "per £1 of exchange spend by public bodies (D1), cohort "
            ),
        ),
    ],
)
def test_figures_read(
    report: LeverageReport, figure: Callable[[LeverageReport], Figure], unit: str, begins: str
) -> None:
    told = figure(report)

    assert str(told).startswith(begins)
    assert told.unit == unit
    assert (told.amount is None) == (told.reason is not None)


def test_a_basis_names_every_proxy_set_in_utc() -> None:
    as_at = datetime(2026, 7, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    basis = Basis(scope="x", as_at=as_at, known_at=9, proxy_sets=("A", "B"), discounting="none")
    none = replace(basis, proxy_sets=())
    restated = replace(basis, restated="prices of 2015")

    assert str(basis) == (
        "x, as at 2026-07-01T12:00:00Z, known at position 9, proxy set A and B"
    )
    assert str(none).endswith("proxy set none")
    assert str(restated) == f"{basis}, restated: prices of 2015"


def test_a_loss_is_printed_as_one() -> None:
    basis = Basis(
        scope="x",
        as_at=datetime(2026, 7, 1, tzinfo=UTC),
        known_at=9,
        proxy_sets=(),
        discounting="none",
    )

    assert str(Named("change", basis, ()).money(-123_456)).startswith("-£1,234.56 of change")


def test_every_figure_names_its_basis_and_its_events(
    report: LeverageReport, views: Views
) -> None:
    figures = list(report.figures())

    assert len({figure.name for figure in figures}) == len(figures) == 7 * 3 * (1 + 4) + 9
    for figure in figures:
        assert figure.name in str(figure)
        assert str(report.basis) in figure.name
        assert set(figure.positions) <= set(range(1, views.position + 1))


def test_a_figure_is_not_printed_as_a_bare_number(report: LeverageReport) -> None:
    with pytest.raises(ValueError, match="with its name"):
        f"{report.headline:.2f}"


def test_the_events_behind_the_headline(report: LeverageReport, deal: Deal) -> None:
    types = {deal.play.log[position - 1].type for position in report.headline.positions}

    assert types == {"delivery-confirmed.v1", "exchange-spend-recorded.v1"}
    assert len(report.headline.positions) == 4 + 1


def test_the_events_behind_each_stage_of_a_line(report: LeverageReport, deal: Deal) -> None:
    line = line_of(report, "cash")
    types = {
        stage: [deal.play.log[position - 1].type for position in reached.positions]
        for stage, reached in line.stages.items()
    }

    assert types == {
        "offered": ["bid-accepted.v1", "bids-ranked.v1"],
        "pledged": ["award-approved.v1"],
        "awarded": ["pledge-committed.v1", "pledge-varied.v1"],
        "claimed": ["delivery-claimed.v1"],
        "confirmed": ["delivery-confirmed.v1"],
        "reference": ["pledge-committed.v1", "pledge-varied.v1"],
    }


def test_contributions_sum_to_the_headline(report: LeverageReport) -> None:
    parts = report.by("measure")
    shares = {
        part: str(parts.leverage(part, "confirmed", "gross", "D1").amount)
        for part in parts.parts
    }

    assert shares == {
        "cash": "112.51",
        "expert": "50.50",
        "laptop": "16.67",
        "volunteer": "42.32",
    }
    assert report.by("community").parts == ("organisation-comm0001",)


def test_the_report_values_what_the_events_recorded(
    report: LeverageReport, views: Views
) -> None:
    for line in (x for x in report.lines if x.pledge):
        assert line.pledge is not None
        facts = list(views.tables.select(FACT, line.pledge.pledge_id))
        for stage in ("awarded", "claimed"):
            recorded = sum(fact.value_pence for fact in facts if fact.stage == stage)
            assert recorded == line.pence(stage, "gross")
        assert sum(fact.counted_pence for fact in facts) == line.pence("confirmed", "gross")
        awarded = line.stages["awarded"]
        assert awarded.gross_pence == value_pence(awarded.quantity, line.price.pounds_per_unit)


def test_another_confirmed_quantity_is_another_headline() -> None:
    deal = worked_example()
    deal.deliver("expert", 100, 90)
    views = deal.play.views()
    report = leverage_report(views.tables, as_at=deal.play.now, known_at=views.position)

    assert str(report.headline.amount) == "222.50"  # 90 × £101 over £18,000 is £0.505 more
