"""kill -9 at any step of writing a segment: the next run goes on, to the same bytes."""

import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from svx_ledger.eventlog.record import Row
from svx_ledger.exports.columns.facts import Fact
from svx_ledger.exports.columns.faults import CopyBusy

from .setting import SIZE, contents, copied, source

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(400)
def test_a_writer_that_is_killed_at_any_step_is_gone_on_with(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    (tmp_path / "rows").write_bytes(pickle.dumps(told))
    (tmp_path / "facts").write_bytes(pickle.dumps(moved))
    every = "3"  # "1" has been tried, and takes three times as long
    command = [sys.executable, "-m", "tests.exports.columns.killed", str(tmp_path), every]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)

    assert int(ran.stdout) > 60


def test_two_processes_that_write_one_copy_harm_nothing(
    ready: Path, told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.exports.columns.setting import *\n"
        "with ledger(sys.argv[1]) as (source, _): copied(Path(sys.argv[2]), source)"
    )
    command = [
        sys.executable,
        "-c",
        program,
        f"sqlite:///{ready / 'x.db'}",
        str(tmp_path / "copy"),
    ]
    with (
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as one,
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as other,
    ):
        said = one.communicate()[1] + other.communicate()[1]
    for _ in range(100):
        try:
            copied(tmp_path / "copy", source(told, moved), SIZE)
            break
        except CopyBusy:
            time.sleep(0.1)

    assert 0 in (one.returncode, other.returncode), said
    assert one.returncode == other.returncode or b"CopyBusy" in said
    assert contents(tmp_path / "copy") == contents(ready / "x.columns")
