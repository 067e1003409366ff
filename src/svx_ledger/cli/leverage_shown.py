"""Leverage in tables: by parts, line by line, and how far a figure moves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from . import showing
from .output import say

if TYPE_CHECKING:
    from decimal import Decimal

    from svx_ledger.projections.leverage.parts import LeverageBy
    from svx_ledger.projections.leverage.report import LeverageReport
    from svx_ledger.projections.leverage.vocabulary import Per, Which

PART: Final = ("by", "part", "amount", "unit", "name", "reason", "positions")
SWING: Final = ("what", "low", "high", "width", "unit", "low_name", "high_name")
LINE: Final = (
    *("procurement_id", "lot", "auction_id", "supplier_id", "need_id", "pledge_id"),
    *("measure", "unit", "pounds_per_unit", "k", "stage", "quantity", "counted"),
    *("gross_pence", "net_pence", "beyond_pence", "positions", "basis"),
)


class PartRow(NamedTuple):
    """A figure of one part."""

    by: str
    part: str
    amount: "Decimal | None"
    unit: str
    name: str
    reason: str | None
    positions: tuple[int, ...]


class LineRow(NamedTuple):
    """A line at one stage, in pence; `beyond_pence` is over-delivery, and never counted."""

    procurement_id: str
    lot: str
    auction_id: str
    supplier_id: str
    need_id: str
    pledge_id: str | None
    measure: str
    unit: str
    pounds_per_unit: "Decimal"
    k: "Decimal"
    stage: str
    quantity: "Decimal"
    counted: "Decimal"
    gross_pence: int
    net_pence: int
    beyond_pence: int
    positions: tuple[int, ...]
    basis: str


class SwingRow(NamedTuple):
    """One thing changed, and the figure at either end."""

    what: str
    low: "Decimal | None"
    high: "Decimal | None"
    width: "Decimal"
    unit: str
    low_name: str
    high_name: str


def number(value: "Decimal | None", per: "Per | None") -> str:
    """Return a number for a table, whose heading and title hold its name."""
    if value is None:
        return "-"
    sign, digits = "-" if value < 0 else "", f"{abs(value):,.2f}"
    return f"{sign}{digits}" if per == "D3" else f"{sign}£{digits}"


def part_rows(apart: "LeverageBy", of: "Which") -> list[PartRow]:
    """Return the figure of each part, in pounds and by its denominator."""
    rows = []
    for part in apart.parts:
        figures = [apart.total(part, of.stage, of.weight)]
        if of.per is not None:
            figures.append(apart.leverage(part, of.stage, of.weight, of.per))
        rows += [
            PartRow(apart.by, part, f.amount, f.unit, f.name, f.reason, f.positions)
            for f in figures
        ]
    return rows


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


def line_rows(report: "LeverageReport") -> list[LineRow]:
    """Return each line at each stage that it has reached."""
    basis = str(report.basis)
    return [
        LineRow(
            line.procurement_id,
            line.lot,
            *line.key,
            line.pledge.pledge_id if line.pledge else None,
            line.measure,
            line.price.unit,
            line.price.pounds_per_unit,
            line.price.k,
            stage,
            at.quantity,
            at.counted,
            at.gross_pence,
            at.net_pence,
            at.beyond_pence,
            at.positions,
            basis,
        )
        for line in report.lines
        for stage, at in line.stages.items()
    ]


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


def swing_rows(report: "LeverageReport", of: "Which") -> list[SwingRow]:
    """Return how far each change moves a figure, the widest first."""
    from svx_ledger.projections.leverage.sensitivity import sensitivity

    return [
        SwingRow(
            *(one.what, one.low.amount, one.high.amount, one.width, one.low.unit),
            *(one.low.name, one.high.name),
        )
        for one in sensitivity(report, of)
    ]


def show_swings(report: "LeverageReport", of: "Which", swings: Sequence[SwingRow]) -> None:
    """Show the figure, and how far each change moves it."""
    say(report.figure(of).text)
    say("One thing changed at a time:")
    rows = [(one.what, _cell(one.low), _cell(one.high), _cell(one.width)) for one in swings]
    showing.table(("changed", "low", "high", "apart"), rows)


def _cell(number: "Decimal | None") -> str:
    return "-" if number is None else f"{number:,.2f}"
