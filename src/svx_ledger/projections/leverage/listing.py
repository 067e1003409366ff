"""Leverage as tables: a figure, parts, lines, what moves it, and what explains it, in rows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from .parts import LeverageBy
from .report import LeverageReport
from .sensitivity import sensitivity
from .vocabulary import Which

FIGURE: Final = ("amount", "unit", "name", "reason", "positions")
"""The columns of a figure: a number never leaves without its name."""
PART: Final = ("by", "part", "amount", "unit", "name", "reason", "positions")
SWING: Final = ("what", "low", "high", "width", "unit", "low_name", "high_name")
LINE: Final = (
    *("procurement_id", "lot", "auction_id", "supplier_id", "need_id", "pledge_id"),
    *("measure", "unit", "pounds_per_unit", "k", "stage", "quantity", "counted"),
    *("gross_pence", "net_pence", "beyond_pence", "positions", "basis"),
)
SHARE: Final = (
    *("auction_id", "supplier_id", "need_id", "pledge_id", "measure", "unit", "quantity"),
    *("counted", "pounds_per_unit", "gross_pence", "k", "factor", "value_pence", "positions"),
    *("figure", "basis"),
)
"""The columns of a line that a figure is made of."""


class PartRow(NamedTuple):
    """A figure of one part."""

    by: str
    part: str
    amount: Decimal | None
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
    pounds_per_unit: Decimal
    k: Decimal
    stage: str
    quantity: Decimal
    counted: Decimal
    gross_pence: int
    net_pence: int
    beyond_pence: int
    positions: tuple[int, ...]
    basis: str


class SwingRow(NamedTuple):
    """One thing changed, and the figure at either end."""

    what: str
    low: Decimal | None
    high: Decimal | None
    width: Decimal
    unit: str
    low_name: str
    high_name: str


def part_rows(apart: LeverageBy, of: Which) -> list[PartRow]:
    """Return the figure of each part, in pounds and by its denominator."""
    return list(each_part(apart, of))


def each_part(apart: LeverageBy, of: Which) -> Iterator[PartRow]:
    """Give the same one by one: each has the positions of all its events."""
    for part in apart.parts:
        figures = [apart.total(part, of.stage, of.weight)]
        if of.per is not None:
            figures.append(apart.leverage(part, of.stage, of.weight, of.per))
        for f in figures:
            yield PartRow(apart.by, part, f.amount, f.unit, f.name, f.reason, f.positions)


def line_rows(report: LeverageReport) -> list[LineRow]:
    """Return each line at each stage that it has reached."""
    return list(each_line(report))


def each_line(report: LeverageReport) -> Iterator[LineRow]:
    """Give the same one by one."""
    basis = str(report.basis)
    for line in report.lines:
        for stage, at in line.stages.items():
            yield LineRow(
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


def swing_rows(report: LeverageReport, of: Which) -> list[SwingRow]:
    """Return how far each change moves a figure, the widest first."""
    return [
        SwingRow(
            *(one.what, one.low.amount, one.high.amount, one.width, one.low.unit),
            *(one.low.name, one.high.name),
        )
        for one in sensitivity(report, of)
    ]
