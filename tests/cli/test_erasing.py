"""Private texts on the command line: given, shown to some, erased (everybody is fictional)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Run

STREAM = "organisation-brightway"
TEXT = "Ask for the treasurer, mornings only (fictional)"
REGISTER = (
    *("organisation", "register", STREAM, "--name", "Brightway (fictional)"),
    *("--side", "supplier", "--identifier", "scheme=GB-COH,id=01234567"),
)
ERASE = ("erase", "subject", STREAM, "--basis", "data-subject-request", "--reason", "DSR-1")
BIDDER = f"supplier.bidder:{STREAM}/person-bidder"


@pytest.fixture
def registered(opened: Run) -> Run:
    """An organisation with a contact."""
    said = opened(*REGISTER, "--contact", TEXT)
    assert said.code == 0, said.err
    assert TEXT not in said.out + said.err
    return opened


def events(svx: Run, *how: str) -> list[str]:
    return svx("events", "--stream", STREAM, *how).out.splitlines()


def test_a_private_text_is_shown_to_those_who_may_read_it(registered: Run) -> None:
    assert events(registered)[1].strip() == "contact: (private)"
    assert events(registered, "--actor", BIDDER)[1].strip() == f"contact: {TEXT}"
    assert TEXT in registered("show", STREAM, "--actor", "auditor:/person-auditor").out
    assert TEXT not in registered("show", STREAM).out


def test_in_json_it_stands_beside_the_data(registered: Run) -> None:
    [told] = registered("events", "--stream", STREAM, "--json", "--actor", BIDDER).lines
    shown = registered("show", STREAM, "--json").json

    assert told["private"] == {"contact": TEXT}
    assert told["data"]["contact"].keys() == {"commitment"}
    assert shown["events"][0]["private"] == {"contact": "(private)"}
    assert shown["state"]["private"] == [told["data"]["contact"]["commitment"]]


def test_all_that_is_kept_is_erased_and_said_to_be(registered: Run) -> None:
    said = registered(*ERASE)

    assert said.code == 0, said.err
    assert "Private texts were erased: 1 (data-subject-request, DSR-1)." in said.err
    for how in ((), ("--actor", BIDDER)):
        assert events(registered, *how)[1].strip() == "contact: (erased)"
    again = registered(*ERASE)
    assert again.code == 5
    assert "nothing-to-erase" in again.err


def test_a_text_is_erased_by_its_commitment(registered: Run) -> None:
    [told] = registered("events", "--stream", STREAM, "--json").lines
    commitment = told["data"]["contact"]["commitment"]

    assert registered(*ERASE, "--commitment", "0" * 64).code == 5
    assert registered(*ERASE, "--commitment", commitment).code == 0


def test_what_has_no_private_texts_is_not_erased(opened: Run) -> None:
    assert opened("erase", "subject", "need-1234", *ERASE[3:]).code == 2
    assert opened(*ERASE).code == 4


def test_a_repeat_is_one_while_the_text_is_kept(opened: Run) -> None:
    given = (*REGISTER, "--contact", TEXT, "--command-id", "c-1")

    assert opened(*given).code == 0
    again = opened(*given)
    assert again.code == 0, again.err
    assert len(opened("events", "--stream", STREAM, "--json").lines) == 1
    other = opened(*REGISTER, "--contact", "Somebody else", "--command-id", "c-1")
    assert other.code == 5
    assert "command-id-reused" in other.err
    assert opened(*ERASE).code == 0
    assert opened(*given).code == 5


def test_after_a_restore_texts_are_erased_again(registered: Run) -> None:
    with closing(sqlite3.connect("svx.db")) as file:
        kept = file.execute("SELECT * FROM private_payloads").fetchall()
    assert registered(*ERASE).code == 0
    assert registered("erase", "reapply").out == "Erased again: 0.\n"
    with closing(sqlite3.connect("svx.db")) as file, file:
        file.executemany("INSERT INTO private_payloads VALUES (?, ?, ?, ?, ?, ?)", kept)

    assert registered("erase", "reapply", "--json").json == {"erased_again": 1}
    assert events(registered)[1].strip() == "contact: (erased)"


def test_an_older_ledger_is_told_what_it_lacks(opened: Run) -> None:
    assert opened(*REGISTER).code == 0
    with closing(sqlite3.connect("svx.db")) as file:
        file.execute("DROP TABLE private_payloads")

    said = opened("events")
    assert said.code == 1
    assert "erase prepare" in said.err
    assert opened("erase", "prepare").out == "The ledger can hold private texts.\n"
    assert opened("events").code == 0


def test_a_table_that_was_taken_is_not_added_again(registered: Run) -> None:
    with closing(sqlite3.connect("svx.db")) as file:
        file.execute("DROP TABLE private_payloads")
    for verb in (("erase", "prepare"), ("erase", "prepare"), ("events",)):
        said = registered(*verb)
        assert said.code == 1
        assert "somebody dropped it" in " ".join(said.err.split())


@pytest.mark.parametrize("text", ["", " x", "two\nlines", "x" * 2001])
def test_a_text_of_the_wrong_form_is_not_repeated(opened: Run, text: str) -> None:
    said = opened(*REGISTER, "--contact", text)

    assert said.code == 2
    assert "/contact/text" in said.err


def test_a_text_stays_as_typed_also_where_it_looks_like_json(opened: Run) -> None:
    text = '{"text": "not a document"}'
    assert opened(*REGISTER, "--contact", text).code == 0

    assert events(opened, "--actor", BIDDER)[1].strip() == f"contact: {text}"


def test_no_file_of_the_ledger_has_an_erased_text(registered: Run, tmp_path: Path) -> None:
    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())

    assert TEXT.encode() in contents()
    assert registered(*ERASE).code == 0
    assert TEXT.encode() not in contents()
