"""`verify.py`: no text, no closed output and no fault of its own passes for an answer."""

import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.script import stand_alone
from svx_ledger.proofs.tree.tiles import Tile

from .stored import record
from .written_log import ORIGIN, VKEY, WrittenLog, records

PAGE = Path(__file__).parents[2] / "docs" / "verify" / "verify.py"


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    """Two receipts: one of a record with a Welsh name, and a bad one."""
    known = [
        record(position=1, stream="s-1", data={"title": "Tŷ Gwyn"}),
        record(position=2, stream="s-1", data={"title": "plain"}),
    ]
    log = WrittenLog(tmp_path / "log", known)
    (tmp_path / "good").write_bytes(log.receipt(0).data())
    bad = replace(log.receipt(1), extra=known[1].replace(b"plain", b"plaim"))
    (tmp_path / "bad").write_bytes(bad.data())
    return tmp_path


_VERIFY = f'verify() {{ {shlex.quote(sys.executable)} -I {shlex.quote(str(PAGE))} "$@"; }}'


def run(folder: Path, line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash, in which `verify` is the one file."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{_VERIFY}\n{line}"],
        cwd=folder,
        env={"KEY": VKEY, "PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_text_that_cannot_be_shown_hides_no_finding(receipts: Path, encoding: str) -> None:
    ran = subprocess.run(
        [sys.executable, PAGE, "receipt", "good", "bad", "good", "--key", VKEY],
        cwd=receipts,
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, b"")
    assert ran.stdout.count(b"verified: event 1 ") == 2
    assert b"bad: SVX101" in ran.stdout
    title = "title: Tŷ Gwyn\n".encode() if encoding == "utf-8" else b"title: T\\u0177 Gwyn\n"
    assert ran.stdout.count(title) == 2


@pytest.mark.parametrize(
    ("files", "where", "code"),
    [
        ("good", ">&-", 0),
        ("good", ">&- 2>&-", 0),
        ("good", "| true", 0),
        ("good", "> /dev/full", 70),
        ("good", "> /dev/full 2>&1", 70),
        ("good absent", "> /dev/full", 70),
        ("good bad", ">&-", 1),
        ("good bad", "| true", 1),
        ("good bad good", "> /dev/full", 1),
        ("good bad", "> /dev/full 2> /dev/full", 1),
        ("absent good", "2>&-", 64),
        ("absent", "2> /dev/full", 64),
    ],
)
def test_an_exit_code_needs_no_output(
    receipts: Path, files: str, where: str, code: int
) -> None:
    ran = run(receipts, f"verify receipt {files} --key $KEY {where}")

    assert ran.returncode == code, ran.stderr
    assert b"Traceback" not in ran.stdout + ran.stderr


def test_what_was_verified_and_not_shown_is_said(receipts: Path) -> None:
    ran = run(receipts, "verify receipt good --key $KEY > /dev/full")

    assert ran.stderr.startswith(b"what was verified could not be shown: ")


def code(*arguments: str | Path) -> int:
    return stand_alone.main([str(argument) for argument in arguments])


def test_a_fault_of_this_program_is_no_finding(
    receipts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(stand_alone, "verify_log", fail)
    monkeypatch.setattr(stand_alone, "verify_receipt_of", fail)

    assert code("log", receipts / "log", "--key", VKEY) == 70
    assert code("receipt", receipts / "good", "--key", VKEY) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("Traceback") == 2
    assert said.err.endswith("MemoryError\n")


def test_of_a_file_no_more_is_read_than_it_may_have(
    receipts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endless, head, log = receipts / "endless", receipts / "log" / "checkpoint", receipts / "log"
    with endless.open("wb") as file:
        file.truncate(1 << 43)  # of holes: it has nearly nothing on the disk
    key = ("--key", VKEY)
    bare = WrittenLog(receipts / "other", records(1)).receipt(0, extra=False)
    (receipts / "bare").write_bytes(bare.data())

    assert code("consistency", endless, head, *key) == 3
    assert code("consistency", head, endless, *key) == 3
    assert code("epoch", endless, log, *key) == 3
    second = SigningKey(f"{ORIGIN}/2", ED25519, b"e" * 32)
    later = WrittenLog(receipts / "later", records(3), origin=second.name, key=second)
    both = (*key, "--key", second.verifier.text)
    assert code("epoch", head, later.folder, "--started", endless, *both) == 3
    assert code("receipt", endless, *key) == 3
    assert code("receipt", receipts / "bare", "--record", endless, *key) == 1
    assert code("log", log, "--policy", endless) == 64
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_that_is_none_withholds_nothing(
    receipts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, key = receipts / "log" / "checkpoint", ("--key", VKEY)
    absent = receipts / "absent"

    for where in (absent, head):
        assert code("log", where, *key) == 64
        assert code("consistency", head, head, "--log", where, *key) == 64
        assert capsys.readouterr().err.count(f"{where} is no folder") == 2
    assert code("consistency", absent, head, *key) == 64
    assert code("consistency", head, absent, *key) == 64
    assert code("epoch", absent, receipts / "log", *key) == 64
    assert code("epoch", head, absent, *key) == 64
    assert code("epoch", head, receipts / "log", "--started", absent, *key) == 64
    assert code("consistency", head, receipts / "log", *key) == 64
    assert code("log", receipts / "log", *key) == 0


def test_a_finding_of_a_log_needs_no_output(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(3))
    log.spoil(Tile(0, 0, 3), 50)

    codes = [
        run(tmp_path, f"verify log log --key $KEY --evidence file {where}").returncode
        for where in (">&-", "> /dev/full", "| true")
    ]

    assert codes == [1, 1, 1]
