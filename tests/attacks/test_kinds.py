"""Values that no program of ours writes into a row are found, and no check breaks on them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.audit import audit
from svx_ledger.eventlog.open import open_store
from tests.postgres_server import PostgresServer

from .case import Case, Honest, on_postgres, on_sqlite
from .checks import AUDIT, DATABASE
from .honest import PRIVATE_STREAM
from .raw import past_guards
from .row_attacks import VICTIM


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


def audited(case: Case) -> tuple[int, str, int]:
    """How the audit ends, and what it finds first, to whoever may see everything."""
    with closing(open_store(case.url)) as store:
        first = audit(store).first
    assert first is not None
    return case.svx(*AUDIT.arguments).code, first.rule, first.position


NO_UTF8 = "CAST(x'61ff' AS TEXT)"


@pytest.mark.parametrize("value", ["-1", "-9223372036854775808", "9223372036854775807"])
@pytest.mark.parametrize("store", ["in_a_file", "on_a_server"])
def test_a_private_text_of_a_version_that_there_is_not_is_found(
    store: str, value: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    honest: Honest = request.getfixturevalue(store)
    with honest.case(tmp_path / "case") as case:
        with past_guards(case.url) as run:
            run(
                f"UPDATE private_payloads SET version = {value} WHERE stream = ?",
                PRIVATE_STREAM,
            )
        place = honest.find("organisation-registered.v1")

        assert audited(case) == (3, "private-text-altered", place)
        assert case.svx(*DATABASE.arguments).code == 1


@pytest.mark.parametrize("store", ["in_a_file", "on_a_server"])
def test_a_private_text_beside_all_records_is_found_whatever_it_says(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    honest: Honest = request.getfixturevalue(store)
    with honest.case(tmp_path / "case") as case:
        with past_guards(case.url) as run:
            run(
                "INSERT INTO private_payloads VALUES (?, ?, ?, ?, ?, ?)",
                *("", "need-1", -(2**63), "note", b"", b""),
            )

        assert audited(case) == (3, "private-text-unfounded", 0)
        said = case.svx(*DATABASE.arguments)
        assert said.code == 1
        assert "SVX106" in said.out


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("version", "'text'"), ("version", "7.5"), ("stream", "x'61'")),
        *(("stream", NO_UTF8), ("field", NO_UTF8), ("salt", "'text'"), ("payload", "7")),
    ],
)
def test_a_private_text_with_a_value_of_another_kind_is_found(
    in_a_file: Honest, column: str, value: str, tmp_path: Path
) -> None:
    with in_a_file.case(tmp_path / "case") as case:
        with past_guards(case.url) as run:
            run(
                f"UPDATE private_payloads SET {column} = {value} WHERE stream = ?",
                PRIVATE_STREAM,
            )
        place = in_a_file.find("organisation-registered.v1")
        said = case.svx(*DATABASE.arguments, "--json")

        assert audited(case) == (3, "private-text-altered", place)
        assert said.json["findings"][0]["code"] == "SVX106"
        assert said.json["findings"][0]["leaf"] == place - 1


@pytest.mark.parametrize(
    ("change", "rule", "code"),
    [
        ("originator_id = CAST(originator_id AS BLOB)", "columns-differ", "SVX101"),
        (f"originator_id = {NO_UTF8}", "columns-differ", "SVX101"),
        ("originator_version = 'text'", "columns-differ", "SVX101"),
        ("originator_version = 7.5", "columns-differ", "SVX101"),
        ("topic = CAST(topic AS BLOB)", "columns-differ", "SVX101"),
        (f"topic = {NO_UTF8}", "columns-differ", "SVX101"),
        ("state = CAST(state AS TEXT)", "unreadable", "SVX301"),
        (f"state = {NO_UTF8}", "unreadable", "SVX101"),
        ("state = 7", "unreadable", "SVX101"),
    ],
)
def test_a_row_with_a_value_of_another_kind_is_found(
    in_a_file: Honest, tmp_path: Path, *, change: str, rule: str, code: str
) -> None:
    with in_a_file.case(tmp_path / "case") as case:
        with past_guards(case.url) as run:
            run(f"UPDATE stored_events SET {change} WHERE rowid = ?", VICTIM)
        said = case.svx(*DATABASE.arguments, "--json")
        first = said.json["findings"][0]

        assert audited(case) == (3, rule, VICTIM)
        assert (first["code"], first["leaf"]) == (code, VICTIM - 1)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("outcomes", "principal"),
        ("outcomes", "command_id"),
        ("outcomes", "sha256"),
        ("outcomes", "first_position"),
        ("outcomes", "refusal"),
        ("claims", "key"),
        ("claims", "position"),
        ("claims", "stream"),
    ],
)
@pytest.mark.parametrize("value", ["x'61'", NO_UTF8])
def test_a_row_beside_the_log_with_a_value_of_another_kind_is_found(
    in_a_file: Honest, tmp_path: Path, *, table: str, column: str, value: str
) -> None:
    key = {"outcomes": "command_id, principal", "claims": "key, position"}[table]
    with in_a_file.case(tmp_path / "case") as case:
        with past_guards(case.url) as run:
            one = f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1"
            run(f"UPDATE {table} SET {column} = {value} WHERE ({key}) = ({one})")

        code, found, _ = audited(case)
        assert (code, found) == (3, f"{table}-differ")
