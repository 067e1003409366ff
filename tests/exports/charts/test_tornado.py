"""The tornado: each assumption alone, from the figure as reported, the widest swing first."""

from dataclasses import replace
from decimal import Decimal

import pytest

from svx_ledger.exports.charts import NothingToDraw, spec, svg

from .examples import TORNADO, swing, tornado
from .reading import SVG, Drawing

LOW, HIGH = ("#1d70b8", None), ("#ffffff", "#942514")


def test_the_widest_swing_stands_first() -> None:
    rows = spec(TORNADO)["datasets"]["rows"]

    assert [row["name"] for row in rows] == [
        "denominator",
        "deadweight",
        "unverified",
        "volunteer hours",
        "cash",
    ]


def test_equal_swings_stand_by_code_points() -> None:
    chart = tornado(*(swing(name, "220", "224") for name in ("b", "Z", "é", "a")))

    assert [row["name"] for row in spec(chart)["datasets"]["rows"]] == ["Z", "a", "b", "é"]


def test_a_swing_reaches_from_the_figure_as_reported() -> None:
    both_below = swing("below", "200", "190")
    wide = swing("wide", "215", "240")

    rows = spec(tornado(both_below, wide))["datasets"]["rows"]

    assert [row["name"] for row in rows] == ["below", "wide"]  # 32 and 25


def test_bars_lie_on_their_side_of_the_figure() -> None:
    drawing = Drawing(svg(spec(TORNADO)))
    low, high = drawing.bars(*LOW), drawing.bars(*HIGH)
    middle = low[1].x
    per_pound = low[1].width / 20.10

    assert [bar.width / per_pound for bar in low] == pytest.approx([55.5, 20.1, 10.5, 4.23, 0])
    assert [bar.width / per_pound for bar in high] == pytest.approx([32, 32.04, 4.23, 0])
    assert low[0].x + low[0].width == pytest.approx(middle)
    assert high[1].x + high[1].width == pytest.approx(middle)
    assert high[2].x == pytest.approx(middle)


def test_each_end_says_what_was_assumed() -> None:
    rows = spec(TORNADO)["datasets"]["rows"]

    assert (rows[1]["cell_0"], rows[1]["cell_1"]) == ("-10 %: £242.10", "+10 %: £189.96")
    assert (rows[2]["cell_0"], rows[2]["cell_1"]) == ("-10 %: £211.50", "+10 %: no figure")


def test_the_figure_as_reported_is_on_the_chart() -> None:
    assert "as reported: £222.00" in Drawing(svg(spec(TORNADO))).texts


@pytest.mark.parametrize(
    ("low", "high", "anchor"),
    [
        ("100", "223", "end"),
        ("200", "244", "middle"),
        ("221", "900", "start"),
        ("222", "222", "start"),
    ],
)
def test_its_text_stays_over_the_bars_at_either_end(low: str, high: str, anchor: str) -> None:
    root = Drawing(svg(spec(tornado(swing("x", low, high))))).root
    (text,) = [x for x in root.iter(f"{SVG}text") if (x.text or "").startswith("as reported")]

    assert text.attrib["text-anchor"] == anchor


def test_beyond_25_it_is_said_how_far_the_rest_goes() -> None:
    swings = (swing(f"proxy {n:03}", f"{222 - n}", f"{222 + n}") for n in range(40))
    rows = spec(tornado(*swings))["datasets"]["rows"]

    assert len(rows) == 26
    assert (rows[-1]["name"], rows[-1]["cell_0"]) == ("and 15 more", "at most £28.00 apart")


def test_without_a_figure_there_is_no_chart_and_a_reason() -> None:
    with pytest.raises(NothingToDraw, match=r"^there is no figure to vary$"):
        spec(tornado(swing("x", "1", "2"), central=None))
    with pytest.raises(NothingToDraw, match=r"^what to divide by is zero$"):
        spec(replace(TORNADO, central=None, reason="what to divide by is zero"))
    with pytest.raises(NothingToDraw, match=r"^no assumption is varied$"):
        spec(tornado(central=Decimal(1)))
