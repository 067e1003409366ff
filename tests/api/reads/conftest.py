"""Ledgers that are read over HTTP and by the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.serving import Config
from svx_ledger.ledger import SimulatedClock
from tests.cli.conftest import Example, bidding, example, svx
from tests.projections.deal import OPENS_AT, Deal

from .reading import MANY, AsNamed, Reader

__all__ = ["bidding", "example", "svx"]


@contextmanager
def reader_of(
    url: str, *, heavy_processes: int = 0, kept: Literal["real", "simulated"] = "simulated"
) -> Iterator[Reader]:
    """Serve a ledger, of simulated time unless said otherwise, to whoever is named."""
    config = Config(
        read_only=True,
        heavy_processes=heavy_processes,
        requests=MANY,
        anonymous_requests=MANY,
    )
    clock = SimulatedClock(OPENS_AT) if kept == "simulated" else None
    with open_ledger(url, clock=clock) as exchange:
        app = create_application(exchange, config)
        app.state.serving.principals = AsNamed()
        try:
            yield Reader(app)
        finally:
            app.state.serving.close()


@pytest.fixture(scope="session")
def at_the_end(example: Example) -> Iterator[Reader]:
    """The worked example, complete."""
    with reader_of(example.url) as reader:
        yield reader


@pytest.fixture(scope="session")
def at_the_bids(bidding: Example) -> Iterator[Reader]:
    """The same while bids are hidden."""
    with reader_of(bidding.url) as reader:
        yield reader


def people(deal: Deal) -> dict[str, str | None]:
    """Everybody who looks on, as the program is told; the public is nobody."""
    return {
        "public": None,
        "bidder": f"supplier.bidder:{deal.winner}/person-supplier-bidder",
        "rival": f"supplier.bidder:{deal.rival}/person-eye",
        "authority": f"authority.buyer:{deal.authority}/person-eye",
        "community": f"community.lead:{deal.community}/person-eye",
        "auditor": "auditor:organisation-audit/person-eye",
    }
