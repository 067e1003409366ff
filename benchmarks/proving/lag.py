"""Rows: how long after its answer an event is under a signed and a published checkpoint.

Published: the checkpoint is in the folder, cosigned by a witness, for everybody to read. A
process that does nothing else looks every few milliseconds how far the log is.
"""

import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import orjson

from benchmarks import scene
from benchmarks.measure import Sample, progress
from benchmarks.places import Place
from benchmarks.report import Line
from benchmarks.scale import Scale
from svx_ledger.eventlog.open import open_store
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.state.opening import open_state

from .desk import Desk, desk_of
from .witness import program, witness

CALLERS = 32
GOAL_MS = 1000.0
RATE = 1000
LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 60.0

Times = list[tuple[int, float]]
"""Positions or sizes, and when each was reached, by the clock all processes here share."""


def lags(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Bids at a steady rate and at full speed, published by another process and by the same."""
    everything = ((RATE, False), (RATE, True), (None, False), (None, True))
    for rate, within in everything if scale.rounds else everything[::3]:
        paced = f"{rate:,} bids/s" if rate else f"bids as fast as {CALLERS} callers give them"
        who = "by the same process" if within else "by another process"
        progress(f"lag, {place.name}: {paced}, published {who}")
        answered, seen = _run(
            place, scale.lag_seconds, 1 / rate if rate else 0.0, within=within
        )
        for stage, looks in (("signed", seen.signed), ("published", seen.published)):
            sample = _sample(answered, looks)
            yield Line(
                name="lag",
                store=place.name,
                what=f"event to {stage} checkpoint, {who}, {paced}: p99",
                measured=sample.rate,
                beside="",
                against=0.0,
                value=sample.wait(0.99) * 1000,
                unit="ms",
                goal=GOAL_MS,
                p50_ms=sample.wait(0.50) * 1000,
                p99_ms=sample.wait(0.99) * 1000,
            )


@dataclass(slots=True)
class _Seen:
    """The sizes of checkpoints, and when each was first seen."""

    signed: Times = field(default_factory=list)
    published: Times = field(default_factory=list)

    def look(self, desk: Desk, state: LogState) -> None:
        """Note what there is now."""
        signed = state.newest_signed() if state.database.present() else None
        _note(self.signed, signed.size if signed else 0)
        _note(self.published, _size_in(desk.published))


def _run(place: Place, seconds: float, interval: float, *, within: bool) -> tuple[Times, _Seen]:
    address = place.address()
    with closing(open_store(address)) as store:
        scene.seed(store, suppliers=CALLERS)
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        alone = desk_of(address, Path(folder))
        with witness(alone) as policy:
            desk = replace(alone, policy=policy)
            if within:
                return _watched(desk, seconds, interval, within=True)
            publishing, said = ["publish", "--to", str(desk.published)], desk.folder / "said"
            with program(publishing, desk.settings, said) as publisher:
                while not _size_in(desk.published):
                    if publisher.poll() is not None:
                        raise RuntimeError(said.read_text(encoding="utf-8"))
                    sleep(LOOK_SECONDS)
                return _watched(desk, seconds, interval, within=False)


def _watched(
    desk: Desk, seconds: float, interval: float, *, within: bool
) -> tuple[Times, _Seen]:
    """Look on until all that was bid is published."""
    file, seen = desk.folder / "answered", _Seen()
    task = {
        "file": str(file),
        "address": desk.address,
        "settings": desk.settings,
        "publish": str(desk.published) if within else None,
        "seconds": seconds,
        "interval": interval,
    }
    with closing(open_state(desk.address)) as database, _bidding(task) as bidding:
        state = LogState(database, 1)
        began = monotonic()
        last: int | None = None
        while last is None or seen.published[-1][0] < last:
            seen.look(desk, state)
            if last is None and file.exists():
                last = max(orjson.loads(file.read_bytes()))[0]
            if bidding.poll() is not None or monotonic() > began + seconds + PATIENCE_SECONDS:
                raise RuntimeError("bids were not published; a trace may be above")
            sleep(LOOK_SECONDS)
    return orjson.loads(file.read_bytes()), seen


@contextmanager
def _bidding(task: Mapping[str, object]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "benchmarks.proving.bidding", orjson.dumps(task).decode()]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as bidding:
        yield bidding  # when its standard input is closed, it ends


def _size_in(folder: Path) -> int:
    try:
        return int((folder / "checkpoint").read_bytes().split(b"\n")[1])
    except FileNotFoundError:
        return 0


def _note(looks: Times, size: int) -> None:
    if not looks or size > looks[-1][0]:
        looks.append((size, monotonic()))


def _sample(answered: Times, looks: Times) -> Sample:
    sizes = [size for size, _ in looks]
    waits = [max(0.0, looks[bisect_left(sizes, position)][1] - at) for position, at in answered]
    times = [at for _, at in answered]
    return Sample(len(waits), max(times) - min(times), waits)
