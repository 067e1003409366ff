"""Leverage in its several forms, each at an address of its own."""

from typing import Any

from .reading import Reader


def test_the_figures_are_those_of_the_report(at_the_end: Reader) -> None:
    whole = at_the_end.ok("/leverage")["figures"]

    assert at_the_end.items("/leverage/figures") == whole


def test_figures_are_chosen_by_stage_basis_and_denominator(at_the_end: Reader) -> None:
    whole = at_the_end.items("/leverage/figures")
    of_stage = at_the_end.items("/leverage/figures", stage="confirmed")
    net = at_the_end.items("/leverage/figures", stage="confirmed", basis="net")
    by_spend = at_the_end.items("/leverage/figures", denominator="D1")
    (headline,) = at_the_end.items(
        "/leverage/figures", stage="confirmed", basis="gross", denominator="D1"
    )

    assert len(of_stage) == 3 * (1 + 4)  # in pounds, and by each denominator
    assert len(net) == 1 + 4
    assert len(by_spend) == 7 * 3
    for figures in (of_stage, net, by_spend):
        assert [one for one in whole if one in figures] == figures
    assert headline == at_the_end.ok("/leverage")["headline"]


def test_a_part_is_of_the_headline_unless_another_figure_is_named(at_the_end: Reader) -> None:
    usual = at_the_end.items("/leverage/parts", by="measure")
    named: dict[str, Any] = {"stage": "confirmed", "basis": "gross", "denominator": "D1"}

    assert at_the_end.items("/leverage/parts", by="measure", **named) == usual
    assert at_the_end.items("/leverage/parts", by="measure", stage="awarded") != usual


def test_an_explanation_is_one_object_and_as_a_table_its_lines(at_the_end: Reader) -> None:
    asked: dict[str, Any] = {"figure": "confirmed.gross.D1"}
    lines = at_the_end.ok("/leverage/explain", **asked)["lines"]
    table = at_the_end.get("/leverage/explain", format="csv", **asked).text.splitlines()

    assert lines
    assert len(table) == 1 + len(lines)
