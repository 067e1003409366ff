"""Rows: a whole log checked from its files, and a ledger's rows checked against its log."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Sample, Side, in_turn
from benchmarks.measured import run
from benchmarks.memory import memory
from benchmarks.places import Place, PostgresPlace
from benchmarks.report import Line, line
from benchmarks.scale import Scale
from svx_ledger.cli.verify.checking_rows import SPANS_WORTH_IT as DATABASE_SPANS
from svx_ledger.proofs.checks.rebuilding import SPAN, SPANS_WORTH_IT
from svx_ledger.proofs.checks.rows import SPAN_POSITIONS

from .by_go import by_go
from .desk import Desk, desk_of_history
from .raw import entries, rows_hashed, tree_hashed


def verifies(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """`verify log` and `verify database`, beside hashing with nothing checked."""
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        desk = desk_of_history(place.address(), Path(folder), scale.proof_events, scale)
        desk.publish()
        given = entries(desk.address)
        verified = _Verified(desk, len(given))
        sides: dict[str, Side] = {"rows": partial(rows_hashed, desk.address)}
        databases = _processes(len(given), SPAN_POSITIONS * DATABASE_SPANS)
        for processes in databases:
            sides[f"database {processes}"] = partial(verified.database, processes)
        whole = _processes(len(given), SPAN * SPANS_WORTH_IT)
        if isinstance(place, PostgresPlace):  # a folder is a folder, whatever the ledger is on
            whole = {}
        for processes in whole:
            sides[f"log {processes}"] = partial(verified.log, processes)
        if whole:
            sides["tree"] = partial(tree_hashed, given)
        others = by_go(desk, len(given), Path(folder)) if whole else None
        if others is not None:
            sides["go"] = others
        done = in_turn(f"verify, {place.name}", sides, scale.rounds and 3)
    size = f"{len(given):,}"
    for processes, what in databases.items():
        yield line(
            "verify",
            store=place.name,
            what=f"verify database, {size} events, {what}",
            measured=done[f"database {processes}"],
            beside="their rows read, and each record hashed, 1 process",
            against=done["rows"],
            goal=None,
        )
        peak = verified.peaks[f"database {processes}"]
        yield memory("verify", place, f"most memory of verify database, {what}", peak)
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
        if "go" in done:
            yield line(
                "verify",
                store=place.name,
                what=f"verify log, {size} events, {what}",
                measured=done[f"log {processes}"],
                beside="the same log by Go's x/mod/sumdb/tlog, 1 process",
                against=done["go"],
                goal=1.0,
            )
        peak = verified.peaks[f"log {processes}"]
        yield memory("verify", place, f"most memory of verify log, {what}", peak)


def _processes(events: int, worth_it: int) -> dict[int, str]:
    """How many processes check a log: one, and one a core where it is long enough for that."""
    cores = os.cpu_count() or 1
    several = cores > 1 and events >= worth_it
    return {1: "1 process"} | ({cores: f"{cores} processes"} if several else {})


class _Verified:
    """The two commands, with the most memory that each took."""

    def __init__(self, desk: Desk, events: int) -> None:
        self._desk = desk
        self._events = events
        self.peaks: dict[str, int] = {}

    def log(self, processes: int) -> Sample:
        """Check every entry, every tile and the signed head, from the folder."""
        return self._ran("log", [str(self._desk.published)], processes)

    def database(self, processes: int) -> Sample:
        """Check every row of the ledger against the log in the folder."""
        return self._ran("database", ["--log", str(self._desk.published)], processes)

    def _ran(self, verb: str, of: list[str], processes: int) -> Sample:
        how = ("--processes", str(processes), "--key", self._desk.key.verifier.text)
        workers = processes if processes > 1 else 0
        ran = run(["verify", verb, *of, *how], self._desk.settings, workers)
        what = f"{verb} {processes}"
        self.peaks[what] = max(self.peaks.get(what, 0), ran.peak)
        return Sample(self._events, ran.seconds)
