"""`python -m tests.golden`: append a frozen line for each stored type that has none."""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.eventlog.types import TYPES

from . import FOLDER, LEAVES, RECORDS, golden
from .handmade import handmade


def candidates() -> list[Row]:
    """Return records to choose from: the demo's, then those made by hand."""
    with TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'demo.db'}"
        fill(address, STORY)
        with closing(open_store(address)) as store:
            return [*store.rows(), *handmade()]


def append(found: Iterable[Row], folder: Path = FOLDER) -> tuple[list[str], list[str]]:
    """Freeze a record for each type without a line; return (types added, types still without).

    Of several it takes the longest, which has the most parts; of those the first.
    """
    missing = TYPES.keys() - {line.type for line in golden(folder)}
    best: dict[str, Row] = {}
    for row in found:
        if row.type not in missing:
            continue
        chosen = best.setdefault(row.type, row)
        if len(row.record) > len(chosen.record):
            best[row.type] = row
    added = [name for name in TYPES if name in best]
    with (folder / RECORDS).open("ab") as records:
        records.writelines(best[name].record + b"\n" for name in added)
    with (folder / LEAVES).open("a", encoding="ascii") as leaves:
        leaves.writelines(f"{leaf_of(best[name].record).hex()}  {name}\n" for name in added)
    return added, sorted(missing - best.keys())


def main() -> int:
    """Append, and say what was done."""
    added, still_missing = append(candidates())
    for name in added:
        sys.stdout.write(f"added {name}\n")
    for name in still_missing:
        sys.stdout.write(f"{name} is nowhere in the demo: add it to tests/golden/handmade.py\n")
    return 1 if still_missing else 0


if __name__ == "__main__":
    sys.exit(main())
