"""A witness as a process: it listens, can be killed, and starts again on what it kept."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from svx_ledger.witness.key_file import write_key
from svx_ledger.witness.state import create_state

from .logs import LOG_KEY, WITNESS_KEY

SECONDS = 60.0


class Running:
    """The program `witness serve` on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lines: list[dict[str, Any]] = []
        """What it said of itself, over all its starts."""
        self.url = ""
        write_key(folder / "key", WITNESS_KEY)
        create_state(folder / "key.state", WITNESS_KEY.verifier)

    def start(self) -> None:
        """Start it, and return once it serves."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "svx_ledger", "witness", "serve"),
                *("--key", "key", "--log", LOG_KEY.verifier.text, "--listen", "127.0.0.1:0"),
            ],
            cwd=self._folder,
            env={name: v for name, v in os.environ.items() if not name.startswith("SVX_")},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        first = json.loads(self._process.stderr.readline())
        self.url = first["url"]
        self._reader = threading.Thread(target=self._read, args=(self._process.stderr,))
        self._reader.start()

    def kill(self) -> None:
        """End it between two of its instructions."""
        self._process.kill()
        self._ended()

    def stop(self) -> int:
        """Tell it to end, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        code = self._process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    def _read(self, said: Any) -> None:
        with said:
            self.lines += [json.loads(line) for line in said]


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Run a witness of one log; killed at the end at the latest."""
    process = Running(folder)
    process.start()
    try:
        yield process
    finally:
        process.kill()
