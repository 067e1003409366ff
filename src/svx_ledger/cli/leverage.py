"""`report leverage`: how much reached local projects for what was spent, in every way."""

from contextlib import nullcontext
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from . import showing
from .leverage_options import ASKING, NAMES, By, Per, Stage, Weight, asked
from .listing import Csv, listed
from .output import say
from .session import Session, Usage
from .verb import option

if TYPE_CHECKING:
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.leverage.figures import Which
    from svx_ledger.projections.view import View

FIGURE: Final = ("amount", "unit", "name", "reason", "positions")
"""The columns of a figure in CSV: a number never leaves without its name."""

_Stage = Annotated[Stage | None, typer.Option("--stage", help="At this stage.")]
_Basis = Annotated[
    Weight | None,
    typer.Option("--basis", help="Gross; net of deadweight and the like; at present value."),
]
_Per = Annotated[
    Per | None,
    typer.Option(
        "--denominator",
        help="D1 exchange spend; D2 with administration; D3 contract value; D4 all inputs.",
    ),
]
_By = Annotated[By | None, typer.Option("--by", help="Each part of it, by this.")]
_Lines = Annotated[bool, typer.Option("--lines", help="Line by line.")]
_Sensitivity = Annotated[
    bool, typer.Option("--sensitivity", help="How far one change at a time moves the figure.")
]
_Columns = Annotated[
    bool,
    typer.Option(
        "--columns", help="With --by: sum over the columnar copy, as export columns makes it."
    ),
]
_Chart = Annotated[
    str | None,
    typer.Option(
        "--chart", metavar="FILE", help="Draw it: FILE.svg, or FILE.json (Vega-Lite)."
    ),
]

OPTIONS: Final[list[Parameter]] = [
    option("stage", _Stage),
    option("basis", _Basis),
    option("denominator", _Per),
    option("by", _By),
    *ASKING,
    option("lines", _Lines, default=False),
    option("sensitivity", _Sensitivity, default=False),
    option("columns", _Columns, default=False),
    option("chart", _Chart),
    option("csv", Csv, default=False),
]


def leverage(session: Session, *, csv: bool = False, **given: Any) -> None:
    """Show how much reached local projects for each pound spent on the exchange.

    Without a choice: every stage, gross, net and at present value, by every denominator, and
    the confirmed gross figure last. The verb explain takes one figure apart.
    """
    from .views import viewed

    given = {one.name: one.default for one in OPTIONS} | given
    if csv and session.json:
        raise Usage("Choose one of --csv and --json.")
    ways = [name for name in ("by", "lines", "sensitivity") if given[name]]
    if len(ways) > 1:
        raise Usage(f"Choose one of --{' and --'.join(ways)}.")
    if given["columns"] and (not given["by"] or session.json or csv or given["chart"]):
        raise Usage("--columns goes with --by, and shows a table.")
    with session.store() as store, viewed(session) as view:
        wanted = asked(view, {name: given[name] for name in NAMES})
        if given["by"] and not (session.json or csv or given["chart"]):
            _by(session, view, wanted, given)
            return
        _report(session, store, view, (wanted, given), csv=csv)


def _report(
    session: Session, store: "Store", view: "View", of: tuple[Any, dict[str, Any]], *, csv: bool
) -> None:
    from svx_ledger.projections.leverage.reporting import leverage_report

    from . import leverage_shown

    wanted, given = of
    report = leverage_report(view.rows, **vars(wanted))
    figure = _which(given)
    if given["chart"]:
        from .leverage_drawn import draw

        draw(Path(given["chart"]), report, figure, given)
    if given["by"]:
        parts = leverage_shown.part_rows(report.by(given["by"]), figure)
        listed(session, leverage_shown.PART, parts, csv=csv)
    elif given["lines"]:
        lines = leverage_shown.line_rows(report)
        if not listed(session, leverage_shown.LINE, lines, csv=csv):
            leverage_shown.show_lines(report)
    elif given["sensitivity"]:
        swings = leverage_shown.swing_rows(report, figure)
        if not listed(session, leverage_shown.SWING, swings, csv=csv):
            leverage_shown.show_swings(report, figure, swings)
    elif given["stage"] or given["basis"] or given["denominator"]:
        one = report.leverage(figure.stage, figure.weight, figure.per or "D1")
        if not listed(session, FIGURE, [one], csv=csv):
            say(one.text)
    elif csv:
        listed(session, FIGURE, report.figures(), csv=csv)
    elif session.json:
        from .leverage_whole import whole

        showing.line(whole(store, report))
    else:
        from .leverage_whole import show_whole

        show_whole(store, report)


def _by(session: Session, view: "View", wanted: Any, given: dict[str, Any]) -> None:
    from svx_ledger.projections.leverage.reporting import leverage_by

    from .leverage_columns import from_columns
    from .leverage_shown import show_parts

    with from_columns(session, view) if given["columns"] else nullcontext() as summed:
        show_parts(leverage_by(view.rows, wanted, given["by"], summed), _which(given))


def _which(given: dict[str, Any]) -> "Which":
    from svx_ledger.projections.leverage.figures import Which

    return Which(
        given["stage"] or "confirmed", given["basis"] or "gross", given["denominator"] or "D1"
    )
