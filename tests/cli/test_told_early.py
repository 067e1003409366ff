"""`serve` that is told to end while it starts: each time just when a module is to be loaded."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperOption

from svx_ledger.cli import told_early
from svx_ledger.cli.app import build

PROGRAM = """
import os, sys
class Telling:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Telling())
sys.argv = ["svx-ledger", "--ledger", {url!r}, *{line!r}]
from svx_ledger.cli import main
main()
"""


def told(number: int, module: str, folder: Path, *line: str) -> tuple[int, bytes]:
    """Run the program; return how it ended, and what it said."""
    url = f"sqlite:///{folder / 'serve'}"
    program = PROGRAM.format(module=module, number=int(number), url=url, line=line)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, timeout=60
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("module", ["svx_ledger.cli.app", "svx_ledger.api.application"])
def test_a_service_that_starts_ends_as_one_that_serves(
    tmp_path: Path, module: str, number: int
) -> None:
    assert told(number, module, tmp_path, "serve", "--port", "0") == (0, b"")


def test_any_other_verb_ends_as_what_was_killed(tmp_path: Path) -> None:
    ended, _ = told(signal.SIGTERM, "svx_ledger.cli.app", tmp_path, "show", "serve")

    assert ended == -signal.SIGTERM


def test_the_global_options_with_a_value_are_known() -> None:
    said = typer.main.get_command(build(())).params
    valued = {one.opts[0] for one in said if isinstance(one, TyperOption) and not one.is_flag}

    assert valued == set(told_early._VALUED)
