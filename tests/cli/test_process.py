"""The program as a process: streams, encodings, colours, and what starting costs."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from svx_ledger.cli.failing import Exit

OURS = "svx_ledger."


def run(
    folder: Path, *arguments: str | bytes, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program as its users do."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("SVX_")}
    return subprocess.run(
        [sys.executable, "-m", "svx_ledger", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env=kept | environment,
        check=False,
        timeout=60,
    )


def test_a_ledger_is_begun_and_read(tmp_path: Path) -> None:
    begun = run(tmp_path, "init")
    organisation = {
        "organisation_id": "organisation-abcd",
        "name": "Zoë & Söhne",
        "side": "supplier",
        "identifiers": [{"scheme": "GB-COH", "id": "1"}],
    }
    command = json.dumps({"command": "RegisterOrganisation", "data": organisation}).encode()
    given = run(tmp_path, "do", "-", "--actor", "operator:/person-1", stdin=command)
    read = run(tmp_path, "events", "--json")

    assert (begun.returncode, given.returncode, read.returncode) == (Exit.DONE,) * 3
    assert given.stdout == b"organisation-abcd\n"
    assert given.stderr.decode() == "2  Zoë & Söhne was registered (supplier).\n"
    assert [json.loads(line)["position"] for line in read.stdout.splitlines()] == [1, 2]


def test_data_and_messages_do_not_mix(tmp_path: Path) -> None:
    missing = run(tmp_path, "events", "--json")
    unknown = run(tmp_path, "frobnicate")

    assert (missing.returncode, missing.stdout) == (Exit.NOT_FOUND, b"")
    assert json.loads(missing.stderr)["type"] == "/problems/no-ledger"
    assert (unknown.returncode, unknown.stdout) == (Exit.USAGE, b"")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    run(tmp_path, "init")
    line = ["organisation", "register", "--side", "supplier", "--identifier"]
    said = run(
        tmp_path,
        *line,
        "scheme=GB-COH,id=1",
        b"--name=\xff\xfe",
        SVX_ACTOR="operator:/person-1",
    )

    assert (said.returncode, said.stderr[:17]) == (Exit.USAGE, b"bad-text at /name")


def test_no_colour_in_a_pipe_or_where_it_is_not_wanted(tmp_path: Path) -> None:
    run(tmp_path, "init")
    outputs = [
        run(tmp_path, *line, NO_COLOR="1", FORCE_COLOR=colour)
        for line in (("--help",), ("auction", "bid", "--help"), ("events",), ("nothing",))
        for colour in ("", "1")
    ]

    assert [o.args for o in outputs if b"\x1b" in o.stdout + o.stderr] == []


def test_a_reader_that_stops_reading_causes_no_traceback(tmp_path: Path) -> None:
    run(tmp_path, "init")
    command = f"{shlex.quote(sys.executable)} -m svx_ledger events --json | true"
    said = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False)  # noqa: S602

    assert b"Traceback" not in said.stderr


def test_starting_loads_neither_the_rules_nor_a_database() -> None:
    program = (
        "import sys; from svx_ledger.cli.app import build; build(['--help']);"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in"
        " ('cryptography', 'eventsourcing', 'psycopg', 'orjson', 'rich')"
        " or m.startswith('svx_ledger.domain')))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert said.stdout == b"[]\n"
