"""Rows: a whole log checked from its files, and a ledger's rows checked against its log."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Sample, Side, in_turn
from benchmarks.measured import run
from benchmarks.places import Place, PostgresPlace
from benchmarks.report import Line, line
from benchmarks.scale import Scale
from svx_ledger.proofs.checks.rebuilding import SPAN, SPANS_WORTH_IT

from .desk import Desk, desk_of_history
from .memory import memory
from .raw import entries, rows_hashed, tree_hashed


def verifies(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """`verify log` and `verify database`, beside hashing with nothing checked."""
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        desk = desk_of_history(place.address(), Path(folder), scale.proof_events, scale)
        desk.publish()
        given = entries(desk.address)
        verified = _Verified(desk, len(given))
        sides: dict[str, Side] = {
            "database": verified.database,
            "rows": partial(rows_hashed, desk.address),
        }
        # A folder is a folder, whatever the ledger is on.
        whole = {} if isinstance(place, PostgresPlace) else _whole(len(given))
        for processes in whole:
            sides[f"log {processes}"] = partial(verified.log, processes)
        if whole:
            sides["tree"] = partial(tree_hashed, given)
        done = in_turn(f"verify, {place.name}", sides, scale.rounds and 3)
    size = f"{len(given):,}"
    yield line(
        "verify",
        store=place.name,
        what=f"verify database, {size} events",
        measured=done["database"],
        beside="their rows read, and each record hashed",
        against=done["rows"],
        goal=None,
    )
    yield memory("verify", place, "most memory of verify database", verified.peaks["database"])
    for processes, what in whole.items():
        yield line(
            "verify",
            store=place.name,
            what=f"verify log, {size} events, {what}",
            measured=done[f"log {processes}"],
            beside="its leaves and nodes hashed in memory, 1 process",
            against=done["tree"],
            goal=None,
        )
        peak = verified.peaks[f"log {processes}"]
        yield memory("verify", place, f"most memory of verify log, {what}", peak)


def _whole(events: int) -> dict[int, str]:
    """How many processes check a log: one, and one a core where it is long enough for that."""
    cores = os.cpu_count() or 1
    several = cores > 1 and events >= SPAN * SPANS_WORTH_IT
    return {1: "1 process"} | ({cores: f"{cores} processes"} if several else {})


class _Verified:
    """The two commands, with the most memory that each took."""

    def __init__(self, desk: Desk, events: int) -> None:
        self._desk = desk
        self._events = events
        self.peaks: dict[str, int] = {}

    def log(self, processes: int) -> Sample:
        """Check every entry, every tile and the signed head, from the folder."""
        with_workers = ("--processes", str(processes))
        workers = processes if processes > 1 else 0
        where = str(self._desk.published)
        return self._ran(f"log {processes}", ["log", where, *with_workers], workers)

    def database(self) -> Sample:
        """Check every row of the ledger against the log in the folder."""
        return self._ran("database", ["database", "--log", str(self._desk.published)])

    def _ran(self, what: str, arguments: list[str], workers: int = 0) -> Sample:
        key = ("--key", self._desk.key.verifier.text)
        ran = run(["verify", *arguments, *key], self._desk.settings, workers)
        self.peaks[what] = max(self.peaks.get(what, 0), ran.peak)
        return Sample(self._events, ran.seconds)
