"""Bars by part: the largest first, the many told as one, and no figure said to be none."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.exports.charts import Chart, NothingToDraw, Part, spec, svg, table
from svx_ledger.exports.charts.by_part import MOST

from .examples import BY_PART, by_part
from .reading import Drawing

FILL = "#1d70b8"


def labels(chart: Chart) -> list[str]:
    return [row["name"] for row in spec(chart)["datasets"]["rows"]]


def test_the_largest_stands_first_and_what_has_no_figure_last() -> None:
    assert labels(BY_PART) == [
        "cash",
        "expert hours",
        "volunteer hours",
        "laptops",
        "taken back",
        "no spend",
    ]


def test_equal_parts_stand_by_code_points_whatever_order_they_came_in() -> None:
    parts = [Part(label=label, value=1) for label in ("b", "a", "Z", "é")]

    for shuffled in permutations(parts):
        assert labels(replace(BY_PART, parts=shuffled)) == ["Z", "a", "b", "é"]


def test_which_of_many_equal_parts_are_drawn_hangs_on_their_names_alone() -> None:
    names = [f"part {number:02}" for number in range(40)]
    drawn = labels(by_part(dict.fromkeys(reversed(names), 1)))

    assert drawn == [*names[:MOST], "and 15 more"]


def test_the_table_stands_in_the_same_order() -> None:
    parts = [Part(label=label, value=value) for value in (None, 1) for label in "bca"]

    for shuffled in permutations(parts):
        rows = table(replace(BY_PART, parts=shuffled)).rows
        assert [(row[0], row[1] is None) for row in rows] == [
            (label, missing) for missing in (False, True) for label in "abc"
        ]


def test_parts_of_the_same_name_keep_a_row_each() -> None:
    twice = replace(BY_PART, parts=tuple(Part(label="x", value=n) for n in (1, 2)))

    assert [bar.width for bar in Drawing(svg(spec(twice))).bars(FILL)] == [380, 190]


def test_lengths_are_proportional_and_negative_ones_go_the_other_way() -> None:
    bars = Drawing(svg(spec(BY_PART))).bars(FILL)
    exact = [Fraction("112.51"), Fraction("50.5"), Fraction(507900, 12000), Fraction(50, 3)]
    per_pound = bars[0].width / float(exact[0])

    assert [bar.width / per_pound for bar in bars[:4]] == pytest.approx(list(map(float, exact)))
    assert bars[4].width / per_pound == pytest.approx(12.345)
    assert bars[4].x + bars[4].width == pytest.approx(bars[0].x)


def test_a_part_without_a_figure_has_a_reason_and_no_bar() -> None:
    rows = spec(BY_PART)["datasets"]["rows"]

    assert rows[-1]["cell_0"] == "no figure: what to divide by is zero"
    assert len(spec(BY_PART)["datasets"]["part"]) == 5


def test_one_part_is_a_chart() -> None:
    bars = Drawing(svg(spec(by_part({"cash": 7})))).bars(FILL)

    assert [bar.width for bar in bars] == [380]


def test_only_negative_and_only_zero_parts_are_charts() -> None:
    assert len(Drawing(svg(spec(by_part({"a": -1, "b": Decimal("-2.5")})))).bars(FILL)) == 2
    assert "£0.00" in Drawing(svg(spec(by_part({"a": 0})))).texts


def test_without_any_figure_there_is_no_chart_and_a_reason() -> None:
    with pytest.raises(NothingToDraw, match=r"^nothing is recorded$"):
        spec(by_part({}))
    with pytest.raises(NothingToDraw, match=r"^what to divide by is zero$"):
        spec(by_part({"a": None, "b": None}, reasons={"b": "what to divide by is zero"}))
    with pytest.raises(NothingToDraw, match=r"^the payer has not attested$"):
        spec(replace(by_part({"a": None}), reason="the payer has not attested"))


def test_25_parts_have_a_row_each_and_one_more_is_told_with_the_rest() -> None:
    parts = {f"part {number:02}": number + 1 for number in range(MOST)}

    assert len(labels(by_part(parts))) == MOST
    assert labels(by_part(parts | {"least": Decimal("0.5")}))[-1] == "and 1 more"


def test_a_thousand_parts_are_told_to_the_penny() -> None:
    parts = {f"part {number:04}": Fraction(number, 100) for number in range(1000)}
    chart = by_part(parts)
    told = spec(chart)["datasets"]["rows"][-1]

    assert told["name"] == "and 975 more"
    assert told["cell_0"] == f"together £{sum(range(975)) / 100:,.2f}"
    assert len(table(chart).rows) == 1000
    assert len(Drawing(svg(spec(chart))).bars(FILL)) == MOST


def test_a_large_part_that_is_taken_back_is_not_told_with_the_rest() -> None:
    parts = {f"part {number:04}": number for number in range(100)} | {"taken back": -99}

    assert labels(by_part(parts))[-2:] == ["taken back", "and 76 more"]


def test_ratios_do_not_add_up() -> None:
    parts = {f"part {number:04}": number for number in range(100)}
    told = spec(by_part(parts, adds_up=False))["datasets"]["rows"][-1]

    assert told["cell_0"] == "£0.00 to £74.00"


def test_many_without_a_figure_are_told_with_one_reason_each_and_then_as_one() -> None:
    parts: dict[str, int | None] = {f"part {number:04}": None for number in range(100)}

    assert labels(by_part(parts | {"x": 1}))[-2:] == ["part 0024", "and 75 more"]


@given(
    st.dictionaries(
        st.text(max_size=3), st.none() | st.fractions(-100, 100, max_denominator=7), max_size=60
    )
)
def test_what_is_drawn_and_what_is_told_sum_to_the_whole(
    parts: dict[str, Fraction | None],
) -> None:
    figures = [value for value in parts.values() if value is not None]
    if not figures:
        return
    rows = spec(by_part(dict(parts)))["datasets"]["rows"]
    written = [row["cell_0"].removeprefix("together ") for row in rows]
    amounts = [Decimal(x.replace("£", "").replace(",", "")) for x in written if "no" not in x]

    assert abs(Fraction(sum(amounts)) - sum(figures)) <= Fraction(len(amounts), 200)
