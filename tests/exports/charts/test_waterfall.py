"""The waterfall: each stage, net within gross, and what fell away between two."""

from dataclasses import replace

import pytest

from svx_ledger.exports.charts import NothingToDraw, spec, svg
from svx_ledger.exports.charts.layers import MARKS

from .examples import WATERFALL, stage
from .reading import Drawing


def looks(style: str) -> tuple[str, str | None]:
    mark = MARKS[style]  # type: ignore[index]
    return mark["fill"], mark.get("stroke")


def test_stages_stand_in_order_with_what_lies_between() -> None:
    labels = [row["name"] for row in spec(WATERFALL)["datasets"]["rows"]]

    assert labels == [
        "Offered",
        "offered to pledged",
        "Pledged",
        "pledged to awarded",
        "Awarded",
        "awarded to claimed",
        "Claimed",
        "claimed to confirmed",
        "Confirmed",
    ]


def test_what_fell_away_is_written_gross_and_net() -> None:
    rows = {row["name"]: row for row in spec(WATERFALL)["datasets"]["rows"]}

    assert rows["pledged to awarded"]["cell_0"] == "-£601,300.00 (-12.13 %)"
    assert rows["pledged to awarded"]["cell_1"] == "-£490,000.00 (-11.67 %)"
    assert rows["awarded to claimed"]["cell_1"] == "no change"
    assert rows["Confirmed"]["cell_0"] == "£3,996,000.00"
    assert rows["Confirmed"]["cell_1"] == "£3,419,214.00"


def test_lengths_are_proportional_to_pence() -> None:
    drawing = Drawing(svg(spec(WATERFALL)))
    gross, net = drawing.bars(*looks("gross")), drawing.bars(*looks("net"))
    per_penny = gross[0].width / 915_780_000

    assert [bar.width / per_penny for bar in gross] == pytest.approx(
        [s.gross_pence for s in WATERFALL.stages], rel=1e-9
    )
    assert [bar.width / per_penny for bar in net] == pytest.approx(
        [s.net_pence for s in WATERFALL.stages], rel=1e-9
    )


def test_what_fell_away_is_drawn_from_stage_to_stage() -> None:
    drawing = Drawing(svg(spec(WATERFALL)))
    gross, fell = drawing.bars(*looks("gross")), drawing.bars(*looks("change"))

    assert len(fell) == 4
    for before, bar, after in zip(gross, fell, gross[1:], strict=False):
        assert bar.x == pytest.approx(after.x + after.width)
        assert bar.x + bar.width == pytest.approx(before.x + before.width)
        assert before.y < bar.y < after.y


def test_a_stage_may_hold_more_than_the_one_before() -> None:
    chart = replace(WATERFALL, stages=(stage("pledged", 100, 50), stage("awarded", 300, 40)))
    rows = spec(chart)["datasets"]["rows"]

    assert rows[1]["cell_0"] == "+£2.00 (+200.00 %)"
    assert rows[1]["cell_1"] == "-£0.10 (-20.00 %)"


def test_one_stage_and_nothing_but_zero_is_a_chart() -> None:
    chart = replace(WATERFALL, stages=(stage("offered", 0, 0),))

    assert "£0.00" in Drawing(svg(spec(chart))).texts


def test_without_stages_there_is_no_chart_and_a_reason() -> None:
    with pytest.raises(NothingToDraw, match=r"^no stage is recorded$"):
        spec(replace(WATERFALL, stages=()))
    with pytest.raises(NothingToDraw, match=r"^held back$"):
        spec(replace(WATERFALL, stages=(), reason="held back"))
