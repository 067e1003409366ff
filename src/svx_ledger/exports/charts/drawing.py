"""A Vega-Lite chart as SVG: drawn by Vega inside vl-convert, with nothing but text and shapes.

No font is measured, no network or file is reached, and what Vega adds for its own use is taken
off, so that the same chart is the same bytes on every machine with the same vl-convert.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET

from .lettering import is_clean
from .spec import ABOUT, Spec, written

VEGA_LITE: Final = "6.4"
"""The Vega-Lite that draws; vl-convert holds several."""
FITS: Final = "max-width:100%;height:auto"
_SVG: Final = "http://www.w3.org/2000/svg"
_SHAPES: Final = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan"})
_LOOKS: Final = frozenset(
    {
        *("d", "dx", "dy", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform"),
        *("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-miterlimit", "opacity"),
        *("font-family", "font-size", "font-weight", "text-anchor"),
    }
)


class NotInstalled(Exception):
    """SVG needs a package that is not installed; `str()` of this says how to get it."""

    def __init__(self) -> None:
        super().__init__(
            "drawing a chart as SVG needs the extra `charts`: pip install 'svx-ledger[charts]' "
            "(the Vega-Lite JSON needs nothing)"
        )


def svg(spec: Spec) -> str:
    """Draw what `spec` made as an SVG that stands alone or inside a page.

    Its title and description say all that is drawn. The only style is the one that keeps it
    within its page; a page whose policy forbids style attributes has a rule of its own for
    the class `svx-chart`. Raises NotInstalled without the extra `charts`, and ValueError for
    what `spec` would not have made: vl-convert ends the process where it meets a control
    character.
    """
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        if error.name != "vl_convert":
            raise
        raise NotInstalled from None
    if not all(map(is_clean, _texts(spec))):
        raise ValueError("a chart with control characters is not one that `spec` made")
    drawn = ET.fromstring(  # noqa: S314  # written by Vega a moment ago, from our own chart
        vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    )
    for parent in drawn.iter():
        for child in [child for child in parent if _is_empty(child)]:
            parent.remove(child)
    return ET.tostring(_named(drawn, spec), encoding="unicode") + "\n"


def _texts(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict):
        for key, value in plain.items():
            yield key
            yield from _texts(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _texts(value)


def _is_empty(element: ET.Element) -> bool:
    """Tell what Vega leaves in a drawing and nobody sees: grounds without ink."""
    grounds = {"background", "foreground"}
    return element.tag == f"{{{_SVG}}}path" and element.get("class") in grounds


def _named(drawn: ET.Element, spec: Spec) -> ET.Element:
    """Return a drawing with its names, holding shapes and text and nothing that acts."""
    mark = hashlib.sha256(written(spec).encode()).hexdigest()[:12]
    names = {"title": f"svx-{mark}-title", "desc": f"svx-{mark}-desc"}
    root = ET.Element(
        "svg",
        {
            "xmlns": _SVG,
            "class": "svx-chart",
            "role": "img",
            "aria-labelledby": " ".join(names.values()),
            **{name: drawn.attrib[name] for name in ("width", "height", "viewBox")},
            "style": FITS,
        },
    )
    about = spec["usermeta"][ABOUT]["title"], spec["description"]
    for (tag, name), text in zip(names.items(), about, strict=True):
        ET.SubElement(root, tag, id=name).text = text
    root.extend([_plain(child) for child in drawn])
    return root


def _plain(element: ET.Element) -> ET.Element:
    tag = element.tag.removeprefix(f"{{{_SVG}}}")
    if tag not in _SHAPES:
        raise ValueError(f"a chart holds shapes and text, and no <{tag}>")
    copy = ET.Element(tag, {name: x for name, x in element.attrib.items() if name in _LOOKS})
    copy.text = element.text
    copy.extend([_plain(child) for child in element])
    return copy
