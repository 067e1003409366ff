"""The same check by Go's own packages for transparency logs, in a process of its own."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.outsider import built, go

from benchmarks.measure import Sample

from .desk import Desk


def by_go(desk: Desk, events: int, folder: Path) -> Callable[[], Sample] | None:
    """Return what checks a desk's folder with Go, compiled here; None without Go."""
    root = go()
    if root is None:
        return None
    program = built(root, folder / "go")
    return partial(
        _checked, [str(program), "log", desk.key.verifier.text, desk.published], events
    )


def _checked(command: list[str | Path], events: int) -> Sample:
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return Sample(events, perf_counter() - began)
