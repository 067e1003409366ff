"""What the pages show of the demo is what it prints."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .running import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """The address of a ledger that the demo filled, and what it printed."""
    address = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    code, lines, _ = run("demo", "--ledger", address)
    assert code == 0
    return address, lines


def test_the_tour_shows_what_is_printed(printed: tuple[str, list[str]]) -> None:
    address, lines = printed
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = readme[readme.index("## A minute's tour") : readme.index("The log can be published")]
    blocks = re.findall(r"(?ms)^```\n(.*?)^```", tour)

    assert len(blocks) == 6
    for block in blocks:
        there = lines
        for line in block.splitlines():
            if line.startswith("$ svx-ledger "):
                _, there, _ = run(*shlex.split(line)[2:], "--ledger", address)
            elif not line.startswith("$ export "):
                assert line in there


def test_the_tour_ends_in_a_byte_that_was_changed(
    printed: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, _ = printed
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    last = readme[readme.index("The log can be published") : readme.index("[The demo](")]
    shown = "".join(re.findall(r"(?ms)^```\n(.*?)^```", last))
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", "\n".join(re.findall(r"(?m)^\$ (.*)", shown))],
        cwd=tmp_path,
        env=os.environ | {"PATH": bin_first, "SVX_LEDGER": address},
        capture_output=True,
        text=True,
        check=False,
    )

    verified, found = (
        "verified: ledger.example/svx-demo, 665 events\n",
        "(leaf 37, position 38)",
    )
    assert verified in shown
    assert verified in done.stdout
    assert found in shown
    assert found in done.stdout
    assert done.returncode == 1


def test_the_evaluation_shows_what_is_printed(printed: tuple[str, list[str]]) -> None:
    address, _ = printed
    page = (ROOT / "docs" / "evaluation" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```\n\$ (svx-ledger .*?)\n(.*?)^```", page)

    assert len(blocks) == 2
    for line, shown in blocks:
        _, there, _ = run(*shlex.split(line)[1:], "--ledger", address)
        assert shown.splitlines() == there


def test_the_tour_counts_the_commands(printed: tuple[str, list[str]]) -> None:
    _, lines = printed
    (counted,) = (line for line in lines if line.startswith("The ledger is "))
    commands = counted.split(" events of ")[1].split()[0]

    assert f"`make demo` plays {commands} commands " in (ROOT / "README.md").read_text("utf-8")


def test_the_tour_quotes_the_last_line(printed: tuple[str, list[str]]) -> None:
    _, lines = printed
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (quote,) = re.findall(r"(?m)(?:^> .*\n)+", readme)

    assert " ".join(quote.replace("> ", " ").split()) == lines[-1]


def test_every_stream_that_the_page_names_is_there(printed: tuple[str, list[str]]) -> None:
    address, _ = printed
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    rows = [row for row in page.splitlines() if row.startswith("| ") and "`" in row]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}
    _, lines, _ = run("events", "--ledger", address, "--json")

    assert len(named) > 30
    assert named <= set(re.findall(r'"stream": "([a-z0-9-]+)"', "\n".join(lines)))
