"""Events as their viewer may see them, in one form wherever they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from svx_ledger.domain.actor import Actor
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.shapes import shape_of

from .visibility import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """A recorded event as its viewer may see it now.

    `data` are its fields as they are stored, and `private` what is to be shown of its private
    texts. Of a hidden event (`withheld`) what remains says that something happened, and when.
    """

    position: int
    stream: str | None
    version: int | None
    type: str
    recorded_at: datetime
    actor: Actor | None
    command_type: str
    command_id: str | None
    withheld: Literal[True] | None = None
    data: Mapping[str, Any] | None = None
    private: Mapping[str, str] | None = None


def shown_event(event: Seen, texts: Mapping[str, str] | None = None) -> ShownEvent:
    """Return an event to be shown, with what may be shown of its private texts."""
    told = event.event
    return ShownEvent(
        position=event.position,
        stream=event.stream,
        version=event.version,
        type=event.type,
        recorded_at=event.recorded_at,
        actor=event.actor,
        command_type=event.command_type,
        command_id=event.command_id,
        withheld=True if told is None else None,
        data=None if told is None else shape_of(type(told)).encode(told),
        private=(texts or None) if told is not None else None,
    )


def plain_event(event: Seen, texts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return an event as JSON has it."""
    plain: dict[str, Any] = plain_of(shown_event(event, texts))
    return plain
