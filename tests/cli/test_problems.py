"""The one table of problems: each refusal and each failure has its status and its words."""

from typing import get_args

import pytest

from svx_ledger.api.problems import FAILURES, STATUS, problem_of
from svx_ledger.cli.failing import OF_KIND, Exit
from svx_ledger.domain.rule import Kind, Rule
from svx_ledger.eventlog.store import NotRead, StoreError
from svx_ledger.ledger import ClockRefused, CommandFailed, NotWritten, OutcomeUnknown
from svx_ledger.ledger.write_path import Ledger

from .conftest import Run

VERIFY = ("organisation", "verify", "organisation-abcd", "--basis", "b")


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
    line = (*VERIFY, "--command-id", "mine")
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
        opened(*VERIFY)


def test_every_failure_is_the_problem_of_its_own_class() -> None:
    names = [(name, problem_of(failure("why"))) for failure, name, *_ in FAILURES]

    assert [problem.name for _, problem in names if problem] == [name for name, _ in names]


def test_an_unknown_outcome_names_the_id_to_repeat_with_also_where_none_was_given(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[str] = []

    def fail(_: object, __: object, ___: object, command_id: str, **____: object) -> None:
        ids.append(command_id)
        raise OutcomeUnknown("no answer")

    monkeypatch.setattr(Ledger, "execute", fail)
    said = opened(*VERIFY)
    unknown = OutcomeUnknown("no answer")
    unknown.command_id = "theirs"

    assert said.code == Exit.UNEXPECTED
    assert f"outcome unknown: repeat with --command-id {ids[0]}\n" in said.err
    assert [p.command_id for p in (problem_of(unknown), problem_of(unknown, "mine")) if p] == [
        "theirs",
        "mine",
    ]


def test_to_open_a_ledger_is_repeated_without_an_id(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        unknown = OutcomeUnknown("no answer")
        unknown.command_id = "some"
        raise unknown

    monkeypatch.setattr(Ledger, "execute", fail)
    said = svx("init")

    assert said.code == Exit.UNEXPECTED
    assert "Repeat the command: it is never carried out twice." in said.err
    assert "command-id" not in said.err


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (NotWritten("at the commit: SQLITE_FULL"), "The disk is full: free space"),
        (NotWritten("before the commit: x.db: SQLITE_IOERR_SHMSIZE"), "The disk is full"),
        (NotWritten("before the commit: ERROR 53100"), "The disk is full: free space"),
        (NotWritten("x.db: No space left on device"), "The disk is full: free space"),
        (NotWritten("x.db: No such file or directory"), "Make the folder"),
        (NotWritten("x.db: Permission denied"), "Let this user read and write"),
        (NotRead("x.db: SQLITE_CANTOPEN"), "Let this user read and write"),
        (NotRead("x.db: SQLITE_READONLY_DIRECTORY"), "Reading, too, writes beside the file"),
        (NotRead("x.db: SQLITE_BUSY"), "Try again."),
        (NotWritten("the queue is full"), "Try again"),
    ],
)
def test_a_cause_that_is_known_has_a_remedy_of_its_own(failure: Exception, says: str) -> None:
    alone, given = problem_of(failure), problem_of(failure, "mine")

    assert alone is not None
    assert given is not None
    assert alone.remedy.startswith(says)
    assert "command id" not in alone.remedy
    writes = isinstance(failure, NotWritten) and says != "Let this user read and write"
    assert ("with the same command id" in given.remedy) is (writes and "folder" not in says)


def test_a_folder_that_is_not_there_is_named(svx: Run) -> None:
    said = svx("init", "--ledger", "sqlite:///nowhere/svx.db")

    assert said.code == Exit.UNEXPECTED
    assert "nowhere/svx.db: No such file or directory" in said.err
    assert "Make the folder, or mend the address." in said.err
    assert "command id" not in said.err
