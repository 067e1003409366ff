"""Rebuilding every view from a whole log, beside reading the log's raw rows.

The ledger is a generated history of the whole exchange. Each rebuild is a process of its own,
so that its memory is its own too; the clock runs from the first row to the promotion of the
new generation, with the start of the worker processes in it.
"""

import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import orjson
import psycopg

from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.open import open_store, raw_rows, sqlite_file
from svx_ledger.projections.catalogue import PROJECTIONS
from svx_ledger.projections.folding import BATCH, folded
from svx_ledger.projections.net import Net
from svx_ledger.projections.stored.opening import open_keeper

from .generator.press import Direct
from .generator.stories import History
from .measure import Sample, progress

SEED = 5
_COLUMNS = ["int8", "text", "int8", "text", "bytea"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What one process did, and the most memory that it and its workers had, in bytes.

    `processor` is what they took of it in seconds, without what a server did for them.
    """

    sample: Sample
    peak: int
    processor: float


def history(address: str, events: int, kept: Path | None = None) -> int:
    """Write a history of so many events onto an empty ledger; return how many it has.

    With a folder the history is taken from there, or left there for the next time.
    """
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        file = (kept or Path(folder)) / f"{events}.db"
        if not file.exists():
            _generate(file, events)
        return _copy(file, address)


def raw(address: str, events: int) -> Sample:
    """Read every row with the driver's own cursor, and do nothing with it."""
    file = sqlite_file(address)
    began = perf_counter()
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            rows = sum(1 for _ in connection.execute("SELECT * FROM stored_events"))
    else:
        with psycopg.connect(address) as server, server.cursor(name="raw") as cursor:
            cursor.itersize = BATCH
            cursor.execute("SELECT * FROM stored_events ORDER BY notification_id")
            rows = sum(1 for _ in cursor)
    assert rows == events
    return Sample(events, perf_counter() - began)


def decoded(address: str, events: int) -> Sample:
    """Read and decode every event, and do nothing with it."""
    reader = Reader()
    began = perf_counter()
    with closing(raw_rows(address)()) as rows:
        for start in range(0, events, BATCH):
            for row in rows.read(start, start + BATCH):
                reader.read(row)
    return Sample(events, perf_counter() - began)


def only_folded(address: str, events: int) -> Sample:
    """Read, decode and project every event, and write nothing."""
    began = perf_counter()
    done = folded(
        raw_rows(address), after=None, until=events, projections=PROJECTIONS, finish=Net.parts
    )
    for _ in done:
        pass
    return Sample(events, perf_counter() - began)


def rebuilt(address: str, events: int, processes: int) -> Rebuilt:
    """Rebuild every view, with so many processes beside the one that writes; 1 is none."""
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        file = Path(folder) / "done"
        task = {
            "file": str(file),
            "address": address,
            "processes": processes,
            "batch": min(BATCH, events // 4),  # so that there is work for processes
        }
        subprocess.run(
            [sys.executable, "-m", "benchmarks.rebuilding", orjson.dumps(task).decode()],
            check=True,
        )
        done = orjson.loads(file.read_bytes())
    assert done["position"] == events
    return Rebuilt(Sample(events, done["seconds"]), done["peak"], done["processor"])


def _rebuild(task: dict[str, Any]) -> dict[str, Any]:
    processes, position = task["processes"], 0
    with closing(open_keeper(task["address"])) as keeper:
        began = perf_counter()
        for reached in keeper.build(processes=processes, batch=task["batch"]):
            position = reached
        seconds = perf_counter() - began
        keeper.sweep(timedelta(0))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = 1024 * (own + (processes * largest if processes > 1 else 0))
    used = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processor = sum(of.ru_utime + of.ru_stime for of in used)
    return {"position": position, "seconds": seconds, "peak": peak, "processor": processor}


def _generate(file: Path, events: int) -> None:
    fresh = file.with_suffix(".part.db")
    with closing(open_store(f"sqlite:///{fresh}")) as store:
        store.create()
        press = Direct(store, SEED)
        progress(f"writing a history of {events:,} events")
        for _ in History(events, SEED).play(press.give, press.forget):
            pass
        press.close()
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fresh.rename(file)


def _copy(file: Path, address: str) -> int:
    """Copy a history from its file to where it is measured."""
    place = sqlite_file(address)
    if place is not None:
        shutil.copyfile(file, place)
        place.chmod(0o600)
    else:
        with closing(open_store(address)) as store:
            store.create()
        with (
            closing(sqlite3.connect(file)) as past,
            psycopg.connect(address) as connection,
            connection.cursor() as cursor,
        ):
            with cursor.copy("COPY stored_events FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(_COLUMNS)
                for row in past.execute("SELECT * FROM stored_events ORDER BY rowid"):
                    copy.write_row(row)
            for table in ("outcomes", "claims", "private_payloads"):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in past.execute(f"SELECT * FROM {table}"):
                        copy.write_row(row)
            cursor.execute("ANALYZE stored_events")
    with closing(open_store(address)) as store:
        return store.head().position


def _main() -> None:
    task = orjson.loads(sys.argv[1])
    Path(task["file"]).write_bytes(orjson.dumps(_rebuild(task)))


if __name__ == "__main__":
    _main()
