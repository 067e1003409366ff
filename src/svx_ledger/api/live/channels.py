"""The boards that are watched: what each showed last, and to whom it is shown next."""

from datetime import datetime

from .drawing import BoardKey, Drawn, Outcome
from .watchers import BoardWatcher


class _Channel:
    """One look at one board: what was shown last, and those who watch."""

    def __init__(self) -> None:
        self.shown: Drawn | None = None
        self.watchers: set[BoardWatcher] = set()


class Channels:
    """All looks at boards. Used in the event loop alone."""

    def __init__(self) -> None:
        self._channels: dict[BoardKey, _Channel] = {}
        self._waiting: set[BoardWatcher] = set()
        """Those who were not shown anything yet."""

    @property
    def keys(self) -> frozenset[BoardKey]:
        """What is watched."""
        return frozenset(self._channels)

    @property
    def awaited(self) -> set[BoardKey]:
        """What somebody waits for who was not shown anything yet."""
        return {watcher.key for watcher in self._waiting}

    def join(self, watcher: BoardWatcher) -> None:
        """Take in somebody, who is shown the board when it is drawn next."""
        self._channels.setdefault(watcher.key, _Channel()).watchers.add(watcher)
        self._waiting.add(watcher)

    def leave(self, watcher: BoardWatcher) -> None:
        """Forget somebody. Harmless when repeated."""
        self._waiting.discard(watcher)
        channel = self._channels.get(watcher.key)
        if channel is not None:
            channel.watchers.discard(watcher)
            if not channel.watchers:
                del self._channels[watcher.key]

    def next_turn(self) -> datetime | None:
        """Return when a board becomes another by time alone."""
        turns = (_turn_of(channel) for channel in self._channels.values())
        return min((turn for turn in turns if turn is not None), default=None)

    def turned(self, now: datetime) -> set[BoardKey]:
        """Return the boards that became others by time alone."""
        return {
            key
            for key, channel in self._channels.items()
            if (turn := _turn_of(channel)) is not None and turn <= now
        }

    def show(self, key: BoardKey, outcome: Outcome, position: int) -> None:
        """Show a board to those who watch, if it is another than before, or new to them."""
        channel = self._channels.get(key)
        if channel is None:
            return
        if not isinstance(outcome, Drawn):  # there is none for them: also none any more
            for watcher in channel.watchers:
                watcher.answer(outcome)
                watcher.end()
            return
        is_new = channel.shown is None or channel.shown.body != outcome.body
        channel.shown = outcome
        for watcher in channel.watchers:
            if (is_new or watcher in self._waiting) and position >= watcher.floor:
                self._waiting.discard(watcher)
                watcher.show(outcome)
                watcher.answer(outcome)


def _turn_of(channel: _Channel) -> datetime | None:
    return channel.shown.turns_at if channel.shown else None
