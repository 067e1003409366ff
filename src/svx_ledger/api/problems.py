"""Problems: how every refusal and failure reads to a program, in one table (RFC 9457).

A refusal's problem is its rule; a failure's problem says what is known about the write. The
command line shows the same objects with `--json`. Of what was sent, facts have at most names,
numbers, dates and codes that were understood: no free text, and nothing that breaks its form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from svx_ledger.domain.rule import Kind, Refusal
from svx_ledger.eventlog import form_words
from svx_ledger.eventlog.malformed import UNKNOWN_FIELD, UNKNOWN_TYPE
from svx_ledger.eventlog.open import BadAddress
from svx_ledger.eventlog.store import (
    Forked,
    NoLedger,
    NotRead,
    NotWritten,
    OutcomeUnknown,
    StoreError,
)
from svx_ledger.ledger import ClockRefused, CommandFailed, WrongClock
from svx_ledger.ledger.answer import NOT_REMEMBERED
from svx_ledger.publishing.state.database import NotPublished

from .remedies import CAUSES, PUBLISHING_CAUSES, SAME_ID, TELL

TYPES: Final = "/problems/"
"""Where each problem is documented; relative, as the service's own address is not known."""

STATUS: Final[Mapping[Kind, int]] = {
    "malformed": 422,
    "forbidden": 403,
    "not-found": 404,
    "conflict": 409,
    "rule": 409,
}
STATUS_OF_RULE: Final[Mapping[str, int]] = {
    "command-id-reused": 422,
    "version-mismatch": 412,
    "too-large": 413,
}
"""Where HTTP has a word of its own for a rule."""

LISTS: Final = frozenset(
    {
        ("role-not-allowed", "allowed"),
        ("unknown-field", "known"),
        ("wrong-state", "expected"),
    }
)
"""The facts that name several things, by their rule: told as a list, also where it is one.

On the ledger a fact is a number or a text, and these are remembered as one text.
"""
_BETWEEN: Final = re.compile(", | or ")

LISTS_TYPES: Final = (
    "docs/cli.md names the command of every verb, docs/events.md every type of event."
)
"""The remedy of a type that does not exist."""

