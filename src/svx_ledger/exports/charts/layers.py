"""A frame as the layers of a Vega-Lite chart.

Every text is written out and every position said; Vega only turns amounts into lengths. What
somebody else wrote stands in data or in plain values, never in an expression or a name.
"""

from collections.abc import Iterator
from typing import Any, Final

from . import lettering
from .amounts import number, tick
from .frame import GAP, ROW, SMALL, SWATCH, TEXT, Frame, Style

Layer = dict[str, Any]
INK: Final = "#0b0c0c"
_FAINT: Final = "#d0d4d6"
_AXIS: Final = "#505a5f"
_PAPER: Final = "#ffffff"
MARKS: Final[dict[Style, dict[str, Any]]] = {
    "gross": {"height": 22, "fill": "#5694ca"},
    "net": {"height": 10, "fill": "#003078"},
    "part": {"height": 18, "fill": "#1d70b8"},
    "change": {
        "height": 12,
        "fill": _PAPER,
        "stroke": _AXIS,
        "strokeWidth": 1.5,
        "strokeDash": [4, 3],
    },
    "low": {"height": 20, "fill": "#1d70b8"},
    "high": {"height": 10, "fill": _PAPER, "stroke": "#942514", "strokeWidth": 2},
}
"""How bars look: apart by height and outline as well as colour, each 3:1 or more on white."""
FOOT_FROM: Final = 34
"""How far under the rows the notes begin: the axis is between them."""
FOOT_LINE: Final = 15


def data(frame: Frame) -> dict[str, list[dict[str, Any]]]:
    """Return the data that the layers name: rows, marks of the axis, bars of each style."""
    held: dict[str, list[dict[str, Any]]] = {
        "rows": [
            {"row": number_, "label": frame.label(row), "name": lettering.cleaned(row.label)}
            | {f"cell_{at}": frame.cell(row, at) for at in range(len(frame.columns))}
            for number_, row in enumerate(frame.rows)
        ],
        "marks": [
            {"at": number(mark), "text": tick(mark, frame.unit)} for mark in frame.extent.marks
        ],
    }
    for style in styles(frame):
        held[style] = [
            {"row": row_number, "from": number(bar.start), "to": number(bar.end)}
            for row_number, row in enumerate(frame.rows)
            for bar in row.bars
            if bar.style == style
        ]
    return held


def styles(frame: Frame) -> list[Style]:
    """Return the styles of bars that a frame has, wide ones first: narrow ones lie on them."""
    used = {bar.style for row in frame.rows for bar in row.bars}
    return [style for style in MARKS if style in used]


def layers(frame: Frame, foot: list[str]) -> list[Layer]:
    """Return what is drawn, from the back to the front."""
    return [
        *_axis(frame),
        *(_bars(frame, style) for style in styles(frame)),
        _line(frame, 0 if frame.centre is None else number(frame.centre[0])),
        _texts(frame, "label", frame.plot_from - GAP),
        *(_texts(frame, f"cell_{at}", end) for at, end in enumerate(frame.column_ends)),
        *_headings(frame),
        _literal(foot, x=0, y=frame.height + FOOT_FROM, baseline="top", lineHeight=FOOT_LINE),
    ]


def _x(frame: Frame, field: str) -> dict[str, Any]:
    first, last, _ = frame.extent
    scale = {
        "domain": [number(first), number(last)],
        "range": [frame.plot_from, frame.plot_to],
        "nice": False,
        "zero": False,
    }
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


def _y(frame: Frame) -> dict[str, Any]:
    scale = {
        "domain": list(range(len(frame.rows))),
        "range": [0, frame.height],
        "paddingInner": 0,
        "paddingOuter": 0,
    }
    return {"field": "row", "type": "ordinal", "axis": None, "scale": scale}


def _axis(frame: Frame) -> Iterator[Layer]:
    rule = {"type": "rule", "color": _FAINT, "strokeWidth": 1}
    yield {"data": {"name": "marks"}, "mark": rule, "encoding": {"x": _x(frame, "at")}}
    text = {"type": "text", "align": "center", "baseline": "top", "fontSize": SMALL}
    yield {
        "data": {"name": "marks"},
        "mark": text | {"color": INK},
        "encoding": {
            "x": _x(frame, "at"),
            "y": {"value": frame.height + 6},
            "text": {"field": "text", "type": "nominal"},
        },
    }


def _bars(frame: Frame, style: Style) -> Layer:
    return {
        "data": {"name": style},
        "mark": {"type": "bar"} | MARKS[style],
        "encoding": {"x": _x(frame, "from"), "x2": {"field": "to"}, "y": _y(frame)},
    }


def _line(frame: Frame, at: float) -> Layer:
    """Draw the line that bars begin at, over them."""
    return {
        "data": {"values": [{"at": at}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"x": _x(frame, "at")},
    }


def _texts(frame: Frame, field: str, ends_at: int) -> Layer:
    return {
        "data": {"name": "rows"},
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "middle",
            "fontSize": TEXT,
            "color": INK,
            "limit": 0,
        },
        "encoding": {
            "x": {"value": ends_at},
            "y": _y(frame),
            "text": {"field": field, "type": "nominal"},
        },
    }


def _headings(frame: Frame) -> Iterator[Layer]:
    """Write over each column what it holds, with a swatch of the bars that it tells of."""
    rows_are = lettering.cut(lettering.cleaned(frame.rows_are), TEXT, frame.plot_from - GAP)
    yield _heading(rows_are, frame.plot_from - GAP)
    for column, end in zip(frame.columns, frame.column_ends, strict=True):
        yield _heading(column.heading, end)
        if column.style:
            at = end - lettering.width(column.heading, TEXT) - SWATCH
            yield _swatch(column.style, at)
    if frame.centre is not None:
        first, last, _ = frame.extent
        share = (frame.centre[0] - first) / (last - first)
        align = "left" if 3 * share < 1 else "right" if 3 * share > 2 else "center"
        at = frame.plot_from + round(share * (frame.plot_to - frame.plot_from))
        yield _literal(frame.centre[1], x=at, y=-ROW // 2, align=align)


def _heading(text: str, ends_at: int) -> Layer:
    return _literal(text, x=ends_at, y=-ROW // 2, align="right", fontWeight="bold")


def _swatch(style: Style, at: int) -> Layer:
    looks = {name: value for name, value in MARKS[style].items() if name != "height"}
    height = MARKS[style]["height"] // 2
    top = -ROW // 2 - height // 2
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rect"} | looks,
        "encoding": {
            "x": {"value": at},
            "x2": {"value": at + 12},
            "y": {"value": top},
            "y2": {"value": top + height},
        },
    }


def _literal(text: str | list[str], *, x: int, y: int, **looks: object) -> Layer:
    mark = {"type": "text", "align": "left", "baseline": "middle", "limit": 0}
    return {
        "data": {"values": [{}]},
        "mark": mark | {"fontSize": TEXT, "color": INK} | looks,
        "encoding": {"x": {"value": x}, "y": {"value": y}, "text": {"value": text}},
    }
