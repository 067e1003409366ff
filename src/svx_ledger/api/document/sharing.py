"""Parameters that several operations take alike, each told once among the components."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from .components import parameter
from .patterns import Schema

IN_PATH: Final = "InPath"
"""Ends the name of a parameter that stands in a path: `AuctionIdInPath`."""


def share_parameters(paths: Schema) -> Schema:
    """Put references in place of what is told more than once; return what they refer to.

    Where a name is told in several ways, more than once each, the first of them is shared: the
    others stay where they are.
    """
    places = [*_places(paths)]
    inline = [listed[at] for listed, at in places if "$ref" not in listed[at]]
    times = Counter(map(_said, inline))
    shared: Schema = {}
    for told in inline:
        if times[_said(told)] > 1:
            shared.setdefault(_name_of(told), told)
    for listed, at in places:
        told = listed[at]
        if "$ref" not in told and shared.get(name := _name_of(told)) == told:
            listed[at] = parameter(name)
    return dict(sorted(shared.items()))


def _places(paths: Schema) -> Iterator[tuple[list[Schema], int]]:
    for methods in paths.values():
        for operation in methods.values():
            for at in range(len(operation["parameters"])):
                yield operation["parameters"], at


def _said(told: Any) -> str:
    return json.dumps(told, sort_keys=True)


def _name_of(told: Schema) -> str:
    words = told["name"].replace("-", "_").split("_")
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name + IN_PATH if told["in"] == "path" else name
