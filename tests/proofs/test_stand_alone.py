"""`verify.py`: docs has what the modules make, and it runs with nothing else of ours."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.script import joining, stand_alone
from svx_ledger.proofs.script.joining import joined
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile

from .stored import history
from .written_log import VKEY, WrittenLog, policy_text, records

PAGE = Path(__file__).parents[2] / "docs" / "verify" / "verify.py"
NEEDED = ("cryptography", "cffi", "_cffi_backend")


@pytest.fixture
def clean(tmp_path: Path) -> list[str]:
    """A Python that finds its own library and `cryptography`, and nothing else."""
    beside = tmp_path / "installed"
    beside.mkdir()
    for name in NEEDED:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        origin = origin.parent if origin.name == "__init__.py" else origin
        (beside / origin.name).symlink_to(origin)
    start = (
        f"import runpy, sys; sys.path.append({str(beside)!r}); "
        f"runpy.run_path({str(PAGE)!r}, run_name='__main__')"
    )
    return [sys.executable, "-I", "-S", "-c", start]


def test_what_is_in_docs_is_what_the_modules_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == joined(), "svx-ledger verify script --out docs/…"


def test_it_imports_nothing_of_ours() -> None:
    names = [
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(joined()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    foreign = {
        name.split(".")[0]
        for name in names
        if name and name.split(".")[0] not in sys.stdlib_module_names
    }

    assert foreign == {"cryptography"}


def test_no_name_may_be_defined_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = f'"""One."""\n\nfrom {joining.ROOM}.b.two import f\n\ng = f\n'
    (tmp_path / "a" / "one.py").write_text(one)
    (tmp_path / "b" / "two.py").write_text('"""Two."""\n\n\ndef f(): ...\n\n\ng: int = 1\n')
    monkeypatch.setattr(joining, "FOLDER", tmp_path)
    monkeypatch.setattr(joining, "LAST", "a.one")

    with pytest.raises(ValueError, match=r"g is defined in b\.two and in a\.one"):
        joined()


def test_it_runs_alone(clean: list[str], tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(300)], cosigned=[5, 6])
    (tmp_path / "policy").write_text(policy_text(2))
    (tmp_path / "receipt").write_bytes(log.receipt(7).data())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*clean, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    verified = run("log", "log", "--policy", "policy", "--remember", "heads")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.startswith("verified: ledger.example/test, 300 events\n")
    assert "cosigned by w1 at 1970-01-01T00:00:05Z" in verified.stdout
    assert "not proven: " in verified.stdout
    stale = run("log", "log", "--policy", "policy", "--max-age", "60")
    assert stale.returncode == 5
    assert stale.stdout.startswith("SVX501")
    receipt = run("receipt", "receipt", "--key", VKEY)
    assert receipt.returncode == 0
    assert "thing-done.v1, version 1 of auction-1" in receipt.stdout
    log.spoil(Tile(ENTRIES, 0, 256), 79 * 3 + 50)
    tampered = run("log", "log", "--key", VKEY, "--evidence", "evidence.json")
    assert tampered.returncode == 1
    assert "(leaf 3, position 4)" in tampered.stdout
    assert json.loads((tmp_path / "evidence.json").read_text())["findings"][0]["leaf"] == 3


def code(*arguments: str | Path) -> int:
    return stand_alone.main([str(argument) for argument in arguments])


def test_it_ends_as_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = WrittenLog(tmp_path / "log", records(10))
    older = WrittenLog(tmp_path / "older", records(7))
    (tmp_path / "policy").write_text(policy_text(2))
    key = ("--key", VKEY)

    assert code("log", log.folder, *key, "--remember", "heads") == 0
    assert code("log", older.folder, *key, "--remember", "heads") == 1
    assert code("log", log.folder, *key, "--max-age", "0") == 5
    assert (
        code("consistency", older.folder / "checkpoint", log.folder / "checkpoint", *key) == 64
    )
    assert "a proof needs the log" in capsys.readouterr().err
    pair = (older.folder / "checkpoint", log.folder / "checkpoint")
    assert code("consistency", *pair, "--log", log.folder, *key) == 0
    assert code("consistency", *reversed(pair), "--log", log.folder, *key) == 1
    assert code("log", log.folder, "--policy", tmp_path / "policy") == 2
    assert "SVX202" in capsys.readouterr().out
    assert code("log", tmp_path, *key) == 4
    assert code("log", log.folder, "--key", "nonsense") == 64
    assert code("log", log.folder, "--policy", tmp_path / "absent") == 64
    assert code("receipt", tmp_path / "policy", *key) == 3
    assert code("receipt", tmp_path / "absent", *key) == 64


def test_what_is_found_in_one_receipt_outweighs_another_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(9)])
    (tmp_path / "good").write_bytes(log.receipt(2).data())
    (tmp_path / "bad").write_bytes(replace(log.receipt(2), extra=log.records[3]).data())
    (tmp_path / "record").write_bytes(log.records[2])
    good, bad, absent = (tmp_path / name for name in ("good", "bad", "absent"))
    key = ("--key", VKEY)

    assert code("receipt", bad, absent, good, *key) == 1
    said = capsys.readouterr()
    assert "SVX101" in said.out
    assert "verified: event 3" in said.out
    assert "absent" in said.err
    assert code("receipt", absent, good, *key) == 64
    assert code("receipt", good, good, "--record", tmp_path / "record", *key) == 64


def test_another_epoch_and_a_damaged_file_of_heads_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = SigningKey("ledger.example/test/2", ED25519, b"e" * 32)
    one = WrittenLog(tmp_path / "1", records(9))
    two = WrittenLog(tmp_path / "2", records(3), origin=second.name, key=second)
    how = ("--key", f"{VKEY}\n{second.verifier.text}")
    heads = tmp_path / "heads"

    assert code("log", one.folder, *how, "--remember", heads) == 0
    assert code("log", two.folder, *how, "--remember", heads) == 0
    gone_on = "ledger.example/test/2 goes on from ledger.example/test, of which 9 events are"
    assert f"not proven: that {gone_on} remembered." in capsys.readouterr().out
    pair = (one.folder / "checkpoint", two.folder / "checkpoint")
    assert code("consistency", *pair, *how) == 64
    assert "two logs: " in capsys.readouterr().err
    heads.write_text("{")
    assert code("log", two.folder, *how, "--remember", heads) == 64
    assert str(heads) in capsys.readouterr().err


def test_a_finding_is_one_where_no_evidence_can_be_written_and_nobody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = WrittenLog(tmp_path / "log", records(10))
    log.spoil(Tile(0, 0, 10), 50)

    assert code("log", log.folder, "--key", VKEY, "--evidence", tmp_path / "no" / "file") == 1
    assert "no tamper evidence could be written" in capsys.readouterr().err
    full = os.fdopen(os.open("/dev/full", os.O_WRONLY), "w", closefd=False)
    monkeypatch.setattr(sys, "stdout", full)
    assert code("log", log.folder, "--key", VKEY, "--evidence", tmp_path / "file") == 1


@pytest.mark.parametrize("arguments", [[], ["log"], ["log", "x"], ["other"]])
def test_a_line_that_is_not_understood_ends_with_64(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        stand_alone.main(arguments)

    assert ended.value.code == 64


def test_a_head_is_kept_and_what_a_receipt_says_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = history(3, {2: {"data": {"of": {"b": [1]}, "what": "a\nb"}}})
    log = WrittenLog(tmp_path / "log", [row[4] for row in rows])
    (tmp_path / "receipt").write_bytes(log.receipt(1).data())

    assert code("log", log.folder, "--key", VKEY, "--keep", tmp_path / "kept") == 0
    (kept,) = (tmp_path / "kept").iterdir()
    assert f"  kept in {kept}\n" in capsys.readouterr().out
    assert kept.read_bytes() == log.note()
    assert code("receipt", tmp_path / "receipt", "--key", VKEY) == 0
    assert '  it says:\n    of: {"b":[1]}\n    what: a\\nb\n' in capsys.readouterr().out
    kept.write_bytes(b"")
    assert code("log", log.folder, "--key", VKEY, "--keep", tmp_path / "kept") == 64
    assert "is not the head that its name says" in capsys.readouterr().err


def test_what_files_say_cannot_move_the_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = history(3, {2: {"type": "\x1b[2Jverified: \u202e"}})
    log = WrittenLog(tmp_path / "log", [row[4] for row in rows])
    (tmp_path / "receipt").write_bytes(log.receipt(1).data())

    assert code("receipt", tmp_path / "receipt", "--key", VKEY) == 0

    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert r"\x1b[2Jverified: \u202e" in told
