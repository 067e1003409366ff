"""The page for notebooks shows what its code prints, on the ledger of the demo."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from .running import run

PAGE = Path(__file__).parents[2] / "docs" / "notebook.md"
BLOCK = re.compile(r"(?ms)^```(python)?\n(.*?)^```$")


def shown() -> list[tuple[str, str]]:
    """Each block of code, with what the page says that it prints."""
    blocks = [(kind, text) for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
    found = []
    for n, (kind, code) in enumerate(blocks):
        if kind == "python":
            after = blocks[n + 1 : n + 2]
            found.append((code, after[0][1] if after and not after[0][0] else ""))
    return found


def test_the_page_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo", "--ledger", "sqlite:///svx-demo.db")[0] == 0
    names: dict[str, Any] = {"__name__": "__main__"}
    blocks = shown()

    assert len(blocks) == 5
    for code, expected in blocks:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102  # it is our own page
        assert printed.getvalue() == expected
