"""Attacks by restoring, by publishing twice, and by taking the database's guards away."""

import shutil
import sqlite3
from contextlib import closing

import psycopg

from svx_ledger.eventlog.open import sqlite_file

from .attack import Attack
from .case import RECEIPT_OF, Case
from .checks import (
    DATABASE,
    DATED,
    GUARD,
    LOG,
    LOST,
    PUBLISHER,
    RECEIPT,
    REMEMBERED,
    WITNESSED,
    Caught,
)
from .honest import publish
from .raw import replace_rows, rewritten
from .row_attacks import edit
from .with_the_key import loses_its_state

BACKUP_SIZE = 153


def restore(case: Case) -> None:
    """Restore the ledger and the publisher's state; the mark is on other storage."""
    case.restore()


def restore_without_mark(case: Case) -> None:
    """Restore all that is on this machine; what was published lies elsewhere."""
    case.restore()
    (case.folder / "mark").unlink()


def restore_everything(case: Case) -> None:
    """Restore all there is: the ledger, the state, the mark and the folder."""
    case.restore()
    shutil.copyfile(case.folder / "kept" / "half", case.folder / "mark")
    shutil.rmtree(case.published)
    shutil.copytree(case.folder / "yesterday", case.published)


def restore_after_a_receipt(case: Case) -> None:
    """Restore a state that is older than a receipt; then the ledger goes on otherwise."""
    rows = case.honest.rows[: RECEIPT_OF - 1]
    replace_rows(case.url, rows)


def another_publisher(case: Case) -> None:
    """Start a publisher elsewhere, on a copy of the ledger on which a bid is another."""
    edit(case)
    loses_its_state(case)


def another_publisher_of_another_history(case: Case) -> None:
    """The same; all later records fit, and the folder is a new one."""
    rows = rewritten(case.honest.rows, lambda said: said[RECEIPT_OF - 1].update(salt="f" * 32))
    replace_rows(case.url, rows)
    loses_its_state(case)
    shutil.rmtree(case.published)


def another_publisher_of_the_same(case: Case) -> None:
    """Let another publisher, which knows nothing, do all the work again."""
    before = {path: path.read_bytes() for path in case.published.rglob("*") if path.is_file()}
    loses_its_state(case)
    publish(case.desk, case.now)
    after = {path: path.read_bytes() for path in case.published.rglob("*") if path.is_file()}
    after.pop(case.published / "checkpoint")  # cosigned again, at another time
    assert after.items() <= before.items()


def without_guards(case: Case) -> None:
    """Take the triggers away for good."""
    file = sqlite_file(case.url)
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP TRIGGER stored_events_no_delete")
            connection.commit()
        return
    with psycopg.connect(case.url) as connection:
        connection.execute("DROP TRIGGER svx_append_only ON stored_events")


ON_PUBLISHERS = (
    Attack(
        name="restore a backup",
        does="restores the ledger and the publisher's state from an older copy",
        do=restore,
        caught=(
            Caught(GUARD, "mark knows 271 records, and the log has 153", 3),
            Caught(PUBLISHER, "mark knows 271 records, and the log has 153", 3),
            Caught(DATABASE, "SVX103", at="the first lost", leaf=lambda _: BACKUP_SIZE),
        ),
        missed=(LOG, WITNESSED, REMEMBERED, RECEIPT),
        why="what was published is still all there",
    ),
    Attack(
        name="restore a backup, and lose the mark",
        does="the same, and the high-water mark is gone",
        do=restore_without_mark,
        caught=(
            Caught(PUBLISHER, "published knows 271 records, and the log has 153", 3),
            Caught(DATABASE, "SVX103", at="the first lost", leaf=lambda _: BACKUP_SIZE),
        ),
        missed=(LOG, WITNESSED, REMEMBERED),
    ),
    Attack(
        name="restore everything",
        does="restores the ledger, the state, the mark and the published folder",
        do=restore_everything,
        caught=(
            Caught(PUBLISHER, "the witness first holds 271 leaves", 3),
            Caught(REMEMBERED, "SVX103", at="the first lost", leaf=lambda _: BACKUP_SIZE),
        ),
        missed=(LOG, WITNESSED, DATABASE, DATED, RECEIPT, LOST),
        why="nothing on this machine remembers; others do",
    ),
    Attack(
        name="restore to before a receipt",
        does="puts back rows from before a record of which somebody has the receipt",
        do=restore_after_a_receipt,
        caught=(
            Caught(LOST, "lost", 0, "the receipt's", lambda _: RECEIPT_OF - 1),
            Caught(GUARD, "records, and the log has 99", 3),
            Caught(DATABASE, "SVX103", at="the first lost", leaf=lambda _: RECEIPT_OF - 1),
        ),
        missed=(LOG, WITNESSED),
    ),
    Attack(
        name="two publishers, one on an altered copy",
        does="starts a second publisher on a copy of the ledger in which a bid was altered",
        do=another_publisher,
        caught=(Caught(PUBLISHER, "published knows another root of 271 leaves", 3),),
        missed=(LOG, WITNESSED),
    ),
    Attack(
        name="two publishers, each with its folder",
        does="the same with a history that fits in itself, into another folder",
        do=another_publisher_of_another_history,
        caught=(Caught(PUBLISHER, "the witness first holds another root", 3),),
    ),
    Attack(
        name="two publishers of one ledger",
        does="nothing wrong: a second publisher that knows nothing publishes the same ledger",
        do=another_publisher_of_the_same,
        missed=(LOG, WITNESSED, REMEMBERED, DATED, RECEIPT),
        why="harmless: tiles and signatures come out the same",
    ),
    Attack(
        name="take the guards away",
        does="drops the trigger that keeps rows from being deleted",
        do=without_guards,
        caught=(
            Caught(GUARD, "find out who", 1),
            Caught(DATABASE, "find out who", 64),
        ),
        missed=(LOG, WITNESSED),
        why="nothing is read from a ledger without its guards",
    ),
)
