"""How streams learn that the process ends: a server waits for them before anything else.

A server that is told to end answers what it has, and only then tells the application, which
is too late for an answer that goes on for ever: so the signal itself is heard here as well.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """Whether this process is about to end: no stream begins then, and those there are end."""

    def __init__(self) -> None:
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether streams are to end now."""
        return self._begun

    def begin(self) -> None:
        """Let all streams end: whoever sends them sees it at its next look."""
        self._begun = True

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Begin as soon as a signal tells the server to end; at the latest at the end of this.

        The server's own handler is called after it.
        """
        before: dict[int, Any] = {}

        def told(number: int, frame: FrameType | None) -> None:
            self.begin()
            before[number](number, frame)

        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler) and handler is not signal.default_int_handler:
                    before[number] = handler
                    signal.signal(number, told)
        try:
            yield
        finally:
            for told_of, handler in before.items():
                signal.signal(told_of, handler)
            self.begin()
