"""Which assumption moves a figure most: each changed alone, the widest swing first."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from .amounts import Unit, exact, shown
from .data import NothingToDraw, Swing, Tornado
from .frame import Bar, Column, Frame, Row
from .scale import around

MOST: Final = 25
"""How many assumptions have bars of their own."""


def swing(of: Swing, central: Fraction) -> Fraction:
    """Return how far a figure moves in all: from the lowest it becomes to the highest."""
    ends = (central, *_ends(of))
    return max(ends) - min(ends)


def in_order(chart: Tornado, central: Fraction) -> tuple[Swing, ...]:
    """Return the swings with the widest first; equal ones by their label's code points."""
    return tuple(sorted(chart.swings, key=lambda of: (-swing(of, central), of.label)))


def laid_out(chart: Tornado) -> Frame:
    """Draw two bars for each assumption, both from the figure as it is reported."""
    if chart.central is None:
        raise NothingToDraw(chart.reason or "there is no figure to vary")
    if not chart.swings:
        raise NothingToDraw(chart.reason or "no assumption is varied")
    central = exact(chart.central)
    ordered = in_order(chart, central)
    rows = [_row(of, central, chart.unit) for of in ordered[:MOST]]
    if rest := ordered[MOST:]:
        most = shown(swing(rest[0], central), chart.unit)
        rows.append(Row(f"and {len(rest):,} more", (), (f"at most {most} apart", "")))
    return Frame(
        heading=chart.heading,
        unit=chart.unit,
        rows_are="what is varied",
        columns=(Column("if lower", "low"), Column("if higher", "high")),
        rows=tuple(rows),
        extent=around(central, (end for of in ordered[:MOST] for end in _ends(of))),
        centre=(central, f"as reported: {shown(central, chart.unit)}"),
    )


def _ends(of: Swing) -> Iterator[Fraction]:
    return (exact(end) for end in (of.low, of.high) if end is not None)


def _row(of: Swing, central: Fraction, unit: Unit) -> Row:
    bars = []
    if of.low is not None:
        bars.append(Bar("low", central, exact(of.low)))
    if of.high is not None:
        bars.append(Bar("high", central, exact(of.high)))
    low = "no figure" if of.low is None else shown(of.low, unit)
    high = "no figure" if of.high is None else shown(of.high, unit)
    return Row(of.label, tuple(bars), (f"{of.low_label}: {low}", f"{of.high_label}: {high}"))
