"""The application over a small ledger, in process and without a socket."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from fastapi import FastAPI

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.edge import Noted
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.exchange import Exchange
from svx_ledger.ledger import SimulatedClock
from tests.world import OpenedAuction, begin, open_auction

from .keys import bearer, key_for

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A ledger with one open auction, and the application over it."""

    exchange: Exchange
    app: FastAPI
    auction: OpenedAuction
    clock: SimulatedClock

    @asynccontextmanager
    async def client(self, key: str | None = None) -> AsyncIterator[httpx2.AsyncClient]:
        """Yield a client that presents a key, in process."""
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url="http://ledger.example",
            headers=bearer(key) if key else {},
        ) as client:
            yield client

    def key(self, actor: Actor, *scopes: str) -> str:
        """Return a new key for a person."""
        return key_for(self.exchange, actor, scopes=scopes or ("read", "act"))

    def head(self) -> int:
        """Return how many records the log has."""
        return self.exchange.store.head().position


@contextmanager
def served(
    folder: Path,
    *,
    bidders: int = 2,
    config: Config | None = None,
    url: str | None = None,
    note: Callable[[Noted], None] = lambda _: None,
) -> Iterator[Served]:
    """Play an auction up to its opening, and serve it; by default from a file in a folder."""
    clock = SimulatedClock(NINE)
    with open_ledger(
        url or f"sqlite:///{folder}/served.db", create=True, clock=clock
    ) as ledger:
        begin(ledger)
        auction = open_auction(ledger, bidders=bidders)
        app = create_application(ledger, config, note=note)
        try:
            yield Served(exchange=ledger, app=app, auction=auction, clock=clock)
        finally:
            app.state.serving.close()
