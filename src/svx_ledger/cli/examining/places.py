"""Where the program runs: its settings, its versions, its files and the room they have."""

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from svx_ledger import __version__
from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.sqlite_opening import beside
from svx_ledger.projections.stored.sqlite_views import views_path
from svx_ledger.settings import Settings, redacted, unknown_variables

from .finding import Finding, failed, ok, some, warning

LEAST_FREE = 200 * 2**20
LITTLE_FREE = 2 * 2**30
LONG_WAL = 512 * 2**20
_MINE_ALONE = "Let only its owner read and write it: chmod 600."
_NO_SETTING = (
    "Mend the name, or take it out of the environment: `svx-ledger config show` says what is "
    "in force, docs/operations.md what there is."
)


def settings(given: Settings, file: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Where the ledger is said to be, whether a password lies open, and names nobody reads."""
    yield ok("settings", f"{redacted(given.ledger)} ({given.sources['ledger']})")
    if file.is_file() and redacted(given.ledger) != given.ledger:
        mode = file.stat().st_mode
        if given.sources["ledger"] == str(file) and mode & (stat.S_IRGRP | stat.S_IROTH):
            yield warning("settings", f"others can read the password in {file}", _MINE_ALONE)
    unknown = unknown_variables(environment)
    if unknown:
        yield warning("settings", f"nothing reads {some(unknown)}", _NO_SETTING)


def versions() -> Iterator[Finding]:
    """Which program, and what it stands on."""
    stands_on = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield ok("versions", f"svx-ledger {__version__}, {stands_on}")


def files(url: str) -> Iterator[Finding]:
    """Who may read and write the files of a ledger on SQLite."""
    ledger = sqlite_file(url)
    if ledger is None or not ledger.absolute().parent.is_dir():  # which the store tells
        return
    amiss = False
    wal, index = beside(ledger)
    for one in (ledger, wal, index, views_path(ledger)):
        if not one.exists():
            continue
        mode = stat.S_IMODE(one.stat().st_mode)
        if mode & 0o022:
            amiss = True
            yield failed("files", f"others can write to {one} ({mode:04o})", _MINE_ALONE)
        elif mode & 0o044:
            amiss = True
            yield warning("files", f"others can read {one} ({mode:04o})", _MINE_ALONE)
    folder = ledger.absolute().parent
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        amiss = True
        remedy = "Keep the ledger in a folder that only its owner can write to."
        yield failed("files", f"everybody can write in {folder}", remedy)
    if not amiss:
        yield ok("files", "the owner's alone")
    length = wal.stat().st_size if wal.exists() else 0
    if length > LONG_WAL:
        remedy = "Find the reader that holds it back, end it, and restart the writer."
        yield warning("files", f"{wal} has {length // 2**20} MiB", remedy)


def disk(url: str) -> Iterator[Finding]:
    """How much room there is for what is still to come."""
    ledger = sqlite_file(url)
    if ledger is None:
        yield ok("disk", "the server's: watch it there")
        return
    folder = ledger.absolute().parent
    if not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB free in {folder}"
    if free < LEAST_FREE:
        yield failed("disk", said, "Free space before the next bid finds none.")
    elif free < LITTLE_FREE:
        yield warning("disk", said, "Free space, or move the ledger to a larger disk.")
    else:
        yield ok("disk", said)


def is_closed(path: Path) -> bool:
    """Whether this user may not write a file, or make it; not known where nobody may."""
    ways = (path.absolute(), *path.absolute().parents)
    there = next(one for one in ways if os.access(one, os.F_OK))
    is_read_only = os.statvfs(there).f_flag & os.ST_RDONLY  # to a unit that is shut in
    return not is_read_only and not os.access(there, os.W_OK)
