"""A request and what comes of it, as plain values: what the two clients send and hear."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple, get_args

import orjson

from .outcomes import EventReceipt, Fault, OnRecord, Problem, State, Told

_TYPES: Final = "/problems/"
_LONGEST: Final = 1e9
"""Seconds, which are more than anybody waits, and fewer than a sleep may last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, below the address of the exchange; whoever sends it adds the key."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


class Heard(NamedTuple):
    """A whole answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """What the body is, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after(self) -> float | None:
        """How many seconds to wait (RFC 9110, 10.2.3); None where nothing usable is said."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(_LONGEST, float(said[:10]))
        try:
            until = email.utils.parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return min(_LONGEST, max(0.0, (until - datetime.now(UTC)).total_seconds()))


class Lost(NamedTuple):
    """No whole answer came. Where nothing was `sent`, nothing can have been carried out."""

    how: str
    sent: bool
    hopeless: bool = False
    """Another attempt would end in the same way."""


class OtherShape(ValueError):
    """An answer that can be read, and is not what was asked for: the text says what it is."""


Reply = Heard | Lost
STATES: Final = frozenset(get_args(State))


def json_of(heard: Heard) -> dict[str, Any]:
    """Return the object that was answered. Raises ValueError where it is none."""
    if heard.media_type not in ("application/json", "application/problem+json"):
        raise ValueError("the answer is not JSON")
    said = orjson.loads(heard.body)
    if not isinstance(said, dict):
        raise ValueError("the answer is not an object")
    return said


def problem_of(heard: Heard) -> Problem:
    """Return the problem that was answered, or one made of the status alone."""
    try:
        return _problem_of(json_of(heard), heard.status)
    except (ValueError, TypeError, KeyError):
        said = (
            HTTPStatus(heard.status).phrase if heard.status in _STATUSES else "no such status"
        )
        return Problem(name=f"http-{heard.status}", status=heard.status, title=f"{said}.")


_STATUSES: Final = frozenset(int(status) for status in HTTPStatus)


def _problem_of(said: Mapping[str, Any], status: int) -> Problem:
    given = text(said["type"])
    if not given.startswith(_TYPES):
        raise ValueError("a problem of somebody else")
    command_id, recorded = said.get("command_id"), said.get("recorded")
    return Problem(
        name=given.removeprefix(_TYPES),
        status=status,
        title=text(said.get("title", "")),
        detail=text(said.get("detail", "")),
        remedy=text(said.get("remedy", "")),
        facts={name: _told(fact) for name, fact in mapping(said.get("facts", {})).items()},
        errors=tuple(_fault(mapping(fault)) for fault in said.get("errors", ())),
        command_id=None if command_id is None else text(command_id),
        recorded=None if recorded is None else _on_record(mapping(recorded)),
    )


def _told(fact: object) -> Told:
    if isinstance(fact, list):
        return tuple(text(name) for name in fact)
    return fact if isinstance(fact, str) else whole(fact)


def _fault(said: Mapping[str, Any]) -> Fault:
    return Fault(text(said["pointer"]), text(said.get("detail", "")))


def _on_record(said: Mapping[str, Any]) -> OnRecord:
    state = said.get("state", "sequenced")
    if state not in STATES:
        raise ValueError("not a state")
    at, since = whole(said["position"]), instant(said["recorded_at"])
    return OnRecord(at, since, state, receipts_in(said))


def receipts_in(said: Mapping[str, Any]) -> tuple[EventReceipt, ...]:
    """Return the receipts that stand in an answer. Raises ValueError, KeyError, TypeError."""
    return tuple(
        EventReceipt(
            whole(one["position"]),
            text(one["record"]).encode(),
            text(one["entry"]).encode(),
            text(one["receipt"]).encode(),
        )
        for one in said.get("receipts", ())
    )


def whole(value: object) -> int:
    """Return a whole number. Raises ValueError where it is none."""
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


def text(value: object) -> str:
    """Return a text. Raises ValueError where it is none."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object of JSON. Raises ValueError where it is none."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def instant(value: object) -> datetime:
    """Return an instant. Raises ValueError where it is none."""
    if not isinstance(value, str):
        raise ValueError("not an instant")
    said = datetime.fromisoformat(value)
    if said.tzinfo is None:
        raise ValueError("not an instant")
    return said
