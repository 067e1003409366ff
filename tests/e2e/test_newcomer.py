"""The first bid of docs/api: every command of that page, typed as it stands there."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "api" / "README.md"
SECONDS = 30


@pytest.fixture
def bash(tmp_path: Path) -> Iterator["Shell"]:
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("curl or bash is not installed: the page is for a shell with both")
    shell = Shell(tmp_path)
    yield shell
    shell.close()


class Shell:
    """Somebody's shell in an empty folder, and another one in which the ledger is served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        beside = Path(sys.executable).parent
        path = f"{beside}{os.pathsep}{os.environ['PATH']}"
        left_out = ("SVX_LEDGER", "SVX_ACTOR")
        self.environment = {k: v for k, v in os.environ.items() if k not in left_out}
        self.environment |= {"PATH": path, "NO_COLOR": "1"}
        self._serving: subprocess.Popen[bytes] | None = None

    def type(self, command: str) -> str:
        """Run a command as the page has it, and return what it prints."""
        typed = command.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        done = subprocess.run(
            ["bash", "-c", typed],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        return done.stdout

    def serve(self, command: str) -> None:
        """Start what the page starts in the other shell, and wait until it answers."""
        self._serving = subprocess.Popen(
            [*shlex.split(command), "--port", str(self.port)],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        until = monotonic() + SECONDS
        while monotonic() < until:
            try:
                self.type("curl -sf http://127.0.0.1:8000/health")
            except subprocess.CalledProcessError:
                sleep(0.1)
            else:
                return
        pytest.fail("the service did not answer")

    def close(self) -> None:
        if self._serving is not None:
            self._serving.terminate()
            assert self._serving.wait(SECONDS) == 0


def commands() -> list[str]:
    """The commands of the page, in order; one with a backslash goes over several lines."""
    blocks = re.findall(r"(?ms)^```console\n(.*?)^```", PAGE.read_text(encoding="utf-8"))
    return [
        command.strip()
        for block in blocks
        for command in re.split(r"(?m)^\$ ", block)
        if command.strip()
    ]


def test_a_newcomer_bids(bash: Shell) -> None:
    make, activate, practice, serve, me, auction, first, board, watch, second, *more = (
        commands()
    )

    assert (make, activate) == ("make setup", ". .venv/bin/activate")  # done, where tests run
    told = bash.type(practice)
    keys = dict(re.findall(r"export (SVX_\w+)=(\S+)", told))
    bash.environment |= keys
    assert "\n  ledger.example/svx-practice+" in told
    bash.serve(serve)
    assert json.loads(bash.type(me))["organisation_id"] == "organisation-tarnlight"
    assert json.loads(bash.type(auction))["needs"][0]["need_id"] == "need-hubs"
    done = bash.type(first)
    assert json.loads(done)["state"] == "sequenced"
    assert bash.type(first) == done
    assert json.loads(bash.type(board))["rank"] == 1
    rival = first.replace("SVX_KEY", "SVX_RIVAL_KEY").replace("tarnlight", "kitestone")
    assert json.loads(bash.type(rival.replace("5000", "9000")))["state"] == "sequenced"
    live = bash.type(f"timeout 2 {watch} || true")
    sent = json.loads(re.findall(r"(?m)^data: (.*)$", live)[0])
    assert sent["rank"] == 2
    assert "900000" not in live
    refused, shown = json.loads(bash.type(second)), _problem_of_the_page()
    assert refused.keys() == shown.keys()
    assert {**refused, "recorded": 0} == {**shown, "recorded": 0}
    recorded, told_of = refused["recorded"], shown["recorded"]
    assert isinstance(told_of, dict)
    assert recorded["position"] == told_of["position"]
    _gets_a_receipt(bash, done, *more)


def _gets_a_receipt(bash: Shell, done: str, *commands: str) -> None:
    again, fetch, verify, checkpoint, proof = commands
    published = json.loads(bash.type(again))
    receipts = published.pop("receipts")
    assert published == json.loads(done) | {"state": "published"}
    bash.type(fetch)
    kept = (bash.folder / "my-bid.tlog-proof").read_text(encoding="utf-8")
    assert [kept] == [receipt["receipt"] for receipt in receipts]
    told = bash.type(verify)
    assert told.startswith("verified: event 44 of ledger.example/svx-practice")
    assert re.search(r"of auction-practice\n  recorded at \S+, as it says\n  it says:\n", told)
    assert '\n    lines: [{"need_id":"need-hubs",' in told
    assert "\n    value_pence: 500000\n" in told
    with pytest.raises(subprocess.CalledProcessError):
        bash.type(fetch.replace("SVX_KEY", "SVX_RIVAL_KEY"))
    assert bash.type(checkpoint).startswith("ledger.example/svx-practice\n")
    assert json.loads(bash.type(proof))["index"] == published["position"] - 1


def _problem_of_the_page() -> dict[str, object]:
    (block,) = re.findall(r"(?ms)^```json\n(.*?)^```", PAGE.read_text(encoding="utf-8"))
    problem: dict[str, object] = json.loads(block)
    return problem
