"""`init`, and what else makes a ledger: never over one that is there and damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from svx_ledger.cli.failing import Exit

from .conftest import Run
from .test_import import BIDS

REGISTER = ("organisation", "register", "--name", "Lost (fictional)", "--side", "supplier")


def test_a_damaged_ledger_is_not_opened_again(
    opened: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LEDGER", "sqlite:///svx.db")
    assert opened(*REGISTER, "--identifier", "scheme=GB-COH,id=01234568").code == 0
    (tmp_path / "bids.csv").write_text(BIDS, encoding="utf-8")
    with closing(sqlite3.connect("svx.db")) as file:
        file.execute("DROP TABLE claims")
        before = list(file.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))
        for verb in (("init",), ("import", "bids", "bids.csv"), ("practice",), ("demo",)):
            said = opened(*verb, "--json")
            assert said.code == Exit.UNEXPECTED, verb
            assert said.problem["type"] == "/problems/store-refused"
            assert "claims is missing or altered" in said.problem["detail"]
        said = opened("erase", "prepare", "--json")
        assert "claims is missing or altered" in said.problem["detail"]
        after = list(file.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))
        assert after == before
        assert file.execute("SELECT count(*) FROM stored_events").fetchone() == (2,)


def test_a_trigger_that_was_taken_away_stays_away(opened: Run) -> None:
    with closing(sqlite3.connect("svx.db")) as file:
        file.execute("DROP TRIGGER stored_events_no_update")
    said = opened("init")

    assert said.code == Exit.UNEXPECTED
    assert "stored_events_no_update is missing or altered" in said.err
    assert opened("doctor").code == Exit.DAMAGED


def test_a_ledger_that_is_open_is_a_conflict(opened: Run) -> None:
    said = opened("init")

    assert said.code == Exit.CONFLICT
    assert "already-open" in said.err


def test_a_ledger_that_was_made_and_not_opened_is_opened(svx: Run) -> None:
    from svx_ledger.eventlog.open import open_store

    with closing(open_store("sqlite:///svx.db")) as store:
        store.create()

    assert svx("init").code == Exit.DONE


@pytest.mark.parametrize("verb", ["init", "events", "serve"])
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://svx@127.0.0.1:1/x", "Connection refused"),
        ("postgresql://svx@/nowhere?host={home}", 'database "nowhere" does not exist'),
        ("postgresql://nobody@/postgres?host={home}", 'role "nobody" does not exist'),
    ],
)
def test_a_server_that_lets_nobody_in_is_said(
    svx: Run,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    verb: str,
    address: str,
    why: str,
) -> None:
    home = postgres_url.partition("host=")[2]
    monkeypatch.setenv("SVX_LEDGER", address.format(home=home))
    monkeypatch.setenv("SVX_SERVE_PORT", "0")  # any that is free
    said = svx(verb)

    assert said.code == Exit.UNEXPECTED
    assert why in said.err
    assert "See that the server runs and lets this user in" in said.err
    assert "Try again." not in said.err


@pytest.mark.parametrize("verb", ["init", "events", "erase prepare"])
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://me:pw@s3cret@127.0.0.1:1/x", "address cannot be read"),
        ("postgresql://me:p/w@s3cret@127.0.0.1:1/x", "address cannot be read"),
        ("postgresql://me@127.0.0.1:s3cret/x", "address cannot be read"),
        ("postgresql://me%3As3cret@127.0.0.1:1/x", "address cannot be read"),
        ("postgresql://me:12/s3cret@127.0.0.1/x", "address cannot be read"),
        ("postgresql://me@127.0.0.1:1/x?sslmode=s3cret", "a value that PostgreSQL"),
        ("postgresql://me:s3cret@127.0.0.1:1/x", "Connection refused"),
    ],
)
def test_no_part_of_a_password_is_said(svx: Run, verb: str, address: str, why: str) -> None:
    said = svx(*verb.split(), "--ledger", address)

    assert said.code == Exit.UNEXPECTED
    assert why in said.err
    assert "s3cret" not in said.out + said.err


def test_a_role_without_grants_is_told_where_they_are(
    svx: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = postgres_url.replace("//svx@", "//svx_bare@")
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE ROLE svx_bare LOGIN")
        try:
            monkeypatch.setenv("SVX_LEDGER", guest)
            said = svx("init")
            assert "creating: 42501" in said.err
            assert "Name the owner in the address" in said.err
            assert svx("init", "--ledger", postgres_url).code == Exit.DONE
            for verb in ("serve", "events"):
                said = svx(verb)
                assert said.code == Exit.UNEXPECTED
                assert "ERROR 42501" in said.err
                assert "deploy/postgres/grants.sql" in said.err
            server.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO svx_bare")
            assert svx("events").code == Exit.DONE
            said = svx("serve")
            assert "lacks INSERT on stored_events" in said.err
            assert "deploy/postgres/grants.sql" in said.err
        finally:
            server.execute("DROP OWNED BY svx_bare")
            server.execute("DROP ROLE svx_bare")


def test_a_damaged_file_is_to_be_restored(opened: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect("svx.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = file.execute("PRAGMA page_size").fetchone()
        (page,) = file.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'stored_events'"
        ).fetchone()
    with (tmp_path / "svx.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    said = opened("events")

    assert "SQLITE_CORRUPT" in said.err
    assert "keep a copy" in said.err
    assert "Restore" in said.err
