"""Finding out what sort of file it is, within bounds."""

import pytest

from svx_ledger.intake import documents as module
from svx_ledger.intake.documents import Document, documents
from svx_ledger.intake.exact import Faulty

from .conftest import Write


def told(found: Document) -> tuple[int | None, object]:
    """A document without what is only for a progress bar."""
    value = found.value.reason if isinstance(found.value, Faulty) else found.value
    return found.line, value


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(None, "an empty file")]),
        (b"\n \n", [(None, "an empty file")]),
        (b'{"a": 1}', [(None, {"a": 1})]),
        (b'\n{"a": 1}\n\n', [(None, {"a": 1})]),
        (b'{\n"a":\n1}\n', [(None, {"a": 1})]),
        (b"[\n1,\n2\n]", [(None, [1, 2])]),
        (b'{"a": 1}\n\n{"a": 2}\n', [(1, {"a": 1}), (3, {"a": 2})]),
        (b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}', [(1, {"a": 1}), (2, {"a": 2})]),
    ],
)
def test_one_document_or_one_on_each_line(
    write: Write, content: bytes, expected: list[tuple[int | None, object]]
) -> None:
    assert [told(found) for found in documents(write("x", content))] == expected


def test_a_broken_line_is_a_fault_and_the_rest_goes_on(write: Write) -> None:
    path = write("x", b'{"a": 1}\n{broken\n\xff\n{"a": 2}\n')
    first, broken, binary, last = (told(found) for found in documents(path))

    assert (first, last) == ((1, {"a": 1}), (4, {"a": 2}))
    assert str(broken[1]).startswith("no JSON: Expecting property name")
    assert binary == (3, "no text in UTF-8")


def test_a_broken_first_line_does_not_spoil_the_others(write: Write) -> None:
    path = write("x", b'{broken\n{"a": 2}\n')
    broken, good = (told(found) for found in documents(path))

    assert broken[0] == 1
    assert good == (2, {"a": 2})


def test_two_broken_lines_do_not_spoil_the_others_either(write: Write) -> None:
    found = [told(f) for f in documents(write("x", b'{broken\nand\n{"a": 2}\n{"a": 3}\n'))]

    assert [line for line, _ in found] == [1, 2, 3, 4]
    assert [value for _, value in found[2:]] == [{"a": 2}, {"a": 3}]


def test_a_broken_document_on_many_lines_is_one_fault(write: Write) -> None:
    (only,) = documents(write("x", b'[\n  {"a": 1}\n  {"a": 2}\n]\n'))

    assert told(only)[0] is None
    assert isinstance(only.value, Faulty)


def test_what_is_neither_is_one_fault(write: Write) -> None:
    (only,) = documents(write("x", b"not\nJSON\nat all\n"))

    assert told(only)[0] is None
    assert isinstance(only.value, Faulty)


def test_a_line_that_is_too_long_is_passed_over_in_pieces(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 100)
    long = b'{"a": "' + b"x" * 5_000_000 + b'"}'
    path = write("x", b'{"a": 1}\n' + long + b'\n{"a": 2}\n' + long)
    found = [told(document) for document in documents(path)]

    assert [line for line, _ in found] == [1, 2, 3, 4]
    assert str(found[1][1]).startswith("a line of more than")
    assert str(found[3][1]).startswith("a line of more than")
    assert found[2][1] == {"a": 2}


def test_a_document_that_is_too_large_is_a_fault(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_DOCUMENT", 100)
    monkeypatch.setattr(module, "MAX_LINE", 50)
    (one,) = documents(write("x", b"[" + b"1," * 100 + b"1]"))
    (spread,) = documents(write("y", b"[\n" + b"1,\n" * 100 + b"1]"))

    assert str(told(one)[1]).startswith("larger than")
    assert str(told(spread)[1]).startswith("larger than")


def test_a_pointer_names_the_line_where_there_are_lines() -> None:
    assert Document(None, {}, 0).pointer("") == "/"
    assert Document(None, {}, 0).pointer("/a/0") == "/a/0"
    assert Document(7, {}, 0).pointer("") == "line 7 /"
    assert Document(7, {}, 0).pointer("/a/0") == "line 7 /a/0"
