"""The live streams of a client that waits, and their end when it is closed."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2


class OpenStreams:
    """The connections of live streams that are open. Safe from any thread.

    To close a socket does not wake who waits for what comes on it: to shut it down does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether the client was closed."""
        return self._ended.is_set()

    def end(self) -> None:
        """Wake who waits for a live stream, or for the time of its next connection."""
        with self._lock:
            self._ended.set()
            for line in self._sockets:
                _shut_down(line)

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than until the end."""
        self._ended.wait(seconds)

    @contextmanager
    def reading(self, response: httpx2.Response) -> Iterator[None]:
        """Have the answer of a live stream woken at the end; close it behind the `with`."""
        network = response.extensions.get("network_stream")
        line = None if network is None else network.get_extra_info("socket")
        try:
            if line is not None:
                with self._lock:
                    self._sockets.add(line)
                    if self.ended:  # in time for nobody to wait on it
                        _shut_down(line)
            yield
        finally:
            with self._lock:
                self._sockets.discard(line)
            response.close()


def _shut_down(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is closed already
        # That of the plain socket: an encrypted one would forget how it reads while it does.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
