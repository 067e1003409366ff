"""Each attack of the table, on both stores: who finds it, what is said, and who does not."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres_server import PostgresServer

from .attack import Attack
from .case import Case, Honest, on_postgres, on_sqlite
from .checks import AUDIT, BY_TWO, DATABASE, GUARD, LOST, PUBLISHER, outcome
from .on_epochs import EPOCH, EPOCH_UNTOLD, ON_EPOCHS
from .on_evidence import ON_EVIDENCE
from .on_files import ON_FILES
from .raw import plainly
from .row_attacks import erase, erase_and_restore
from .table import ATTACKS

ONLY_FILES = (*ON_FILES, *ON_EPOCHS, *ON_EVIDENCE)
"""What the store has no part in."""


@pytest.fixture(scope="module")
def in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Honest]:
    with on_sqlite(tmp_path_factory.mktemp("sqlite")) as honest:
        yield honest


@pytest.fixture(scope="module")
def on_a_server(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Honest]:
    with on_postgres(postgres_server, tmp_path_factory.mktemp("postgres")) as honest:
        yield honest


def assert_found(case: Case, attack: Attack, *, files: bool = True) -> None:
    """Attack, and assert that each check ends as the table has it."""
    attack.do(case)

    for caught in attack.caught:
        if files or not caught.check.is_of_files:
            leaf = caught.leaf(case.honest) if caught.leaf else None
            expected = (caught.exit_code, caught.says, leaf)
            assert (caught.check.name, outcome(case, caught)) == (caught.check.name, expected)
    for check in attack.missed:
        if files or not check.is_of_files:
            said = case.svx(*check.arguments)
            assert (check.name, said.code) == (check.name, 0), said.out + said.err
            assert check is not LOST or "0 of 1 are lost" in said.err


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_in_a_file_is_found(
    in_a_file: Honest, attack: Attack, tmp_path: Path
) -> None:
    with in_a_file.case(tmp_path / "case") as case:
        assert_found(case, attack)


@pytest.mark.parametrize(
    "attack",
    [one for one in ATTACKS if one not in ONLY_FILES],
    ids=lambda attack: attack.name,
)
def test_an_attack_on_a_server_is_found(
    on_a_server: Honest, attack: Attack, tmp_path: Path
) -> None:
    with on_a_server.case(tmp_path / "case") as case:
        assert_found(case, attack, files=False)


def test_the_ledger_is_the_same_on_both_stores(in_a_file: Honest, on_a_server: Honest) -> None:
    assert in_a_file.rows == on_a_server.rows
    for file in ("published/checkpoint", "receipt", "mark", "evidence.zip"):
        one, other = (honest.desk.folder / file for honest in (in_a_file, on_a_server))
        assert one.read_bytes() == other.read_bytes()


def test_nothing_is_found_where_nobody_attacked(in_a_file: Honest, tmp_path: Path) -> None:
    checks = {caught.check for attack in ATTACKS for caught in attack.caught}
    with in_a_file.case(tmp_path / "case") as case:
        checks -= {GUARD, PUBLISHER, BY_TWO}  # real time; one witness
        for check in checks - {EPOCH, EPOCH_UNTOLD}:  # nothing was restored
            said = case.svx(*check.arguments)
            assert (check.name, said.code) == (check.name, 0), said.out + said.err


def test_an_erased_text_is_included_with_its_content_erased(
    in_a_file: Honest, tmp_path: Path
) -> None:
    with in_a_file.case(tmp_path / "case") as case:
        erase(case)
        said = case.svx(*DATABASE.arguments)

        assert said.code == 0
        assert "1 included, content erased" in said.out


def test_a_text_that_a_restore_brought_back_is_erased_again(
    in_a_file: Honest, tmp_path: Path
) -> None:
    with in_a_file.case(tmp_path / "case") as case:
        erase_and_restore(case)
        assert case.svx("erase", "reapply", "--json").json == {"erased_again": 1}
        said = case.svx(*DATABASE.arguments)

        assert said.code == 0
        assert "1 included, content erased" in said.out
        assert case.svx(*AUDIT.arguments).code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET topic = 'other'",
        "DELETE FROM stored_events",
        "UPDATE private_payloads SET field = 'other'",
        "UPDATE outcomes SET sha256 = 'other'",
        "DELETE FROM claims",
    ],
)
@pytest.mark.parametrize("store", ["in_a_file", "on_a_server"])
def test_the_guards_refuse_who_does_not_take_them_away(
    store: str, statement: str, request: pytest.FixtureRequest
) -> None:
    honest: Honest = request.getfixturevalue(store)

    with pytest.raises((sqlite3.DatabaseError, psycopg.DatabaseError), match="append-only"):
        plainly(honest.desk.url, statement)
