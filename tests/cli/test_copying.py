"""`export columns`: what it writes and says, and how it ends."""

from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit
from svx_ledger.exports.columns.folder import Folder

from .conftest import Run


@pytest.fixture
def demo(svx: Run) -> Run:
    """The demo's ledger in the folder."""
    assert svx("demo", "--ledger", "sqlite:///x.db").code == Exit.DONE
    return svx


def test_a_copy_stands_beside_the_ledger_and_can_be_checked(demo: Run, tmp_path: Path) -> None:
    ledger = ("--ledger", "sqlite:///x.db")
    written = demo("export", "columns", "--segment", "64", *ledger)
    checked = demo("export", "columns", "--check", *ledger)
    again = demo("export", "columns", "--json", *ledger)

    assert written.code == checked.code == Exit.DONE
    assert written.out.startswith("x.columns has positions 1 to ")
    assert checked.out == "x.columns: every file is whole, and says what the ledger says\n"
    assert again.json["folder"] == "x.columns"
    assert again.json["position"] % 64 == 0
    assert again.json["root"] in written.out
    assert (tmp_path / "x.columns" / "manifest.json").exists()


def test_what_is_wrong_with_a_copy_is_named_and_ends_as_damage(
    demo: Run, tmp_path: Path
) -> None:
    ledger = ("--ledger", "sqlite:///x.db", "--to", "there")
    demo("export", "columns", "--segment", "128", *ledger)
    (file, *_) = sorted((tmp_path / "there" / "facts").iterdir())
    file.unlink()
    plain = demo("export", "columns", "--check", *ledger)
    json = demo("export", "columns", "--check", "--json", *ledger)

    assert (plain.code, json.code) == (Exit.DAMAGED, Exit.DAMAGED)
    assert plain.out == f"facts/{file.name}: is missing\n"
    assert json.lines == [{"file": f"facts/{file.name}", "reason": "is missing"}]


def test_what_cannot_be_is_said_with_the_remedy(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ("--ledger", "sqlite:///x.db")
    nothing = demo("export", "columns", "--check", *ledger)
    odd = demo("export", "columns", "--segment", "100", *ledger)
    nowhere = demo("export", "columns", "--ledger", "postgresql://nobody@127.0.0.1/none")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    without = demo("export", "columns", *ledger)

    assert {one.code for one in (nothing, odd, nowhere, without)} == {Exit.USAGE}
    assert "has no columnar copy" in nothing.err
    assert "power of two" in odd.err
    assert "--to FOLDER" in nowhere.err
    assert "pip install 'svx-ledger[columns]'" in without.err


def test_a_copy_that_another_writes_just_now_is_no_fault_of_the_ledger(
    demo: Run, tmp_path: Path
) -> None:
    ledger = ("--ledger", "sqlite:///x.db")
    demo("export", "columns", "--segment", "64", *ledger)
    with Folder(tmp_path / "x.columns").writing():
        plain = demo("export", "columns", *ledger)
        json = demo("export", "columns", "--json", *ledger)

    told = "another is writing x.columns just now: run it again when that has ended"
    assert (plain.code, json.code) == (Exit.CONFLICT, Exit.CONFLICT)
    assert plain.err == f"{told}\n"
    assert json.problem["title"] == told


def test_a_disk_that_takes_no_copy_is_no_fault_of_the_ledger(demo: Run, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("")

    said = demo("export", "columns", "--to", "there/x", "--ledger", "sqlite:///x.db")
    assert said.code == Exit.UNEXPECTED
    assert "Not a directory; nothing of it is served; mend that, and run it again" in said.err
