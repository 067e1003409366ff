"""Ledgers to ask, and how to ask them in a test."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger.cli.demo.player import fill
from svx_ledger.cli.demo.story import STORY
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import Store
from svx_ledger.projections.memory import Views
from svx_ledger.projections.view import View
from tests.projections.deal import Deal, worked_example


def view_of(deal: Deal, now: datetime | None = None) -> View:
    """What a deal has come to, at the time of its last command or at this one."""
    views = deal.play.views()
    return View(views.tables, views.position, now or deal.play.now)


def decimals(*numbers: int | str) -> tuple[Decimal, ...]:
    """Quantities, as they are written."""
    return tuple(Decimal(number) for number in numbers)


@pytest.fixture(scope="session")
def deal() -> Deal:
    """The worked example. Not to be played on."""
    return worked_example()


@pytest.fixture(scope="session")
def worked(deal: Deal) -> View:
    """What the worked example has come to, a second after its last delivery."""
    return view_of(deal)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The story of the demo, on a ledger. Not to be written to."""
    address = f"sqlite:///{Path(tmp_path_factory.mktemp('demo')) / 'demo.db'}"
    fill(address, STORY)
    store = open_store(address)
    yield store
    store.close()


@pytest.fixture(scope="session")
def demo(demo_store: Store) -> View:
    """What the demo has come to at its last event."""
    views = Views(demo_store)
    views.refresh()
    return View(views.tables, views.position, recorded_at(demo_store.head().record))
