"""What callers asked for and were told, and what the store holds: the checker's two sides.

Both are read without the program's own reading side: calls are written down as they happen,
one line each, and the tables are read with plain SQL. Instants are of the machine's monotonic
clock, which all its processes share.
"""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psycopg

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command
from svx_ledger.eventlog.commands import command_bytes, sha256_of
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.scalars import instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.store import ClaimRow, OutcomeRow
from svx_ledger.eventlog.types import stored_name
from svx_ledger.ledger import (
    CommandFailed,
    Ledger,
    NotWritten,
    OutcomeUnknown,
    Refusal,
    Sequenced,
)

Said = Literal["sequenced", "refused", "not-written", "failed", "unknown", "nothing", "other"]
"""What a caller was told: `nothing` when its process was killed, `other` when it was told
something that the ledger never promised to say."""

DEFINITE = ("sequenced", "refused", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A command that somebody means to give, and which refusals would be right."""

    command: Command
    actor: Actor
    command_id: str
    rightly_refused: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What the ledger remembers its outcome by."""
        return self.actor.principal, self.command_id

    @property
    def sha256(self) -> str:
        """The digest that the ledger keeps of the command."""
        return sha256_of(command_bytes(self.command))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one caller: when it was invoked and answered, and what it was told."""

    principal: str
    command_id: str
    sha256: str
    invoked_at: float
    answered_at: float | None = None
    said: Said = "nothing"
    first_position: int | None = None
    last_position: int | None = None
    facts: str | None = None
    """A digest of everything that a `Sequenced` says of its events."""
    detail: str = ""
    """The rule of a refusal, the text of a failure."""
    rightly_refused: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What the ledger remembers its outcome by."""
        return self.principal, self.command_id


class Contents(NamedTuple):
    """All rows of a store."""

    rows: list[Row]
    outcomes: list[OutcomeRow]
    claims: list[ClaimRow]


def call(ledger: Ledger, ask: Ask) -> Call:
    """Give a command and write down what came of it."""
    invoked_at = time.monotonic()
    try:
        answer: object = ledger.execute(ask.command, ask.actor, ask.command_id)
    except Exception as failure:  # noqa: BLE001 - which ones may come is what is checked
        answer = failure
    return told(ask, invoked_at, answer)


def told(ask: Ask, invoked_at: float, answer: object) -> Call:
    """Put an answer, returned or raised just now, into a call."""
    said: Said = "other"
    first = last = facts = None
    detail = ""
    match answer:
        case Sequenced():
            said, first, last = "sequenced", answer.first_position, answer.last_position
            events = [
                [stream, stored_name(type(event)), shape_of(type(event)).encode(event)]
                for stream, event in answer.events
            ]
            facts = facts_digest(instant(answer.recorded_at), events)
        case Refusal():
            said, detail = "refused", answer.rule.name
        case CommandFailed():
            said, detail = "failed", str(answer)
        case OutcomeUnknown():
            said, detail = "unknown", str(answer)
        case NotWritten():
            said, detail = "not-written", f"{type(answer).__name__}: {answer}"
        case _:
            detail = f"{type(answer).__name__}: {answer}"
    return Call(
        principal=ask.actor.principal,
        command_id=ask.command_id,
        sha256=ask.sha256,
        invoked_at=invoked_at,
        answered_at=time.monotonic(),
        said=said,
        first_position=first,
        last_position=last,
        facts=facts,
        detail=detail,
        rightly_refused=ask.rightly_refused,
    )


def facts_digest(recorded_at: str, events: list[list[Any]]) -> str:
    """Return one digest of when, and of [stream, type, data] of each event in order."""
    text = json.dumps([recorded_at, events], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class CallLog:
    """Calls in a file, a line before and a line after each; outlives a kill of its writer.

    A line is one `write`, so it is with the kernel, whole, before the call goes on.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def call(self, ledger: Ledger, ask: Ask) -> Call:
        """Give a command, with its line before and its line after."""
        before = Call(
            principal=ask.actor.principal,
            command_id=ask.command_id,
            sha256=ask.sha256,
            invoked_at=time.monotonic(),
            rightly_refused=ask.rightly_refused,
        )
        self._write(before)
        after = call(ledger, ask)
        self._write(after)
        return after

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, entry: Call) -> None:
        os.write(self._file, json.dumps(asdict(entry)).encode() + b"\n")


def read_calls(path: Path) -> list[Call]:
    """Return the calls of a file; of one that was never answered, that it was invoked."""
    calls: dict[tuple[str, str, int], Call] = {}
    answered: dict[tuple[str, str], int] = {}
    for line in path.read_bytes().splitlines():
        plain = json.loads(line)
        plain["rightly_refused"] = tuple(plain["rightly_refused"])
        entry = Call(**plain)
        calls[*entry.key, answered.get(entry.key, 0)] = entry
        if entry.answered_at is not None:
            answered[entry.key] = answered.get(entry.key, 0) + 1
    return list(calls.values())


def contents(url: str) -> Contents:
    """Read all rows of the store at an address, as they are at one instant.

    A server may still be busy with the last commit of a process that was killed.
    """
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute("BEGIN")
            return _read(lambda query: file.execute(query.format(position="rowid")).fetchall())
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _read(
            lambda query: connection.execute(
                query.format(position="notification_id").encode()
            ).fetchall()
        )


def _read(select: Callable[[str], list[tuple[Any, ...]]]) -> Contents:
    return Contents(
        [Row._make(row) for row in select(_EVENTS)],
        [OutcomeRow._make(row) for row in select(_OUTCOMES)],
        [ClaimRow._make(row) for row in select(_CLAIMS)],
    )


_EVENTS = (
    "SELECT {position}, originator_id, originator_version, topic, state "
    "FROM stored_events ORDER BY 1"
)
_OUTCOMES = (
    "SELECT principal, command_id, sha256, first_position, last_position, refusal FROM outcomes"
)
_CLAIMS = "SELECT key, position, stream FROM claims"
