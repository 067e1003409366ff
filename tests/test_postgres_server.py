"""The server under the tests is a real one, and as careful as a production one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.postgres_databases import Databases
from tests.postgres_server import PostgresServer, server

pytestmark = pytest.mark.usefixtures("postgres_programs")


def setting(url: str, name: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return row and row[0]


@pytest.mark.parametrize(
    "name", ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"]
)
def test_nothing_that_keeps_data_safe_is_switched_off(postgres_url: str, name: str) -> None:
    assert setting(postgres_url, name) == "on"


def test_a_database_is_empty_and_speaks_utf8(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()

    assert tables == []
    assert setting(postgres_url, "server_encoding") == "UTF8"


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_of_its_own(postgres_url: str, turn: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE mine (turn int)")
        connection.execute("INSERT INTO mine VALUES (%s)", [turn])


EVERYTHING = """
    CREATE TABLE kept (of int);
    CREATE FUNCTION kept() RETURNS int RETURN 1;
    CREATE TYPE kind AS ENUM ('one');
    CREATE SCHEMA another CREATE TABLE there (of int)"""


def test_a_database_that_is_used_again_has_nothing_of_before(
    postgres_server: PostgresServer, postgres_databases: Databases
) -> None:
    name = postgres_databases.take()
    left_open = psycopg.connect(postgres_server.url(name), autocommit=True)
    left_open.execute(EVERYTHING)

    postgres_databases.give_back(name)

    assert postgres_databases.take() == name
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()
    with psycopg.connect(postgres_server.url(name)) as connection:
        connection.execute(EVERYTHING)
    postgres_databases.give_back(name)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER DATABASE {name} SET work_mem = '3MB'",
        "ALTER DATABASE {name} CONNECTION LIMIT 7",
        "GRANT TEMPORARY ON DATABASE {name} TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor",
        "SELECT lo_create(0)",
        "CREATE PUBLICATION left_over",
    ],
)
def test_a_database_that_is_otherwise_than_it_was_is_not_used_again(
    postgres_server: PostgresServer, postgres_databases: Databases, change: str
) -> None:
    name = postgres_databases.take()
    with psycopg.connect(postgres_server.url(name), autocommit=True) as connection:
        connection.execute(change.format(name=name).encode())

    postgres_databases.give_back(name)

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres_server.url(name))


def test_a_connection_left_open_does_not_keep_a_database(
    postgres_server: PostgresServer,
) -> None:
    left_open = psycopg.connect(postgres_server.create_database("left_open"))

    postgres_server.drop_database("left_open")

    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_a_commit_survives_an_immediate_stop_and_settings_are_kept() -> None:
    with server(work_mem="3MB") as running:
        url = running.create_database("survivor")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        first = running.pid

        running.stop("immediate")
        with pytest.raises(RuntimeError):
            _ = running.pid
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        running.start()

        assert running.pid != first
        assert "was not properly shut down" in running.log
        assert setting(url, "work_mem") == "3MB"
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_nothing_is_left_after_the_server() -> None:
    with server() as running:
        home, pid = running.home, running.pid

    assert not home.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_killed_run_leaves_no_server_behind() -> None:
    program = (
        "import time\n"
        "from tests.postgres_server import server\n"
        "with server() as running:\n"
        "    print(running.pid, running.home, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        pid, home = run.stdout.readline().decode().split()
        run.kill()

    deadline = time.monotonic() + 10
    while _is_running(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    ended = not _is_running(int(pid))
    if not ended:
        os.kill(int(pid), signal.SIGQUIT)
    subprocess.run(["rm", "-rf", home], check=True)

    assert ended


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="shared_buffers"), server(shared_buffers="nonsense"):
        pass


def _is_running(pid: int) -> bool:
    """A zombie that nobody has waited for no longer runs."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
