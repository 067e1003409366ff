"""Leverage as a picture: a waterfall, or the parts of it, or what moves it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from svx_ledger.cli.output import say
from svx_ledger.cli.session import Usage

if TYPE_CHECKING:
    from svx_ledger.exports.charts.data import ByPart, Heading, Part, Tornado, Waterfall
    from svx_ledger.projections.leverage.parts import LeverageBy
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.leverage.vocabulary import Dimension, Which

    from .report import Shown


def draw(path: Path, report: "LeverageReport", shown: "Shown") -> None:
    """Write a chart of what is asked for to a file, as SVG or as Vega-Lite by its ending.

    Raises Usage where the ending is another, what draws is not installed, or there is nothing
    to draw, and OSError.
    """
    from svx_ledger.exports.charts import NothingToDraw, NotInstalled, spec, svg, written

    if path.suffix not in (".svg", ".json"):
        raise Usage(f"--chart writes FILE.svg or FILE.json, not {path.suffix or path.name!r}")
    try:
        drawn = spec(chart(report, shown))
        text = written(drawn) if path.suffix == ".json" else svg(drawn)
    except (NothingToDraw, NotInstalled) as fault:
        raise Usage(f"--chart: {fault}") from None
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Usage(f"--chart {path}: {fault.strerror}") from None
    say(f"drawn to {path}", err=True)


def chart(report: "LeverageReport", shown: "Shown") -> "Waterfall | ByPart | Tornado":
    """Return the data of the chart: by parts, of what moves a figure, or of the stages."""
    if shown.by:
        return _by_part(report, shown.which, shown.by)
    if shown.sensitivity:
        return _tornado(report, shown.which)
    return _waterfall(report)


def _waterfall(report: "LeverageReport") -> "Waterfall":
    from svx_ledger.exports.charts.data import StageAmounts, Waterfall
    from svx_ledger.projections.leverage.vocabulary import STAGES

    return Waterfall(
        heading=_heading(
            report,
            "Social value from offer to delivery",
            ("every stage", "gross and net"),
            None,
        ),
        stages=tuple(
            StageAmounts(
                stage=stage,
                gross_pence=report.pence(stage, "gross"),
                net_pence=report.pence(stage, "net"),
            )
            for stage in STAGES
        ),
    )


def _by_part(report: "LeverageReport", of: "Which", by: "Dimension") -> "ByPart":
    from svx_ledger.exports.charts.data import ByPart

    apart = report.by(by)
    per = of.per
    assert per is not None
    adds_up = apart.own is None
    what = "Contributions to leverage" if adds_up else "Leverage"
    parts = _contributions(apart, of) if adds_up else _ratios(apart, of)
    return ByPart(
        heading=_heading(
            report, f"{what} by {by}", (of.stage, of.weight), apart.whole[per].name
        ),
        dimension=by,
        unit="%" if per == "D3" else "£ per £1",
        parts=tuple(parts),
        adds_up=adds_up,
    )


def _contributions(apart: "LeverageBy", of: "Which") -> "Iterator[Part]":
    """Give the parts exactly, so that what a chart adds up is rounded once."""
    from svx_ledger.domain.leverage import NOTHING_RECORDED, contributions
    from svx_ledger.exports.charts.data import Part

    assert of.per is not None
    pence = {part: apart.pence(part, of.stage, of.weight) for part in apart.parts}
    exact = contributions(pence, apart.whole[of.per].pence)
    times = 100 if of.per == "D3" else 1
    for part in apart.parts:
        share = exact.get(part)
        if share is None:
            yield Part(label=part, value=None, reason=NOTHING_RECORDED)
        else:
            yield Part(label=part, value=share * times)


def _ratios(apart: "LeverageBy", of: "Which") -> "Iterator[Part]":
    from svx_ledger.exports.charts.data import Part

    assert of.per is not None
    for part in apart.parts:
        ratio = apart.ratio(part, of.stage, of.weight, of.per)
        yield Part(label=part, value=ratio.value, reason=ratio.reason)


def _tornado(report: "LeverageReport", of: "Which") -> "Tornado":
    from svx_ledger.exports.charts.data import Swing, Tornado
    from svx_ledger.projections.leverage.sensitivity import sensitivity

    per = of.per
    assert per is not None
    central = report.figure(of)
    return Tornado(
        heading=_heading(
            report,
            "What moves the figure, one change at a time",
            (of.stage, of.weight),
            report.denominators[per].name,
        ),
        unit="%" if per == "D3" else "£ per £1",
        central=central.amount,
        swings=tuple(
            Swing(label=one.what, low=one.low.amount, high=one.high.amount)
            for one in sensitivity(report, of)
        ),
        reason=central.reason,
    )


def _heading(
    report: "LeverageReport", title: str, of: tuple[str, str], denominator: str | None
) -> "Heading":
    from svx_ledger.exports.charts.data import Heading

    basis = report.basis
    restated = f", restated: {basis.restated}" if basis.restated else ""
    weight = f"present value ({basis.discounting})" if of[1] == "present" else of[1]
    return Heading(
        title=title,
        stage=of[0],
        weight=weight,
        basis=f"{basis.scope}{restated}",
        denominator=denominator,
        as_at=basis.as_at,
        known_at=basis.known_at,
        log_size=basis.known_at,
        proxy_sets=basis.proxy_sets,
    )
