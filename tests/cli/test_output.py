"""Output that nobody takes: what was done is done, and is said to be."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from svx_ledger.cli.failing import Exit

from .conftest import OPERATOR_TEXT, Run
from .test_giving import Scene

PROGRAM = f"{shlex.quote(sys.executable)} -m svx_ledger"
REGISTER = (
    "organisation register organisation-abcd --name X --side supplier "
    "--identifier scheme=GB-COH,id=1"
)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in bash; its exit code is the program's, not that of what reads from it."""
    script = f"set -o pipefail; {PROGRAM} {line}"
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, check=False, encoding="utf-8", timeout=60
    )


@pytest.mark.parametrize("form", ["", "--json"])
def test_what_is_recorded_and_cannot_be_shown_is_said_to_be_done(
    opened: Run, form: str
) -> None:
    said = shell(f"{REGISTER} {form} > /dev/full")

    assert said.returncode == Exit.UNEXPECTED
    assert (
        "done, recorded at position 2, but it could not be shown: No space left" in said.stderr
    )
    assert "Traceback" not in said.stderr
    assert [event["position"] for event in opened("events", "--json").lines] == [1, 2]


def test_a_closed_pipe_is_no_failure(opened: Run) -> None:
    said = [shell(f"{line} | true") for line in (REGISTER, "events", "events --json")]

    assert [(s.returncode, "Traceback" in s.stderr) for s in said] == [(Exit.DONE, False)] * 3
    assert len(opened("events", "--json").lines) == 2


@pytest.mark.parametrize(
    "line", ["events", "events --json", "show nothing", "report awards", "config show"]
)
def test_what_cannot_be_shown_ends_without_a_traceback(opened: Run, line: str) -> None:
    del opened
    said = shell(f"{line} > /dev/full")

    assert said.returncode == (Exit.NOT_FOUND if "nothing" in line else Exit.UNEXPECTED)
    assert "Traceback" not in said.stderr
    assert "nothing" in line or "could not be shown: No space left" in said.stderr


@pytest.mark.parametrize("where", ["2> /dev/full", "> /dev/full 2>&1", ">&- 2>&-"])
def test_an_exit_code_needs_no_output(opened: Run, where: str) -> None:
    del opened
    said = shell(f"show nothing {where}")

    assert said.returncode == Exit.NOT_FOUND
    assert "Traceback" not in said.stderr


def test_a_rejected_bid_is_one_whether_or_not_it_is_shown(opened: Run, tmp_path: Path) -> None:
    scene = Scene(opened, tmp_path)
    scene.announce()
    line = f"need_id={scene.need},unit=laptop,quantity=5"
    bid = f"auction bid {scene.auction} --supplier-id {scene.supplier} --line {line}"
    said = [shell(f"{bid} --actor {scene.bidder} {to}") for to in ("| true", "> /dev/full")]

    assert [s.returncode for s in said] == [Exit.REFUSED] * 2
    assert all("The attempt is on record." in s.stderr for s in said)


def test_any_other_fault_of_the_system_is_not_hidden(
    opened: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("svx_ledger.cli.commands.giving.give", fail)
    with pytest.raises(FileNotFoundError):
        opened(*REGISTER.split(), "--actor", OPERATOR_TEXT)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_is_json_in_every_encoding(opened: Run, encoding: str) -> None:
    name = "Tŷ Gwyn & Café, £1 \U0001f33b (fictional)"
    registered = REGISTER.replace("--name X", f"--name {shlex.quote(name)}")
    with_encoding = f"PYTHONIOENCODING={encoding} {PROGRAM}"
    script = f"{with_encoding} {registered} --json > /dev/null && {with_encoding} events --json"

    said = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=60)

    del opened
    lines = [json.loads(line.decode(encoding)) for line in said.stdout.splitlines()]
    assert lines[1]["data"]["name"] == name
