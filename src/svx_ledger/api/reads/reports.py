"""The questions that people bring on day one, each at /reports/ and its verb."""

from collections.abc import Callable
from inspect import signature
from typing import Any, Final

from svx_ledger.api.parameters import Parameter, bad_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.api.routing import ItemsOf
from svx_ledger.projections.questions.asking import BadQuestion
from svx_ledger.projections.questions.catalogue import QUESTIONS, Question
from svx_ledger.projections.questions.parameters import PARAMETERS, is_known
from svx_ledger.projections.questions.sample import Head

from .asking import Asking, Listed, Read, allowed

FROM_LOG: Final = ("log", "head")
"""Parameters that the log answers."""
QUICK: Final = frozenset(
    {
        *("closing", "participants", "standstills", "due", "unmet", "hidden-reads"),
        *("corrections", "owed", "asked", "promised", "waiting", "disputes"),
        *("my-bids", "receipts", "feedback"),
    }
)
"""Those that look at one table, or at what is one's own; others take long on a large log."""


def _read(question: Question) -> Read:
    asked = [*signature(question.ask).parameters][2:]  # after the view and the viewer
    return Read(
        name=f"report-{question.verb}",
        path=f"/reports/{question.verb}",
        tag="report",
        summary=question.meaning,
        ask=_asked(question, asked),
        answer=ItemsOf(question.row),
        parameters=tuple(_parameter(name) for name in asked if name not in FROM_LOG),
        listed=True,
        table=True,
        takes_long=question.verb not in QUICK,
    )


def _parameter(name: str) -> Parameter:
    about = PARAMETERS[name]
    return Parameter(
        name=name,
        form=about.form,
        meaning=about.meaning,
        required=about.required,
        default=about.default,
    )


def _asked(question: Question, asked: list[str]) -> Callable[[Asking], Listed]:
    def ask(asking: Asking) -> Listed:
        taken: dict[str, Any] = dict(asking.given)
        for name, value in taken.items():
            if not is_known(asking.view.rows, name, value):
                raise no_such_thing(name)
        if "log" in asked:
            taken["log"] = asking.store
        if "head" in asked:
            taken["head"] = _head(asking)
        try:
            answer = question.ask(asking.view, asking.viewer, **taken)
        except BadQuestion as fault:
            raise bad_parameters(detail=str(fault)) from None
        return Listed(items=allowed(answer), columns=question.columns)

    return ask


def _head(asking: Asking) -> Head:
    if not asking.view.position:
        raise bad_parameters(detail="The ledger is empty: there is nothing to draw from.")
    return Head.of(asking.store, asking.view.position)


READS: Final = tuple(map(_read, QUESTIONS))
