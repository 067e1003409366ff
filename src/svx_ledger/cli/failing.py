"""How a verb that does not succeed ends: its message on standard error, and its exit code."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from svx_ledger.settings import BadSettings

from .output import Unshown, say, say_json
from .session import Damaged, Session, Usage

if TYPE_CHECKING:
    from svx_ledger.api.problems import Problem
    from svx_ledger.domain.rule import Refusal


class Exit(IntEnum):
    """The exit codes that scripts rely on."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    DAMAGED = 3
    NOT_FOUND = 4
    CONFLICT = 5
    REFUSED = 6
    REJECTED = 7


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


class DivergenceFound(Exception):
    """An audit found what the rules would not have made; that is shown already."""


class Stopped(Exception):
    """A verb could not do its work: the text says why and what to do, `code` is how it ends."""

    def __init__(self, text: str, code: Exit) -> None:
        super().__init__(text)
        self.code = code


class Unwell(Exception):
    """The doctor found something that failed; that is shown already."""


class SomeRejected(Exception):
    """An import went through, and part of what it read was not taken; that is shown already."""


def not_found(**names: str) -> Refused:
    """Return the refusal that names, kind by kind, what was looked for and is not there."""
    from svx_ledger.domain.rule import NOT_FOUND

    shown = {kind: name.encode("unicode_escape").decode() for kind, name in names.items()}
    return Refused(NOT_FOUND.refuse(**shown))


def attempt(session: Session, act: Callable[[], None]) -> int:
    """Run a verb; return its exit code, having said what went wrong if anything did."""
    try:
        act()
    except (Usage, BadSettings, Damaged) as fault:
        tell_plainly(session, str(fault))
        return Exit.DAMAGED if isinstance(fault, Damaged) else Exit.USAGE
    except Stopped as fault:
        tell_plainly(session, str(fault))
        return fault.code
    except Unshown as fault:
        return _unshown(session, fault)
    except SomeRejected:
        return Exit.REJECTED
    except (DivergenceFound, Unwell):
        return Exit.DAMAGED
    except Exception as failure:
        code = _told(session, failure)
        if code is None:
            raise
        return code
    return Exit.DONE


def _told(session: Session, failure: Exception) -> Exit | None:
    """Explain a failure that is foreseen; None for any other."""
    from svx_ledger.api.problems import problem_of
    from svx_ledger.api.remedies import REACH
    from svx_ledger.eventlog.malformed import Malformed
    from svx_ledger.eventlog.store import StoreError

    on_record = isinstance(failure, Refused) and failure.on_record
    what: Refusal | Exception = failure
    if isinstance(failure, Refused):
        what = failure.refusal
    elif isinstance(failure, Malformed):
        what = failure.refusal()
    problem = problem_of(what, session.command_id)
    if problem is None:
        return None
    if isinstance(what, StoreError) and what.unreached:
        problem = replace(problem, remedy=REACH)
    if session.json:
        _tell_json(problem.plain() | ({"on_record": True} if on_record else {}))
    else:
        _tell(problem, on_record=on_record)
    if not isinstance(what, Exception):
        return OF_KIND[what.rule.kind]
    return OF_FAILURE.get(problem.name, Exit.UNEXPECTED)


def _unshown(session: Session, fault: Unshown) -> Exit:
    """Say that what was done could not be shown, unless whoever asked has gone."""
    if fault.closed and session.key is None:
        return Exit.DONE
    done = f"done, recorded at position {session.position}, but it"
    it = done if session.position else "the output"
    lost = "; if its key was not, revoke it and issue another" if session.key else ""
    tell_plainly(session, f"{it} could not be shown: {fault}{lost}")
    return Exit.UNEXPECTED


def tell_plainly(session: Session, text: str) -> None:
    """Say one thing on standard error."""
    if session.json:
        _tell_json({"type": "about:blank", "title": text})
    else:
        _complain(text)


def _tell(problem: "Problem", *, on_record: bool) -> None:
    at = f" at {problem.pointer}" if problem.pointer else ""
    lines = [f"{problem.name}{at}: {problem.title}"]
    for name, value in problem.facts.items():
        lines.append(f"  {name}: {', '.join(value) if isinstance(value, list) else value}")
    lines += [f"  {problem.detail}"] if problem.detail and not problem.facts else []
    lines += [problem.remedy] if problem.remedy else []
    if on_record:
        lines.append("The attempt is on record.")
    if problem.name == "outcome-unknown" and problem.command_id:
        lines[-1] = f"outcome unknown: repeat with --command-id {problem.command_id}"
    _complain("\n".join(lines))


def _tell_json(plain: dict[str, Any]) -> None:
    with suppress(Unshown):
        say_json(plain, err=True)


def _complain(text: str) -> None:
    """Print on standard error; where that takes nothing either, the exit code has to do."""
    with suppress(Unshown):
        say(text, err=True)