Told = int | str | list[str]
"""What a fact is in a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem object: `name` is its type's last part, `title` what holds in general.

    `faults` are the places that are wrong, each a pointer with what should stand there.
    """

    name: str
    status: int
    title: str
    detail: str = ""
    remedy: str = ""
    facts: Mapping[str, Told] = field(default_factory=dict)
    pointer: str | None = None
    command_id: str | None = None
    faults: tuple[tuple[str, str], ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the object as it is sent; what is absent is left out."""
        given: dict[str, Any] = {
            "type": TYPES + self.name,
            "status": self.status,
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "facts": dict(self.facts),
            "command_id": self.command_id,
        }
        if self.pointer is not None:
            given["errors"] = [{"pointer": self.pointer, "detail": self.title}]
        if self.faults:
            given["errors"] = [{"pointer": at, "detail": said} for at, said in self.faults]
        return {name: value for name, value in given.items() if value or name == "status"}


FAILURES: Final[tuple[tuple[type[Exception], str, int, str, str], ...]] = (
    # The first class that fits decides, so a narrower one stands before a wider one.
    (
        ClockRefused,
        "clock-refused",
        503,
        "The clock cannot be trusted: nothing was written.",
        "Try again once the clock is right, or its step is accepted.",
    ),
    (
        WrongClock,
        "wrong-clock",
        409,
        "Real and simulated time never meet in one ledger: nothing was written.",
        "Use another ledger; `svx-ledger init` opens one with real time.",
    ),
    (
        NotWritten,
        "not-written",
        503,
        "Nothing was written, safe to try again.",
        f"Try again{SAME_ID}.",
    ),
    (
        OutcomeUnknown,
        "outcome-unknown",
        503,
        "The outcome is unknown: it may or may not be on record.",
        f"Repeat the command{SAME_ID}: it is never carried out twice.",
    ),
    (
        CommandFailed,
        "command-failed",
        500,
        "A fault of the program: nothing was written.",
        "Report it with the command id; other commands are not affected.",
    ),
    (NotRead, "not-read", 503, "The ledger did not answer a read.", "Try again."),
    (
        Forked,
        "forked",
        503,
        "The ledger's past is not the one that was read before.",
        "Stop writing, and do what the detail or the log says: docs/publishing.md, Restoring.",
    ),
    (
        NotPublished,
        "publishing-failed",
        503,
        "The log could not be published, or what is published not be read.",
        "Do what the detail says, or the log of the service.",
    ),
    (
        BadAddress,
        "bad-address",
        422,
        "A ledger has an address: sqlite:///FILE or postgresql://USER@HOST/DATABASE.",
        "Mend the address.",
    ),
    (
        StoreError,
        "store-refused",
        503,
        "The store cannot be used as it is: nothing was written.",
        "Do what the detail says, or the log of the service.",
    ),
)


FOR_EVERYBODY: Final = (ClockRefused, WrongClock, OutcomeUnknown)
"""The failures of which the words name no place: whoever asks is told what the clock does, and
at which point it was that nobody knows what became of a command."""
FOR_THE_KEEPER: Final = (Forked, NotPublished, BadAddress, StoreError)
"""The failures that none but whoever keeps the ledger can do anything about."""


NO_LEDGER: Final = Problem(
    name="no-ledger",
    status=404,
    title="There is no ledger at this address.",
    remedy="Mend the address, or open a ledger there with `svx-ledger init`.",
)
NO_LEDGER_FOR_OTHERS: Final = replace(NO_LEDGER, remedy=TELL)


def for_others(failure: type[Exception], usual: str) -> str:
    """Return the remedy of a failure for whoever does not keep the ledger."""
    return TELL if failure in FOR_THE_KEEPER else usual


def problem_of(
    what: Refusal | Exception, command_id: str | None = None, *, words: bool = True
) -> Problem | None:
    """Return the problem that a refusal or failure is; None for an exception not foreseen.

    A failure's own `words`, and the remedy that follows from them, are for whoever keeps the
    ledger: they name its files. Others are told those of the classes that name none, and whom
    to turn to where there is nothing that they could do.
    """
    if isinstance(what, Refusal):
        return problem_of_refusal(what, command_id)
    if isinstance(what, NoLedger):
        return NO_LEDGER if words else NO_LEDGER_FOR_OTHERS
    if isinstance(what, OutcomeUnknown):
        command_id = command_id or what.command_id
    for failure, name, status, title, usual in FAILURES:
        if isinstance(what, failure):
            causes = PUBLISHING_CAUSES if isinstance(what, NotPublished) else CAUSES
            told = str(what) if words or isinstance(what, FOR_EVERYBODY) else ""
            cause = told.rpartition(": ")[2]
            remedy = causes.get(cause, usual) if words else for_others(failure, usual)
            return Problem(
                name=name,
                status=status,
                title=title,
                detail=told,
                remedy=remedy if command_id else remedy.replace(SAME_ID, ""),
                command_id=None if name in NOT_REMEMBERED else command_id,
            )
    return None


def problem_of_refusal(refusal: Refusal, command_id: str | None = None) -> Problem:
    """Return the problem that a refusal is.

    It has the command's id where the refusal stays the answer under that.
    """
    rule, facts = refusal.rule, dict(sorted(refusal.facts.items()))  # as a repeat has them
    pointer = str(facts.pop("pointer")) if "pointer" in facts else None
    form = str(facts.pop("form")) if pointer is not None and "form" in facts else ""
    if rule is UNKNOWN_FIELD and "known" in facts:
        form = form_words.one_of_fields(filter(None, [str(facts["known"])]))
    said = ", ".join(f"{name} {value}" for name, value in facts.items())
    return Problem(
        name=rule.name,
        status=STATUS_OF_RULE.get(rule.name, STATUS[rule.kind]),
        title=rule.demands,
        detail=form or said,
        remedy=LISTS_TYPES if rule is UNKNOWN_TYPE else rule.remedy,
        facts={name: _told(rule.name, name, value) for name, value in facts.items()},
        pointer=pointer,
        command_id=None if rule.name in NOT_REMEMBERED else command_id,
        faults=((pointer, form),) if pointer is not None and form else (),
    )


def _told(rule: str, name: str, value: int | str) -> Told:
    """Return a fact as a problem tells it."""
    if (rule, name) in LISTS and isinstance(value, str):
        return [word for word in _BETWEEN.split(value) if word]
    return value
