"""The one table of problems: each refusal and each failure has its status and its words."""

from typing import get_args

import pytest

from svx_ledger.api.problems import STATUS, problem_of
from svx_ledger.cli.failing import OF_KIND, Exit
from svx_ledger.domain.rule import Kind, Rule
from svx_ledger.eventlog.store import StoreError
from svx_ledger.ledger import ClockRefused, CommandFailed, NotWritten, OutcomeUnknown
from svx_ledger.ledger.write_path import Ledger

from .conftest import Run


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_rule_has_a_status_and_an_exit_code(kind: Kind) -> None:
    problem = problem_of(Rule("some-rule", "Demands.", "Remedy.", kind).refuse(value_pence=3))

    assert problem is not None
    assert problem.plain() == {
        "type": "/problems/some-rule",
        "status": STATUS[kind],
        "title": "Demands.",
        "detail": "value_pence 3",
        "remedy": "Remedy.",
        "facts": {"value_pence": 3},
    }
    assert OF_KIND[kind] != Exit.DONE


def test_an_exception_that_nobody_foresaw_is_no_problem_object() -> None:
    assert problem_of(ZeroDivisionError()) is None


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (NotWritten("the queue is full"), "Nothing was written, safe to try again."),
        (OutcomeUnknown("no answer"), "outcome unknown: repeat with --command-id mine"),
        (CommandFailed("ValueError"), "nothing was written"),
        (ClockRefused("clock: it jumped"), "clock: it jumped"),
        (StoreError("the disk is full"), "the disk is full"),
    ],
)
def test_a_failed_write_says_exactly_what_is_known(
    opened: Run, monkeypatch: pytest.MonkeyPatch, failure: Exception, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(Ledger, "execute", fail)
    line = ("need", "approve", "need-abcd", "--command-id", "mine")
    said = opened(*line)
    problem = opened(*line, "--json").problem

    assert said.code == Exit.UNEXPECTED
    assert words in said.err
    assert problem["command_id"] == "mine"
    assert problem["status"] in (500, 503)


def test_a_fault_that_nobody_foresaw_is_not_hidden(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Ledger, "execute", fail)
    with pytest.raises(ZeroDivisionError):
        opened("need", "approve", "need-abcd")
