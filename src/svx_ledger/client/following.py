"""Live streams: what to ask for, what to pass on, when to connect again. No I/O is in it.

Each message is passed on once, in order: after a cut the exchange goes on behind the last one
that was received whole, and what it should send twice all the same is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any, Final

import orjson

from svx_ledger.api.written import whole

from .asked import Heard, Lost, Reply, Request
from .call import Call, Patience
from .outcomes import NotAnswered
from .sse import Message, Parser

STREAM: Final = "text/event-stream"
SILENCE_SECONDS: Final = 45.0
"""Three heartbeats of the exchange: a connection as silent as that is given up."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_UNREAD: Final = "a message of the live stream cannot be read"

Json = dict[str, Any]
Passed = Callable[[Message], Json | None]
"""What of a message is passed on, if anything."""


class Connecting(Call[None]):
    """The opening of one connection. "No content" says that the stream is at its end."""

    def __init__(
        self,
        request: Request,
        patience: Patience,
        taken: Callable[[Heard], None],
        ends: Callable[[], None],
    ) -> None:
        super().__init__(request, patience, taken)
        self._ends = ends

    def judge(self, reply: Reply) -> None:
        """Return where the connection is open, or will not be needed. Raises as any call."""
        if not isinstance(reply, Lost) and reply.status == 204:
            self._ends()
        else:
            super().judge(reply)


class Following:
    """One live stream, over as many connections as it takes."""

    def __init__(self, path: str, patience: Patience, passed: Passed, last: str = "") -> None:
        self.ended = False
        """Whether the exchange has said that nothing more will come."""
        self._path = path
        self._patience = patience
        self._passed = passed
        self._last = last
        self._parser = Parser(last)
        self._pause = _FIRST_PAUSE
        self._heard_at = monotonic()
        self._heard_now = False

    def connecting(self) -> Call[None]:
        """Return the call that opens a connection: its answer's beginning is judged."""
        headers = {"Accept": STREAM, "Cache-Control": "no-store"}
        if self._last:
            headers["Last-Event-ID"] = self._last
        request = Request(method="GET", path=self._path, headers=headers)
        return Connecting(request, self._patience, self._connected, self._ends)

    def fed(self, chunk: bytes) -> Iterator[Json]:
        """Give what is to be passed on of these bytes.

        Raises NotAnswered behind the last of it, where what comes next cannot be read.
        """
        self._heard_at, self._heard_now = monotonic(), True
        for message in self._parser.feed(chunk):
            if message.event == "end":
                self.ended = True
                break
            item = self._passed(message)
            if item is not None:
                yield item
        self._last = self._parser.last_event_id
        if not _is_sendable(self._last):
            raise NotAnswered(reason=_UNREAD, repeatable=False)
        if self._parser.retry_seconds is not None:
            self._pause = min(self._parser.retry_seconds, _LONGEST_PAUSE)

    def pause(self) -> float:
        """Return for how many seconds to wait before the next connection.

        Raises NotAnswered where connections have said nothing for as long as is to be tried.
        """
        silent_for = monotonic() - self._heard_at
        if not self._heard_now and silent_for > self._patience.retry_for:
            raise NotAnswered(reason="the live stream says nothing")
        return self._pause

    def _ends(self) -> None:
        self.ended = True

    def _connected(self, heard: Heard) -> None:
        position = heard.headers.get("svx-position", "")
        if heard.media_type != STREAM or not _is_sendable(position):
            raise ValueError("not a live stream")
        # Where it begins, if it was not told: a cut before the first message leaves no gap.
        self._last = self._last or position
        self._parser, self._heard_now = Parser(self._last), False


def _is_sendable(message_id: str) -> bool:
    """Whether an id can be sent in a header, when it is asked for what comes behind it."""
    return message_id.isascii() and message_id.isprintable()


def events_once(after: int | None) -> Passed:
    """Return what passes on each event of the log once, behind a position."""
    last = -1 if after is None else after

    def passed(message: Message) -> Json | None:
        nonlocal last
        position = whole(message.id)
        if message.event != "event" or (position is not None and position <= last):
            return None
        last = last if position is None else position
        return _json(message.data)

    return passed


def boards_once() -> Passed:
    """Return what passes on each board that differs from the last one in more than the time."""
    shown: Mapping[str, Any] | None = None

    def passed(message: Message) -> Json | None:
        nonlocal shown
        if message.event != "board":
            return None
        board = _json(message.data)
        timeless = {name: value for name, value in board.items() if name != "now"}
        if timeless == shown:
            return None
        shown = timeless
        return board

    return passed


def _json(text: str) -> Json:
    try:
        said = orjson.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotAnswered(reason=_UNREAD, repeatable=False)
    return said
