"""What `verify` ends with, which is what a script acts on, and what it says then."""

import errno
from pathlib import Path

import pytest

from svx_ledger.cli.output import Unshown
from svx_ledger.cli.verify import telling
from svx_ledger.proofs.script.joining import joined
from svx_ledger.proofs.tree.tiles import Tile
from tests.proofs.written_log import VKEY, WrittenLog, policy_text, records

from .conftest import Run


def test_every_way_to_end(svx: Run, log: WrittenLog, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(policy_text(1))
    fresh = WrittenLog(tmp_path / "fresh", records(3), cosigned=[1000])

    def code(*arguments: str) -> int:
        return svx("verify", "log", *arguments).code

    assert code(str(fresh.folder), "--policy", "policy") == 0
    assert code("log", "--policy", "policy") == 2
    assert code(str(fresh.folder), "--policy", "policy", "--max-age", "9") == 5
    (log.folder / "checkpoint").write_bytes(log.note() + b"\n")
    assert code("log", "--key", VKEY) == 3
    (log.folder / "checkpoint").unlink()
    assert code("log", "--key", VKEY) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("other",),
        ("log",),
        ("log", "log"),
        ("log", "log", "--key", VKEY, "--unknown"),
        ("log", "log", "--key", "nonsense"),
        ("log", "log", "--key", VKEY, "--policy", "policy"),
        ("log", "log", "--policy", "absent"),
        ("log", "absent", "--key", VKEY),
        ("log", "ftp://example.com", "--key", VKEY),
        ("log", "log", "--key", VKEY, "--max-age", "x"),
        ("receipt", "absent", "--key", VKEY),
        ("consistency", "old", "--key", VKEY),
        ("database", "--key", VKEY),
        ("database", "--log", "log", "--key", VKEY),
        ("database", "--log", "log", "--key", VKEY, "--ledger", "nowhere"),
    ],
)
@pytest.mark.usefixtures("log")
def test_what_is_not_understood_is_no_finding(svx: Run, arguments: tuple[str, ...]) -> None:
    said = svx("verify", *arguments)

    assert said.code == 64
    assert said.err


@pytest.mark.usefixtures("log")
def test_a_fault_of_this_program_is_no_finding(
    svx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr("svx_ledger.cli.verify.log.verify_log", fail)

    assert svx("verify", "log", "log", "--key", VKEY).code == 70


def test_a_finding_that_nobody_takes_is_one_all_the_same(
    svx: Run, log: WrittenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Unshown(BrokenPipeError(errno.EPIPE, "gone"))

    monkeypatch.setattr(telling, "say", gone)

    assert svx("verify", "log", "log", "--key", VKEY).code == 0
    log.spoil(Tile(0, 0, 256), 50)
    assert svx("verify", "log", "log", "--key", VKEY).code == 1


def test_a_finding_without_room_for_evidence_is_one_all_the_same(
    svx: Run, log: WrittenLog
) -> None:
    log.spoil(Tile(0, 0, 256), 50)

    said = svx("verify", "log", "log", "--key", VKEY, "--evidence", "absent/evidence")

    assert (said.code, said.out[:6]) == (1, "SVX101")
    assert "no tamper evidence could be written" in said.err


def test_the_group_says_what_it_ends_with(svx: Run) -> None:
    said = " ".join(svx("verify", "--help").out.split())

    assert "0 verified, 1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale" in said
    assert "70 this program failed" in said


def test_the_one_file_is_printed_or_written(svx: Run, tmp_path: Path) -> None:
    assert svx("verify", "script").out == joined()
    assert svx("verify", "script", "--out", "verify.py").out == ""
    assert (tmp_path / "verify.py").read_text() == joined()
