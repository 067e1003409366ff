"""The whole leverage report, for people."""

from typing import TYPE_CHECKING

from svx_ledger.cli import showing
from svx_ledger.cli.output import say

from .shown import number

if TYPE_CHECKING:
    from svx_ledger.eventlog.store import Store
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.leverage.vocabulary import Stage, Weight
    from svx_ledger.projections.leverage.whole import LogHead

_BESIDE = "Observed beside it (association, not cause; in no figure above):"


def head(store: "Store", report: "LeverageReport") -> "LogHead":
    """Return the head of the log that a report rests on."""
    from svx_ledger.cli.progress import watched
    from svx_ledger.projections.leverage.whole import LogHead

    size = report.basis.known_at
    rows = watched(store.rows(limit=size), size, "hashing the log")
    return LogHead.of(rows, size)


def show_whole(store: "Store", report: "LeverageReport") -> None:
    """Show all that a leverage report carries; the headline last."""
    from svx_ledger.projections.leverage.method import METHOD
    from svx_ledger.projections.leverage.vocabulary import EVERY_STAGE, WEIGHTS

    of = head(store, report)
    say(f"Social value: {report.basis}")
    say(f"  method {METHOD}; log of {of.size} events, root {of.root}")
    for divisor in report.denominators.values():
        say(f"  {divisor.per}: {divisor.name}, {showing.money(divisor.pence)}")
    rows = [
        (stage, weight, *_row(report, stage, weight))
        for stage in EVERY_STAGE
        if _tells(report, stage)
        for weight in WEIGHTS
    ]
    headings = ("stage", "basis", "social value", "per £1 of D1", "of D2", "% of D3", "of D4")
    showing.table(headings, rows)
    say(f"Present values: {report.basis.discounting}. Of the above:")
    for figure in report.rates:
        say(f"  {figure.text.removesuffix(f', {report.basis}')}")
    _show_proxies(report)
    _show_beside(report)
    for remark in (*report.exclusions, *report.flags):
        worth = f", {showing.money(remark.value_pence)}" if remark.value_pence else ""
        say(f"Note: {remark.subject}: {remark.says}{worth}")
    say("Line by line: --lines. Any figure taken apart: svx-ledger explain confirmed.gross.D1")
    say(report.headline.text)


def _tells(report: "LeverageReport", stage: "Stage") -> bool:
    """Whether a stage is worth its rows: these two stand beside the others, or are nothing."""
    match stage:
        case "reference":
            return report.pence("reference") != report.pence("awarded")
        case "disputed":
            return report.pence("disputed") != 0
        case _:
            return True


def _row(report: "LeverageReport", stage: "Stage", weight: "Weight") -> list[str]:
    ratios = (
        number(report.leverage(stage, weight, per).amount, per) for per in report.denominators
    )
    return [showing.money(report.pence(stage, weight)), *ratios]


def _show_proxies(report: "LeverageReport") -> None:
    say("Valued by, and what is taken off for net:")
    rows = [
        (
            *(row.measure, showing.plain_of(row.pounds_per_unit), row.unit, row.price_year),
            *map(showing.plain_of, (row.deadweight, row.displacement, row.attribution)),
            *(row.years, showing.plain_of(row.drop_off)),
            f"{row.source}, {row.edition} ({row.licence})",
        )
        for row in report.proxies
    ]
    headings = (
        *("measure", "£", "a", "prices of", "deadweight", "displacement", "attribution"),
        *("years", "drop-off", "source"),
    )
    showing.table(headings, rows)


def _show_beside(report: "LeverageReport") -> None:
    if not report.indicators:
        return
    say(_BESIDE)
    rows = [
        (row.indicator, row.area, row.period_from, row.period_to, row.value, row.unit)
        for row in report.indicators
    ]
    showing.table(("indicator", "area", "from", "to", "value", "unit"), rows)
