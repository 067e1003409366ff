"""A witness that listens in this process, and one that does whatever a test wants."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import uvicorn

from svx_ledger.proofs.notes.keys import SigningKey
from svx_ledger.witness import server
from svx_ledger.witness.answering import Answer, Witness
from svx_ledger.witness.application import create_application
from svx_ledger.witness.state import State, create_state

from .logs import LOG_KEY


@contextmanager
def listening(
    folder: Path, key: SigningKey, told: Callable[[Answer], None] = lambda _: None
) -> Iterator[str]:
    """Run a witness of one log with a state of its own, and give its address."""
    path = folder / f"{key.verifier.key_id.hex()}.state"
    create_state(path, key.verifier)
    with closing(State(path, key.verifier)) as state:
        app = create_application(Witness(key, [LOG_KEY.verifier], state), told)
        config = uvicorn.Config(
            app, http=server.Connection, ws="none", lifespan="off", log_config=None
        )
        running = uvicorn.Server(config)
        with closing(server.listen("127.0.0.1", 0)) as bound:
            thread = threading.Thread(target=running.run, args=([bound],))
            thread.start()
            try:
                yield f"http://127.0.0.1:{bound.getsockname()[1]}"
            finally:
                running.should_exit = True
                thread.join()


@contextmanager
def hostile(answer: Callable[[socket.socket, int], None]) -> Iterator[str]:
    """Listen, and let `answer(connection, number)` do what it likes with each request."""
    with socket.create_server(("127.0.0.1", 0)) as bound:

        def run() -> None:
            number = 0
            with suppress(OSError):
                while True:
                    connection, _ = bound.accept()
                    with connection, suppress(OSError):
                        while b"\r\n\r\n" not in connection.recv(65_536, socket.MSG_PEEK):
                            pass
                        connection.recv(65_536)
                        answer(connection, number)
                        connection.shutdown(socket.SHUT_WR)
                    number += 1

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            bound.shutdown(socket.SHUT_RDWR)
            thread.join()


def http(status: int, body: bytes, media_type: str = "text/plain") -> bytes:
    """Return a whole answer."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
