"""A proxy before PostgreSQL that loses what a network loses: a request, a reply, everything.

TCP in front, the server's own socket behind. It understands one thing only: the bytes with
which our writer binds its prepared COMMIT.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

COMMIT = b"\0commit\0"
"""Bind: the unnamed portal, then the statement `commit` (its Parse has no NUL in front)."""
COMMITTED = b"COMMIT\0"
"""CommandComplete of a COMMIT."""


class Loss(Enum):
    """What the proxy does to the connections it has."""

    NOTHING = auto()
    REQUEST = auto()  # cuts when it sees COMMIT, before the server does
    REPLY = auto()  # passes COMMIT on, waits for the answer, cuts
    SILENCE = auto()  # passes nothing on, either way, and says nothing


class Proxy:
    """Passes connections on until told to lose something; set `loss` at any time."""

    def __init__(self, home: Path) -> None:
        self.loss = Loss.NOTHING
        self._server = str(home / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, database: str) -> str:
        """The address of a database, through the proxy."""
        return f"postgresql://svx@127.0.0.1:{self._listener.getsockname()[1]}/{database}"

    def stop(self) -> None:
        """Close every connection."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            if select.select([self._listener], [], [], 0.02)[0]:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._pass_on, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        seen = b""  # the end of what the client sent, as a Bind may arrive in two parts
        with client, server:
            server.connect(self._server)
            while not self._stopped.is_set():
                ready = select.select([client, server], [], [], 0.02)[0]
                if self.loss is Loss.SILENCE:
                    self._stopped.wait()
                    return
                for side in ready:
                    part = side.recv(1 << 16)
                    if not part:
                        return
                    if side is client:
                        seen = seen[-len(COMMIT) :] + part
                    if side is client and COMMIT in seen and self.loss is not Loss.NOTHING:
                        self._lose_commit(part, server)
                        return
                    (server if side is client else client).sendall(part)

    def _lose_commit(self, request: bytes, server: socket.socket) -> None:
        if self.loss is Loss.REPLY:
            server.sendall(request)
            answer = b""
            while COMMITTED not in answer and (part := server.recv(1 << 16)):
                answer += part


@contextmanager
def proxy(home: Path) -> Iterator[Proxy]:
    """Run a proxy before the server whose socket is in `home`."""
    running = Proxy(home)
    try:
        yield running
    finally:
        running.stop()
