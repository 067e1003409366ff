"""A chart as Vega-Lite: one JSON object that holds its data, its name and what it rests on."""

import json
from datetime import UTC
from typing import Any, Final, assert_never

from svx_ledger.domain.values import utc

from . import by_part, tornado, waterfall
from .data import ByPart, Chart, Heading, Tornado, Waterfall
from .frame import ROW, TEXT, TITLE, Frame
from .layers import FOOT_FROM, FOOT_LINE, INK, data, layers
from .lettering import FONT, as_text, cleaned, wrapped

Spec = dict[str, Any]
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
"""The name of the dialect; nothing is read from there."""
ABOUT: Final = "svx"
"""The key of `usermeta` with what a chart rests on, for programs."""
_MARGIN: Final = 16
_TITLE_ABOVE: Final = 6
_TITLE_LINE: Final = 21
_BASIS_LINE: Final = 17
_BASIS_ABOVE: Final = 8
_LEAST_WIDTH: Final = 640


def spec(chart: Chart) -> Spec:
    """Return a chart as Vega-Lite 6.

    Raises NothingToDraw, with the reason, where there is no figure: a chart of nothing would
    be taken for a chart of zero.
    """
    frame = _laid_out(chart)
    heading = chart.heading
    width = max(frame.width, _LEAST_WIDTH)
    title = wrapped(cleaned(heading.title), TITLE, width * 9 // 10)  # bold is wider
    basis = wrapped(_basis(heading), TEXT, width)
    notes = [line for text in _notes(heading) for line in wrapped(text, TEXT, width)]
    foot = [as_text(line) for line in notes]
    above = _TITLE_LINE * len(title) + _BASIS_ABOVE + _BASIS_LINE * len(basis) + ROW
    return {
        "$schema": SCHEMA,
        "description": _told(frame),
        "usermeta": {ABOUT: _about(chart)},
        "width": width,
        "height": frame.height,
        "padding": {
            "left": _MARGIN,
            "top": _MARGIN + above + _TITLE_ABOVE,
            "right": _MARGIN,
            "bottom": _MARGIN + FOOT_FROM + FOOT_LINE * len(foot),
        },
        "autosize": {"type": "none"},
        "background": "#ffffff",
        "title": _title(title, basis),
        "datasets": data(frame),
        "layer": layers(frame, foot),
        "config": {"font": FONT, "view": {"stroke": None}, "aria": False},
    }


def written(spec: Spec) -> str:
    """Return a specification as JSON text, the same for the same chart."""
    return json.dumps(spec, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _laid_out(chart: Chart) -> Frame:
    match chart:
        case Waterfall():
            return waterfall.laid_out(chart)
        case ByPart():
            return by_part.laid_out(chart)
        case Tornado():
            return tornado.laid_out(chart)
        case _:
            assert_never(chart)


def _title(title: list[str], basis: list[str]) -> dict[str, Any]:
    return {
        "text": [as_text(line) for line in title],
        "subtitle": basis,
        "anchor": "start",
        "frame": "group",
        "offset": ROW,
        "limit": 0,
        "color": INK,
        "subtitleColor": INK,
        "fontSize": TITLE,
        "lineHeight": _TITLE_LINE,
        "subtitlePadding": _BASIS_ABOVE,
        "subtitleFontSize": TEXT,
        "subtitleLineHeight": _BASIS_LINE,
    }


def _basis(heading: Heading) -> str:
    """Return what a chart rests on as sentences, for people."""
    of = heading.denominator
    divided = "In pounds" if of is None else f"Divided by {of}"
    as_at = heading.as_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    proxies = " and ".join(heading.proxy_sets) or "none"
    return cleaned(
        f"Stage: {heading.stage}, {heading.weight}. {divided}. Basis: {heading.basis}. "
        f"As at {as_at}, known at position {heading.known_at}. Proxy set: {proxies}."
    )


def _notes(heading: Heading) -> list[str]:
    notes = [cleaned(note) for note in (heading.note, heading.source) if note]
    return [*notes, f"Drawn from a log of {heading.log_size} records."]


def _told(frame: Frame) -> str:
    """Return all of a chart in words: its name, what it rests on, every row that is drawn."""
    heading = frame.heading
    rows = (
        f"{cleaned(row.label)}: "
        + ", ".join(
            f"{column.heading} {cleaned(cell)}"
            for column, cell in zip(frame.columns, row.cells, strict=True)
            if cell
        )
        for row in frame.rows
    )
    centre = [] if frame.centre is None else [f"{frame.centre[1]}."]
    sentences = [f"{cleaned(heading.title)}.", _basis(heading), *centre, f"{'; '.join(rows)}."]
    return " ".join((*sentences, *_notes(heading)))


def _about(chart: Chart) -> dict[str, Any]:
    heading = chart.heading
    return {
        "chart": {Waterfall: "waterfall", ByPart: "by-part", Tornado: "tornado"}[type(chart)],
        "title": cleaned(heading.title),
        "stage": cleaned(heading.stage),
        "weight": cleaned(heading.weight),
        "basis": cleaned(heading.basis),
        "denominator": None if heading.denominator is None else cleaned(heading.denominator),
        "as_at": utc(heading.as_at),
        "known_at": heading.known_at,
        "log_size": heading.log_size,
        "proxy_sets": [cleaned(name) for name in heading.proxy_sets],
        "note": None if heading.note is None else cleaned(heading.note),
        "source": None if heading.source is None else cleaned(heading.source),
    }
