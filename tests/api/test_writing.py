"""Lines on a standard error that nobody reads: nobody waits for them."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from svx_ledger.api.process import logs
from svx_ledger.api.process.logs import Log
from svx_ledger.api.process.writing import Waiting

from .processes import begun, serving

WITHIN = 10.0


def test_lines_are_written_in_order_and_flushed() -> None:
    to = io.BytesIO()
    log = Log("json", to, waits=False)
    for n in range(500):
        log.say("something", n=n)

    log.flush(WITHIN)

    said = [json.loads(line) for line in to.getvalue().splitlines()]
    assert [line["n"] for line in said] == list(range(500))


def test_what_does_not_fit_is_dropped_and_told_once_there_is_room() -> None:
    gate, to = threading.Event(), io.BytesIO()

    class Slow(io.RawIOBase):
        def write(self, data: object) -> int:
            gate.wait(WITHIN)
            return to.write(bytes(data)[:3])  # type: ignore[call-overload]

    lines = Waiting(Slow(), lambda n: lines.msg(b"dropped %d" % n), most=4)  # type: ignore[arg-type]
    for n in range(10):
        lines.msg(b"line %d" % n)
    began = time.monotonic()
    lines.flush(0.1)
    assert time.monotonic() - began < WITHIN / 2
    gate.set()
    lines.flush(WITHIN)

    assert to.getvalue().split(b"\n") == [
        *(b"line 0", b"line 1", b"line 2", b"line 3", b"dropped 6", b""),
    ]


def test_a_log_tells_how_many_were_dropped() -> None:
    to = io.BytesIO()
    log = Log("json", to, waits=False)
    log._lost(7)
    log.flush(WITHIN)
    said = json.loads(to.getvalue())
    assert (said["level"], said["lines"]) == ("warning", 7)


def test_who_cannot_be_written_to_is_not_waited_for() -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    log = Log("json", Full(), waits=False)
    log.say("something")
    log.flush(WITHIN)
    assert log._lines._taken == log._lines._done  # type: ignore[union-attr]


def test_a_process_that_ends_writes_what_it_said() -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"from {logs.__name__} import *; set_up('text').say('last')"],
        capture_output=True,
        check=True,
    )
    assert said.stderr.endswith(b"last\n")


def test_a_service_whose_standard_error_nobody_reads_goes_on_and_ends(tmp_path: Path) -> None:
    url = begun(tmp_path)
    theirs, ours = os.pipe()
    try:
        with serving(tmp_path, url, err=ours) as (process, port):
            with closing(HTTPConnection("127.0.0.1", port, timeout=WITHIN)) as line:
                for _ in range(600):  # of some 180 bytes: a pipe takes 64 KiB
                    line.request("GET", "/health")
                    assert line.getresponse().read()
            process.terminate()
            assert process.wait(WITHIN) == 0
    finally:
        os.close(theirs)
        os.close(ours)
