"""Giving a command: a verb for each, and `do` for one that is written as JSON already."""

import re
import secrets
from contextlib import suppress
from inspect import cleandoc
from typing import Annotated, Any, Final

import typer

from svx_ledger.api.vocabulary import VERBS
from svx_ledger.cli import showing
from svx_ledger.cli.failing import Refused
from svx_ledger.cli.output import Unshown
from svx_ledger.cli.session import Session, write_what_is_due
from svx_ledger.cli.verb import GIVING, add, option
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.events import BidRejected
from svx_ledger.domain.kind import Command
from svx_ledger.domain.naming import NAME_BYTES, named
from svx_ledger.domain.rule import Refusal
from svx_ledger.domain.vocabulary import COMMANDS
from svx_ledger.eventlog.commands import command_from
from svx_ledger.eventlog.store import OutcomeUnknown, StoreError
from svx_ledger.ledger import Clock, Sequenced
from svx_ledger.ledger.answer import rule_called

from .fields import option_for, plain
from .filling import FILLS
from .forms import Form, forms_of
from .key_issuing import explained
from .salting import keep_salts

WRITTEN_APART: Final = frozenset({"OpenLedger", "RevokeLogKey", "StartEpoch"})
"""Commands whose verbs are not made from their fields, as more belongs to the act."""


def add_verbs(group: typer.Typer, name: str) -> None:
    """Add the verbs of one group, made from their commands' fields."""
    for command_name, verb in VERBS.items():
        if verb.group == name and command_name not in WRITTEN_APART:
            _add(group, verb.name, COMMANDS[command_name])


def new_name(kind: str) -> str:
    """Return a name for a new thing: its kind and 80 random bits."""
    return named(kind, secrets.token_bytes(NAME_BYTES))


def give(
    session: Session,
    command: Command,
    *,
    command_id: str | None = None,
    expected_version: int | None = None,
    on_behalf_of: str | None = None,
    actor: Actor | None = None,
    create: bool = False,
    clock: Clock | None = None,
) -> None:
    """Give a command to the ledger and show what became of it; write what else is due.

    Raises Refused, for a rejection that is on record too.
    """
    if not create:  # who opens a ledger twice names it anew: that is no repeat
        session.command_id = command_id or secrets.token_hex(16)
    actor = actor or session.actor(on_behalf_of)
    with session.ledger(create=create, clock=clock) as ledger:
        try:
            answer = ledger.execute(
                command, actor, session.command_id, expected_version=expected_version
            )
        except OutcomeUnknown as unknown:
            unknown.command_id = session.command_id
            raise
        with suppress(StoreError):  # no part of the answer: the next command finds it due
            write_what_is_due(ledger)
    if isinstance(answer, Refusal):
        raise Refused(explained(session, answer))
    session.position = answer.first_position
    rejected = _rejection_in(answer)
    try:
        showing.sequenced(session, answer)
    except Unshown:
        if rejected is None:
            raise
    if rejected is not None:
        raise rejected


def _rejection_in(answer: Sequenced) -> Refused | None:
    for _, event in answer.events:
        if isinstance(event, BidRejected):
            refusal = Refusal(rule_called(event.rule), event.facts)
            return Refused(refusal, on_record=True)
    return None


def _add(group: typer.Typer, name: str, cls: type[Command]) -> None:
    (target, of_target), *others = forms_of(cls).items()
    fill = FILLS.get(cls.__name__)
    filled = fill.fields if fill else frozenset()
    creates = cls.creates is not Command.creates
    kind = getattr(of_target.marks[0], "kind", target)
    random = f"{kind}-ID; left out, a random one is made and printed."
    may_go = creates or target in filled
    argument = typer.Argument(
        metavar=kind.upper(), help=random if creates else f"{kind}-ID", show_default=False
    )
    parameters = [
        option(
            target, Annotated[str | None if may_go else str, argument], None if may_go else ...
        ),
        *(option_for(n, form, optional=n in filled) for n, form in others),
        *(fill.options if fill else ()),
        *GIVING,
    ]

    def run(session: Session, **given: Any) -> None:
        how = {p.name: given.pop(p.name) for p in GIVING}
        extra = {p.name: given.pop(p.name) for p in fill.options} if fill else {}
        data = _plain(forms_of(cls), given)
        more = any(value is not None for value in extra.values())
        if fill and (more or not fill.fields <= data.keys()):
            fill.fill(session, data, extra)
        if creates:
            data.setdefault(target, new_name(kind))
        keep_salts(
            session,
            cls,
            data,
            command_id=how["command_id"],
            on_behalf_of=how["on_behalf_of"],
        )
        give(session, command_from(cls.__name__, data), **how)

    add(group, name, run, parameters=parameters, meaning=_meaning(cls))


def _plain(forms: dict[str, Form], given: dict[str, Any]) -> dict[str, Any]:
    """Turn all that was typed into the command's plain fields; what is absent is left out."""
    found = {}
    for name, form in forms.items():
        typed = given.get(name)
        if typed is not None:
            found[name] = plain(form, typed, name)
        elif form.many and not form.optional and name not in _NEVER_EMPTY:
            found[name] = []
    return found


_NEVER_EMPTY: Final = frozenset({"commitments", "non_working_days"})
"""Lists whose emptiness is a statement, so that leaving them out is not one (`FILLS`)."""


def _meaning(cls: type[Command]) -> str:
    return re.sub(r"`(\w+)`", r"\1", cleandoc(cls.__doc__ or ""))
