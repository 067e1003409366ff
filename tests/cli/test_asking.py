"""The questions as the program answers them: on a terminal, in CSV and in JSON."""

import csv
import json
import re
from inspect import signature
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from svx_ledger.cli import csv_output
from svx_ledger.cli.failing import Exit
from svx_ledger.exports import csv_text
from svx_ledger.projections.questions.catalogue import COMMUNITY, QUESTIONS, SUPPLIER, Question

from .conftest import Example, Run

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
NAMES = [question.verb for question in QUESTIONS]


def line(question: Question, example: Example) -> list[str]:
    """The line that asks, as somebody whom it is for."""
    said = ["report", question.verb, "--ledger", example.url]
    deal = example.deal
    if question.verb == "sample":
        said += ["--seed", "a seed", "--size", "3"]
    if question in SUPPLIER:
        said += ["--actor", f"supplier.bidder:{deal.winner}/person-eye"]
    if question in COMMUNITY:
        said += ["--actor", f"community.lead:{deal.community}/person-eye"]
    return said


@pytest.mark.parametrize("question", QUESTIONS, ids=NAMES)
def test_every_question_answers_the_same_in_three_forms(
    svx: Run, example: Example, question: Question
) -> None:
    asked = line(question, example)
    text, plain, table = svx(*asked), svx(*asked, "--json"), svx(*asked, "--csv")
    rows = list(csv.reader(StringIO(table.out, newline="")))

    assert [said.code for said in (text, plain, table)] == [Exit.DONE] * 3, text.err
    assert tuple(rows[0]) == question.columns
    assert question.columns[-1] == "positions"
    assert len(rows) - 1 == len(plain.lines)
    assert len(plain.lines) in (len(text.out.splitlines()) - 1, len(text.out.splitlines()) - 2)
    for row, told in zip(rows[1:], plain.lines, strict=True):
        assert dict(zip(question.columns, row, strict=True)) == {
            column: _cell(told.get(column)) for column in question.columns
        }
        assert told["positions"] == sorted(set(told["positions"]))
        assert all(1 <= position <= 100 for position in told["positions"])


