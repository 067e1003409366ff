"""Who may watch: how many at once, and for as long as their key is in force."""

import asyncio
import logging
from collections import Counter
from typing import Final, Protocol

from svx_ledger.api.admission.principals import Principal
from svx_ledger.api.refusals import BUSY, TOO_MANY_REQUESTS, Declined

from .watchers import Watcher, Who

KEY_SECONDS: Final = 2.0
"""A key of which nobody could say in this time that it is in force is taken for revoked."""
RETRY_SECONDS: Final = 30

_log = logging.getLogger(__name__)


class Knows(Protocol):
    """Who knows which keys are in force."""

    async def of(self, authorization: str | None) -> Principal:
        """Return who sent this header. Raises Declined, and StoreError."""


class Gate:
    """The watchers of a process."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self.watchers: set[Watcher] = set()
        self._counts: Counter[str] = Counter()

    def unless_full(self, counted: str) -> None:
        """Refuse a watcher too many. Raises Declined."""
        if len(self.watchers) >= self._most:
            raise Declined(BUSY)
        if self._counts[counted] >= self._most_each:
            raise Declined(TOO_MANY_REQUESTS, {"Retry-After": str(RETRY_SECONDS)})

    def join(self, watcher: Watcher) -> None:
        """Count a watcher."""
        self.watchers.add(watcher)
        self._counts[watcher.who.counted] += 1

    def leave(self, watcher: Watcher) -> None:
        """Count it no longer. Harmless when repeated."""
        if watcher not in self.watchers:
            return
        self.watchers.discard(watcher)
        counted = watcher.who.counted
        self._counts[counted] -= 1
        if not self._counts[counted]:
            del self._counts[counted]

    async def check(self, known: Knows) -> None:
        """End the streams of those whose keys are not in force any more, or not for sure."""
        keyed: dict[str, list[Watcher]] = {}
        for watcher in self.watchers:
            if watcher.who.authorization is not None:
                keyed.setdefault(watcher.who.authorization, []).append(watcher)
        await asyncio.gather(*(_check(known, watchers) for watchers in keyed.values()))


async def is_in_force(known: Knows, who: Who) -> bool:
    """Whether somebody is still who it was when it came, for sure."""
    if who.authorization is None:
        return True
    try:
        async with asyncio.timeout(KEY_SECONDS):
            principal = await known.of(who.authorization)
    except Declined:
        return False
    except Exception as fault:  # noqa: BLE001 - whatever it is, nothing more is sent
        _log.warning("a key could not be looked up: %s", type(fault).__name__)
        return False
    return principal.as_reader() == who.principal


async def _check(known: Knows, watchers: list[Watcher]) -> None:
    in_force = await is_in_force(known, watchers[0].who)
    for watcher in watchers:
        if not in_force or watcher.who.principal != watchers[0].who.principal:
            watcher.end()
