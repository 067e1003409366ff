"""API keys on the command line: made, issued, shown once, listed, revoked (all fictional)."""

import csv
import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from psycopg import connect
from typer.testing import CliRunner

from svx_ledger import open_ledger
from svx_ledger.api.keys import matches, read_key
from svx_ledger.cli import output
from svx_ledger.cli.app import build
from svx_ledger.cli.commands import key_issuing
from svx_ledger.domain.api_key import ApiKey
from svx_ledger.eventlog.store import OutcomeUnknown
from svx_ledger.ledger import Ledger

from .conftest import OPERATOR_TEXT, Run

SUPPLIER = "organisation-supp"
ACCESS = "access-a001"
NAMED = "api-key-4k7t0pq2m9x3vz8c"
HOLDER = f"supplier.signatory:{SUPPLIER}/person-holder"
ISSUE = ("key", "issue", "--access", ACCESS, "--scope", "read", "--scope", "act")
KEY = re.compile(r"svx_[0-9a-z]{16}_[0-9a-f]{64}")


GRANTED = (
    (
        *("organisation", "register", SUPPLIER, "--name", "Supplier (fictional)"),
        *("--side", "supplier", "--identifier", "scheme=GB-COH,id=01234567"),
    ),
    ("organisation", "verify", SUPPLIER, "--basis", "Register (fictional)"),
    (
        *("access", "grant", ACCESS, "--person-id", "person-holder"),
        *("--organisation-id", SUPPLIER, "--role", "supplier.signatory"),
    ),
)
"""What brings a verified supplier about, and somebody with access for it."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with access to issue keys for. Not to be written to."""
    file = tmp_path_factory.mktemp("keyed") / "svx.db"
    for line in (("init",), *GRANTED):
        given = [*line, "--ledger", f"sqlite:///{file}", "--actor", OPERATOR_TEXT]
        assert CliRunner().invoke(build(given), given).exit_code == 0
    return file


