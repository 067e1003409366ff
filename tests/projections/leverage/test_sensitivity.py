"""How far a figure moves: each end worked out by hand from the worked example."""

from decimal import Decimal

import pytest

from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.sensitivity import Swing, sensitivity
from svx_ledger.projections.leverage.vocabulary import HEADLINE, Which
from tests.projections.deal import Deal, worked_example

from .test_valuing import proxies


def report_of(deal: Deal) -> LeverageReport:
    views = deal.play.views()
    return leverage_report(views.tables, as_at=deal.play.now, known_at=views.position)


@pytest.fixture(scope="module")
def report() -> LeverageReport:
    return report_of(worked_example())


def ends(swings: tuple[Swing, ...]) -> dict[str, tuple[str, str]]:
    return {one.what: (str(one.low.amount), str(one.high.amount)) for one in swings}


SET = "(proxy-set-0001)"


def test_the_headline(report: LeverageReport) -> None:
    swings = sensitivity(report)

    assert ends(swings) == {
        "the denominator: D2 or D1": ("166.50", "222.00"),
        f"the proxy of cash {SET} ± 10 %": ("210.75", "233.25"),  # £202,515 of £18,000
        "what is claimed and not confirmed, out or in": ("222.00", "240.15"),
        f"the proxy of expert {SET} ± 10 %": ("216.95", "227.05"),
        f"the proxy of volunteer {SET} ± 10 %": ("217.77", "226.23"),
        f"the proxy of laptop {SET} ± 10 %": ("220.33", "223.67"),
    }
    widths = [one.width for one in swings]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == Decimal("55.50")


def test_another_swing(report: LeverageReport) -> None:
    swings = ends(sensitivity(report, HEADLINE, Decimal("0.25")))

    assert swings[f"the proxy of cash {SET} ± 25 %"] == ("193.87", "250.13")  # 222 ± 28.127
    with pytest.raises(ValueError, match="between 0 and 1"):
        sensitivity(report, HEADLINE, Decimal(1))
    with pytest.raises(ValueError, match="between 0 and 1"):
        sensitivity(report, HEADLINE, Decimal(0))


def test_deadweight_is_changed_by_points_and_never_below_nothing(
    report: LeverageReport,
) -> None:
    """Net £3,419,214 has k of 1, .855, .648, .72; ten points more are .9, .76, .567, .63."""
    low = 2_025_150 * Decimal("0.9") + 300_000 * Decimal("0.76")
    low += 909_000 * Decimal("0.567") + 761_850 * Decimal("0.63")
    high = 2_025_150 + 300_000 * Decimal("0.95")  # cash has none to lose
    high += 909_000 * Decimal("0.729") + 761_850 * Decimal("0.81")
    swings = ends(sensitivity(report, Which("confirmed", "net", "D1")))

    assert swings["deadweight ± 10 points"] == (
        str(round(low / 18_000, 2)),
        str(round(high / 18_000, 2)),
    )


def test_amounts_and_percentages_have_no_other_denominator(report: LeverageReport) -> None:
    for of in (Which("awarded", "gross"), Which("awarded", "gross", "D3")):
        whats = {*ends(sensitivity(report, of))}
        assert whats == {f"the proxy of {one} {SET} ± 10 %" for one in ("cash", "laptop")} | {
            f"the proxy of {one} {SET} ± 10 %" for one in ("expert", "volunteer")
        }


def test_discount_rates_move_what_lasts() -> None:
    with proxies(cash={"years": 3, "drop_off": Decimal("0.25")}):
        report = report_of(worked_example())
    swings = {one.what: one for one in sensitivity(report, Which("confirmed", "present"))}
    of = swings[
        "the discount rate: 1.5 % in every year or 3.5 % in every year or 5 % in every year"
    ]
    rest = 256_500 + 589_032 + 548_532

    def present(rate: str) -> Decimal:
        r = 1 + Decimal(rate)
        cash = 2_025_150 * (1 + Decimal("0.75") / r + Decimal("0.5625") / r**2)
        return round(cash + rest, 2)

    assert (of.low.amount, of.high.amount) == (present("0.05"), present("0.015"))
    assert "1.5 % in every year" in of.high.name
    assert "Green Book" not in of.high.name


def test_every_end_is_a_figure_that_says_what_was_changed(report: LeverageReport) -> None:
    names = [end.name for one in sensitivity(report) for end in (one.low, one.high)]

    assert len(names) == len({*names})
    assert report.headline.name not in names
    for name in names:
        assert "confirmed gross social value, " in name or "counting" in name
        assert "cohort every procurement" in name


def test_the_worked_lines_do_not_change(report: LeverageReport) -> None:
    before = report.headline
    sensitivity(report)

    assert report.headline == before


def test_of_a_loss_the_lower_end_is_still_the_lower(report: LeverageReport) -> None:
    more = report.leverage("confirmed", "gross", "D1")
    less = report.leverage("confirmed", "gross", "D2")
    swing = Swing("a loss grows with its proxy", more, less)

    assert swing.in_order == Swing(swing.what, less, more)
    assert swing.in_order.in_order == swing.in_order
    assert swing.in_order.width == Decimal("55.50")
