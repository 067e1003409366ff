"""Charts of leverage: Vega-Lite JSON and SVG, each with the table that it draws.

A chart is plain data with its full name. `spec` writes it as Vega-Lite and needs nothing
installed; `svg` draws that, and needs the extra `charts`; `table` gives the numbers.

- `data`: what charts are made from; `amounts`: exact numbers and how they are written
- `lettering`, `scale`: how wide a text is, where an axis ends
- `waterfall`, `by_part`, `tornado`: what each chart puts where
- `frame`, `layers`: the rows and columns that they share, as Vega-Lite
- `spec`, `drawing`, `tables`: the three ways out
"""

from .amounts import Amount, Unit, in_pounds, shown
from .data import (
    ByPart,
    Chart,
    Heading,
    NothingToDraw,
    Part,
    StageAmounts,
    Swing,
    Tornado,
    Waterfall,
)
from .drawing import NotInstalled, svg
from .spec import Spec, spec, written
from .tables import Table, table

__all__ = [
    "Amount",
    "ByPart",
    "Chart",
    "Heading",
    "NotInstalled",
    "NothingToDraw",
    "Part",
    "Spec",
    "StageAmounts",
    "Swing",
    "Table",
    "Tornado",
    "Unit",
    "Waterfall",
    "in_pounds",
    "shown",
    "spec",
    "svg",
    "table",
    "written",
]
