"""A problem as a person reads it: the rule, the remedy, and what should stand where."""

import pytest

from svx_ledger.client import Problem, Refused
from svx_ledger.client.beside import beside
from svx_ledger.client.call import Patience
from svx_ledger.client.giving import giving
from svx_ledger.client.outcomes import Fault
from svx_ledger.eventlog import shapes
from svx_ledger.eventlog.malformed import BAD_JSON, Malformed

from .conftest import Registrar


@pytest.mark.parametrize(
    ("detail", "errors", "said"),
    [
        ("", [], ""),
        ("state open", [], " (state open)"),
        ("a text", [("/a", "a text")], " (/a: a text)"),
        ("", [("/a", "a text"), ("/b/0", "a number")], " (/a: a text; /b/0: a number)"),
        ("state open", [("/a", "a text")], " (state open; /a: a text)"),
        ("", [("/a", "It is so.")], " (at /a)"),
        ("", [("/a", "")], " (at /a)"),
        ("", [("", "It is so.")], ""),
        ("", [("", "an object")], " (an object)"),
    ],
)
def test_what_should_stand_there_is_said_once(
    detail: str, errors: list[tuple[str, str]], said: str
) -> None:
    faults = tuple(Fault(*one) for one in errors)
    problem = Problem(
        name="a-rule",
        status=422,
        title="It is so.",
        remedy="Mend it.",
        detail=detail,
        errors=faults,
    )

    assert str(Refused(problem)) == f"a-rule: It is so. Mend it.{said}"


def test_of_the_whole_the_pointer_is_empty(
    registrar: Registrar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise Malformed(BAD_JSON)

    monkeypatch.setattr(shapes, "shape_of", refuse)
    with pytest.raises(Refused) as told:
        giving(registrar.command(), beside("key", None, None), Patience(1, 0))

    (fault,) = told.value.problem.errors
    assert fault == Fault("", BAD_JSON.demands)
