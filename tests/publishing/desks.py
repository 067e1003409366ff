"""Desks of which the first part of a log is published, each a copy of a template."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.postgres_server import PostgresServer

from .setting import Desk

Begin = Callable[[Desk], None]
Fresh = Callable[[], Desk]


@contextmanager
def sqlite_desks(folder: Path, begin: Begin) -> Iterator[Fresh]:
    """Yield what copies a ledger file, with all that is beside it."""
    numbers = count(1)
    template = folder / "template"
    template.mkdir()
    begin(Desk(url=f"sqlite:///{template / 'ledger.db'}", folder=template))

    def fresh() -> Desk:
        copy = folder / f"{next(numbers)}"
        shutil.copytree(template, copy)
        return Desk(url=f"sqlite:///{copy / 'ledger.db'}", folder=copy)

    yield fresh


@contextmanager
def postgres_desks(server: PostgresServer, folder: Path, begin: Begin) -> Iterator[Fresh]:
    """Yield what copies a database, and the folder beside it."""
    numbers = count(1)
    template = folder / "template"
    template.mkdir()
    begin(Desk(url=server.create_database("desk_template"), folder=template))
    made: list[str] = []

    def fresh() -> Desk:
        name = f"desk_{next(numbers)}"
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE desk_template").format(
                    sql.Identifier(name)
                )
            )
        for old in made:
            server.drop_database(old)
        made[:] = [name]
        copy = folder / name
        shutil.copytree(template, copy)
        return Desk(url=server.url(name), folder=copy)

    try:
        yield fresh
    finally:
        for name in (*made, "desk_template"):
            server.drop_database(name)
