"""Where a ledger is kept while it is put to the test, and how a fresh one is made quickly.

A fresh ledger is a copy of one in which an auction was opened, so that each fault starts from
a world that is worth writing to.
"""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

import psycopg
from psycopg import sql

from svx_ledger.domain.book import AddLogKey
from svx_ledger.eventlog.open import open_store
from svx_ledger.ledger import Clock, Ledger
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from tests.postgres_server import START_SECONDS, PostgresServer, server
from tests.world import OPERATOR, OpenedAuction, begin, open_auction

from .crowd import CALLERS, take_identifier

OPEN_FOR = timedelta(hours=10)
LOG_KEY = SigningKey("ledger.example/world", ED25519, bytes([1]) * 32)
SIGNED_WITH = AddLogKey(ledger_id="ledger-world", verifier_key=LOG_KEY.verifier.text)


class Place(Protocol):
    """A kind of store, with a template of an opened auction."""

    name: str
    world: OpenedAuction
    known: int
    """The position up to which the template reaches."""

    def fresh(self) -> str:
        """Return the address of a new ledger, a copy of the template."""


class SQLitePlace:
    """Ledgers in files of one folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._template = folder / "template.db"
        self.world, self.known = _make(f"sqlite:///{self._template}")

    def fresh(self) -> str:
        """Copy the template; a closed ledger is one file."""
        path = self.folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresPlace:
    """Ledgers in databases of one server."""

    name = "postgres"

    def __init__(self, running: PostgresServer) -> None:
        self.server = running
        self._numbers = itertools.count(1)
        self.world, self.known = _make(running.create_database("template_world"))

    def fresh(self, *options: sql.Composable) -> str:
        """Copy the template; it has no connections, and its blocks are all on disk."""
        name = f"f{next(self._numbers)}"
        self.administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE template_world").format(sql.Identifier(name)),
            *options,
        )
        return self.server.url(name)

    def drop(self, url: str) -> None:
        """Drop a copy again."""
        self.server.drop_database(database_of(url))

    def administer(self, *parts: sql.Composable) -> list[tuple[object, ...]]:
        """Run one statement as the owner of the server.

        A server that recovers from a crash is asked again until it has.
        """
        deadline = monotonic() + START_SECONDS
        while True:
            try:
                with psycopg.connect(self.server.url(), autocommit=True) as connection:
                    cursor = connection.execute(sql.SQL(" ").join(parts))
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if monotonic() > deadline:
                    raise
                sleep(0.01)


def database_of(url: str) -> str:
    """Return the name of the database in an address on a server's socket."""
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def sqlite_place() -> Iterator[SQLitePlace]:
    """Ledger files in a folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="svxf") as folder:
        yield SQLitePlace(Path(folder))


@contextmanager
def postgres_place() -> Iterator[PostgresPlace]:
    """Databases on a server of their own, which may be stopped and started."""
    with server(autovacuum="off") as running:
        yield PostgresPlace(running)


@contextmanager
def reopened(url: str, clock: Clock | None = None) -> Iterator[Ledger]:
    """A ledger as a process that has just started opens it."""
    with closing(open_store(url)) as store, Ledger(store, clock=clock) as ledger:
        yield ledger


def _make(url: str) -> tuple[OpenedAuction, int]:
    with closing(open_store(url)) as store:
        store.create()
        with Ledger(store) as ledger:
            begin(ledger)
            ledger.execute(SIGNED_WITH, OPERATOR)
            world = open_auction(ledger, bidders=CALLERS, needs=2, open_for=OPEN_FOR)
            take_identifier(ledger)
            return world, store.head().position
