"""Those who follow the feed: what is new for them all, and what is older for each."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from svx_ledger.api.feed.pages import Told, page
from svx_ledger.api.refusals import Declined
from svx_ledger.domain.actor import Actor
from svx_ledger.projections.view import View

from .gate import is_in_force
from .ring import Chunk, Ring, wired
from .watchers import FeedWatcher

if TYPE_CHECKING:
    from svx_ledger.api.serving import Serving

PAGE_EVENTS: Final = 200
READING_AT_ONCE: Final = 2
"""Followers that read older pages at the same time."""
BUSY_SECONDS: Final = 0.2

_log = logging.getLogger(__name__)


class _Viewer:
    """All followers who are told the same."""

    def __init__(self, position: int) -> None:
        self.ring = Ring(position)
        self.followers: set[FeedWatcher] = set()


class Followers:
    """All followers. Used in the event loop alone."""

    def __init__(self, serving: "Serving") -> None:
        self._serving = serving
        self._viewers: dict[Actor | None, _Viewer] = {}
        self._waiting: set[FeedWatcher] = set()
        """Those who came before it was known where the log is."""
        self._reading = asyncio.Semaphore(READING_AT_ONCE)

    @property
    def viewers(self) -> frozenset[Actor | None]:
        """Who is to be told."""
        return frozenset(self._viewers)

    def begin(self) -> None:
        """Begin in this event loop, with nobody who knows where the log is."""
        self._reading = asyncio.Semaphore(READING_AT_ONCE)
        self._viewers.clear()

    def join(self, follower: FeedWatcher, position: int | None) -> None:
        """Take in somebody: from this position on it is told from memory."""
        if position is None:
            self._waiting.add(follower)
            return
        viewer = self._viewers.setdefault(follower.who.actor, _Viewer(position))
        viewer.followers.add(follower)
        follower.begin(viewer.ring, position)

    def leave(self, follower: FeedWatcher) -> None:
        """Forget somebody. Harmless when repeated."""
        self._waiting.discard(follower)
        viewer = self._viewers.get(follower.who.actor)
        if viewer is not None:
            viewer.followers.discard(follower)
            if not viewer.followers:
                del self._viewers[follower.who.actor]

    def tell(self, told: Mapping[Actor | None, Sequence[Told]], position: int) -> None:
        """Tell what came up to a position; who is not told of it here reads the log."""
        for actor, viewer in self._viewers.items():
            if actor in told:
                viewer.ring.extend(told[actor], position)
            else:
                viewer.ring.restart(position)
            for follower in viewer.followers:
                follower.wake()
        waiting, self._waiting = self._waiting, set()
        for follower in waiting:
            self.join(follower, position)

    async def older(self, follower: FeedWatcher) -> Chunk | None:
        """Read a page for a follower that is behind what is kept; None ends its stream.

        Its key is looked at once the page was read: the views may have gone on until then, and
        what came after the key was revoked would be in it.
        """
        serving = self._serving

        def ask(view: View) -> Chunk:
            found = page(
                serving.exchange.store,
                view,
                follower.who.actor,
                after=follower.cursor,
                limit=PAGE_EVENTS,
                wanted=follower.wanted,
            )
            return Chunk(b"".join(map(wired, found.events)), found.upto)

        async with self._reading:
            while not follower.is_ended:
                try:
                    chunk = await serving.read(ask)
                except Declined:
                    await asyncio.sleep(BUSY_SECONDS)
                    continue
                except Exception as fault:  # noqa: BLE001 - it comes again, and is told then
                    _log.warning("older events cannot be read: %s", type(fault).__name__)
                    return None
                return chunk if await is_in_force(serving.principals, follower.who) else None
        return None
