"""An SVG is a picture with names: it does nothing, reaches nothing, is the same anywhere."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.exports.charts import NotInstalled, spec, svg, written

from .examples import EXAMPLES, HOSTILE, by_part
from .reading import SVG, Drawing

ROOT = Path(__file__).parents[3]
DRAW = """
import hashlib
from svx_ledger.exports.charts import spec, svg, written
from tests.exports.charts.examples import EXAMPLES
for name in {order}:
    made = spec(EXAMPLES[name])
    print(name, *(hashlib.sha256(x.encode()).hexdigest() for x in (written(made), svg(made))))
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_has_a_role_a_title_and_a_description(name: str) -> None:
    drawing = Drawing(svg(spec(EXAMPLES[name])))
    root = drawing.root
    names = [root.find(f"{SVG}{tag}").attrib["id"] for tag in ("title", "desc")]  # type: ignore[union-attr]

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == names
    assert root.attrib["style"] == "max-width:100%;height:auto"
    assert drawing.title
    assert all(row["name"] in drawing.desc for row in spec(EXAMPLES[name])["datasets"]["rows"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_label_and_every_number_is_drawn(name: str) -> None:
    made = spec(EXAMPLES[name])
    drawn = Drawing(svg(made)).texts

    for row in made["datasets"]["rows"]:
        shown = {text for key, text in row.items() if key == "label" or "cell" in key}
        assert {text for text in shown if text} <= set(drawn)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_holds_shapes_and_text_and_nothing_that_acts(name: str) -> None:
    root = Drawing(svg(spec(EXAMPLES[name]))).root
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}

    assert tags <= {"svg", "title", "desc", "g", "path", "rect", "line", "text", "tspan"}
    assert not [x for x in attributes if x.startswith("on") or "href" in x or ":" in x]
    assert not [
        (element.tag, x)
        for element in root.iter()
        for x in element.attrib
        if element is not root and (x in {"role", "class"} or x.startswith("aria"))
    ]
    assert [element.tag for element in root.iter() if "style" in element.attrib] == [
        f"{SVG}svg"
    ]
    assert [x.tag for x in root.iter() if "id" in x.attrib] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_names_no_address_but_its_own_language(name: str) -> None:
    text = svg(spec(EXAMPLES[name])).replace("http://www.w3.org/2000/svg", "", 1)

    assert "url(" not in text
    assert [x for x in re.findall(r"\w+://", text) if name != "hostile"] == []


def test_hostile_labels_stay_text() -> None:
    drawing = Drawing(svg(spec(EXAMPLES["hostile"])))

    assert drawing.title == "</title><script>x</script>"
    for label in HOSTILE[:3] + HOSTILE[7:9] + HOSTILE[10:12]:
        assert label in drawing.texts
    assert "�gnp.exe" in drawing.texts
    assert "line break tab nul" in drawing.texts
    assert drawing.texts.count("(blank)") == 2
    assert any(re.fullmatch("x{10,40}…x{10,40}", text) for text in drawing.texts)
    assert "<script" not in svg(spec(EXAMPLES["hostile"]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_font_of_the_machine_is_asked(name: str) -> None:
    made = spec(EXAMPLES[name])
    other = copy.deepcopy(made)
    other["config"]["font"] = "No Such Font, monospace"
    drawn = svg(other).replace(other["config"]["font"], made["config"]["font"])

    assert re.sub("svx-[0-9a-f]{12}", "", drawn) == re.sub("svx-[0-9a-f]{12}", "", svg(made))


def test_two_processes_draw_the_same_bytes(tmp_path: Path) -> None:
    names = list(EXAMPLES)
    here = {"PATH": os.environ["PATH"]}
    odd = here | {
        "HOME": str(tmp_path),
        "LC_ALL": "C",
        "LANG": "de_DE.UTF-8",
        "TZ": "Pacific/Chatham",
        "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "1",
        "FONTCONFIG_FILE": "/dev/null",
    }
    usual = here | {"HOME": "/", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", DRAW.format(order=order)],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for environment, order in ((usual, names), (odd, names[::-1]))
    ]

    assert len(runs[0]) == len(names)
    assert sorted(runs[0]) == sorted(runs[1])


def test_drawn_from_the_file_or_from_the_chart_it_is_the_same() -> None:
    made = spec(EXAMPLES["waterfall"])

    assert svg(json.loads(written(made))) == svg(made)


def test_a_chart_that_would_read_from_elsewhere_is_not_drawn() -> None:
    made = spec(EXAMPLES["tornado"])
    made["layer"][0]["data"] = {"url": "http://127.0.0.1:9/x.json"}

    with pytest.raises(ValueError, match="not allowed"):
        svg(made)


@pytest.mark.parametrize("character", ["\0", "\x1f", "\n", "\ufffe", "\uffff", "\ud800"])
def test_what_would_end_the_process_is_refused(character: str) -> None:
    """vl-convert 1.9 aborts on a character that XML cannot hold, and takes the caller along."""
    for place in ("label", "cell_0"):
        made = spec(EXAMPLES["tornado"])
        made["datasets"]["rows"][0][place] = f"a{character}b"

        with pytest.raises(ValueError, match="control characters"):
            svg(made)


@given(st.lists(st.text(st.characters(), max_size=20), min_size=1, max_size=25, unique=True))
@settings(max_examples=25)
def test_whatever_people_write_is_drawn_as_text(labels: list[str]) -> None:
    chart = by_part(dict.fromkeys(labels, 1), title=f"title {labels[0]}", note=labels[-1])
    made = spec(chart)
    drawn = Drawing(svg(made)).texts

    assert {row["label"] for row in made["datasets"]["rows"]} <= set(drawn)


@pytest.mark.parametrize("word", ["if", "constructor", "toString", "data", "datum", "event"])
def test_a_title_that_is_a_word_of_vegas_is_a_title(word: str) -> None:
    drawn = Drawing(svg(spec(by_part({word: 1}, title=word, note=word)))).texts

    assert drawn.count(word) == 2  # the label and the title
    assert any(text.startswith(f"{word} Drawn from") for text in drawn)


def test_a_picture_in_a_chart_is_refused() -> None:
    made = spec(EXAMPLES["tornado"])
    made["layer"][0]["mark"] = {"type": "image", "url": "http://127.0.0.1:9/x.png"}

    with pytest.raises(ValueError, match="<image>"):
        svg(made)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    made = spec(EXAMPLES["tornado"])

    with pytest.raises(NotInstalled, match=re.escape("pip install 'svx-ledger[charts]'")):
        svg(made)


def test_writing_a_chart_imports_nothing_that_draws() -> None:
    program = (
        "import sys; from tests.exports.charts.examples import EXAMPLES;"
        "from svx_ledger.exports.charts import spec, written;"
        "written(spec(EXAMPLES['tornado']));"
        "print(sorted({'vl_convert', 'altair', 'duckdb'} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert printed == "[]\n"
