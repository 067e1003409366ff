"""CSV from outside, within bounds."""

import pytest

from svx_ledger.intake import rows as module
from svx_ledger.intake.exact import Faulty
from svx_ledger.intake.rows import headings, rows

from .conftest import Write


def test_rows_by_their_headings(write: Write) -> None:
    path = write("x.csv", '\ufeffa, b\n1,"two\nlines"\n\n 3 ,4\n')

    assert headings(path) == ("a", "b")
    assert [(row.line, row.cells) for row in rows(path)] == [
        (3, {"a": "1", "b": "two\nlines"}),
        (5, {"a": "3", "b": "4"}),
    ]


def test_a_row_of_another_length_is_a_fault_and_the_rest_goes_on(write: Write) -> None:
    few, good, many = rows(write("x.csv", "a,b\n1\n1,2\n1,2,3\n"))

    assert few.fault is not None
    assert few.fault.reason == "1 cells under 2 headings"
    assert good.cells == {"a": "1", "b": "2"}
    assert many.fault is not None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,a\n1,2\n", "two columns of the same name"),
        (b"a\n\xff\n", "no text in UTF-8"),
        (b'a\n"x" y\n', "no CSV"),
        (b"a\n" + b"x" * 140_000 + b"\n", "no CSV: field larger"),
    ],
)
def test_what_cannot_be_read_ends_the_file(write: Write, content: bytes, reason: str) -> None:
    *_, last = rows(write("x.csv", content))

    assert last.fault is not None
    assert last.fault.reason.startswith(reason)


def test_a_line_that_is_too_long_ends_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ROW", 1000)
    good, last = rows(write("x.csv", "a\n1\n" + "x" * 10**6 + "\n2\n"))

    assert good.cells == {"a": "1"}
    assert last.fault is not None
    assert last.fault.reason.startswith("a line of more than")


def test_an_empty_file_has_no_headings(write: Write) -> None:
    with pytest.raises(Faulty, match="an empty file"):
        headings(write("x.csv", ""))
    for content, reason in (("", "an empty file"), ("a,b\n\n", "headings, and nothing under")):
        (only,) = rows(write("y.csv", content))
        assert only.fault is not None
        assert only.fault.reason.startswith(reason)


@pytest.mark.parametrize("content", [b'"a" b,c\n1,2\n', b"x" * 140_000 + b"\n"])
def test_headings_that_are_no_csv_are_a_fault(write: Write, content: bytes) -> None:
    with pytest.raises(Faulty, match="no CSV"):
        headings(write("x.csv", content))


def test_a_place_names_line_and_column(write: Write) -> None:
    (row,) = rows(write("x.csv", "a\n1\n"))

    assert (row.pointer(), row.pointer("a")) == ("line 2", "line 2, column a")
