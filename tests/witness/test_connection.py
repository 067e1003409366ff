"""A connection on which nothing whole comes is not held open for ever."""

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from svx_ledger.witness import server

from .listening import listening
from .logs import WITNESS_KEY, Log

LOG = Log()


@pytest.mark.parametrize("begun", [b"", b"POST /add-checkpoint HTTP/1.1\r\nA: "])
def test_who_asks_nothing_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(server, "QUIET_SECONDS", 0.1)
    with listening(tmp_path, WITNESS_KEY) as url:
        where = urlsplit(url)
        assert where.hostname is not None
        with socket.create_connection(
            (where.hostname, where.port or 0), timeout=30
        ) as open_one:
            open_one.sendall(begun)
            ended = open_one.recv(1_000)

    assert ended == b""


def test_who_asks_again_and_again_keeps_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "QUIET_SECONDS", 0.3)
    with (
        listening(tmp_path, WITNESS_KEY) as url,
        httpx2.Client(base_url=url, trust_env=False) as http,
    ):
        answers = []
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            answers.append(http.post("/add-checkpoint", content=LOG.request(0, 5)))
            time.sleep(0.02)
        streams = {answer.extensions["network_stream"] for answer in answers}

    assert len(answers) > 5
    assert len(streams) == 1
