"""A real `serve` under conditions that a test chooses: its standard error, its file limit."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from svx_ledger import open_ledger
from tests.world import begin

SECONDS = 30.0


def begun(folder: Path) -> str:
    """Begin a ledger in a folder, and return its address."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
    return url


@contextmanager
def serving(
    folder: Path, url: str, *, err: int = subprocess.DEVNULL, files: int = 0, **settings: object
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the program, and yield it with its port once it answers there."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    kept = {n: v for n, v in os.environ.items() if not n.startswith("SVX_")}
    given = {f"SVX_SERVE_{name.upper()}": str(value) for name, value in settings.items()}
    limit = f"ulimit -n {files}; " if files else ""
    with subprocess.Popen(
        [
            *("/bin/sh", "-c", f'{limit}exec "$0" -m svx_ledger serve --port {port}'),
            sys.executable,
        ],
        cwd=folder,
        env=kept | given | {"SVX_LEDGER": url, "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=err,
    ) as process:
        try:
            until = time.monotonic() + SECONDS
            while not _answers(port):
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            yield process, port
        finally:
            process.kill()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
