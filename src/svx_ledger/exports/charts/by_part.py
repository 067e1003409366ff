"""Contributions, or ratios, by one dimension, the largest first."""

from fractions import Fraction
from typing import Final

from .amounts import Unit, exact, shown
from .data import ByPart, NothingToDraw, Part
from .frame import Bar, Column, Frame, Row
from .scale import from_zero

MOST: Final = 25
"""How many parts have a bar of their own; the rest is told as one row."""


def in_order(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts with the largest first; equal ones by their label's code points.

    Parts without a figure come last.
    """
    return tuple(sorted(parts, key=_rank))


def laid_out(chart: ByPart) -> Frame:
    """Draw a bar for each part; beyond 25 the smallest, plus or minus, are told together."""
    figures = [(part.label, exact(p)) for part in chart.parts if (p := part.value) is not None]
    missing = [part for part in chart.parts if part.value is None]
    if not figures:
        raise NothingToDraw(chart.reason or _reason(missing))
    by_size = sorted(figures, key=lambda figure: (-abs(figure[1]), figure[0]))
    drawn = sorted(by_size[:MOST], key=lambda figure: -figure[1])  # equal ones stay put
    rows = [
        Row(label, (Bar("part", Fraction(0), value),), (shown(value, chart.unit),))
        for label, value in drawn
    ]
    if rest := [value for _, value in by_size[MOST:]]:
        rows.append(_together(rest, chart))
    rows += _missing(missing)
    return Frame(
        heading=chart.heading,
        unit=chart.unit,
        rows_are=chart.dimension.replace("-", " ").replace("_", " "),
        columns=(Column(_KINDS[chart.unit]),),
        rows=tuple(rows),
        extent=from_zero(bar.end for row in rows for bar in row.bars),
    )


_KINDS: Final[dict[Unit, str]] = {
    "£": "£",
    "£ per £1": "£ per £1",
    "%": "per cent",
    "share": "share",
}


def _rank(part: Part) -> tuple[bool, Fraction, str]:
    value = Fraction(0) if part.value is None else -exact(part.value)
    return part.value is None, value, part.label


def _together(rest: list[Fraction], chart: ByPart) -> Row:
    """Return the row of what has none of its own; a bar of many would dwarf those of one."""
    label = f"and {len(rest):,} more"
    if chart.adds_up:
        return Row(label, (), (f"together {shown(sum(rest, Fraction(0)), chart.unit)}",))
    least, most = shown(min(rest), chart.unit), shown(max(rest), chart.unit)
    return Row(label, (), (f"{least} to {most}",))


def _missing(missing: list[Part]) -> list[Row]:
    """Return the rows of parts without a figure, each with its reason."""
    ordered = sorted(missing, key=lambda part: part.label)
    rows = [Row(part.label, (), (f"no figure: {_reason([part])}",)) for part in ordered[:MOST]]
    if more := len(ordered) - len(rows):
        rows.append(Row(f"and {more:,} more", (), ("no figure",)))
    return rows


def _reason(missing: list[Part]) -> str:
    """Return why parts have no figure: the first reason that one gives."""
    return next((part.reason for part in missing if part.reason), "nothing is recorded")
