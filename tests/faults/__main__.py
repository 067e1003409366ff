"""`python -m tests.faults`: every fault, many times, and one table that says what came of it.

The table goes to standard output, progress to standard error. The exit status is 1 when an
acknowledged event was lost, anything was written twice or falsely refused, or anything else
did not hold.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import places
from .catalogue import FAULTS, KILLS, Fault
from .tally import Plan, Tally

SHOWN_FINDINGS = 5


def main(arguments: list[str] | None = None) -> int:
    """Run the faults asked for; return the exit status."""
    asked = _parser().parse_args(arguments)
    faults = [fault for fault in FAULTS if not asked.only or asked.only in fault.name]
    if not faults:
        sys.stderr.write(f"no such fault; there are {' '.join(f.name for f in FAULTS)}\n")
        return 2
    logging.getLogger("svx_ledger").setLevel(logging.CRITICAL + 1)  # failing is what it is for
    began = time.monotonic()
    tallies = run(faults, seed=asked.seed, kills=asked.kills)
    minutes = (time.monotonic() - began) / 60
    Console(width=160).print(table(tallies, f"seed {asked.seed}, {minutes:.1f} minutes"))
    for tally in tallies:
        for finding in tally.findings[:SHOWN_FINDINGS]:
            print(f"{tally.fault}, {tally.store}: {finding.kind}: {finding.text}")
        if tally.note and tally.count:
            print(f"{tally.fault}, {tally.store}: {tally.note}")
        if tally.misses:
            print(
                f"{tally.fault}, {tally.store}: no kill fell in between: the harness is wrong"
            )
    if asked.json:
        plain = {"seed": asked.seed, "minutes": minutes, "faults": [t.plain() for t in tallies]}
        asked.json.write_text(json.dumps(plain, indent=2))
    return 0 if all(tally.passed for tally in tallies) else 1


def run(faults: Iterable[Fault], *, seed: int, kills: int) -> list[Tally]:
    """Run faults one after the other, with progress on standard error."""
    tallies = []
    with ExitStack() as stack:
        known: dict[str, Any] = {}
        progress = stack.enter_context(
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
        )
        for fault in faults:
            times = kills if fault.name.startswith("kill-9") else fault.times
            if fault.store not in known:
                known[fault.store] = stack.enter_context(PLACES[fault.store]())
            bar = progress.add_task(fault.name, total=times)

            def tick(bar: Any = bar) -> None:
                progress.advance(bar)

            plan = Plan(times, Random(f"{seed} {fault.name}"), tick)
            tallies.append(_run(fault, known[fault.store], plan))
            if not progress.console.is_terminal:  # a bar is no use in a log, a line is
                found = len(tallies[-1].findings)
                sys.stderr.write(f"{fault.name}: {tallies[-1].count} times, {found} findings\n")
    return tallies


def _run(fault: Fault, place: Any, plan: Plan) -> Tally:
    """Run one fault; a harness that breaks is a finding, and the others still run."""
    try:
        return fault.run(place, plan)
    except Exception as broken:  # noqa: BLE001 - whatever it is, it must be in the table
        tally = Tally(fault=fault.name, store=fault.store)
        tally.fail(f"the harness broke: {type(broken).__name__}: {broken}")
        return tally


PLACES: dict[str, Callable[[], Any]] = {
    "sqlite": places.sqlite_place,
    "postgres": places.postgres_place,
}


def table(tallies: Iterable[Tally], title: str) -> Table:
    """Lay out what came of each fault."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("fault")
    shown.add_column("store")
    for heading in ("times", "acknowledged", "refused", "not written", "unknown", "in between"):
        shown.add_column(heading, justify="right")
    for heading in ("lost", "duplicates", "false refusals", "broken"):
        shown.add_column(heading, justify="right")
    for tally in tallies:
        said = tally.said
        shown.add_row(
            tally.fault,
            tally.store,
            str(tally.count) if tally.count else f"skipped: {tally.note}",
            *(f"{said[name]:,}" for name in ("sequenced", "refused", "not-written")),
            f"{said['unknown'] + said['nothing']:,}",
            "" if tally.between is None else str(tally.between),
            *(str(tally.found(k)) for k in ("lost", "duplicate", "false refusal", "broken")),
        )
    return shown


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="faults whose name contains this")
    parser.add_argument("--kills", type=int, default=KILLS, help="kills per store")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
