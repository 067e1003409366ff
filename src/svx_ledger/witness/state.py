"""What a witness has cosigned: the newest head of each log, in one SQLite file.

A key and its state are made together and end together. A witness that lost its state would
cosign another history under the same key, so a missing file is never made anew.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from svx_ledger.proofs.notes.keys import VerifierKey

from .decision import NEVER, Cosign, Decision, Held, TwoRoots
from .private_file import Unfit, create_private

APPLICATION_ID: Final = int.from_bytes(b"SVXW")
WAIT_SECONDS: Final = 2.0
_FULL: Final = 2

_LAYOUT: Final = (
    f"PRAGMA application_id={APPLICATION_ID}",
    "CREATE TABLE witness (verifier_key TEXT NOT NULL) STRICT",
    (
        "CREATE TABLE cosigned (origin TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, "
        "root BLOB NOT NULL, time INTEGER NOT NULL, note BLOB NOT NULL) STRICT"
    ),
    # The rules of `decide` once more, below it: what is held never goes back.
    (
        "CREATE TRIGGER cosigned_grows BEFORE UPDATE ON cosigned "
        "WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.time < OLD.time "
        "OR (NEW.size = OLD.size AND NEW.root <> OLD.root) "
        "BEGIN SELECT RAISE(ABORT, 'what was cosigned does not go back'); END"
    ),
    (
        "CREATE TRIGGER cosigned_stays BEFORE DELETE ON cosigned "
        "BEGIN SELECT RAISE(ABORT, 'what was cosigned stays'); END"
    ),
    # Two notes of the log's own that contradict each other: enough to convict it anywhere.
    (
        "CREATE TABLE two_roots (origin TEXT NOT NULL, size INTEGER NOT NULL, "
        "held BLOB NOT NULL, other BLOB NOT NULL, PRIMARY KEY (origin, size)) STRICT"
    ),
)


class Unavailable(Exception):
    """The state could not be read or written: nothing may be cosigned."""


def create_state(path: Path, key: VerifierKey) -> None:
    """Make the state of a new key, which has cosigned nothing. Raises Unfit."""
    create_private(path, b"")
    try:
        with closing(_connected(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _LAYOUT:
                connection.execute(statement)
            connection.execute("INSERT INTO witness VALUES (?)", (key.text,))
            connection.execute("COMMIT")
    except sqlite3.Error as fault:
        raise Unfit(f"{path}: {fault}") from None


class State:
    """The state of one key. Safe from any thread, and beside another process.

    Raises Unfit for a file that is not there, is no state, or is the state of another key.
    """

    def __init__(self, path: Path, key: VerifierKey) -> None:
        self._one_at_a_time = threading.Lock()
        if not path.is_file():
            raise Unfit(
                f"{path} is not there. A key whose state is lost must not cosign again: "
                "make a new key under a new name"
            )
        try:
            self._connection = _connected(path)
            self._require_state_of(key, path)
        except sqlite3.Error as fault:
            raise Unfit(f"{path}: {fault}") from None

    def update(self, origin: str, rule: Callable[[Held], Decision]) -> Decision:
        """Decide about a log by what is held of it, and hold what is cosigned from now on.

        Reading, deciding and writing are one transaction, durable when this returns: of two
        requests the second sees what the first did. Raises Unavailable, with nothing decided.
        """
        with self._one_at_a_time:
            try:
                return self._updated(origin, rule)
            except sqlite3.Error as fault:
                raise Unavailable(str(fault)) from None

    def heads(self) -> dict[str, Held]:
        """The newest head of each log that was cosigned, by origin. Raises Unavailable."""
        rows = self._read("SELECT origin, size, root, time, note FROM cosigned ORDER BY origin")
        return {origin: Held(*held) for origin, *held in rows}

    def two_roots(self) -> list[tuple[str, int]]:
        """Origin and size of each two notes that contradict each other. Raises Unavailable."""
        return self._read("SELECT origin, size FROM two_roots ORDER BY origin, size")

    def close(self) -> None:
        """Close the file."""
        with self._one_at_a_time:
            self._connection.close()

    def _read(self, query: str) -> list[Any]:
        with self._one_at_a_time:
            try:
                return self._connection.execute(query).fetchall()
            except sqlite3.Error as fault:
                raise Unavailable(str(fault)) from None

    def _updated(self, origin: str, rule: Callable[[Held], Decision]) -> Decision:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            decision = rule(self._held(origin))
            self._keep(origin, decision)
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        return decision

    def _held(self, origin: str) -> Held:
        row = self._connection.execute(
            "SELECT size, root, time, note FROM cosigned WHERE origin = ?", (origin,)
        ).fetchone()
        return NEVER if row is None else Held(*row)

    def _keep(self, origin: str, decision: Decision) -> None:
        match decision:
            case Cosign(now):
                self._connection.execute(
                    "INSERT INTO cosigned VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (origin) DO UPDATE SET (size, root, time, note) "
                    "= (excluded.size, excluded.root, excluded.time, excluded.note)",
                    (origin, now.size, now.root, now.time, now.note),
                )
            case TwoRoots(held, other):
                self._connection.execute(
                    "INSERT OR IGNORE INTO two_roots VALUES (?, ?, ?, ?)",
                    (origin, held.size, held.note, other),
                )
            case _:
                pass

    def _require_state_of(self, key: VerifierKey, path: Path) -> None:
        [application] = self._connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise Unfit(f"{path} is not the state of a witness")
        if self._connection.execute("SELECT * FROM witness").fetchall() != [(key.text,)]:
            raise Unfit(f"{path} is the state of another key than {key.text}")


def _connected(path: Path) -> sqlite3.Connection:
    """Open a file that is there; durable means a WAL with `synchronous=FULL`, read back.

    With a journal that is deleted, FULL could lose the last commit to a power cut.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    [mode] = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    connection.execute("PRAGMA synchronous=FULL")
    [synchronous] = connection.execute("PRAGMA synchronous").fetchone()
    if (mode, synchronous) != ("wal", _FULL):
        connection.close()
        raise Unfit(f"{path} cannot be written durably here: journal {mode}")
    return connection
