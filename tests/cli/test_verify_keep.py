"""`verify log --keep`: heads in a folder, which `verify database --heads` reads."""

from pathlib import Path

import pytest

from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.tiles import Tile
from tests.proofs.written_log import VKEY, WrittenLog, policy_text, records

from .conftest import Run

HOW = ("--key", VKEY, "--keep", "kept")


def test_a_verified_head_is_kept_as_it_was_signed(svx: Run, log: WrittenLog) -> None:
    told = svx("verify", "log", "log", *HOW)
    (kept,) = Path("kept").iterdir()
    again = svx("verify", "log", "log", *HOW, "--json").json

    assert told.code == 0, told.err
    assert f"  kept in {kept}\n" in told.out
    assert kept.read_bytes() == log.note()
    assert again["kept"] == str(kept)
    assert [*Path("kept").iterdir()] == [kept]
    assert "kept" not in svx("verify", "log", "log", "--key", VKEY, "--json").json


def test_a_head_that_is_not_verified_is_not_kept(svx: Run, log: WrittenLog) -> None:
    log.spoil(Tile(0, 0, 256), 50)

    assert svx("verify", "log", "log", *HOW).code == 1
    assert not Path("kept").exists()


@pytest.mark.usefixtures("log")
def test_a_kept_head_that_was_changed_is_named_and_stays(svx: Run) -> None:
    assert svx("verify", "log", "log", *HOW).code == 0
    (kept,) = Path("kept").iterdir()
    kept.write_bytes(b"changed")

    said = svx("verify", "log", "log", *HOW)

    assert (said.code, said.out) == (64, "")
    assert f"{kept} is not the head that its name says: move it away" in said.err
    assert kept.read_bytes() == b"changed"


@pytest.mark.usefixtures("log")
def test_a_place_that_is_no_folder_is_told(svx: Run) -> None:
    Path("kept").touch()

    assert svx("verify", "log", "log", *HOW).code == 64


def test_the_database_is_held_to_the_heads_that_were_kept(
    svx: Run, ledger: WrittenLog, tmp_path: Path
) -> None:
    (tmp_path / "policy").write_text(policy_text(1))
    trust = ("--policy", "policy")
    earlier = WrittenLog(tmp_path / "earlier", ledger.records[:5], cosigned=[4_000_000_000])
    assert svx("verify", "log", str(earlier.folder), *trust, "--keep", "kept").code == 0
    (tmp_path / "kept" / ".half").write_bytes(b"half")  # a write that was cut short
    database = ("verify", "database", "--log", "published", *trust, "--heads", "kept")

    key = SigningKey(f"{ledger.origin}/2", ED25519, b"e" * 32)
    other = WrittenLog(tmp_path / "other", records(3), origin=key.name, key=key)
    second = ("verify", "log", str(other.folder), "--key", key.verifier.text)
    assert svx(*second, "--keep", "kept").code == 0

    honest = svx(*database)
    assert honest.code == 0, honest.err
    told = "held to heads: 1 of the folder of --heads, 1 of other logs passed over\n"
    assert told in honest.out

    another = [records(1)[0], *ledger.records[1:5]]
    forged = WrittenLog(tmp_path / "forged", another, cosigned=[4_000_000_000])
    assert svx("verify", "log", str(forged.folder), *trust, "--keep", "kept").code == 0
    assert svx(*database).out.startswith("SVX102")
