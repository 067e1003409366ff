"""One copy of the honest ledger with all that was published of it, to be attacked."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

import psycopg
from psycopg import sql
from typer.testing import CliRunner

from svx_ledger.cli.app import build
from svx_ledger.eventlog.record import Row
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.tree.tiles import Tile, tile_at
from tests.cli.conftest import Said
from tests.postgres_server import PostgresServer
from tests.publishing.setting import Desk

from .honest import Play, Time, witness
from .raw import rows_of

RECEIPT_OF: Final = 100
"""The position whose receipt somebody keeps."""

NIGHT: Final = 3600
"""From the last publication to the attack, in seconds."""


@dataclass(frozen=True)
class Honest:
    """The ledger as it is before anybody attacks it, and where copies of it come from."""

    desk: Desk
    copy: Callable[[str, Path], str]
    """(which, folder) → the address of a new copy of it: `now`, or its `backup`."""
    now: Callable[[], float]

    @cached_property
    def rows(self) -> list[Row]:
        """Every row, by position. Not to be changed."""
        return rows_of(self.desk.url)

    @property
    def size(self) -> int:
        """How many records there are, all of them published."""
        return len(self.rows)

    def find(self, kind: str, nth: int = 0) -> int:
        """Return the position of the so-manieth record of a type."""
        return [row.position for row in self.rows if row.type == kind][nth]

    @contextmanager
    def case(self, folder: Path) -> Iterator["Case"]:
        """Yield a copy with all that was published of it."""
        shutil.copytree(self.desk.folder, folder, ignore=shutil.ignore_patterns("ledger.*"))
        yield Case(self, folder, self.copy("now", folder))


class Case:
    """A copy that is attacked.

    In its folder: `published`, what everybody is shown; `mark`, on other storage; `kept`, what
    others hold: heads by name, `receipt`, the `heads.json` of a verifier, an `evidence.zip`;
    `yesterday`, the log as it was published at half of the bids.
    """

    def __init__(self, honest: Honest, folder: Path, url: str) -> None:
        self.honest = honest
        self.folder = folder
        self.url = url
        self.desk = Desk(url=url, folder=folder)
        self._settings = {
            "SVX_LEDGER": url,
            "SVX_LOG_KEY": str(folder / "key"),
            "SVX_MARK": str(folder / "mark"),
            "SVX_POLICY": str(folder / "policy"),
        }

    @property
    def published(self) -> Path:
        """The folder of the published log."""
        return self.folder / "published"

    def file(self, tile: Tile) -> Path:
        """Where the tile that stands in this place is."""
        assert isinstance(tile.level, int) or tile.level == "entries"
        level = tile.level if isinstance(tile.level, int) else 0
        there = tile_at(level, tile.index, self.honest.size)
        return self.published / tile._replace(width=there.width).path

    def svx(self, *arguments: str) -> Said:
        """Run the program in the folder, as whoever has the settings and asks a witness."""
        unset = {name: None for name in os.environ if name.startswith("SVX_")}
        with (
            chdir(self.folder),
            witness(self.folder, self.now),
            patch("svx_ledger.cli.verify.log.time", SimpleNamespace(time=self.now)),
        ):
            ran = CliRunner().invoke(
                build(arguments), list(arguments), env={**unset, **self._settings}
            )
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return Said(ran.exit_code, ran.stdout, ran.stderr)

    def now(self) -> float:
        """The time of the attack."""
        return self.honest.now() + NIGHT

    def restore(self) -> None:
        """Put the backup from half of the bids back in place: the ledger, and its state."""
        self.url = self.honest.copy("backup", self.folder)
        self.desk = Desk(url=self.url, folder=self.folder)
        self._settings["SVX_LEDGER"] = self.url

    def head(self) -> Note:
        """The head that everybody is shown."""
        return parse_note((self.published / "checkpoint").read_bytes())

    def show(self, note: Note | bytes) -> None:
        """Show everybody this head."""
        data = note.data() if isinstance(note, Note) else note
        (self.published / "checkpoint").write_bytes(data)


def _played(desk: Desk, backup: Callable[[], object]) -> Honest:
    play = Play(desk)
    play.first_part()
    backup()
    play.second_part()
    play.keep_receipt(RECEIPT_OF)
    time: Time = play.time
    honest = Honest(desk, lambda *_: "", time.seconds)
    case = Case(honest, desk.folder, desk.url)
    made = case.svx("verify", "log", "published", "--policy", "policy", "--remember", "heads")
    assert made.code == 0, made.out
    evidence = ("export", "evidence", "auction", "auction-w001", "--out", "evidence.zip")
    made = case.svx(*evidence)
    assert made.code == 0, made.err
    return honest


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Honest]:
    """Yield a ledger in a file."""
    template = folder / "template"
    template.mkdir()
    desk = Desk(url=f"sqlite:///{template / 'ledger.db'}", folder=template)

    def copy_files(source: Path, to: Path) -> str:
        for name in ("ledger.db", "ledger.log"):
            if (to / name).is_dir():
                shutil.rmtree(to / name)
            for old in to.glob(f"{name}-*"):
                old.unlink()
        shutil.copyfile(source / "ledger.db", to / "ledger.db")
        shutil.copytree(source / "ledger.log", to / "ledger.log")
        return f"sqlite:///{to / 'ledger.db'}"

    def backup() -> None:
        (folder / "backup").mkdir()
        copy_files(template, folder / "backup")

    honest = _played(desk, backup)
    sources = {"now": template, "backup": folder / "backup"}
    yield Honest(desk, lambda which, to: copy_files(sources[which], to), honest.now)


@contextmanager
def on_postgres(server: PostgresServer, folder: Path) -> Iterator[Honest]:
    """Yield a ledger in a database; its owner is the server's."""
    template = folder / "template"
    template.mkdir()
    numbers = count(1)
    names = {"now": f"attacked_{os.getpid()}", "backup": f"attacked_{os.getpid()}_backup"}
    made: list[str] = []
    desk = Desk(url=server.create_database(names["now"]), folder=template)

    def copy_database(source: str, name: str) -> str:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            parts = (sql.Identifier(name), sql.Identifier(source))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts))
        return server.url(name)

    def copy(which: str, to: Path) -> str:
        del to
        while len(made) > 1:
            server.drop_database(made.pop(0))
        made.append(f"{names['now']}_{next(numbers)}")
        return copy_database(names[which], made[-1])

    try:
        honest = _played(desk, lambda: copy_database(names["now"], names["backup"]))
        assert honest.rows
        yield Honest(desk, copy, honest.now)
    finally:
        for name in (*made, *names.values()):
            server.drop_database(name)
