"""A publisher that cannot publish is told of by /metrics, whichever process answers."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from svx_ledger import open_ledger
from svx_ledger.api.health.publisher import Failures, leave_for_workers, left_for_workers
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.organisation import VerifyOrganisation
from tests.service import service
from tests.world import OPERATOR, begin, registration

from .keys import key_for
from .published import sign_with_key

SECONDS = 30.0
EXCHANGE = "organisation-exchange"


def prepared(url: str, folder: Path) -> tuple[str, Path, dict[str, str]]:
    """A ledger, a key of its operator's, and a folder that is somebody's letters."""
    file, public = folder / "signing-key", folder / "public"
    public.mkdir()
    (public / "letter.txt").write_text("Dear reader")
    with open_ledger(url, create=True) as ledger:
        begin(ledger)
        sign_with_key(ledger, file)
        ledger.execute(registration(EXCHANGE, side="operator"), OPERATOR)
        ledger.execute(VerifyOrganisation(organisation_id=EXCHANGE, basis="known"), OPERATOR)
        operator = Actor(id="person-ops", role="operator", organisation=EXCHANGE)
        key = key_for(ledger, operator)
    return key, public, {"SVX_LOG_KEY": str(file)}


def failed(url: str, key: str) -> bool:
    """Whether /metrics tells of a failed release, and of no failed signing."""
    asked = {"Authorization": f"Bearer {key}"}
    lines = httpx2.get(f"{url}/metrics", headers=asked, timeout=10.0).text.splitlines()
    said = dict(line.rsplit(" ", 1) for line in lines if line.startswith("svx_publish_fail"))
    signing = said.get('svx_publish_failures_total{stage="sign"}')
    release = said.get('svx_publish_failures_total{stage="release"}')
    return signing == "0.0" and release not in (None, "0.0")


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_one_process_tells_that_the_folder_cannot_be_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    key, public, environment = prepared(url, tmp_path)
    options = ("--publish", str(public))
    with service(tmp_path, url, *options, environment=environment) as one:
        until(lambda: failed(one.url, key))
        assert one.stop() == 0


def test_workers_tell_of_the_process_that_started_them(
    postgres_url: str, tmp_path: Path
) -> None:
    key, public, environment = prepared(postgres_url, tmp_path)
    environment |= {"SVX_MARK": str(tmp_path / "mark")}
    options = ("--workers", "2", "--publish", str(public))
    with service(tmp_path, postgres_url, *options, environment=environment) as one:
        until(lambda: failed(one.url, key))
        assert one.stop() == 0


def test_what_is_left_for_workers_is_what_they_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Failures({"sign": 1, "release": 2}, {"witness.example/w1": 3})
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    leave_for_workers(told)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "gone"))
    leave_for_workers(told)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    none = left_for_workers(tmp_path)
    leave_for_workers(told)

    assert none is None
    assert left_for_workers(tmp_path) == told
