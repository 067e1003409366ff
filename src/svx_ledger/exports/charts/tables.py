"""The table that belongs to each chart: all its numbers, also of what has no bar of its own."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple, assert_never

from . import by_part, tornado
from .amounts import Amount, Unit, decimal, exact, pence
from .data import ByPart, Chart, Tornado, Waterfall

Cell = str | int | Decimal | None
_COLUMNS: Final[dict[Unit, str]] = {
    "£": "value_pence",
    "£ per £1": "pounds_per_pound",
    "%": "percent",
    "share": "share",
}


class Table(NamedTuple):
    """Columns with their units, and rows in the order of the chart; None where no figure is."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(chart: Chart) -> Table:
    """Return the numbers of a chart: money in pence, others to the decimals that are written.

    Texts are as they came in: whoever writes them to a file neutralises them for it.
    """
    match chart:
        case Waterfall():
            return _stages(chart)
        case ByPart():
            return _parts(chart)
        case Tornado():
            return _swings(chart)
        case _:
            assert_never(chart)


def _stages(chart: Waterfall) -> Table:
    columns = "stage", "gross_pence", "net_pence", "gross_change_pence", "net_change_pence"
    changes: list[tuple[Cell, Cell]] = [(None, None)]
    changes += (
        (after.gross_pence - before.gross_pence, after.net_pence - before.net_pence)
        for before, after in pairwise(chart.stages)
    )
    return Table(
        columns,
        tuple(
            (stage.stage, stage.gross_pence, stage.net_pence, *change)
            for stage, change in zip(chart.stages, changes, strict=False)
        ),
    )


def _parts(chart: ByPart) -> Table:
    return Table(
        (chart.dimension, _COLUMNS[chart.unit], "reason"),
        tuple(
            (part.label, _cell(part.value, chart.unit), part.reason)
            for part in by_part.in_order(chart.parts)
        ),
    )


def _swings(chart: Tornado) -> Table:
    unit = _COLUMNS[chart.unit]
    columns = "varied", "lower", f"lower_{unit}", "higher", f"higher_{unit}", f"swing_{unit}"
    central = None if chart.central is None else exact(chart.central)
    reported = _cell(central, chart.unit)
    none = _cell(None if central is None else 0, chart.unit)
    ordered = chart.swings if central is None else tornado.in_order(chart, central)
    rows = (
        (
            of.label,
            of.low_label,
            _cell(of.low, chart.unit),
            of.high_label,
            _cell(of.high, chart.unit),
            _cell(None if central is None else tornado.swing(of, central), chart.unit),
        )
        for of in ordered
    )
    return Table(columns, (("as reported", "", reported, "", reported, none), *rows))


def _cell(amount: Amount | None, unit: Unit) -> Cell:
    if amount is None:
        return None
    value: Fraction = exact(amount)
    return pence(value) if unit == "£" else decimal(value, unit)
