"""What is written is Vega-Lite: valid by its schema, the same bytes, holding its own data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from svx_ledger.exports.charts import spec, written
from svx_ledger.exports.charts.drawing import VEGA_LITE
from svx_ledger.exports.charts.layers import INK, MARKS

from .examples import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
"""To write them again after a change that is meant: `python -m tests.exports.charts`."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chart_is_valid_by_the_schema_of_vega_lite(name: str) -> None:
    alt.Chart.from_dict(json.loads(written(spec(EXAMPLES[name]))))


def test_the_schema_sees_what_is_wrong() -> None:
    wrong = spec(EXAMPLES["tornado"])
    wrong["layer"][0]["mark"]["strokeWidth"] = "wide"

    with pytest.raises(ValidationError):
        alt.Chart.from_dict(wrong)


def test_the_schema_is_of_the_vega_lite_that_draws() -> None:
    assert f"v{VEGA_LITE}." in alt.SCHEMA_VERSION
    assert spec(EXAMPLES["tornado"])["$schema"].endswith(f"/v{VEGA_LITE.split('.')[0]}.json")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_stays_as_it_is(name: str) -> None:
    assert written(spec(EXAMPLES[name])) == (GOLDEN / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chart_reads_nothing_and_reckons_nothing(name: str) -> None:
    keys = {key for key, _ in walked(spec(EXAMPLES[name]))}

    assert not keys & {"url", "href", "expr", "signal", "params", "transform", "labelExpr"}
    assert not keys & {"tooltip", "image", "format", "calculate", "test", "filter"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_others_wrote_is_never_a_key(name: str) -> None:
    known = {key for key, _ in walked(spec(EXAMPLES["tornado"]))}
    keys = {key for key, _ in walked(spec(EXAMPLES[name]))}

    assert keys - known <= {"gross", "net", "change", "part", "strokeDash"}


def test_bars_stand_out_from_paper_and_are_not_told_by_colour_alone() -> None:
    outlines = [mark.get("stroke", mark["fill"]) for mark in MARKS.values()]
    shapes = {
        style: (mark["height"], "stroke" in mark, "strokeDash" in mark)
        for style, mark in MARKS.items()
    }

    assert all(contrast(colour, "#ffffff") >= 3 for colour in outlines)
    assert contrast(MARKS["net"]["fill"], MARKS["gross"]["fill"]) >= 3
    assert contrast(INK, "#ffffff") >= 7
    assert shapes["gross"] != shapes["net"]
    assert shapes["low"] != shapes["high"]


def walked(plain: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at whatever depth."""
    if isinstance(plain, dict):
        yield from plain.items()
        for value in plain.values():
            yield from walked(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from walked(value)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 1.4.11)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
