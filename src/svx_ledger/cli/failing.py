"""How a verb that does not succeed ends: its message on standard error, and its exit code."""

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import typer

from svx_ledger.settings import BadSettings

from .session import Damaged, Session, Usage

if TYPE_CHECKING:
    from svx_ledger.api.problems import Problem
    from svx_ledger.domain.rule import Refusal


class Exit(IntEnum):
    """The exit codes that scripts rely on; 7 is kept for imports with rejected records."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    DAMAGED = 3
    NOT_FOUND = 4
    CONFLICT = 5
    REFUSED = 6


OF_KIND = {
    "malformed": Exit.USAGE,
    "forbidden": Exit.REFUSED,
    "not-found": Exit.NOT_FOUND,
    "conflict": Exit.CONFLICT,
    "rule": Exit.REFUSED,
}
OF_FAILURE = {
    "bad-address": Exit.USAGE,
    "no-ledger": Exit.NOT_FOUND,
    "forked": Exit.DAMAGED,
    "wrong-clock": Exit.CONFLICT,
}


class Refused(Exception):
    """A refusal that ends the verb; `on_record` where an event tells of it."""

    def __init__(self, refusal: "Refusal", *, on_record: bool = False) -> None:
        super().__init__(refusal.rule.name)
        self.refusal = refusal
        self.on_record = on_record


def attempt(session: Session, act: Callable[[], None]) -> int:
    """Run a verb; return its exit code, having said what went wrong if anything did."""
    try:
        act()
    except (Usage, BadSettings, Damaged) as fault:
        tell_plainly(session, str(fault))
        return Exit.DAMAGED if isinstance(fault, Damaged) else Exit.USAGE
    except Exception as failure:
        code = _told(session, failure)
        if code is None:
            raise
        return code
    return Exit.DONE


def _told(session: Session, failure: Exception) -> Exit | None:
    """Explain a failure that is foreseen; None for any other."""
    from svx_ledger.api.problems import problem_of
    from svx_ledger.eventlog.malformed import Malformed

    on_record = isinstance(failure, Refused) and failure.on_record
    what: Refusal | Exception = failure
    if isinstance(failure, Refused):
        what = failure.refusal
    elif isinstance(failure, Malformed):
        what = failure.refusal()
    problem = problem_of(what, session.command_id)
    if problem is None:
        return None
    if session.json:
        _tell_json(problem.plain() | ({"on_record": True} if on_record else {}))
    else:
        _tell(problem, on_record=on_record)
    if not isinstance(what, Exception):
        return OF_KIND[what.rule.kind]
    return OF_FAILURE.get(problem.name, Exit.UNEXPECTED)


def tell_plainly(session: Session, text: str) -> None:
    """Say one thing on standard error."""
    if session.json:
        _tell_json({"type": "about:blank", "title": text})
    else:
        typer.echo(text, err=True)


def _tell(problem: "Problem", *, on_record: bool) -> None:
    at = f" at {problem.pointer}" if problem.pointer is not None else ""
    lines = [f"{problem.name}{at}: {problem.title}"]
    lines += [f"  {name}: {value}" for name, value in problem.facts.items()]
    lines += [f"  {problem.detail}"] if problem.detail and not problem.facts else []
    lines += [problem.remedy] if problem.remedy else []
    if on_record:
        lines.append("The attempt is on record.")
    if problem.name == "outcome-unknown":
        lines[-1] = f"outcome unknown: repeat with --command-id {problem.command_id}"
    typer.echo("\n".join(lines), err=True)


def _tell_json(plain: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(plain, ensure_ascii=False), err=True)
