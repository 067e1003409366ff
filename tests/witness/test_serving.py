"""A real `svx-ledger witness serve`, asked over HTTP, stopped, and killed."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from svx_ledger.proofs.notes.cosignature import cosigned_at
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.tree.merkle import leaf_hash
from svx_ledger.witness.request import BODY_BYTES

from .logs import ORIGIN, WITNESS_KEY, Log, request
from .running import Running, running

LOG = Log()
FORK = Log("fork", shared=3)


def post(served: Running, body: bytes) -> httpx2.Response:
    return httpx2.post(f"{served.url}/add-checkpoint", content=body, trust_env=False)


def test_every_status_over_http(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        answers = {
            "first": post(served, LOG.request(0, 5)),
            "behind": post(served, LOG.request(0, 6)),
            "fork": post(served, FORK.request(5, 6)),
            "two roots": post(served, FORK.request(5, 5)),
            "unsigned": post(served, request(5, [], LOG.note(5).replace(b"\n5\n", b"\n6\n"))),
            "stranger": post(served, LOG.request(5, 5).replace(b"log.example", b"any.example")),
            "garbage": post(served, b"\x00" * 1000),
            "shrinks": post(served, request(6, [], LOG.note(5))),
            "huge": post(served, LOG.request(5, 6) + b"\n" * BODY_BYTES),
            "read": httpx2.get(f"{served.url}/add-checkpoint", trust_env=False),
            "elsewhere": httpx2.post(f"{served.url}/other", trust_env=False),
            "again": post(served, LOG.request(5, 5)),
        }
        code = served.stop()

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "first": 200,
        "behind": 409,
        "fork": 422,
        "two roots": 409,
        "unsigned": 403,
        "stranger": 404,
        "garbage": 400,
        "shrinks": 400,
        "huge": 413,
        "read": 405,
        "elsewhere": 404,
        "again": 200,
    }
    assert answers["behind"].headers["content-type"] == "text/x.tlog.size"
    assert answers["behind"].content == b"5\n"
    [line] = parse_note(LOG.head(5).body + b"\n" + answers["again"].content).signatures
    stated = cosigned_at(WITNESS_KEY.verifier, LOG.head(5).body, line)
    assert abs(stated - time.time()) < 60
    assert code == 0


def test_it_says_what_it_answered_and_neither_its_key_nor_what_strangers_sent(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as served:
        post(served, LOG.request(0, 5))
        post(served, LOG.request(0, 5).replace(b"log.example", b"canary.example"))
        post(served, b"canary")
        served.stop()
        said = [(line["event"], line.get("status")) for line in served.lines]
        origins = [line.get("origin") for line in served.lines]
        whole = str(served.lines)

    assert said == [
        ("answered", 200),
        ("answered", 404),
        ("answered", 400),
        ("stopped", None),
    ]
    assert origins == [ORIGIN, None, None, None]
    assert "canary" not in whole
    assert WITNESS_KEY.text not in whole


def test_it_ends_while_somebody_holds_a_connection_and_says_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as served:
        where = urlsplit(served.url)
        assert where.hostname is not None
        with socket.create_connection((where.hostname, where.port or 0)) as idle:
            idle.sendall(b"POST /add-checkpoint HTTP/1.1\r\n")
            code = served.stop()

    assert code == 0


@pytest.mark.parametrize(
    "rounds", [3, pytest.param(100, marks=[pytest.mark.faults, pytest.mark.timeout(1200)])]
)
def test_killed_at_any_moment_it_never_cosigns_two_roots_at_one_size(
    tmp_path: Path, rounds: int
) -> None:
    """Three histories race for each size. What is not known after a kill is asked again."""
    cosigned: dict[int, set[bytes]] = {}
    past: list[str] = []
    process = Running(tmp_path)
    with ThreadPoolExecutor(3) as pool, httpx2.Client(trust_env=False, verify=False) as http:
        for number in range(2 * rounds):
            process.start()
            timer = threading.Timer(0.02 * (number % 9), process.kill)
            alive = True
            while alive:
                size = len(past) + 1
                racing = [Chosen([*past, f"{size} {n}"]) for n in range(3)]
                for old in (size - 1, size):  # the last leaf; then the same head again
                    bodies = [history.request(old, size) for history in racing]
                    statuses = list(pool.map(partial(status_of, http, process), bodies))
                    assert set(statuses) <= {200, 409, None}
                    won = [
                        h for h, status in zip(racing, statuses, strict=True) if status == 200
                    ]
                    cosigned.setdefault(size, set()).update(h.root(size) for h in won)
                    past = won[0].leaves if won else past
                    if won and timer.ident is None:  # however slow the machine is
                        timer.start()
                    alive = None not in statuses
            timer.join()

    assert {len(roots) for roots in cosigned.values()} <= {0, 1}
    assert len(past) > rounds


class Chosen(Log):
    """A history that is listed."""

    def __init__(self, leaves: list[str]) -> None:
        super().__init__()
        self.leaves = leaves

    def _leaf(self, index: int) -> bytes:
        return leaf_hash(self.leaves[index].encode())


def status_of(http: httpx2.Client, served: Running, body: bytes) -> int | None:
    """Ask; None where nobody answers any more."""
    try:
        return http.post(f"{served.url}/add-checkpoint", content=body).status_code
    except httpx2.HTTPError:
        return None
