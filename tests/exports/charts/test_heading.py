"""A chart never loses its name."""

from dataclasses import replace
from datetime import datetime

import pytest

from svx_ledger.exports.charts import Chart, spec, svg

from .examples import BY_PART, EXAMPLES, TORNADO, WATERFALL, heading
from .reading import Drawing


@pytest.mark.parametrize("field", ["title", "stage", "weight", "basis"])
@pytest.mark.parametrize("blank", ["", " \n", "\0"])
def test_a_heading_says_each_thing(field: str, blank: str) -> None:
    with pytest.raises(ValueError, match=field):
        heading(**{field: blank})


def test_a_quotient_names_its_denominator() -> None:
    with pytest.raises(ValueError, match="denominator"):
        heading(denominator=" ")


def test_an_instant_has_its_offset() -> None:
    with pytest.raises(ValueError, match="as_at"):
        heading(as_at=datetime(2026, 1, 31))  # noqa: DTZ001


@pytest.mark.parametrize("chart", [WATERFALL, BY_PART, TORNADO], ids=lambda c: type(c).__name__)
def test_the_picture_holds_the_full_name(chart: Chart) -> None:
    of = chart.heading
    said = (
        of.title,
        f"Stage: {of.stage}, {of.weight}.",
        f"Basis: {of.basis}.",
        "In pounds." if of.denominator is None else f"Divided by {of.denominator}.",
        "As at 2026-01-31T12:00:00Z, known at position 811.",
        "Proxy set: Fictional proxies 2026 (proxy-set-1).",
        "Drawn from a log of 812 records.",
        *filter(None, (of.note, of.source)),
    )
    drawing = Drawing(svg(spec(chart)))
    drawn = " ".join(drawing.texts)

    assert [text for text in said if text not in drawn] == []
    assert [text for text in said if text not in drawing.desc] == []
    assert drawing.title == of.title


def test_many_proxy_sets_are_all_named_and_none_is_said() -> None:
    many = replace(BY_PART, heading=heading(proxy_sets=tuple(f"set-{n}" for n in range(30))))
    none = replace(BY_PART, heading=heading(proxy_sets=()))

    assert "set-0 and set-1 and" in " ".join(Drawing(svg(spec(many))).texts)
    assert "and set-29." in " ".join(Drawing(svg(spec(many))).texts)
    assert "Proxy set: none." in " ".join(Drawing(svg(spec(none))).texts)


def test_programs_find_what_a_chart_rests_on() -> None:
    assert spec(BY_PART)["usermeta"]["svx"] == {
        "chart": "by-part",
        "title": BY_PART.heading.title,
        "stage": "confirmed",
        "weight": "gross",
        "basis": "cohort portfolio",
        "denominator": "exchange spend by public bodies (D1)",
        "as_at": "2026-01-31T12:00:00.000000Z",
        "known_at": 811,
        "log_size": 812,
        "proxy_sets": ["Fictional proxies 2026 (proxy-set-1)"],
        "note": None,
        "source": None,
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_texts_stand_on_the_picture_and_lines_do_not_meet(name: str) -> None:
    drawing = Drawing(svg(spec(EXAMPLES[name])))
    wide, high = (float(drawing.root.attrib[side]) for side in ("width", "height"))
    places = drawing.text_places()

    assert all(0 <= x <= wide and 11 <= y <= high for _, x, y in places)
