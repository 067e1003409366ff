"""`report leverage`: how much reached local projects for what was spent, in every way."""

from contextlib import nullcontext
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.listing import Csv, listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import option
from svx_ledger.projections.leverage.vocabulary import (
    HEADLINE,
    Dimension,
    Per,
    Stage,
    Weight,
    Which,
    meaning,
)

from .options import ASKING, asked

if TYPE_CHECKING:
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.leverage.framing import Asked
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.view import View

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
_By = Annotated[Dimension | None, typer.Option("--by", help="Each part of it, by this.")]
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


class Shown(NamedTuple):
    """What is to be shown of a report, as the options say it."""

    stage: Stage | None
    basis: Weight | None
    denominator: Per | None
    by: Dimension | None
    lines: bool
    sensitivity: bool
    columns: bool
    chart: str | None
    csv: bool

    @property
    def which(self) -> Which:
        """The figure that is meant, which unless said otherwise is the headline."""
        return Which(
            self.stage or HEADLINE.stage,
            self.basis or HEADLINE.weight,
            self.denominator or HEADLINE.per,
        )

    @property
    def one(self) -> bool:
        """Whether one figure was chosen."""
        return bool(self.stage or self.basis or self.denominator)


def leverage(session: Session, **given: Any) -> None:
    """Show how much reached local projects for each pound spent on the exchange.

    Without a choice: every stage, gross, net and at present value, by every denominator, and
    the confirmed gross figure last. The verb explain takes one figure apart.
    """
    from svx_ledger.cli.views import viewed

    given = {one.name: one.default for one in OPTIONS} | given
    shown = Shown(*(given[name] for name in Shown._fields))
    _assert_meant(session, shown)
    with session.store() as store, viewed(session) as view:
        wanted = asked(view, given)
        if shown.by and not (session.json or shown.csv or shown.chart):
            _show_parts(session, view, wanted, shown)
            return
        from svx_ledger.projections.leverage.reporting import leverage_report

        report = leverage_report(view.rows, **vars(wanted))
        if shown.chart is not None:
            from .drawn import draw

            draw(Path(shown.chart), report, shown)
        _show(session, store, report, shown)


def _assert_meant(session: Session, shown: Shown) -> None:
    """See that the options do not contradict each other. Raises Usage."""
    if shown.csv and session.json:
        raise Usage("Choose one of --csv and --json.")
    ways = [name for name in ("by", "lines", "sensitivity") if getattr(shown, name)]
    if len(ways) > 1:
        raise Usage(f"Choose one of --{' and --'.join(ways)}.")
    as_table = not (session.json or shown.csv or shown.chart is not None)
    if shown.columns and not (shown.by and as_table):
        raise Usage("--columns goes with --by, and shows a table.")
    if shown.chart is not None and (
        shown.lines or (shown.one and not shown.by and not shown.sensitivity)
    ):
        raise Usage("--chart draws every stage, or what --by or --sensitivity chooses.")


def _show(session: Session, store: "Store", report: "LeverageReport", shown: Shown) -> None:
    from svx_ledger.projections.leverage import listing

    from . import shown as leverage_shown

    csv, figure = shown.csv, shown.which
    if shown.by:
        parts = listing.each_part(report.by(shown.by), figure)
        listed(session, listing.PART, parts, csv=csv)
    elif shown.lines:
        lines = listing.each_line(report)
        if not listed(session, listing.LINE, lines, csv=csv):
            leverage_shown.show_lines(report)
    elif shown.sensitivity:
        swings = listing.swing_rows(report, figure)
        if not listed(session, listing.SWING, swings, csv=csv):
            leverage_shown.show_swings(report, figure, swings)
    elif shown.one:
        one = report.figure(figure)
        if not listed(session, listing.FIGURE, [one], csv=csv):
            say(one.text)
    elif csv:
        listed(session, listing.FIGURE, report.figures(), csv=csv)
    else:
        _show_whole(session, store, report)


def _show_whole(session: Session, store: "Store", report: "LeverageReport") -> None:
    from .whole import head, show_whole

    if session.json:
        from svx_ledger.projections.leverage.whole import whole

        showing.line(whole(report, head(store, report)))
    else:
        show_whole(store, report)


def _show_parts(session: Session, view: "View", wanted: "Asked", shown: Shown) -> None:
    from svx_ledger.projections.leverage.reporting import leverage_by

    from .columns import from_columns
    from .shown import show_parts

    assert shown.by is not None
    with from_columns(session, view) if shown.columns else nullcontext() as summed:
        parts = leverage_by(view.rows, wanted, shown.by, summed)
        show_parts(parts, shown.which, meaning(shown.by, wanted.scope.basis))
