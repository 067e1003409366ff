"""How many connections there may be, and which is closed for another."""

import asyncio
import resource
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.process.connections import Connections, most_within, raise_file_limit
from svx_ledger.api.refusals import BUSY, Declined
from svx_ledger.api.workers import heavy
from svx_ledger.api.workers.heavy import Heavy

from .processes import begun, serving

GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
WITHIN = 10.0


class One:
    """A connection that can be cut."""

    is_cut = False

    def cut(self) -> None:
        self.is_cut = True


def entered(held: Connections, *hosts: str) -> list[One]:
    ones = [One() for _ in hosts]
    assert all(held.enter(one, host) for one, host in zip(ones, hosts, strict=True))
    return ones


def test_the_one_that_was_idle_for_longest_is_closed_for_another() -> None:
    held = Connections(most=3)
    first, second, third = entered(held, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    held.busy(first)
    held.idle(first)
    held.busy(second)

    entered(held, "192.0.2.4", "192.0.2.5")

    assert [one.is_cut for one in (first, second, third)] == [True, False, True]
    assert len(held) == 3


def test_when_all_are_at_work_the_new_one_is_turned_away() -> None:
    held = Connections(most=2)
    ones = entered(held, "192.0.2.1", "192.0.2.2")
    for one in ones:
        held.busy(one)

    assert not held.enter(One(), "192.0.2.3")

    held.leave(ones[0])
    entered(held, "192.0.2.3")


def test_an_address_has_only_so_many_and_makes_room_among_its_own() -> None:
    held = Connections(most=100, most_each=2)
    (other,) = entered(held, "192.0.2.9")
    first, second, _ = entered(held, "2001:db8::1", "2001:db8::2", "2001:db8::ffff:3")
    assert (first.is_cut, second.is_cut, other.is_cut) == (True, False, False)
    for one in list(held._open):
        held.busy(one)

    assert not held.enter(One(), "2001:db8::1")
    entered(held, "2001:db8:1::1")


def test_a_named_proxy_brings_as_many_as_there_may_be() -> None:
    held = Connections(most=5, most_each=1, trusted=["192.0.2.0/30", "::1"])
    ones = entered(held, *["192.0.2.1"] * 2, *["::1"] * 2, "::ffff:192.0.2.2")
    assert not any(one.is_cut for one in ones)
    assert not held.trusts("192.0.2.4")
    everybody = Connections(most=9, most_each=0)
    assert not any(one.is_cut for one in entered(everybody, *["192.0.2.1"] * 9))


def test_nothing_is_kept_of_who_left() -> None:
    held = Connections()
    for one in entered(held, *(f"192.0.2.{n}" for n in range(200))):
        held.leave(one)
        held.leave(one)
        held.idle(one)
    assert (len(held), len(held._idle), len(held._of_address)) == (0, 0, 0)


@pytest.mark.parametrize(("files", "most"), [(96, 48), (1024, 768), (65_536, 65_280)])
def test_some_files_are_left_for_everything_else(files: int, most: int) -> None:
    assert most_within(files) == most


def test_as_many_files_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: told.append(limits))
    for soft, hard, may in ((1024, 1_048_576, 65_536), (1024, 4096, 4096), (99, -1, 65_536)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, both=(soft, hard): both)
        assert raise_file_limit() == may
    assert told == [(65_536, 1_048_576), (4096, 4096), (65_536, -1)]


def test_a_heavy_process_that_cannot_be_started_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(heavy, "Pipe", none_left)
    at_work = Heavy("sqlite:///none.db", 1, 5.0)
    job: Any = None
    with pytest.raises(Declined) as declined:
        asyncio.run(at_work.rendered(job))
    at_work.close()
    assert declined.value.problem is BUSY


@pytest.mark.parametrize(
    "how",
    [
        {"files": 96, "connections_each": 0},
        {"connections": 40, "connections_each": 0},
        {"connections_each": 40},
    ],
)
def test_who_opens_a_great_many_takes_none_from_those_who_ask(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    url = begun(tmp_path)
    with serving(tmp_path, url, **how) as (process, port), ExitStack() as stack:

        def asked() -> bytes:
            line = socket.create_connection(("127.0.0.1", port), timeout=WITHIN)
            stack.enter_context(line)
            line.sendall(GET)
            return line.recv(9000)

        watching = stack.enter_context(
            socket.create_connection(("127.0.0.1", port), timeout=WITHIN)
        )
        watching.sendall(
            b"GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        )
        assert watching.recv(9000).startswith(b"HTTP/1.1 200 OK")
        for _ in range(200):
            assert asked().startswith(b"HTTP/1.1 ")
        files = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
        assert files < 96
        watching.settimeout(0.2)
        with suppress(TimeoutError):
            assert watching.recv(9000)  # its events, and not its end
        process.terminate()
        assert process.wait(WITHIN) == 0
