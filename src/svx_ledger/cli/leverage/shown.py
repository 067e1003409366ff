"""Leverage in tables: by parts, line by line, and how far a figure moves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from svx_ledger.cli import showing
from svx_ledger.cli.output import say

if TYPE_CHECKING:
    from decimal import Decimal

    from svx_ledger.projections.leverage.listing import SwingRow
    from svx_ledger.projections.leverage.parts import LeverageBy
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.leverage.vocabulary import Per, Which


def number(value: "Decimal | None", per: "Per | None") -> str:
    """Return a number for a table, whose heading and title hold its name."""
    if value is None:
        return "-"
    sign, digits = "-" if value < 0 else "", f"{abs(value):,.2f}"
    return f"{sign}{digits}" if per == "D3" else f"{sign}£{digits}"


def show_parts(apart: "LeverageBy", of: "Which", meaning: str) -> None:
    """Show the parts in a table, under what they have in common and what they are sorted by."""
    from svx_ledger.projections.leverage.figures import social_value

    kind = "has a denominator of its own" if apart.own is not None else "is a contribution"
    say(f"{social_value(of.stage, of.weight, apart.basis)} by {apart.by}: {meaning}")
    say(f"{apart.basis}")
    say(f"Each part {kind}.")
    pence = [(part, apart.pence(part, of.stage, of.weight)) for part in apart.parts]
    rows = [
        (
            *(part, showing.money(worth)),
            *(number(apart.ratio(part, *of[:2], per).value, per) for per in apart.whole),
        )
        for part, worth in sorted(pence, key=lambda one: (-one[1], one[0]))
    ]
    headings = (apart.by, "social value", "per £1 of D1", "of D2", "% of D3", "of D4")
    showing.table(headings, rows)
    for divisor in apart.whole.values():
        say(f"  {divisor.per}: {divisor.name}, {showing.money(divisor.pence)}")


def show_lines(report: "LeverageReport") -> None:
    """Show each line's values through the stages."""
    from svx_ledger.projections.leverage.vocabulary import STAGES

    say(f"Social value line by line, gross, {report.basis}")
    rows = [
        (
            line.pledge.pledge_id if line.pledge else line.need_id,
            line.supplier_id,
            line.measure,
            showing.plain_of(line.price.pounds_per_unit),
            *(showing.money(line.pence(stage, "gross")) for stage in STAGES),
            showing.money(line.pence("confirmed", "net")),
        )
        for line in report.lines
    ]
    headings = ("pledge or need", "supplier", "measure", "£ a unit", *STAGES, "confirmed net")
    showing.table(headings, rows)


def show_swings(report: "LeverageReport", of: "Which", swings: "Sequence[SwingRow]") -> None:
    """Show the figure, and how far each change moves it."""
    say(report.figure(of).text)
    say("One thing changed at a time:")
    rows = [(one.what, _cell(one.low), _cell(one.high), _cell(one.width)) for one in swings]
    showing.table(("changed", "low", "high", "apart"), rows)


def _cell(number: "Decimal | None") -> str:
    return "-" if number is None else f"{number:,.2f}"
