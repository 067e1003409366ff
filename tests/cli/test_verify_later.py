"""`verify log` of a service that answers only so many requests a minute."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.admission.per_minute import PerMinute
from svx_ledger.cli.session import Usage
from svx_ledger.cli.verify.patience import Later, patiently
from svx_ledger.cli.verify.reading_ahead import AT_ONCE
from svx_ledger.proofs.files.published_log import PublishedLog
from tests.api.published import KEY, published
from tests.client.running import running
from tests.proofs.written_log import VKEY, WrittenLog, records

from .conftest import Run

SIZE = 1500
"""So many that more bundles are read ahead than at a time."""

SLEEP = "svx_ledger.cli.verify.patience.sleep"


class Busy(SimpleHTTPRequestHandler):
    """Hands out the files of a folder, and now and then says: later."""

    later: Callable[[str], dict[str, str] | None]
    status = 429
    asked: Counter[str]

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        type(self).asked[self.path] += 1
        headers = type(self).later(self.path)
        if headers is None:
            super().do_GET()
            return
        self.send_response(self.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def busy(folder: Path, **how: Any) -> Iterator[tuple[str, type[Busy]]]:
    """Serve the folder, as `how` has it."""
    handler = type("Answers", (Busy,), {"asked": Counter(), **how})
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(handler, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log in it."""
    WrittenLog(tmp_path / "log", records(SIZE))
    return tmp_path


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long was waited, without waiting."""
    found: list[int] = []
    monkeypatch.setattr(SLEEP, found.append)
    return found


def once_each(headers: dict[str, str]) -> Callable[[str], dict[str, str] | None]:
    """Say once of each file that it comes later."""
    said: set[str] = set()

    def later(path: str) -> dict[str, str] | None:
        if path in said:
            return None
        said.add(path)
        return headers

    return staticmethod(later)


@pytest.mark.parametrize("status", [429, 503])
def test_a_file_that_comes_later_is_asked_for_again(
    svx: Run, folder: Path, waits: list[int], status: int
) -> None:
    later = once_each({"Retry-After": "7"})
    with busy(folder, later=later, status=status) as (address, server):
        said = svx("verify", "log", f"{address}/log", "--key", VKEY)

    assert said.code == 0, said.out
    assert said.err.startswith(f"the log answers {status}: waiting as long as it says")
    assert set(server.asked.values()) == {2}
    assert waits == [7] * len(server.asked)


def test_what_stays_so_is_withheld_in_the_end(svx: Run, folder: Path, waits: list[int]) -> None:
    def bundles(path: str) -> dict[str, str] | None:
        return {"Retry-After": "100"} if "/entries/" in path else None

    with busy(folder, later=staticmethod(bundles)) as (address, server):
        said = svx("verify", "log", f"{address}/log", "--key", VKEY)

    first, *others = (n for path, n in sorted(server.asked.items()) if "/entries/" in path)
    assert said.code == 4
    assert said.out.startswith("SVX401 withheld: tile/entries/000: the log answers 429\n")
    assert waits == [100, 100, 100]
    assert first == 1 + len(waits)
    assert set(others) == {1}, "who reads ahead does not ask again"
    assert len(others) <= AT_ONCE


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("0", 1),
        ("120", 120),
        ("121", 120),
        ("9" * 5000, 120),
        (format_datetime(datetime(2000, 1, 1, tzinfo=UTC)), 1),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 120),
        ("-5", 5),
        ("٣", 5),
        ("soon", 5),
        ("", 5),
        (None, 5),
    ],
)
def test_no_single_wait_is_longer_than_two_minutes(after: str | None, seconds: int) -> None:
    assert Later("checkpoint", 429, after).seconds == seconds


def test_a_date_says_how_long_to_wait() -> None:
    now = datetime.now(UTC)

    assert 80 <= Later("x", 503, format_datetime(now + timedelta(seconds=90))).seconds <= 90
    assert Later("x", 503, format_datetime(now + timedelta(days=1))).seconds == 120


def test_all_waits_together_are_bounded(waits: list[int]) -> None:
    turn: Counter[str] = Counter()

    def get(name: str, most: int) -> bytes | None:
        turn[name] += 1
        if turn[name] % 3:
            raise Later(name, 503, "110")
        return b"x" * most

    patient = patiently(PublishedLog(get))
    with pytest.raises(Later):
        [patient.get(f"{number}", 1) for number in range(100)]

    assert 3600 - 110 < sum(waits) <= 3600


@pytest.mark.usefixtures("waits")
def test_a_checkpoint_that_never_comes_is_none_that_is_withheld() -> None:
    def get(name: str, _: int) -> bytes | None:
        raise Later(name, 503, "120")

    with pytest.raises(Usage, match="no checkpoint: the log answers 503"):
        patiently(PublishedLog(get)).checkpoint()


def test_a_log_of_our_own_is_read_through_its_limits(
    svx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(SLEEP, sleep)
    with published(tmp_path) as one:
        one.publish()
        limits = one.served.app.state.serving.limits
        monkeypatch.setattr(limits, "_of_address", PerMinute(2, lambda: now[0]))
        with running(one.served.app) as address:
            said = svx("verify", "log", f"{address}/log", "--key", KEY.verifier.text)

    assert said.code == 0, said.out
    assert said.err.startswith("the log answers 429: waiting")
    assert 0 < now[0] <= 120
