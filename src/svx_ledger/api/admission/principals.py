"""Who asks: the person, role and organisation that an API key stands for, at this instant.

A key is checked against the log for every request, so that one that was revoked is refused by
the next request in every process. Requests that come together share one look at the log: one
that arrives while a look is going on waits for the next, which began after it came.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from svx_ledger.api.keys import STREAMS, Presented, matches, read_key
from svx_ledger.api.refusals import NOT_AUTHENTICATED, Declined
from svx_ledger.domain.access import LEADING, Access
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.api_key import ApiKey, in_force
from svx_ledger.ledger import Ledger

MOST_NEWS: Final = 2_000
"""Records between two looks, beyond which all keys are read anew."""
MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks. Without a key it is the public, which may read what is everybody's."""

    actor: Actor | None = None
    api_key_id: str | None = None
    access_id: str | None = None
    scopes: frozenset[str] = frozenset({"read"})
    expires_at: datetime | None = None
    """When the key ends that was presented."""

    def may_act(self, command: str) -> bool:
        """Whether the key's scopes allow this command."""
        return not self.scopes.isdisjoint({"act", f"act:{command}"})

    def may_issue(self, access_id: str, scopes: Iterable[str], expires_at: datetime) -> bool:
        """Whether this key may issue one with these scopes: none that may do more than it.

        It issues others for its own access, and none that lasts longer: who came by it for a
        while does not have it for good. That of somebody who leads an organisation, and the
        operator's, is held to neither; the rules say for whose access, and for how long.
        """
        leads = self.actor is not None and self.actor.role in LEADING | {"operator"}
        ends = self.expires_at is None or expires_at <= self.expires_at
        return (leads or (access_id == self.access_id and ends)) and all(
            scope in self.scopes or (scope.startswith("act:") and "act" in self.scopes)
            for scope in scopes
        )

    @property
    def may_read(self) -> bool:
        """Whether the key's scopes allow reading."""
        return "read" in self.scopes

    def as_reader(self) -> "Principal":
        """Return as whom it reads what is everybody's: without the scope, as the public.

        The key keeps its name, by which its requests are counted and noted.
        """
        return self if self.may_read else replace(self, actor=None)


PUBLIC: Final = Principal()


class _Grant(NamedTuple):
    """A key with the access that it stands for, as the log has them."""

    key: ApiKey
    access: Access


class Principals:
    """The keys that are in use, each as the log has it when it is presented."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept: dict[str, _Grant] = {}
        self._seen = 0
        """The log position up to which what is kept is known to hold."""
        self._waiting: dict[str, list[asyncio.Future[_Grant | None]]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="svx-keys")

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def of(self, authorization: str | None) -> Principal:
        """Return who sent this header.

        Raises Declined, StoreError, and Unreadable where the key's records cannot be read.
        """
        if authorization is None:
            return PUBLIC
        presented = _presented(authorization)
        if presented is None:
            raise Declined(NOT_AUTHENTICATED)
        grant = await self._grant(presented.api_key_id)
        now = self._ledger.clock.wall()
        right = matches(grant.key if grant else None, presented)
        if grant is None or not right or not in_force(*grant, now):
            raise Declined(NOT_AUTHENTICATED)
        access = grant.access
        return Principal(
            actor=Actor(
                id=access.person_id, role=access.role, organisation=access.organisation_id
            ),
            api_key_id=presented.api_key_id,
            access_id=grant.key.access_id,
            scopes=frozenset(grant.key.scopes),
            expires_at=grant.key.expires_at,
        )

    async def _grant(self, api_key_id: str) -> _Grant | None:
        future: asyncio.Future[_Grant | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(api_key_id, []).append(future)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_for_all())
        return await future

    async def _look_for_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await loop.run_in_executor(self._thread, self._look, list(asked))
            except BaseException as failure:  # each is told, and none is let in
                for future in _undone(asked.values()):
                    future.set_exception(failure)
                if not isinstance(failure, Exception):
                    raise
                continue
            for api_key_id, futures in asked.items():
                grant = found[api_key_id]
                for future in _undone([futures]):
                    if isinstance(grant, Exception):
                        future.set_exception(grant)
                    else:
                        future.set_result(grant)

    def _look(self, asked: list[str]) -> dict[str, _Grant | Exception | None]:
        """Return the keys as they are now. Runs in the one thread that touches what is kept.

        In place of one that cannot be read stands why: anybody can name it, and no other key
        is the worse for it.
        """
        self._forget_what_changed()
        found: dict[str, _Grant | Exception | None] = {}
        for api_key_id in asked:
            try:
                grant = self._kept.get(api_key_id) or self._read(api_key_id)
            except Exception as failure:  # noqa: BLE001 - told to whoever presented this key
                found[api_key_id] = failure
                continue
            found[api_key_id] = grant
            if grant is not None:  # else not kept: anybody can invent names
                self._kept[api_key_id] = grant
        return found

    def _forget_what_changed(self) -> None:
        head = self._ledger.store.head().position
        if head - self._seen > MOST_NEWS or head < self._seen or len(self._kept) > MOST_KEPT:
            self._kept.clear()
        elif head > self._seen:
            for row in self._ledger.store.rows(after=self._seen, limit=head - self._seen):
                if row.stream.startswith(STREAMS):
                    self._forget(row.stream)
        self._seen = head

    def _forget(self, stream: str) -> None:
        self._kept = {
            name: grant
            for name, grant in self._kept.items()
            if stream not in (name, grant.key.access_id)
        }

    def _read(self, api_key_id: str) -> _Grant | None:
        key = self._ledger.state(ApiKey, api_key_id)
        if key is None:
            return None
        access = self._ledger.state(Access, key.access_id)
        return None if access is None else _Grant(key, access)


def _presented(authorization: str) -> Presented | None:
    scheme, _, text = authorization.partition(" ")
    return read_key(text) if scheme.lower() == "bearer" else None


def _undone(
    waiting: Iterable[list[asyncio.Future[_Grant | None]]],
) -> Iterable[asyncio.Future[_Grant | None]]:
    return (future for futures in waiting for future in futures if not future.done())
