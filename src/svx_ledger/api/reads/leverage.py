"""Leverage: the whole report, or a figure, parts or lines of it; and a figure explained."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple

from svx_ledger.api.parameters import Parameter, bad_parameters
from svx_ledger.api.refusals import no_such_thing
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
    HEADLINE,
    Dimension,
    Per,
    Stage,
    Weight,
    Which,
    which,
)
from svx_ledger.projections.leverage.whole import LogHead, WholeReport, whole

from .asking import Answer, Asking, Listed, One, Read
from .leverage_scope import SCOPE, understood

_BY: Final = Parameter(name="by", form=Dimension, meaning="Each part of it, by this.")
_WAYS: Final = ("by", "lines", "sensitivity")


class PartRows(NamedTuple):
    """Leverage by a dimension."""

    items: tuple[PartRow, ...]
    next: str | None


class LineRows(NamedTuple):
    """Leverage line by line."""

    items: tuple[LineRow, ...]
    next: str | None


class SwingRows(NamedTuple):
    """How far one change at a time moves a figure."""

    items: tuple[SwingRow, ...]
    next: str | None


def _leverage(asking: Asking) -> Answer:
    if sum(bool(asking.get(way)) for way in _WAYS) > 1:
        raise bad_parameters(detail=f"Choose one of {', '.join(_WAYS)}.")
    report, final = _report(asking)
    of = Which(
        asking.get("stage") or HEADLINE.stage,
        asking.get("basis") or HEADLINE.weight,
        asking.get("denominator") or HEADLINE.per,
    )
    if by := asking.get("by"):
        return Listed(items=part_rows(report.by(by), of), columns=PART, final=final)
    if asking.get("lines"):
        return Listed(items=line_rows(report), columns=LINE, final=final)
    if asking.get("sensitivity"):
        return Listed(items=swing_rows(report, of), columns=SWING, final=final)
    if asking.get("stage") or asking.get("basis") or asking.get("denominator"):
        one = report.figure(of)
        return _one_or_lines(asking, one, [one], FIGURE, final=final)
    if asking.as_table:
        return Listed(items=tuple(report.figures()), columns=FIGURE, final=final)
    size = report.basis.known_at
    head = LogHead.of(asking.store.rows(limit=size), size)
    return One(value=whole(report, head), final=final)


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
    return _one_or_lines(asking, found, found.lines, SHARE, final=final)


def _one_or_lines(
    asking: Asking, one: Any, items: Sequence[Any], columns: Sequence[str], *, final: bool
) -> Answer:
    if asking.as_table:
        return Listed(items=items, columns=columns, final=final)
    return One(value=one, final=final)


def _report(asking: Asking) -> tuple[LeverageReport, bool]:
    """Return the report that is asked for, and whether it will always be the same."""
    asked = understood(asking)
    report = leverage_report(asking.view.rows, **vars(asked))
    return report, asking.get("known_at") is not None


_FIGURE_SAYS: Final = (
    "Stage, basis and denominator, such as confirmed.gross.D1; or stage and basis for pounds."
)
READS: Final = (
    Read(
        name="leverage",
        path="/leverage",
        tag="report",
        summary="Show how much reached local projects for each pound spent on the exchange: "
        "the whole report, or what is chosen of it.",
        ask=_leverage,
        answer=WholeReport | Figure | PartRows | LineRows | SwingRows,
        parameters=(
            Parameter(name="stage", form=Stage, meaning="One figure, at this stage."),
            Parameter(
                name="basis",
                form=Weight,
                meaning="Gross; net of deadweight and the like; at present value.",
            ),
            Parameter(
                name="denominator",
                form=Per,
                meaning="D1 exchange spend; D2 with administration; D3 contract value; D4 all "
                "inputs.",
            ),
            _BY,
            Parameter(name="lines", form=bool, meaning="Line by line."),
            Parameter(
                name="sensitivity",
                form=bool,
                meaning="How far one change at a time moves the figure.",
            ),
            *SCOPE,
        ),
        listed=True,
        table=True,
        takes_long=True,
    ),
    Read(
        name="explain",
        path="/leverage/explain",
        tag="report",
        summary="Take a leverage figure apart: its numerator and denominator, lines, proxies "
        "and events.",
        ask=_explain,
        answer=Explanation,
        parameters=(
            Parameter(
                name="figure",
                form=Annotated[str, Matching(r"[a-z]+\.[a-z]+(?:\.D[1-4])?")],
                meaning=_FIGURE_SAYS,
                required=True,
            ),
            _BY,
            Parameter(
                name="part", form=Annotated[str, Length(1, 200)], meaning="Of this part alone."
            ),
            *SCOPE,
        ),
        listed=True,
        table=True,
        takes_long=True,
    ),
)
