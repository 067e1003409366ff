"""What all charts share: rows with a label, bars and cells, and the columns for these.

All positions are whole pixels that are reckoned here, so that no program has to measure text.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from . import lettering
from .amounts import Unit
from .data import Heading
from .scale import Extent

Style = Literal["gross", "net", "part", "change", "low", "high"]
ROW: Final = 28
PLOT: Final = 380
GAP: Final = 12
TEXT: Final = 12
TITLE: Final = 16
SMALL: Final = 11
SWATCH: Final = 20
_BLANK: Final = "(blank)"
_LABEL_MOST: Final = 300
_CELL_MOST: Final = 320


class Bar(NamedTuple):
    """A bar from one amount to another."""

    style: Style
    start: Fraction
    end: Fraction


class Row(NamedTuple):
    """A line of a chart: its whole label, its bars, and a text for each column."""

    label: str
    bars: tuple[Bar, ...]
    cells: tuple[str, ...]


class Column(NamedTuple):
    """A column of texts to the right of the bars; `style` is that of the bars it tells of."""

    heading: str
    style: Style | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A chart, laid out: what is drawn, and nothing of how it was reckoned."""

    heading: Heading
    unit: Unit
    rows_are: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    extent: Extent
    centre: tuple[Fraction, str] | None = None
    """An amount with a line through all rows, and the text above it."""

    @property
    def plot_from(self) -> int:
        """Where the bars' field begins: to the right of the widest label."""
        labels = (self.rows_are, *map(self.label, self.rows))
        widest = max(lettering.width(lettering.cleaned(label), TEXT) for label in labels)
        return min(widest, _LABEL_MOST) + GAP

    @property
    def plot_to(self) -> int:
        """Where the bars' field ends."""
        return self.plot_from + PLOT

    @property
    def column_ends(self) -> tuple[int, ...]:
        """Where each column of texts ends, to which its texts are set flush."""
        ends, at = [], self.plot_to
        for number, column in enumerate(self.columns):
            texts = [self.cell(row, number) for row in self.rows]
            widest = max(lettering.width(text, TEXT) for text in texts)
            headed = lettering.width(column.heading, TEXT) + (SWATCH if column.style else 0)
            at += 2 * GAP + max(widest, headed)
            ends.append(at)
        return tuple(ends)

    @property
    def width(self) -> int:
        """How wide all of it is, without a margin."""
        return self.column_ends[-1]

    @property
    def height(self) -> int:
        """How high the rows are together."""
        return ROW * len(self.rows)

    def label(self, row: Row) -> str:
        """Return as much of a row's label as stands beside its bars."""
        return lettering.cut(lettering.cleaned(row.label) or _BLANK, TEXT, _LABEL_MOST)

    def cell(self, row: Row, column: int) -> str:
        """Return as much of a row's text as stands in a column."""
        return lettering.cut(lettering.cleaned(row.cells[column]), TEXT, _CELL_MOST)
