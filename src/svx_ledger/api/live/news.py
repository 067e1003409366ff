"""Where the hub learns from that something may be new, and who keeps the views up to date."""

import asyncio
import threading
from typing import Final

from svx_ledger.exchange import Exchange
from svx_ledger.projections.following import Follower
from svx_ledger.projections.stored.hints import Hints
from svx_ledger.projections.stored.opening import hints_of

HINT_SECONDS: Final = 0.5


class News:
    """What a process hears of the log: its own commits, and hints of the store.

    With a follower, the hub is told when the views have come along.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._is_told = False
        self._follower: Follower | None = None
        self._hints: Hints | None = None
        self._listening: threading.Thread | None = None
        self._closing = threading.Event()
        exchange.listen(self._committed)

    @property
    def is_following(self) -> bool:
        """Whether somebody here keeps the views up to date, and is not in trouble."""
        if self._follower is None:
            return False
        report = self._follower.report
        return report.fault is None and not report.superseded and report.position > 0

    def follow(self) -> None:
        """Keep the views up to date from now on."""
        if self._follower is not None:
            return
        self._follower = Follower(self._exchange.views.keeper, kept=self._tell)
        self._follower.start()
        self._hints = hints_of(self._exchange.url)
        if self._hints is not None:
            self._listening = threading.Thread(
                target=self._listen, name="svx-hints", daemon=True
            )
            self._listening.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._closing.set()
        self._loop = None
        if self._follower is not None:
            self._follower.stop()
        if self._listening is not None:
            self._listening.join()

    def tell(self, loop: asyncio.AbstractEventLoop | None, event: asyncio.Event) -> None:
        """Set an event of a loop from now on whenever something may be new."""
        self._loop, self._event, self._is_told = loop, event, False

    def heard(self) -> None:
        """Say that the event was seen: what comes from now on is told again."""
        self._is_told = False

    def _committed(self) -> None:
        """Note a commit, in the thread that writes: it does not wait for anything."""
        if self._follower is not None:
            self._follower.hint()
        if not self.is_following:
            self._tell()

    def _tell(self) -> None:
        loop, event = self._loop, self._event
        if loop is None or event is None or self._is_told:
            return
        self._is_told = True
        try:
            loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            self._loop = None  # it was closed

    def _listen(self) -> None:
        hints = self._hints
        assert hints is not None
        while not self._closing.is_set():
            hints.wait(HINT_SECONDS)
            self._committed()
        hints.close()
