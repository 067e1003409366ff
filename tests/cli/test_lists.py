"""`organisation list`, `contract list` …: as tables, and narrowed."""

from typing import Any, Literal, get_args, get_origin

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.eventlog import form_words
from svx_ledger.projections.lists.catalogue import LISTS

from .conftest import Example, Run


@pytest.mark.parametrize("group", [one.group for one in LISTS])
def test_a_list_is_a_table_with_a_line_each(svx: Run, example: Example, group: str) -> None:
    by = ("--ledger", example.url, "--actor", "operator:/person-1")
    said = svx(group, "list", *by)
    head, *lines = said.out.splitlines()

    assert said.code == Exit.DONE
    assert head.split()[0] == group
    assert len(lines) == len(svx(group, "list", "--json", *by).lines)


def test_a_list_is_narrowed(svx: Run, example: Example) -> None:
    by = ("--ledger", example.url)
    table = svx("contract", "list", "--authority", example.deal.authority, *by)

    assert example.deal.contract in table.out
    assert "£50,000,000.00" in table.out
    assert svx("contract", "list", "--state", "terminated", "--json", *by).lines == []


def test_a_state_that_there_is_not_is_pointed_out(svx: Run, example: Example) -> None:
    said = svx("contract", "list", "--state", "open", "--ledger", example.url)

    assert said.code == Exit.USAGE
    assert "--state is one of entered, completed, terminated." in said.err


FORMS = [
    (one.group, each.name, get_args(each.form))
    for one in LISTS
    for each in one.filters
    if get_origin(each.form) is not Literal
]


@pytest.mark.parametrize(("group", "name", "form"), FORMS)
@pytest.mark.parametrize("text", ["", "Acme & Sons", "x\udcff", "é"])
def test_a_value_that_has_not_its_form_is_refused(
    svx: Run, example: Example, text: str, *, group: str, name: str, form: Any
) -> None:
    said = svx(group, "list", f"--{name}", text, "--ledger", example.url)

    assert said.code == Exit.USAGE
    assert said.err == f"--{name} takes {form_words.matching(form[1])}.\n"
    assert said.out == ""
