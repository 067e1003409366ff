"""Full disks that get room again, while callers write.

SQLite is told that its file may not grow (`max_page_count`), which is what it meets on a disk
without room for the next page. PostgreSQL keeps the ledger in a tablespace on a small file
system in memory, filled up with ballast: a real ENOSPC.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from psycopg import sql

from svx_ledger.eventlog.sqlite_writer import SQLiteWriter

from .crowd import CALLERS, Crowd
from .places import Place, PostgresPlace
from .tally import History, Plan, Tally

FILE_SYSTEM_BYTES = 32 * 2**20
NO_RIGHT_TO_MOUNT = "needs the right to mount a small file system (root)"


def full_file(place: Place, plan: Plan) -> Tally:
    """Let the file grow no more, then let it grow again."""
    tally = Tally(fault="disk full and heal", store=place.name)
    full = False
    ready = SQLiteWriter._ready

    def limited(writer: SQLiteWriter) -> sqlite3.Connection:
        connection = ready(writer)  # in the writing thread, before it takes the lock
        most_pages = 1 if full else 2**31  # below what there is means: what there is
        connection.execute(f"PRAGMA max_page_count={most_pages}").fetchone()
        return connection

    def fill() -> None:
        nonlocal full
        full = True

    def heal() -> None:
        nonlocal full
        full = False

    with patch.object(SQLiteWriter, "_ready", limited):
        _fill_and_heal(History(place, tally), plan, tally, (fill, heal))
    return tally


def full_volume(place: PostgresPlace, plan: Plan) -> Tally:
    """Fill the file system of the ledger's tables, then make room again."""
    tally = Tally(fault="disk full and heal", store=place.name)
    if os.geteuid() != 0:
        tally.note = NO_RIGHT_TO_MOUNT
        return tally
    with _small_file_system() as folder:
        space = sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder)))
        place.administer(space)
        url = place.fresh(sql.SQL("TABLESPACE small"))
        ballast = folder / "ballast"

        def fill() -> None:
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:  # no space left, which is the point
                    return

        _fill_and_heal(History(place, tally, url), plan, tally, (fill, ballast.unlink))
        place.drop(url)
        place.administer(sql.SQL("DROP TABLESPACE small"))
    return tally


def _fill_and_heal(
    history: History,
    plan: Plan,
    tally: Tally,
    fill_and_heal: tuple[Callable[[], None], Callable[[], None]],
) -> None:
    fill, heal = fill_and_heal

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(plan.random.randint(1, 3 * CALLERS), "sequenced")
            fill()
            if not crowd.wait_for(CALLERS, "not-written"):
                tally.fail("nobody met the full disk")
            heal()
            if not crowd.wait_for(2 * CALLERS, "sequenced"):
                tally.fail("nothing is written any more")
                return
            tally.count += 1
            plan.tick()

    history.disturb(disturb)


@contextmanager
def _small_file_system() -> Iterator[Path]:
    with TemporaryDirectory(prefix="svx", dir="/tmp") as name:
        size = f"size={FILE_SYSTEM_BYTES},mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "svx-small", name], check=True)
        try:
            folder = Path(name) / "tables"
            folder.mkdir()
            shutil.chown(folder, "nobody")
            yield folder
        finally:
            subprocess.run(["umount", name], check=True)
