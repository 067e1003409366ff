"""Leverage: the whole report; its figures, parts and lines; and a figure explained."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from svx_ledger.api.cursors import Moment
from svx_ledger.api.parameters import Parameter, bad_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.api.routing import ItemsOf
from svx_ledger.domain.form import Length, Matching
from svx_ledger.projections.leverage.explaining import Explanation, NoSuchPart, explain
from svx_ledger.projections.leverage.figures import Figure
from svx_ledger.projections.leverage.listing import (
    FIGURE,
    LINE,
    PART,
    SHARE,
    SWING,
    LineRow,
    PartRow,
    SwingRow,
    line_rows,
    part_rows,
    swing_rows,
)
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.vocabulary import (
    EVERY_STAGE,
    WEIGHTS,
    Per,
    Stage,
    Weight,
    Which,
    which,
)
from svx_ledger.projections.leverage.whole import LogHead, WholeReport, whole

from .asking import Answer, Asking, Listed, One, Read
from .leverage_scope import BY, CHOSEN, OF_ONE, SCOPE, understood


def _leverage(asking: Asking) -> One:
    report, final = _report(asking)
    size = report.basis.known_at
    head = LogHead.of(asking.store.rows(limit=size), size)
    return One(value=whole(report, head), final=final)


def _figures(asking: Asking) -> Listed:
    report, final = _report(asking)
    chosen = {name: asking.get(name) for name in ("stage", "basis", "denominator")}
    figures = tuple(report.figures())
    if any(chosen.values()):
        figures = tuple(report.figure(of) for of in _among(report, **chosen))
    return Listed(items=figures, columns=FIGURE, final=final, moment=_moment(asking, report))


def _among(
    report: LeverageReport, stage: Stage | None, basis: Weight | None, denominator: Per | None
) -> Iterator[Which]:
    """Give the names of the figures that are chosen, in the order of the report."""
    for one in (stage,) if stage else EVERY_STAGE:
        for weight in (basis,) if basis else WEIGHTS:
            for per in (denominator,) if denominator else (None, *report.denominators):
                yield Which(one, weight, per)


def _parts(asking: Asking) -> Listed:
    report, final = _report(asking)
    rows = part_rows(report.by(asking.get("by")), _which(asking))
    return Listed(items=rows, columns=PART, final=final, moment=_moment(asking, report))


def _lines(asking: Asking) -> Listed:
    report, final = _report(asking)
    moment = _moment(asking, report)
    return Listed(items=line_rows(report), columns=LINE, final=final, moment=moment)


def _sensitivity(asking: Asking) -> Listed:
    report, final = _report(asking)
    rows = swing_rows(report, _which(asking))
    return Listed(items=rows, columns=SWING, final=final, moment=_moment(asking, report))


def _which(asking: Asking) -> Which:
    return Which(asking.get("stage"), asking.get("basis"), asking.get("denominator"))


def _explain(asking: Asking) -> Answer:
    of = which(asking.get("figure"))
    if of is None:
        raise bad_parameters(("/query/figure", _FIGURE_SAYS))
    by, part = asking.get("by"), asking.get("part")
    if (by is None) != (part is None):
        raise bad_parameters(detail="The parameters `by` and `part` go together.")
    report, final = _report(asking)
    try:
        found = explain(asking.view.rows, report, of, (by, part) if by else None)
    except NoSuchPart:
        raise no_such_thing("part") from None
    if asking.as_table:
        return Listed(items=found.lines, columns=SHARE, final=final)
    return One(value=found, final=final)


def _report(asking: Asking) -> tuple[LeverageReport, bool]:
    """Return the report that is asked for, and whether it will always be the same."""
    asked = understood(asking)
    report = leverage_report(asking.view.rows, **vars(asked))
    return report, asking.get("known_at") is not None


def _moment(asking: Asking, report: LeverageReport) -> Moment:
    """Return what a list is of, for its later pages: they have the moment of the first."""
    position = asking.place.position if asking.place else asking.view.position
    return Moment(position, report.basis.as_at)


_FIGURE_SAYS: Final = (
    "Stage, basis and denominator, such as confirmed.gross.D1; or stage and basis for pounds."
)
READS: Final = (
    Read(
        name="leverage",
        path="/leverage",
        tag="report",
        summary="Show how much reached local projects for each pound spent on the exchange: "
        "the whole report.",
        ask=_leverage,
        answer=WholeReport,
        parameters=SCOPE,
        takes_long=True,
    ),
    Read(
        name="leverage-figures",
        path="/leverage/figures",
        tag="report",
        summary="List the figures of a leverage report: stage by stage, gross, net and at "
        "present value, in pounds and by denominator; then its rates, unless some are chosen.",
        ask=_figures,
        answer=ItemsOf(Figure),
        parameters=(*CHOSEN, *SCOPE),
        listed=True,
        table=True,
        dated=True,
        takes_long=True,
    ),
    Read(
        name="leverage-parts",
        path="/leverage/parts",
        tag="report",
        summary="List a leverage figure by authority, supplier, measure and so on.",
        ask=_parts,
        answer=ItemsOf(PartRow),
        parameters=(replace(BY, required=True), *OF_ONE, *SCOPE),
        listed=True,
        table=True,
        dated=True,
        takes_long=True,
    ),
    Read(
        name="leverage-lines",
        path="/leverage/lines",
        tag="report",
        summary="List what a leverage report is made of: each line at each stage that it has "
        "reached.",
        ask=_lines,
        answer=ItemsOf(LineRow),
        parameters=SCOPE,
        listed=True,
        table=True,
        dated=True,
        takes_long=True,
    ),
    Read(
        name="leverage-sensitivity",
        path="/leverage/sensitivity",
        tag="report",
        summary="List how far one change at a time moves a leverage figure, the widest first.",
        ask=_sensitivity,
        answer=ItemsOf(SwingRow),
        parameters=(*OF_ONE, *SCOPE),
        listed=True,
        table=True,
        dated=True,
        takes_long=True,
    ),
    Read(
        name="leverage-explanation",
        path="/leverage/explain",
        tag="report",
        summary="Take a leverage figure apart: its numerator and denominator, lines, proxies "
        "and events; as CSV its lines.",
        ask=_explain,
        answer=Explanation,
        parameters=(
            Parameter(
                name="figure",
                form=Annotated[
                    str,
                    Matching(
                        r"[a-z]+\.[a-z]+(?:\.D[1-4])?",
                        "a stage, a basis and with a ratio a denominator, such as "
                        "confirmed.gross.D1",
                    ),
                ],
                meaning=_FIGURE_SAYS,
                required=True,
            ),
            BY,
            Parameter(
                name="part", form=Annotated[str, Length(1, 200)], meaning="Of this part alone."
            ),
            *SCOPE,
        ),
        table=True,
        takes_long=True,
    ),
)
