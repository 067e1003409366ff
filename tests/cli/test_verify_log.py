"""`verify log` of a log in a folder: what it proves, finds and remembers."""

import json
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.proofs.checks.log import LogVerified, verify_log
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile
from tests.proofs.written_log import VKEY, WrittenLog, records

from .conftest import Run


def test_a_whole_log_is_verified_and_says_what_is_not_proven(svx: Run, log: WrittenLog) -> None:
    said = svx("verify", "log", "log", "--key", VKEY)

    assert said.code == 0, said.err
    assert said.out.startswith(f"verified: {log.origin}, 600 events\n")
    assert "not proven: " in said.out


def test_in_json_it_is_one_value(svx: Run, log: WrittenLog) -> None:
    done = svx("verify", "log", "log", "--key", VKEY, "--json").json
    log.spoil(Tile(ENTRIES, 1, 256), 50)
    spoilt = svx("verify", "log", "log", "--key", VKEY, "--json").json

    assert (done["verified"], done["size"], done["signed_by"]) == (True, 600, [VKEY])
    assert done["not_proven"]
    assert spoilt["verified"] is False
    assert spoilt["findings"][0] | {"detail": ""} == {
        "code": "SVX101",
        "meaning": "entry does not hash to the signed tree",
        "leaf": 256,
        "position": 257,
        "detail": "",
    }


def test_a_changed_log_leaves_evidence(svx: Run, log: WrittenLog, tmp_path: Path) -> None:
    log.spoil(Tile(0, 0, 256), 50)

    said = svx("verify", "log", "log", "--key", VKEY)

    assert said.code == 1
    assert said.out.startswith("SVX101 entry does not hash to the signed tree (leaf 1, ")
    (file,) = tmp_path.glob("svx-evidence-SVX101-*.json")
    assert said.out.endswith(f"evidence: {file.name}\n")
    assert json.loads(file.read_text())["checkpoint"] == log.note().decode()


def test_two_heads_that_contradict_each_other_are_both_in_the_evidence(
    svx: Run, log: WrittenLog, tmp_path: Path
) -> None:
    how = ("--key", VKEY, "--remember", "heads", "--evidence", "evidence")
    assert svx("verify", "log", "log", *how).code == 0
    other = WrittenLog(tmp_path / "other", [*records(599), b"another"])

    said = svx("verify", "log", "other", *how)

    assert said.code == 1
    assert said.out.startswith("SVX104")
    evidence = json.loads((tmp_path / "evidence").read_text())
    assert evidence["checkpoint"] == other.note().decode()
    assert evidence["kept"] == log.note().decode()


@pytest.mark.usefixtures("log")
def test_a_head_is_remembered_once_it_is_verified(svx: Run, tmp_path: Path) -> None:
    how = ("--key", VKEY, "--remember", "heads")
    longer = WrittenLog(tmp_path / "longer", records(700))
    longer.spoil(Tile(ENTRIES, 2, 188), 50)

    assert svx("verify", "log", "longer", *how).code == 1
    assert svx("verify", "log", "log", *how).code == 0
    shorter = WrittenLog(tmp_path / "shorter", records(599))
    said = svx("verify", "log", str(shorter.folder), *how)
    assert (said.code, said.out[:6]) == (1, "SVX103")


def test_a_new_epoch_is_no_silent_reset(svx: Run, tmp_path: Path) -> None:
    key = SigningKey("ledger.example/test/2", ED25519, b"e" * 32)
    WrittenLog(tmp_path / "first", records(9))
    WrittenLog(tmp_path / "second", records(3), origin=key.name, key=key)
    how = ("--key", VKEY, "--key", key.verifier.text)

    svx("verify", "log", "first", *how, "--remember", "heads")
    told = svx("verify", "log", "second", *how, "--remember", "heads")
    assert told.code == 0
    gone_on = "that ledger.example/test/2 goes on from ledger.example/test, of which 9 events"
    assert f"not proven: {gone_on} are remembered.\n" in told.out
    back = svx("verify", "log", "first", *how, "--remember", "heads", "--json").json
    given_up = "that ledger.example/test was not given up for ledger.example/test/2, of which 3"
    assert f"{given_up} events are remembered." in back["not_proven"]

    heads = ("first/checkpoint", "second/checkpoint")
    two = svx("verify", "consistency", *heads, *how)
    assert two.code == 64
    assert "two logs: ledger.example/test/2 is another log than ledger.example/test" in two.err


@pytest.mark.usefixtures("log")
def test_a_damaged_file_of_heads_is_named_and_is_no_finding(svx: Run, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("{")

    said = svx("verify", "log", "log", "--key", VKEY, "--remember", "heads")

    assert said.code == 64
    assert "heads: what should be a file of remembered heads is none" in said.err


@pytest.mark.parametrize("damage", ["{", "[]", '{"ledger.example/test": 1}'])
def test_a_file_of_heads_that_is_damaged_meanwhile_is_named_and_stays(
    svx: Run, log: WrittenLog, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    heads = log.folder.parent / "heads"

    def verify_and_damage(*given: Any, **how: Any) -> LogVerified:
        heads.write_text(damage)
        return verify_log(*given, **how)

    monkeypatch.setattr("svx_ledger.cli.verify.log.verify_log", verify_and_damage)

    said = svx("verify", "log", "log", "--key", VKEY, "--remember", "heads")

    assert (said.code, said.out) == (64, "")
    assert said.err.startswith("heads: ")
    assert "put back a copy of it, or remember in another file" in said.err
    assert heads.read_text() == damage


def test_several_keys_may_come_as_the_program_prints_them(svx: Run, log: WrittenLog) -> None:
    other = SigningKey(log.origin, ED25519, b"n" * 32).verifier.text

    assert svx("verify", "log", "log", "--key", f"{other}\n{VKEY}").code == 0
    assert svx("verify", "log", "log", "--key", VKEY, "--key", VKEY).code == 0
    said = svx("verify", "log", "log", "--key", f"{VKEY}\nquorum w")
    assert said.code == 64
    assert "--key: 'quorum': not NAME+ID+BASE64" in said.err
