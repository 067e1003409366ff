"""A real `svx-ledger serve` for tests: it listens, can be killed, and starts again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 60.0
_PROGRAM = (sys.executable, "-m", "svx_ledger")


class Service:
    """The program on a port of its own; started anew it listens there again.

    `settings` are those of `serve`, by their names: `requests`, `at_once`; `environment` is
    whatever else is set.
    """

    def __init__(
        self,
        folder: Path,
        ledger: str,
        *options: str,
        settings: Mapping[str, object] = {},
        environment: Mapping[str, str] = {},
    ) -> None:
        self.folder = folder
        self._options = options
        kept = {n: v for n, v in os.environ.items() if not n.startswith("SVX_")}
        given = {f"SVX_SERVE_{name.upper()}": str(value) for name, value in settings.items()}
        self._environment = (
            kept | given | dict(environment) | {"SVX_LEDGER": ledger, "TMPDIR": str(folder)}
        )
        self._said = folder / "said"
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that was started: the parent, where there are workers."""
        assert self._process is not None
        return self._process.pid

    @property
    def text(self) -> str:
        """All that it said of itself so far, over all its starts."""
        return self._said.read_text(encoding="utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The same, line by line."""
        return [json.loads(line) for line in self.text.splitlines()]

    def start(self) -> None:
        """Start it, and return once it serves."""
        self.begin()
        said = self.heard("serving")
        page: str = said.get("docs") or said["ready"]  # which is what a projector has
        self.port = int(page.rpartition("/")[0].rpartition(":")[2])

    def begin(self) -> None:
        """Start it, and wait for nothing: one that only keeps views says no more."""
        with self._said.open("ab") as err:
            self._begun = err.tell()
            self._process = subprocess.Popen(
                [*_PROGRAM, "serve", "--port", str(self.port), *self._options],
                cwd=self.folder,
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=err,
            )

    def workers(self) -> list[int]:
        """Return the processes that answer: the one that was started, or its workers."""
        if "--workers" not in self._options:
            return [self.pid]
        return [pid for pid in _children(self.pid) if is_worker(pid)]

    def kill(self) -> None:
        """End it between two of its instructions."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """Tell it to end, and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(SECONDS)

    def wait(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        assert self._process is not None
        return self._process.wait(SECONDS)

    def heard(self, event: str) -> dict[str, Any]:
        """Wait until it says, since it was started last, that something happened."""
        assert self._process is not None
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for line in self._said.read_bytes()[self._begun :].splitlines(keepends=True):
                if line.endswith(b"\n") and json.loads(line)["event"] == event:
                    said: dict[str, Any] = json.loads(line)
                    return said
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"it did not say {event!r}: {self.text}")


@contextmanager
def service(
    folder: Path,
    ledger: str,
    *options: str,
    settings: Mapping[str, object] = {},
    environment: Mapping[str, str] = {},
) -> Iterator[Service]:
    """Serve a ledger on any free port; killed at the end at the latest."""
    running = Service(folder, ledger, *options, settings=settings, environment=environment)
    try:
        running.start()
        yield running
    finally:
        running.kill()


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(folder.name))
    return found


def is_worker(pid: int) -> bool:
    """Whether a process is a worker that has not ended."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
