"""Forming: what is checked of a command before it waits in the queue."""

from functools import lru_cache
from time import monotonic
from typing import Any

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.commands import as_written, sha256_of
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Trace
from svx_ledger.eventlog.shapes import shape_of

from .submission import CallersFuture, Submission

MAX_SECONDS = 5.0
"""Within which every call ends, answered or not; but for an import's, which waits its turn."""


def formed(
    command: Command,
    actor: Actor,
    command_id: str,
    *,
    future: CallersFuture,
    trace: Trace | None = None,
) -> Submission | Refusal:
    """Return a command ready to be queued, or the rule of form that it breaks."""
    try:
        text, command = as_written(command)
        actor_plain = _actor_plain(actor.id, actor.role, actor.organisation, actor.on_behalf_of)
        traced = shape_of(Trace).encode(trace) if trace else {}
    except Malformed as fault:
        return fault.refusal()
    return Submission(
        command=command,
        actor=actor,
        actor_plain=actor_plain,
        command_id=command_id,
        sha256=sha256_of(text),
        size=len(text),
        deadline=monotonic() + MAX_SECONDS,
        future=future,
        trace=traced,
    )


@lru_cache(maxsize=4096, typed=True)  # what equals a text and is none is refused each time
def _actor_plain(
    person: Any, role: Any, organisation: Any, on_behalf_of: Any
) -> dict[str, Any]:
    """Return the plain values of an actor, who gives many commands. Nobody changes them."""
    actor = Actor(id=person, role=role, organisation=organisation, on_behalf_of=on_behalf_of)
    plain: dict[str, Any] = shape_of(Actor).encode(actor)
    return plain


def well_formed_id(command_id: str) -> bool:
    """Whether an id is one that a caller may give."""
    return 1 <= len(command_id) <= 128 and command_id.isascii() and command_id.isprintable()
