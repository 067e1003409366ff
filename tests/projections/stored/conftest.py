"""Ledgers on both stores with logs that were played before, and who keeps their views."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.stored.keeping import Keeper
from svx_ledger.projections.stored.opening import open_keeper
from tests.demo.running import run

from .setting import append


@pytest.fixture(scope="session")
def demo_log(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The log of the demo: events of nearly every kind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    assert run("demo", "--ledger", url)[0] == 0
    with closing(open_store(url)) as store:
        return list(store.rows())


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new ledger, empty."""
    with closing(open_store(url)) as store:
        store.create()
        yield store


@pytest.fixture
def demo(store: Store, demo_log: list[Row]) -> Store:
    """The demo's ledger. Its own copy."""
    append(store, demo_log)
    return store


@pytest.fixture
def keeper(store: Store, url: str) -> Iterator[Keeper]:
    """Who keeps the views of that ledger."""
    del store  # made first
    with closing(open_keeper(url)) as keeper:
        yield keeper
