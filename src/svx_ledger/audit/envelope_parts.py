"""Parts of an envelope, held to the exact form that they are written in: who acts, whence."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.record import Trace
from svx_ledger.eventlog.shapes import shape_of

TRACED: Final = ("received_at", "causation", "correlation", "request")


def checked_trace(traced: dict[str, Any]) -> dict[str, Any]:
    """Return a trace in the exact form. Raises ValueError for any other."""
    shape = shape_of(Trace)
    if shape.encode(shape.decode(traced)) != traced:
        raise ValueError("trace")
    return traced


@lru_cache(maxsize=4096)
def known_actor(said: bytes) -> tuple[Actor, dict[str, Any]]:
    """Return who acts, with the plain values; the same few again and again.

    Raises ValueError where it is not in the exact form.
    """
    plain = orjson.loads(said)
    actor: Actor = shape_of(Actor).decode(plain)
    if shape_of(Actor).encode(actor) != plain:
        raise ValueError("actor")
    return actor, plain


@lru_cache(maxsize=4096)
def usual_actor(said: str) -> Actor:
    """Return who acts, where this is the canonical text. Raises ValueError for any other."""
    actor, plain = known_actor(said.encode())
    if canonical(plain) != said.encode():
        raise ValueError("actor")
    return actor


def in_order(facts: str) -> bool:
    """Whether a map of facts has its names in order, each once."""
    return canonical(orjson.loads(facts)) == facts.encode()


def usual_trace(*traced: str | None) -> dict[str, str]:
    """Return a trace of these parts. Raises ValueError where its time is none."""
    said = {name: part for name, part in zip(TRACED, traced, strict=True) if part is not None}
    if "received_at" in said:
        datetime.fromisoformat(said["received_at"])
    return said