@pytest.fixture
def keyed(svx: Run, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program on a ledger with access to issue keys for, used by its operator."""
    shutil.copyfile(prepared, "svx.db")
    monkeypatch.setenv("SVX_ACTOR", OPERATOR_TEXT)
    return svx


def state_of(name: str, url: str = "sqlite:///svx.db") -> ApiKey:
    with open_ledger(url) as ledger, closing(ledger.store):
        state = ledger.state(ApiKey, name)
    assert state is not None
    return state


def secret_of(text: str) -> str:
    return text.strip().rpartition("_")[2]


def test_a_key_stands_alone_on_standard_output_and_opens_what_was_issued(keyed: Run) -> None:
    said = keyed(*ISSUE, "--days", "90")

    assert said.code == 0, said.err
    assert KEY.fullmatch(said.out.removesuffix("\n"))
    presented = read_key(said.out.strip())
    assert presented is not None
    state = state_of(presented.api_key_id)
    assert matches(state, presented)
    assert (state.scopes, state.person_id) == (("read", "act"), "person-holder")
    assert f"{presented.api_key_id}: its key is shown this once" in said.err
    assert "was issued until" in said.err
    assert secret_of(said.out) not in said.err


def test_the_days_count_from_now(keyed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr(key_issuing, "now", lambda: now)
    presented = read_key(keyed(*ISSUE, "--days", "400").out.strip())

    assert presented is not None
    assert state_of(presented.api_key_id).expires_at == now + timedelta(days=400)
    for wrong in ("0", "401", "x"):
        assert keyed(*ISSUE, "--days", wrong).code == 2


def test_in_json_the_key_is_in_the_answer_and_nowhere_else(keyed: Run) -> None:
    said = keyed(*ISSUE, "--days", "1", "--json")
    told = said.json

    assert KEY.fullmatch(told["key"])
    assert told["stream"] == f"api-key-{told['key'].split('_')[1]}"
    assert (
        told["events"][0]["data"]["secret_sha256"] == sha256(told["key"].encode()).hexdigest()
    )
    assert said.out.count(secret_of(told["key"])) == 1
    assert secret_of(told["key"]) not in said.err


def test_a_key_has_the_name_that_it_is_given(keyed: Run) -> None:
    said = keyed(*ISSUE[:2], "api-key-nightly", *ISSUE[2:], "--days", "1")

    assert said.out.startswith("svx_nightly_")
    assert state_of("api-key-nightly").access_id == ACCESS


def test_a_key_that_was_made_elsewhere_is_issued_by_its_digest(
    keyed: Run, tmp_path: Path
) -> None:
    made = keyed("key", "make", "--json")
    key = made.json
    given = ("--secret-sha256", key["secret_sha256"], "--expires-at", later())
    said = keyed(*ISSUE[:2], key["api_key_id"], *ISSUE[2:], *given)

    assert (said.code, said.out) == (0, f"{key['api_key_id']}\n")
    assert "shown" not in said.err
    presented = read_key(key["key"])
    assert presented is not None
    assert matches(state_of(key["api_key_id"]), presented)
    assert key["key"] not in said.out + said.err
    nowhere = (path for path in tmp_path.iterdir() if path.is_file())
    assert not any(secret_of(key["key"]).encode() in path.read_bytes() for path in nowhere)


def later(days: int = 30) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:00Z}"


def test_a_key_is_made_without_a_ledger_or_a_name(svx: Run) -> None:
    said = svx("key", "make")
    lines = dict(line.split(": ") for line in said.out.splitlines())

    assert said.code == 0
    assert lines.keys() == {"api_key_id", "key", "secret_sha256"}
    assert KEY.fullmatch(lines["key"])
    assert lines["secret_sha256"] == sha256(lines["key"].encode()).hexdigest()
    assert lines["api_key_id"] == f"api-key-{lines['key'].split('_')[1]}"
    assert "shown once" in said.err
    assert secret_of(lines["key"]) not in said.err
    assert not list(Path().iterdir())
    assert svx("key", "make", "--json").json.keys() == lines.keys()


def test_a_digest_needs_the_name_that_is_in_its_text(keyed: Run) -> None:
    said = keyed(*ISSUE, "--days", "1", "--secret-sha256", "5e" * 32)

    assert said.code == 2
    assert "which KEY" in said.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--days", "1", "--expires-at", "2027-01-01T00:00:00Z"), "--days and --expires-at"),
        (("--days", "1", "--access-id", ACCESS), "--access and --access-id"),
        ((), "Say when it expires"),
    ],
)
def test_each_thing_is_said_once(keyed: Run, more: tuple[str, ...], said: str) -> None:
    refused = keyed(*ISSUE, *more)

    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""


def test_two_ways_are_refused_also_where_nothing_else_is_missing(keyed: Run) -> None:
    whole = (
        *("key", "issue", NAMED, "--access-id", ACCESS, "--scope", "read"),
        *("--secret-sha256", "5e" * 32, "--expires-at", later()),
    )

    assert keyed(*whole, "--days", "1").code == 2
    assert keyed(*whole, "--access", ACCESS).code == 2
    assert keyed(*whole).code == 0


def test_an_access_must_be_named(keyed: Run) -> None:
    said = keyed("key", "issue", "--scope", "read", "--days", "1")

    assert said.code == 2
    assert "missing-field at /access_id" in said.err
    assert said.out == ""


def test_a_scope_that_names_no_command_is_pointed_out(keyed: Run) -> None:
    said = keyed(*ISSUE, "--scope", "act:SubmitBidd", "--days", "1")
    right = keyed(*ISSUE, "--scope", "act:SubmitBid", "--days", "1")

    assert (said.code, right.code) == (0, 0)
    assert "act:SubmitBidd allows nothing" in said.err
    assert "allows nothing" not in right.err
    assert keyed(*ISSUE, "--scope", "[1]", "--days", "1").code == 2


def test_nothing_is_shown_of_a_key_that_was_not_issued(keyed: Run) -> None:
    for line in (
        (*ISSUE, "--days", "1", "--actor", "supplier.bidder:organisation-else/person-x"),
        (*ISSUE, "--scope", "read", "--days", "1"),
        ("key", "issue", "--access", "access-none", "--scope", "read", "--days", "1"),
    ):
        said = keyed(*line)

        assert said.code in (4, 6)
        assert not KEY.search(said.out + said.err)


def test_a_repeat_does_not_make_a_second_key_and_says_what_to_do(keyed: Run) -> None:
    once = (*ISSUE, "--days", "1", "--command-id", "c-1")
    first = keyed(*once)
    again = keyed(*once)
    as_json = keyed(*once, "--json")

    assert first.code == 0
    assert (again.code, again.out) == (5, "")
    assert "command-id-reused" in again.err
    assert "svx-ledger key list" in again.err
    assert "revoke it, and issue another" in again.err
    assert "issue another" in as_json.problem["remedy"]
    assert not KEY.search(again.err + as_json.err)
    assert len(keyed("key", "list", "--json").lines) == 1


def test_a_repeat_with_the_same_digest_is_a_repeat(keyed: Run) -> None:
    given = ("--secret-sha256", "5e" * 32, "--expires-at", later(), "--command-id", "c-1")
    first = keyed(*ISSUE[:2], NAMED, *ISSUE[2:], *given)
    again = keyed(*ISSUE[:2], NAMED, *ISSUE[2:], *given)
    other = keyed(*ISSUE[:2], NAMED, *ISSUE[2:], "--secret-sha256", "6f" * 32, *given[2:])

    assert (first.code, again.code) == (0, 0)
    assert (first.out, again.out) == (f"{NAMED}\n", f"{NAMED}\n")
    assert other.code == 5
    assert "Give the new command an id of its own." in other.err


def test_a_key_is_not_shown_while_it_is_unknown_whether_it_was_issued(
    keyed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any, **__: Any) -> None:
        raise OutcomeUnknown("the connection was lost")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute", lost)
        said = keyed(*ISSUE, "--days", "1", "--command-id", "c-1")
    again = keyed(*ISSUE, "--days", "1", "--command-id", "c-1")

    assert said.code == 1
    assert "repeat with --command-id c-1" in said.err
    assert not KEY.search(said.out + said.err)
    assert again.code == 0  # it was not: the repeat makes the one key that there is


@pytest.mark.parametrize("closed", [True, False])
def test_a_key_that_could_not_be_shown_is_said_to_be_lost(
    keyed: Run, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    say = output.say

    def full(text: str, *, err: bool = False) -> None:
        if not err:
            fault = BrokenPipeError(32, "Broken pipe") if closed else OSError(28, "Disk full")
            raise output.Unshown(fault)
        say(text, err=err)

    monkeypatch.setattr("svx_ledger.cli.showing.say", full)
    said = keyed(*ISSUE, "--days", "1")

    assert said.code == 1
    assert "could not be shown" in said.err
    assert "revoke it and issue another" in said.err
    assert not KEY.search(said.err)


def test_a_revoked_key_is_revoked_for_good(keyed: Run) -> None:
    name = keyed(*ISSUE, "--days", "1", "--json").json["stream"]
    revoke = ("key", "revoke", name, "--reason", "The laptop was lost (fictional)")
    said = keyed(*revoke, "--actor", HOLDER)

    assert (said.code, said.out) == (0, f"{name}\n")
    assert "was revoked: The laptop was lost" in said.err
    assert state_of(name).revoked
    assert keyed(*revoke).code == 5


def test_keys_are_listed_with_their_state_and_never_with_a_secret(keyed: Run) -> None:
    keys = [keyed(*ISSUE, "--days", "1", "--json").json for _ in range(2)]
    keyed("key", "revoke", keys[0]["stream"], "--reason", "Lost (fictional)")
    said = keyed("key", "list")
    told = keyed("key", "list", "--json")
    table = keyed("key", "list", "--csv")

    states = {keys[0]["stream"]: "revoked", keys[1]["stream"]: "in-force"}
    assert {one["api_key_id"]: one["state"] for one in told.lines} == states
    rows = list(csv.DictReader(io.StringIO(table.out)))
    assert {row["api_key_id"]: row["state"] for row in rows} == states
    (head, *lines) = said.out.splitlines()
    assert head.split() == [
        *("key", "state", "organisation", "person", "role", "scopes", "expires"),
    ]
    assert {tuple(line.split()[:2]) for line in lines} == set(states.items())
    assert all(f"{SUPPLIER}  person-holder  supplier.signatory  read act" in x for x in lines)
    digests = [key["events"][0]["data"]["secret_sha256"] for key in keys]
    for shown in (said, told, table):
        for key, digest in zip(keys, digests, strict=True):
            assert secret_of(key["key"]) not in shown.out
            assert digest not in shown.out


def test_keys_are_listed_for_those_who_may_know(keyed: Run, monkeypatch: Any) -> None:
    name = keyed(*ISSUE, "--days", "1", "--json").json["stream"]

    def listed(*how: str) -> list[str]:
        return [one["api_key_id"] for one in keyed("key", "list", "--json", *how).lines]

    assert listed() == listed("--actor", HOLDER) == [name]
    assert listed("--organisation", SUPPLIER) == [name]
    assert listed("--organisation", "organisation-else") == []
    assert listed("--actor", "supplier.bidder:organisation-else/person-x") == []
    monkeypatch.delenv("SVX_ACTOR")
    assert listed() == []
    events = keyed("events", "--stream", name, "--json").lines
    assert [event["type"] for event in events] == ["hidden"]
    assert "secret" not in json.dumps(events)


def bytes_of(folder: Path) -> bytes:
    """All that is kept of the ledger: its file, what is beside it, and its views."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_no_file_of_the_ledger_holds_a_usable_key(keyed: Run, tmp_path: Path) -> None:
    texts = [keyed(*ISSUE, "--days", "1", "--command-id", "c-1").out.strip()]
    texts += [keyed(*ISSUE, "--days", "1", "--json").json["key"]]
    assert keyed("key", "list").code == 0
    assert keyed(*ISSUE, "--days", "1", "--command-id", "c-1").code == 5
    with open_ledger("sqlite:///svx.db") as ledger, closing(ledger.store):
        held = bytes_of(tmp_path)  # with its write-ahead log, while it is open
        assert (tmp_path / "svx.db-wal").exists()
    held += bytes_of(tmp_path)
    with closing(sqlite3.connect("svx.db")) as file:
        held += "\n".join(file.iterdump()).encode()

    for text in texts:
        assert sha256(text.encode()).hexdigest().encode() in held
        secret = secret_of(text)
        for form in (secret.encode(), secret.upper().encode(), bytes.fromhex(secret)):
            assert form not in held
    presented = [read_key(text) for text in re.findall(r"svx_\w+", held.decode("latin-1"))]
    assert presented.count(None) == len(presented)


def test_a_dump_of_postgresql_holds_no_usable_key(
    svx: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVX_LEDGER", postgres_url)
    monkeypatch.setenv("SVX_ACTOR", OPERATOR_TEXT)
    for line in (("init",), *GRANTED):
        assert svx(*line).code == 0
    told = svx(*ISSUE, "--days", "1", "--json").json
    assert [one["state"] for one in svx("key", "list", "--json").lines] == ["in-force"]
    held = b""
    with connect(postgres_url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
            "WHERE table_schema IN ('public', 'svx_views') AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            held += repr(rows).encode()

    key = told["key"]
    presented = read_key(key)
    assert presented is not None
    assert matches(state_of(told["stream"], postgres_url), presented)
    assert presented.sha256.encode() in held
    assert secret_of(key).encode() not in held
    assert key.encode() not in held
