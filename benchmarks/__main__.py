"""`python -m benchmarks`: measure the ledger beside the bare store and print a table."""

import argparse
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from .machine import description, fsync_seconds
from .measure import ROUNDS, progress
from .places import Place, postgres_place, sqlite_place
from .report import Line, table, write_json
from .rows import COMPARISONS, Comparison
from .scale import LONG, LONG_LAG_SECONDS, LONGEST, LONGEST_ON_POSTGRES, QUICK, Scale


def main() -> None:
    """Run the chosen comparisons on both stores."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="once each, in seconds: no figures"
    )
    parser.add_argument(
        "--only", action="append", choices=COMPARISONS, help="this comparison (may be repeated)"
    )
    parser.add_argument("--store", choices=["sqlite", "postgres"], help="on this store only")
    parser.add_argument(
        "--long",
        action="store_true",
        help=f"`flat` up to {LONGEST:,} events, {LONGEST_ON_POSTGRES:,} on PostgreSQL: hours; "
        f"`leverage`, `verify`, `integrate` and `receipt` on {LONG:,}; `lag` for "
        f"{LONG_LAG_SECONDS:g} s each",
    )
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="keep histories here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine and rows here")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # what is slow is in the table
    chosen = {name: COMPARISONS[name] for name in asked.only or COMPARISONS}
    with ExitStack() as stack:
        progress("starting")
        stores: list[Place] = []
        machine = description()
        if asked.store != "postgres":
            stores.append(stack.enter_context(sqlite_place()))
        if asked.store != "sqlite":
            server = stack.enter_context(postgres_place())
            machine["postgresql"] = server.version()
            stores.append(server)
        scale = replace(QUICK if asked.quick else Scale(), kept=asked.kept)
        if asked.long:
            scale = replace(
                scale,
                flat_events=(*scale.flat_events, LONGEST),
                flat_on_postgres=(scale.log_events, LONGEST_ON_POSTGRES),
                leverage_events=LONG,
                proof_events=LONG,
                lag_seconds=LONG_LAG_SECONDS,
            )
        lines = list(_run(chosen, stores, scale, machine["fsync_ms"] / 1000))
        machine["fsync_ms_after"] = round(fsync_seconds() * 1000, 3)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(f"Medians of {1 if asked.quick else ROUNDS} runs of each side, in turn.\n")
    print(table(lines))
    if asked.json:
        write_json(asked.json, machine, lines)


def _run(
    chosen: dict[str, Comparison], stores: list[Place], scale: Scale, fsync: float
) -> Iterator[Line]:
    for compare in chosen.values():
        for store in stores:
            yield from compare(store, scale, fsync)


if __name__ == "__main__":
    main()
