"""`verify database` held to heads that were kept: by whoever checks, by the publisher."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.proofs.checks.records import parse_record
from svx_ledger.proofs.notes.keys import ED25519, SigningKey, parse_signing_key
from tests.attacks.raw import past_guards
from tests.proofs.written_log import VKEY, WrittenLog, policy_text

from .conftest import Run


def test_the_heads_that_were_kept_date_the_rows(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    (tmp_path / "policy").write_text(policy_text(1))
    heads = tmp_path / "heads"
    heads.mkdir()
    how = ("verify", "database", "--log", "published", "--policy", "policy", "--heads", "heads")

    first = WrittenLog(tmp_path / "first", ledger.records[:5], cosigned=[3_000_000_000])
    (heads / "5").write_bytes(first.note())
    late = svx(*how)
    assert late.code == 1
    assert late.out.startswith("SVX107 a time lies outside its bracket (leaf 5, position 6)")
    (heads / "5").write_bytes(first.note([5]))
    early = svx(*how)
    assert early.code == 1
    assert "(leaf 0, position 1)" in early.out
    assert "after witnesses had seen it in the log" in early.out
    other = WrittenLog(tmp_path / "other", [b"another", *ledger.records[1:5]], cosigned=[5])
    (heads / "5").write_bytes(other.note())
    contradicted = svx(*how, "--evidence", "shown.json")
    assert contradicted.out.startswith("SVX102")
    assert "heads/5: " in contradicted.out, "it says which head"
    assert json.loads((tmp_path / "shown.json").read_bytes())["kept"] == other.note().decode()


@pytest.mark.usefixtures("ledger")
def test_a_file_that_is_no_head_is_no_fault_of_the_log(svx: Run, tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    heads.mkdir()
    (heads / "README.txt").write_text("heads of the log\n")

    said = svx(*("verify", "database", "--log", "published", "--key", VKEY, "--heads", "heads"))

    assert said.code == 64
    assert "heads/README.txt is no signed checkpoint" in said.err


def test_a_head_of_a_key_that_is_not_trusted_is_named(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    (tmp_path / "heads").mkdir()
    another = SigningKey(ledger.origin, ED25519, b"a" * 32)
    signed = WrittenLog(tmp_path / "other", ledger.records[:5], key=another)
    (tmp_path / "heads" / "5").write_bytes(signed.note())

    said = svx(*("verify", "database", "--log", "published", "--key", VKEY, "--heads", "heads"))

    assert said.code == 2
    assert said.out.startswith("SVX201")
    assert "heads/5: " in said.out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("quorum_note = 'text'", "is no bytes"),
        ("quorum_note = 7", "is no bytes"),
        ("quorum_note = x'00'", "SVX301"),
        ("size = 'aa'", "no number"),
    ],
)
def test_a_publishers_state_that_was_altered_hides_no_row(
    opened: Run, tmp_path: Path, change: str, says: str
) -> None:
    assert opened("key", "log", "make").code == 0
    assert opened("publish", "--to", "published", "--once").code == 0
    key = parse_signing_key((tmp_path / "svx.log" / "key").read_text().strip())
    with closing(sqlite3.connect(tmp_path / "svx.log" / "state.db")) as state:
        for (name,) in state.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            state.execute(f"DROP TRIGGER {name}")
        state.execute("PRAGMA ignore_check_constraints = ON")
        state.execute(f"UPDATE checkpoints SET {change}")
        state.commit()
    with past_guards("sqlite:///" + str(tmp_path / "svx.db")) as run:
        run("UPDATE stored_events SET topic = 'other' WHERE rowid = 1")

    said = opened(
        *("verify", "database", "--log", "published", "--key", key.verifier.text), "--json"
    )

    found = json.loads(said.out)["findings"]
    assert said.code == 1
    assert [one["leaf"] for one in found if one["code"] == "SVX101"] == [0]
    assert "the publisher's state: " in said.out
    assert says in said.out


def test_how_far_a_time_may_lie_outside_is_what_the_user_says(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    at = int(parse_record(ledger.records[-1]).recorded_seconds)
    size = len(ledger.records)
    (tmp_path / "policy").write_text(policy_text(1))
    heads = tmp_path / "heads"
    heads.mkdir()
    before = WrittenLog(tmp_path / "before", ledger.records[:-1], cosigned=[at + 30])
    (heads / "before").write_bytes(before.note())
    WrittenLog(tmp_path / "published", ledger.records, cosigned=[at + 31])
    how = ("verify", "database", "--log", "published", "--policy", "policy", "--heads", "heads")

    assert svx(*how).code == 0
    strict = svx(*how, "--tolerance", "0")

    assert strict.code == 1
    assert strict.out.startswith(f"SVX107 a time lies outside its bracket (leaf {size - 1},")


def test_the_heads_that_the_publisher_kept_are_held_to_too(opened: Run, tmp_path: Path) -> None:
    assert opened("key", "log", "make").code == 0
    assert opened("publish", "--to", "published", "--once").code == 0
    key = parse_signing_key((tmp_path / "svx.log" / "key").read_text().strip())
    vkey = key.verifier.text
    how = ("verify", "database", "--key", vkey, "--log")
    honest = opened(*how, "published")
    assert honest.code == 0, honest.err
    assert "held to heads: 1 that the publisher keeps beside the ledger" in honest.out

    with closing(open_store("sqlite:///svx.db")) as store:
        stored = [row.record for row in store.rows()]
    WrittenLog(tmp_path / "forged", [*stored[:-1], b"another"], key=key)

    forged = opened(*how, "forged")
    assert forged.code == 1
    assert forged.out.startswith("SVX104 two roots at one size")
