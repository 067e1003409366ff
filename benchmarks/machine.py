"""What the figures were taken on: processor, programs, and how long the disk takes to sync."""

import os
import platform
import sqlite3
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg

from .callers import LOOP

_BLOCK = b"\0" * 8192


def fsync_seconds(syncs: int = 200) -> float:
    """Return the median time to make one 8 KiB block durable, overwriting it in place.

    As `pg_test_fsync` does for fdatasync, PostgreSQL's way on Linux; the folder is the one that
    the benchmarks' databases lie in.
    """
    with tempfile.TemporaryFile(dir=tempfile.gettempdir()) as file:
        descriptor = file.fileno()
        os.pwrite(descriptor, _BLOCK * 256, 0)
        os.fsync(descriptor)
        taken = []
        for number in range(syncs):
            began = perf_counter()
            os.pwrite(descriptor, _BLOCK, number % 256 * len(_BLOCK))
            os.fdatasync(descriptor)
            taken.append(perf_counter() - began)
    return median(taken)


def description() -> dict[str, Any]:
    """Return what a reader needs to compare these figures with others."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
        "loop": LOOP,
        "fsync_ms": round(fsync_seconds() * 1000, 3),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
