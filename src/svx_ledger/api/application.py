"""The application: all routes over one open ledger."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from svx_ledger import __version__
from svx_ledger.api.feed.route import add_feed
from svx_ledger.api.health.routes import add_health
from svx_ledger.api.pages.routes import add_documentation
from svx_ledger.api.process.logs import set_up
from svx_ledger.api.process.starting import VARIABLE, Start, end_with_parent, open_to_serve
from svx_ledger.eventlog.store import NotRead, StoreError
from svx_ledger.exchange import Exchange

from .commands import add_commands
from .edge import Edge, Noted
from .failing import add_failures
from .published import add_published
from .reads import add_reads
from .serving import Config, Serving

RETRY_SECONDS: Final = 1.0


def create_application(
    exchange: Exchange,
    config: Config | None = None,
    *,
    note: Callable[[Noted], None] = lambda _: None,
    owns: bool = False,
    ended: Callable[[], None] = lambda: None,
    only_health: bool = False,
) -> FastAPI:
    """Return the application that serves a ledger, or tells how the process is and no more.

    `note` is told of every request that was answered. The ledger is its opener's to close,
    unless the application `owns` it. `ended` is called last of all. Raises NotPublished for a
    policy that cannot be used.
    """
    serving = Serving(exchange, config or Config())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with serving.ending.heard():
            if serving.config.tick and not serving.config.read_only:
                exchange.ticker.start()
            serving.live.start()
            yield
        serving.close()
        if owns:
            await asyncio.to_thread(exchange.close)
        await asyncio.to_thread(ended)

    app = FastAPI(
        title="svx_ledger",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.serving = serving
    app.state.operations = []
    add_failures(app)
    add_health(app)
    if not only_health:
        add_commands(app)
        add_reads(app)
        add_feed(app)
        add_published(app)
        add_documentation(app)

    def noted(one: Noted) -> None:
        serving.metrics.note(one)
        serving.metrics.now(working=serving.limits.working, waiting=exchange.waiting)
        note(one)

    app.add_middleware(Edge, note=noted, watched=serving.metrics.watched)
    return app


def application() -> FastAPI:
    """Return the application of one worker of several, as its parent says what to serve."""
    end_with_parent()
    start = Start.from_text(os.environ[VARIABLE])
    log = set_up(start.log)
    exchange = None
    try:
        exchange = open_to_serve(start.ledger, start.mark)
        return create_application(
            exchange, start.config, note=log.request, owns=True, ended=log.flush
        )
    except StoreError as failure:
        if exchange is not None:
            exchange.close()
        log.line("error", "not started", {"reason": str(failure)})
        if isinstance(failure, NotRead):  # the store may be back soon: the parent tries again
            time.sleep(RETRY_SECONDS)
            sys.exit(1)
        sys.exit(STARTUP_FAILURE)
