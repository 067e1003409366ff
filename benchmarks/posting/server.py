"""A process that serves a ledger: as it is, or with an append that does nothing.

Without the append everything else of the route is done: the request is read, the key checked
against the log, the command decoded, the answer written.
"""

import asyncio
import sys
from datetime import UTC, datetime
from socket import socket
from typing import Any

import orjson
import uvicorn
import uvloop

from svx_ledger import open_ledger
from svx_ledger.api.application import create_application
from svx_ledger.api.serving import Config
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.auction.bidding import SubmitBid
from svx_ledger.domain.auction.events import BidAccepted
from svx_ledger.domain.kind import Command
from svx_ledger.ledger import Sequenced

NO_LIMIT = 10**9


def main() -> None:
    """Serve until standard input ends; say on standard output which port."""
    task: dict[str, Any] = orjson.loads(sys.argv[1])
    with open_ledger(task["address"]) as exchange:
        if not task["appends"]:
            exchange.submit = _not_appended  # type: ignore[method-assign]
        config = Config(
            requests=NO_LIMIT, anonymous_requests=NO_LIMIT, at_once=NO_LIMIT, follow=False
        )
        uvicorn_config = uvicorn.Config(
            create_application(exchange, config),
            host="127.0.0.1",
            port=0,
            http="httptools",
            access_log=False,
            log_level="error",
        )
        uvloop.run(_serve(uvicorn_config))


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        (listening,) = self.servers
        sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()


async def _serve(config: uvicorn.Config) -> None:
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


async def _not_appended(
    command: Command, actor: Actor, command_id: str | None = None, **_: object
) -> Sequenced:
    """Return what the ledger would answer."""
    del actor
    assert isinstance(command, SubmitBid)
    accepted = BidAccepted(
        supplier_id=command.supplier_id, lines=command.lines, bid_no=1, value_pence=600_000
    )
    return Sequenced(
        command_id=command_id or "",
        first_position=1,
        last_position=1,
        stream=command.auction_id,
        version=1,
        recorded_at=datetime.now(UTC),
        events=((command.auction_id, accepted),),
    )


if __name__ == "__main__":
    main()
