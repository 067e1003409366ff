"""A command of `svx-ledger` as a process of its own, with its time and its memory.

The clock runs from the start of the process to its end, with Python's imports in it: that is
how long somebody waits for an answer.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command took: seconds, and the most memory of it and its workers, in bytes."""

    seconds: float
    peak: int


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a command: only these settings of ours, and no other."""
    others = {name: value for name, value in os.environ.items() if name[:4] != "SVX_"}
    return others | {f"SVX_{name.upper()}": value for name, value in settings.items()}


def run(arguments: Sequence[str], settings: Mapping[str, str], workers: int = 0) -> Ran:
    """Run a command that starts so many workers; what it says goes to nobody."""
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        file = Path(folder) / "done"
        began = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "benchmarks.measured", str(file), *arguments],
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds = perf_counter() - began
        own, largest = orjson.loads(file.read_bytes())
    return Ran(seconds, own + workers * largest)


def _main() -> None:
    from svx_ledger.cli import main

    file, *sys.argv[1:] = sys.argv[1:]
    try:
        main()
    finally:
        workers = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        Path(file).write_bytes(orjson.dumps([_own_peak(), workers]))


def _own_peak() -> int:
    """Return the most memory of this process, in bytes.

    `ru_maxrss` would count what the process that started this one had at that moment.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    _main()
