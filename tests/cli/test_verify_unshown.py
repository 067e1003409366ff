"""Receipts whose texts standard output cannot show, or does not take: each is still checked."""

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.proofs.stored import record
from tests.proofs.written_log import VKEY, WrittenLog


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


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_text_that_cannot_be_shown_hides_no_finding(receipts: Path, encoding: str) -> None:
    command = [sys.executable, "-m", "svx_ledger", "verify", "receipt"]

    ran = subprocess.run(
        [*command, "good", "bad", "good", "--key", VKEY],
        cwd=receipts,
        env={"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, b"")
    assert ran.stdout.count(b"verified: event 1 ") == 2
    assert b"bad: " in ran.stdout
    if encoding == "cp1252":
        assert ran.stdout.count(b"title: T\\u0177 Gwyn\n") == 2
    if encoding == "utf-8":
        assert ran.stdout.count("title: Tŷ Gwyn\n".encode()) == 2


@pytest.mark.parametrize(
    ("files", "where", "code"),
    [
        ("good", "| true", 0),
        ("good", "> /dev/full", 70),
        ("good absent", "> /dev/full", 70),
        ("good bad good", ">&-", 1),
        ("good bad good", "| true", 1),
        ("good bad good", "> /dev/full", 1),
    ],
)
def test_what_nobody_reads_is_checked(
    receipts: Path, files: str, where: str, code: int
) -> None:
    line = f"{shlex.quote(sys.executable)} -m svx_ledger verify receipt {files} --key {VKEY}"

    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{line} {where}"],
        cwd=receipts,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == code, ran.stderr
    assert b"Traceback" not in ran.stderr
