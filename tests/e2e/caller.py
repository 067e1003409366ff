"""One person with a key: gives commands over HTTP, and notes every word that it is told."""

import itertools
import time
from dataclasses import replace
from typing import Any

from svx_ledger.client import AsyncClient, Done, NotFulfilled
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Command, fields_of
from tests.faults.history import Ask, Call, facts_digest
from tests.faults.over_http import told_over_http

from .traffic import Traffic

PATIENCE = 30.0


class Caller:
    """A person, and the client through which it acts.

    `calls` has every call that has ended, as the checker reads them. A bid may be turned away
    because too many were rejected in a minute, which is no fault.
    """

    def __init__(
        self, actor: Actor, key: str, url: str, traffic: Traffic, *, retry_for: float = PATIENCE
    ) -> None:
        self.actor = actor
        self.key = key
        self.calls: list[Call] = []
        self.client = AsyncClient(
            url, key, timeout=10.0, retry_for=retry_for, transport=traffic.transport()
        )
        self._numbers = itertools.count(1)

    def next_id(self) -> str:
        """Return a command id that this person has not used."""
        return f"{self.actor.id}.{next(self._numbers)}"

    async def tell(
        self, command: Command, command_id: str | None = None, version: int | None = None
    ) -> Done | NotFulfilled:
        """Give a command; return what one is told of it, whatever that is."""
        ask = Ask(
            command=command,
            actor=self.actor,
            command_id=command_id or self.next_id(),
            rightly_refused=("rejection-quota",),
        )
        invoked_at = time.monotonic()
        answer: Done | NotFulfilled
        try:
            answer = await self.client.execute(
                command, idempotency_key=ask.command_id, expected_version=version
            )
        except NotFulfilled as said:
            answer = said
        self.calls.append(told_over_http(ask, invoked_at, answer))
        return answer

    async def give(self, command: Command, version: int | None = None) -> Done:
        """Give a command that is sure to be carried out."""
        answer = await self.tell(command, version=version)
        assert isinstance(answer, Done), (command, answer)
        return answer

    async def make(self, cls: type[Command], **fields: Any) -> Done:
        """Make a thing whose name the ledger chooses."""
        command_id, invoked_at = self.next_id(), time.monotonic()
        done = await self.client.execute_new(cls, idempotency_key=command_id, **fields)
        command = cls(**{fields_of(cls)[0]: done.stream}, **fields)
        ask = Ask(command=command, actor=self.actor, command_id=command_id)
        self.calls.append(told_over_http(ask, invoked_at, done))
        return done

    async def recollect(self) -> None:
        """Ask of every bid that was rejected what is on record of it, and keep that digest.

        Of a rejected bid the answer says where it stands, `GET /outcomes` says the rest.
        """
        for n, call in enumerate(self.calls):
            if call.said == "sequenced" and call.facts is None:
                self.calls[n] = replace(call, facts=await self._recorded(call))

    async def _recorded(self, call: Call) -> str:
        said = await self.client.outcome(call.command_id)
        assert (said["state"], said["problem"]["type"]) == (
            "rejected",
            f"/problems/{call.detail}",
        )
        events = [[one["stream"], one["type"], one["data"]] for one in said["events"]]
        return facts_digest(said["recorded_at"], events)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.aclose()
