"""An opened ledger on each store, with a clock that the test moves."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.book import OpenLedger
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Ledger, Sequenced, SimulatedClock

OPERATOR = Actor(id="person-operator", role="operator", organisation="organisation-0perator")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN = OpenLedger(ledger_id="ledger-test", origin="ledger.example/test", clock="simulated")


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    url = request.getfixturevalue("postgres_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store with its tables."""
    with closing(open_store(store_url)) as store:
        store.create()
        yield store


@pytest.fixture
def clock() -> SimulatedClock:
    """Time that the test moves."""
    return SimulatedClock(START)


@pytest.fixture
def ledger(store: Store, clock: SimulatedClock) -> Iterator[Ledger]:
    """An open ledger."""
    with Ledger(store, clock=clock) as ledger:
        opened = ledger.execute(OPEN, OPERATOR)
        assert isinstance(opened, Sequenced)
        yield ledger
