"""Every chart has its table: all numbers, exactly, in the order of the chart."""

from dataclasses import replace
from decimal import Decimal

from svx_ledger.exports.charts import table

from .examples import BY_PART, HOSTILE, TORNADO, WATERFALL, by_part, swing, tornado


def test_the_table_of_a_waterfall_is_in_pence() -> None:
    columns, rows = table(WATERFALL)

    assert columns == (
        "stage",
        "gross_pence",
        "net_pence",
        "gross_change_pence",
        "net_change_pence",
    )
    assert rows[0] == ("offered", 915_780_000, 700_000_000, None, None)
    assert rows[2] == ("awarded", 435_650_000, 371_000_000, -60_130_000, -49_000_000)
    assert len(rows) == 5


def test_the_table_of_parts_holds_what_has_no_figure_and_why() -> None:
    columns, rows = table(BY_PART)

    assert columns == ("measure", "pounds_per_pound", "reason")
    assert rows[0] == ("cash", Decimal("112.51"), None)
    assert rows[3] == ("laptops", Decimal("16.67"), None)
    assert rows[4] == ("taken back", Decimal("-12.34"), None)
    assert rows[5] == ("no spend", None, "what to divide by is zero")


def test_money_is_in_pence() -> None:
    columns, rows = table(replace(by_part({"a": Decimal("1234.56")}), unit="£"))

    assert columns[1] == "value_pence"
    assert rows == (("a", 123_456, None),)


def test_the_table_of_a_tornado_begins_with_the_figure_as_reported() -> None:
    columns, rows = table(TORNADO)

    assert columns == (
        "varied",
        "lower",
        "lower_pounds_per_pound",
        "higher",
        "higher_pounds_per_pound",
        "swing_pounds_per_pound",
    )
    assert rows[0] == ("as reported", "", Decimal(222), "", Decimal(222), Decimal(0))
    assert rows[1] == (
        "denominator",
        "-10 %",
        Decimal("166.50"),
        "+10 %",
        Decimal(190),
        Decimal("55.50"),
    )
    assert rows[3][4] is None


def test_what_cannot_be_drawn_still_has_its_table() -> None:
    assert table(replace(WATERFALL, stages=())).rows == ()
    assert table(by_part({"a": None})).rows == (("a", None, None),)
    assert table(tornado(swing("x", "1", "2"), central=None)).rows == (
        ("as reported", "", None, "", None, None),
        ("x", "-10 %", Decimal(1), "+10 %", Decimal(2), None),
    )


def test_texts_are_as_they_came_in() -> None:
    rows = table(by_part(dict.fromkeys(HOSTILE, 1))).rows

    assert {row[0] for row in rows} == set(HOSTILE)
