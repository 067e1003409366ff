"""Histories to look back on: the demo's, with nearly every event, and a generated one."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.generator.press import Direct
from benchmarks.generator.stories import History

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store
from tests.demo.running import run

from .oracle import Naive

EVENTS = 1_200
INSTANTS = int(os.environ.get("SVX_REPLAY_INSTANTS", "30"))
"""So many random moments of each history are held against the oracle; 500 show it in full."""


@pytest.fixture(scope="session")
def demo_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's ledger."""
    address = f"sqlite:///{tmp_path_factory.mktemp('replay')}/demo.db"
    code, _, said = run("demo", "--ledger", address)
    assert code == 0, said
    return address


def generate(address: str, events: int) -> None:
    """Write a generated history onto an empty ledger."""
    with closing(open_store(address)) as store:
        store.create()
        press = Direct(store, seed=7)
        for _ in History(events, seed=7).play(press.give, press.forget):
            pass
        press.close()


@pytest.fixture(scope="session")
def generated_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A generated history: procurements side by side."""
    address = f"sqlite:///{tmp_path_factory.mktemp('replay')}/generated.db"
    generate(address, EVENTS)
    return address


@pytest.fixture(scope="session")
def demo(demo_address: str) -> Iterator[Store]:
    """The demo's ledger, for reading."""
    with closing(open_store(demo_address)) as store:
        yield store


@pytest.fixture(scope="session", params=["demo_address", "generated_address"])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Naive]]:
    """A history, and the same the slow way."""
    address: str = request.getfixturevalue(request.param)
    with closing(open_store(address)) as store:
        yield store, Naive(store)


@pytest.fixture
def real_auctions(test_data: Path) -> Path:
    """The folder of real bid histories."""
    folder = test_data / "auctions"
    if not folder.is_dir():
        pytest.skip("SVX_TEST_DATA has no folder auctions")
    return folder
