"""A witness of one log: the program `witness serve`, over loopback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from benchmarks.measured import environment
from svx_ledger.proofs.notes.keys import COSIGNATURE, SigningKey
from svx_ledger.witness.key_file import write_key
from svx_ledger.witness.state import create_state

from .desk import Desk

NAME = "witness.invalid"
START_SECONDS = 30.0


@contextmanager
def witness(desk: Desk) -> Iterator[Path]:
    """Run a witness of the desk's log; yield a policy that asks for it."""
    folder, key = desk.folder, SigningKey.generate(NAME, COSIGNATURE)
    create_state(folder / "witness.state", key.verifier)
    write_key(folder / "witness", key)
    log = desk.key.verifier.text
    said = folder / "witness.said"
    options = ("--key", str(folder / "witness"), "--log", log, "--listen", "127.0.0.1:0")
    with program(["witness", "serve", *options], {}, said):
        url = json.loads(_first_line(said))["url"]
        policy = folder / "policy"
        policy.write_text(
            f"log {log}\nwitness {NAME} {key.verifier.text} {url}\nquorum {NAME}\n",
            encoding="utf-8",
        )
        yield policy


@contextmanager
def program(
    arguments: list[str], settings: dict[str, str], said: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of `svx-ledger` meanwhile; what it says goes into a file."""
    with (
        said.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-m", "svx_ledger", *arguments],
            env=environment(settings),
            stdout=file,
            stderr=file,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _first_line(said: Path) -> str:
    """Return the first line that a program says, once it has said it."""
    for _ in range(int(START_SECONDS / 0.01)):
        line, newline, _ = said.read_text(encoding="utf-8").partition("\n")
        if newline:
            return line
        sleep(0.01)
    raise RuntimeError(f"a program said nothing in {START_SECONDS:g} s")
