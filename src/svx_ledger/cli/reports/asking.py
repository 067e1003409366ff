"""`report closing`, `report due` and the other questions: asked, and shown as whoever wants."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from inspect import signature
from typing import Any, Final

import typer

from svx_ledger.cli import showing
from svx_ledger.cli.failing import Refused
from svx_ledger.cli.listing import listed
from svx_ledger.cli.output import say
from svx_ledger.cli.session import Session, Usage
from svx_ledger.cli.verb import add
from svx_ledger.cli.views import viewed, viewer_of
from svx_ledger.domain.rule import Refusal
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.catalogue import QUESTIONS, Question
from svx_ledger.projections.questions.sample import Head
from svx_ledger.projections.view import View

from .options import options_of, read

_MOST_POSITIONS: Final = 4
_FROM_LOG: Final = ("log", "head")
"""Parameters that the log answers, not the command line."""


def add_questions(group: typer.Typer) -> None:
    """Add the verb of every question."""
    for question in QUESTIONS:
        _add(group, question)


def _add(group: typer.Typer, question: Question) -> None:
    asked = [*signature(question.ask).parameters][2:]  # after the view and the viewer

    def run(session: Session, *, csv: bool = False, **given: Any) -> None:
        if csv and session.json:
            raise Usage("Choose one of --csv and --json.")
        _show(session, question, _ask(session, question, given, asked), csv=csv)

    parameters = options_of([name for name in asked if name not in _FROM_LOG])
    add(group, question.verb, run, parameters=parameters, meaning=question.meaning)


def _ask(
    session: Session, question: Question, given: dict[str, Any], asked: list[str]
) -> tuple[Any, ...]:
    """Return the answer. Raises Refused where it is not for whoever asks, and Usage."""
    viewer = viewer_of(session)
    needs_log = any(name in asked for name in _FROM_LOG)
    with (
        session.store() if needs_log else nullcontext() as log,
        viewed(session) as view,
    ):
        taken = read(view.rows, given)
        if "log" in asked:
            taken["log"] = log
        if "head" in asked:
            taken["head"] = _head(log, view)
        try:
            answer = question.ask(view, viewer, **taken)
        except BadQuestion as fault:
            raise Usage(str(fault)) from None
    if isinstance(answer, Refusal):
        session.actor()  # where nobody is said to act, this is what is missing
        raise Refused(answer)
    return tuple(answer)


def _head(log: Any, view: View) -> Head:
    if not view.position:
        raise Usage("The ledger is empty: there is nothing to draw from.")
    return Head.of(log, view.position)


def _show(session: Session, question: Question, answer: Sequence[Any], *, csv: bool) -> None:
    if not listed(session, question.columns, answer, csv=csv):
        columns = question.shown.split()
        headings = [column.replace("_pence", " £").replace("_", " ") for column in columns]
        showing.table(headings, [_cells(row, columns) for row in answer])
        if "note" in question.columns:
            say("A flag is not a finding.")


def _cells(row: Any, columns: Iterable[str]) -> list[Any]:
    return [_cell(column, getattr(row, column)) for column in columns]


def _cell(column: str, value: Any) -> Any:
    if column.endswith("_pence"):
        return showing.money(value)
    if isinstance(value, tuple):
        shown = " ".join(map(str, value[:_MOST_POSITIONS]))
        return f"{shown} … ({len(value)})" if len(value) > _MOST_POSITIONS else shown
    return value
