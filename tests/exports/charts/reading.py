"""An SVG as a reader finds it: its texts, its bars, where they stand."""

import re
from typing import NamedTuple
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
_PATH = re.compile(r"M([-\d.e]+),([-\d.e]+)h([-\d.e]+)v([-\d.e]+)h[-\d.e]+Z")
_MOVED = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")


class Rectangle(NamedTuple):
    """A bar or a swatch as drawn, in pixels of the layer that it is on."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str | None


class Drawing:
    """What can be asked of a drawing."""

    def __init__(self, svg: str) -> None:
        self.root = ET.fromstring(svg)  # noqa: S314  # drawn by this program

    @property
    def title(self) -> str:
        return self.root.findtext(f"{SVG}title") or ""

    @property
    def desc(self) -> str:
        return self.root.findtext(f"{SVG}desc") or ""

    @property
    def texts(self) -> list[str]:
        """Each text that is drawn; the lines of one are joined by spaces."""
        return [" ".join(text.itertext()) for text in self.root.iter(f"{SVG}text")]

    @property
    def rectangles(self) -> list[Rectangle]:
        found = []
        for path in self.root.iter(f"{SVG}path"):
            fits = _PATH.fullmatch(path.attrib["d"])
            assert fits is not None, path.attrib["d"]
            x, y, width, height = map(float, fits.groups())
            found.append(
                Rectangle(
                    min(x, x + width),
                    y,
                    abs(width),
                    height,
                    path.attrib["fill"],
                    path.get("stroke"),
                )
            )
        return found

    def bars(self, fill: str, stroke: str | None = None) -> list[Rectangle]:
        """The bars of a look, from the top down, without the swatches above the rows."""
        return sorted(
            (x for x in self.rectangles if (x.fill, x.stroke) == (fill, stroke) and x.y >= 0),
            key=lambda bar: bar.y,
        )

    def text_places(self) -> list[tuple[str, float, float]]:
        """Each text with where it stands on the whole drawing."""
        return list(_places(self.root, 0.0, 0.0))


def _places(element: ET.Element, x: float, y: float) -> list[tuple[str, float, float]]:
    moved = _MOVED.fullmatch(element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    found = [("".join(element.itertext()), x, y)] if element.tag == f"{SVG}text" else []
    for child in element:
        found += _places(child, x, y)
    return found
