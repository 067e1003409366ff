"""`python -m tests.golden`: append frozen lines for types and parts that have none."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row, leaf_of
from svx_ledger.eventlog.types import TYPES

from . import FOLDER, LEAVES, RECORDS, golden, parts
from .handmade import handmade


def candidates() -> list[Row]:
    """Return records to choose from: the demo's, then those made by hand."""
    with TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'demo.db'}"
        fill(address, STORY)
        with closing(open_store(address)) as store:
            return [*store.rows(), *handmade()]


def append(found: Iterable[Row], folder: Path = FOLDER) -> tuple[list[str], list[str]]:
    """Freeze what no line has yet; return (types added to, types still without a line).

    Of several records it takes the one with the most parts that are new, of those the
    longest, of those the first; and goes on until no candidate has a new part.
    """
    frozen: dict[str, set[str]] = {}
    for line in golden(folder):
        frozen.setdefault(line.type, set()).update(parts(line.record))
    by_type: dict[str, list[Row]] = {}
    for row in found:
        by_type.setdefault(row.type, []).append(row)
    added = [row for name in TYPES for row in _new(by_type.get(name, []), frozen.get(name))]
    with (folder / RECORDS).open("ab") as records:
        records.writelines(row.record + b"\n" for row in added)
    with (folder / LEAVES).open("a", encoding="ascii") as leaves:
        leaves.writelines(f"{leaf_of(row.record).hex()}  {row.type}\n" for row in added)
    return [row.type for row in added], sorted(TYPES.keys() - frozen.keys() - by_type.keys())


def _new(rows: list[Row], frozen: set[str] | None) -> Iterator[Row]:
    """Give the records that hold parts which are not frozen; one at least where none is."""
    known, first = set(frozen or ()), frozen is None
    while rows:
        best = max(rows, key=lambda row: (len(parts(row.record) - known), len(row.record)))
        if not first and parts(best.record) <= known:
            return
        yield best
        known, first = known | parts(best.record), False


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
