"""Every problem by its name, for programs and for people: where its `type` points to."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from svx_ledger.api.document.patterns import DIALECT, Schema
from svx_ledger.api.problems import (
    FAILURES,
    NO_LEDGER_FOR_OTHERS,
    TYPES,
    Problem,
    for_others,
    problem_of_refusal,
)
from svx_ledger.api.refusals import EDGE
from svx_ledger.domain.rule import Rule
from svx_ledger.domain.vocabulary import RULES
from svx_ledger.eventlog import malformed
from svx_ledger.ledger.answer import BAD_COMMAND_ID, OWN_RULES
from svx_ledger.projections.replay.moments import NO_SUCH_MOMENT
from svx_ledger.projections.replay.seeking import NO_SUCH_CHANGE

from .markup import page, table, text

TYPE_OF_PROBLEM: Final[Schema] = {
    "$schema": DIALECT,
    "title": "ProblemType",
    "description": "A type of problem: what is demanded in general, and what to do.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "pattern": f"^{TYPES}"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "remedy": {"type": "string"},
    },
    "required": ["type", "status", "title"],
}
PROBLEMS: Final[Schema] = {
    "$schema": DIALECT,
    "title": "ProblemTypes",
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/ProblemType"}}},
    "required": ["items"],
    "$defs": {
        "ProblemType": {n: p for n, p in TYPE_OF_PROBLEM.items() if n != "$schema"},
    },
}


@cache
def documented() -> Mapping[str, Problem]:
    """Return every problem that there is, by name, in the order of the names.

    The remedies are those for whoever asks over HTTP.
    Of what is refused at the edge and by a rule of the same name, what the edge says.
    """
    found: dict[str, Problem] = {}
    for problem in (*EDGE, *_of_rules(), *_of_failures(), NO_LEDGER_FOR_OTHERS):
        found.setdefault(problem.name, problem)
    return dict(sorted(found.items()))


def _of_rules() -> Iterator[Problem]:
    forms = [rule for rule in vars(malformed).values() if isinstance(rule, Rule)]
    others = (BAD_COMMAND_ID, NO_SUCH_MOMENT, NO_SUCH_CHANGE)
    for rule in (*RULES.values(), *forms, *OWN_RULES.values(), *others):
        yield problem_of_refusal(rule.refuse())


def _of_failures() -> Iterator[Problem]:
    for failure, name, status, title, usual in FAILURES:
        remedy = for_others(failure, usual)
        yield Problem(name=name, status=status, title=title, remedy=remedy)


def plain_problems() -> dict[str, Any]:
    """Return all of them as JSON has it."""
    return {"items": [problem.plain() for problem in documented().values()]}


def problem_page(problem: Problem) -> str:
    """Return a type of problem as a page."""
    body = (
        f"<p>Status {problem.status}.</p>",
        f"<h2>What is demanded</h2><p>{text(problem.title)}</p>",
        f"<h2>What to do</h2><p>{text(problem.remedy)}</p>",
        f'<p><a href="{TYPES[:-1]}">Every problem</a> · <a href="/docs">Every address</a></p>',
    )
    return page(problem.name, "".join(body))


def problems_page() -> str:
    """Return the list of all of them as a page."""
    rows = (_row(problem) for problem in documented().values())
    listed = table("Every problem", ("name", "status", "what is demanded", "what to do"), rows)
    said = (
        "<p>A refused request is answered with one of these, as "
        "<code>application/problem+json</code> (RFC 9457), and with the facts of the case. "
        "Of what was sent it repeats at most names, numbers, dates and codes that were "
        'understood, and the Idempotency-Key. <a href="/docs">Every address</a> says which '
        "statuses it can answer with.</p>"
    )
    return page("Problems", said + listed)


def _row(problem: Problem) -> Iterable[str]:
    yield f'<a href="{TYPES}{problem.name}">{text(problem.name)}</a>'
    yield str(problem.status)
    yield text(problem.title)
    yield text(problem.remedy)