def _cell(value: Any) -> str:
    """A JSON value as CSV has it, worked out another way."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return json.dumps(value) if isinstance(value, bool) else str(value)


def test_each_question_stands_in_the_documentation() -> None:
    form = r"^\| `report ([a-z-]+)(?: [^`]*)?` \| `([a-z_]+)\.([a-z_]+)` \| \S"
    rows = re.findall(form, PAGE, re.MULTILINE)
    modules = [q.ask.__module__.rpartition(".")[2] for q in QUESTIONS]

    assert rows == [
        (question.verb, module, question.ask.__name__)
        for question, module in zip(QUESTIONS, modules, strict=True)
    ]


def test_every_question_takes_a_moment_and_a_viewer() -> None:
    for question in QUESTIONS:
        first, second, *others = signature(question.ask).parameters.values()
        assert (first.name, second.name, second.default) == ("view", "viewer", None)
        assert all(other.kind is other.KEYWORD_ONLY for other in others)
        assert question.ask.__doc__
        assert set(question.shown.split()) <= set(question.columns)


@pytest.mark.parametrize("question", [*SUPPLIER, *COMMUNITY], ids=lambda q: q.verb)
def test_a_question_of_one_s_own_needs_somebody(
    svx: Run, example: Example, question: Question
) -> None:
    asked = ("report", question.verb, "--ledger", example.url)
    nobody, other = svx(*asked), svx(*asked, "--actor", "operator:/person-op", "--json")

    assert nobody.code == Exit.USAGE
    assert "--actor" in nobody.err
    assert other.code == Exit.REFUSED
    assert other.problem["type"] == "/problems/role-not-allowed"
    assert nobody.out == other.out == ""


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (("closing", "--day", "31/01/2026"), Exit.USAGE, "as YYYY-MM-DD"),
        (("closing", "--day", "2026-02-30"), Exit.USAGE, "a day that there is"),
        (("closing", "--csv", "--json"), Exit.USAGE, "Choose one"),
        (("late-bids", "--minutes", "0"), Exit.USAGE, "one or more"),
        (("late-bids", "--minutes", "soon"), Exit.USAGE, "--minutes"),
        (("late-bids", "--auction", "auction-none"), Exit.NOT_FOUND, "auction-none"),
        (("due", "--supplier", "organisation-auth0001"), Exit.NOT_FOUND, "auth0001"),
        (("due", "--within", "-1"), Exit.USAGE, "none or more"),
        (("lines", "--procurement", "procurement-none"), Exit.NOT_FOUND, "procurement-none"),
        (("rate-pledges", "--contract", "contract-none"), Exit.NOT_FOUND, "contract-none"),
        (("sample", "--size", "3"), Exit.USAGE, "--seed"),
        (("sample", "--seed", "a", "--size", "0"), Exit.USAGE, "1 to 100,000"),
        (("sample", "--seed", "", "--size", "1"), Exit.USAGE, "published seed"),
        (("late-bids", "--minutes", "9" * 20), Exit.USAGE, "the last minutes"),
        (("awards", "--after", "here-" + "9" * 5000), Exit.USAGE, "a cursor is what"),
        (("awards", "--least", "1e9999999"), Exit.USAGE, "an amount in pounds"),
        (("trail", "--after", "9" * 30), Exit.USAGE, "'--after'"),
        (("screens", "--screen", "luck"), Exit.USAGE, "few-bidders"),
        (("unconfirmed", "--days", "-1"), Exit.USAGE, "no days or more"),
    ],
)
def test_wrong_input_is_explained(
    svx: Run, example: Example, given: tuple[str, ...], *, code: Exit, says: str
) -> None:
    said = svx("report", *given, "--ledger", example.url)

    assert said.code == code
    assert says in said.err
    assert said.out == ""


def test_a_sample_of_an_empty_ledger_says_so(svx: Run) -> None:
    svx("init", "--origin", "ledger.example/test", "--actor", "operator:/person-op")
    said = svx("report", "sample", "--seed", "a", "--size", "1")

    assert said.code == Exit.USAGE
    assert "1 to 0" in said.err


def test_screens_end_with_what_a_flag_is(svx: Run, example: Example) -> None:
    said = svx("report", "screens", "--ledger", example.url)

    assert said.out.splitlines()[-1] == "A flag is not a finding."


def test_money_and_many_positions_are_shown_as_people_read_them(
    svx: Run, example: Example
) -> None:
    due = svx("report", "due", "--ledger", example.url).out
    falls = svx("report", "exclusions", "--ledger", example.url).out
    drawn = svx("report", "same-person", "--ledger", example.url).out

    assert "£174,850.00" in due
    assert "open £" in due.splitlines()[0]
    assert falls.splitlines()[0].split()[-3:] == ["value", "£", "positions"]
    assert "several-organisations" in drawn


def test_leverage_in_csv_keeps_its_names(svx: Run, example: Example) -> None:
    asked = ("report", "leverage", "--csv", "--ledger", example.url)
    headings, *figures = csv.reader(StringIO(svx(*asked).out, newline=""))
    _, headline = csv.reader(StringIO(svx(*asked, "--stage", "confirmed").out, newline=""))

    assert headings == ["amount", "unit", "name", "reason", "positions"]
    assert len(figures) == 7 * 3 * 5 + 9  # stages, weights, pounds and D1 to D4; rates, spend
    assert headline[:2] == ["222", "£ per £1"]
    assert headline in figures
    assert all("cohort every procurement" in name for _, _, name, *_ in figures)


def test_hidden_bids_are_in_no_answer(svx: Run, bidding: Example) -> None:
    deal = bidding.deal
    told = "".join(
        svx(*line(question, bidding), form).out
        for question in QUESTIONS
        if question.verb != "sample" and question not in SUPPLIER
        for form in ("--json", "--csv")
    )

    for canary in ("4200000", "420000000", "495780000", deal.winner, deal.rival):
        assert canary not in told


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-cmd", "'-cmd"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("\n=1", "'\n=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-12.50", "-12.50"),
        ("+44", "+44"),
        ("-", "'-"),
        ("-1-1", "'-1-1"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (True, "true"),
        ((3, 4), "3 4"),
        (("=x",), "'=x"),
    ],
)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    assert csv_text.cell(value) == cell


def test_csv_is_as_rfc_4180_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [SimpleNamespace(a=a, b=b) for a, b in (('say "no", twice', "x\ny"), ("\r", "ä"))]
    csv_output.table(("a", "b"), rows)
    written = capsys.readouterr().out

    assert written == 'a,b\r\n"say ""no"", twice","x\ny"\r\n"\'\r",ä\r\n'
