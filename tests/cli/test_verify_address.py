"""`verify` of a log at an address: what a server can do to whoever asks it."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from svx_ledger.cli.verify import asked
from svx_ledger.proofs.tree.tiles import Tile
from tests.proofs.written_log import VKEY, WrittenLog, records

from .conftest import Run


class Answers(SimpleHTTPRequestHandler):
    """A web server over a folder that says nothing of what it does."""

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/log" + self.path.removeprefix("/moved"))
            self.end_headers()
            return
        super().do_GET()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Answers, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_log_is_read_over_http(svx: Run, log: WrittenLog, address: str) -> None:
    assert svx("verify", "log", f"{address}/log/", "--key", VKEY).code == 0

    log.path(Tile(0, 1, 256)).unlink()
    said = svx("verify", "log", f"{address}/log", "--key", VKEY)
    assert said.code == 4
    assert "(leaf 256, position 257): tile/0/001 is not there" in said.out


@pytest.mark.usefixtures("log")
def test_an_address_that_never_showed_a_checkpoint_withholds_nothing(
    svx: Run, address: str, tmp_path: Path
) -> None:
    def told(where: str) -> str:
        said = svx("verify", "log", where, "--key", VKEY)
        assert (said.code, said.out) == (64, "")
        return said.err

    assert f"no checkpoint at {address}: is the log at {address}/log?" in told(address)
    assert "no answer from http://127.0.0.1:9 (" in told("http://127.0.0.1:9")
    assert "no answer from" in told(f"{address}/moved"), "no redirect is followed"
    assert "no answer from https" in told(address.replace("http", "https")), "no TLS there"
    assert "is no address" in told("http://[::1")
    for name, size in (("old", 3), ("new", 5)):
        (tmp_path / name).write_bytes(WrittenLog(tmp_path / f"{size}", records(size)).note())
    how = ("--key", VKEY, "--log", "http://127.0.0.1:9")
    assert svx("verify", "consistency", "old", "new", *how).code == 64


def test_a_server_that_lets_a_byte_come_now_and_then_is_given_up(
    svx: Run, log: WrittenLog, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, given_up = asked._file_at, threading.Event()

    def held(*arguments: object) -> bytes | None:
        if str(arguments[2]).startswith("tile/entries"):
            given_up.wait(60)
        return honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(asked, "_file_at", held)
    monkeypatch.setattr(asked, "ANSWER_SECONDS", 0.5)

    said = svx("verify", "log", f"{address}/{log.folder.name}", "--key", VKEY)
    given_up.set()

    assert said.code == 4
    assert "tile/entries/000: not whole after" in said.out


def test_what_is_too_long_is_not_read_to_its_end(
    svx: Run, log: WrittenLog, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (log.folder / "checkpoint").write_bytes(b"x" * 3_000_000)
    read: list[int] = []
    honest = asked._file_at

    def counted(*arguments: object) -> bytes | None:
        data = honest(*arguments)  # type: ignore[arg-type]
        read.append(len(data or b""))
        return data

    monkeypatch.setattr(asked, "_file_at", counted)

    assert svx("verify", "log", f"{address}/log", "--key", VKEY).code == 3
    assert read[0] < 2_000_000
