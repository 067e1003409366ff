"""PostgreSQL's NOTIFY, as a hint that there is news.

What is sent before LISTEN took effect is lost, and so is what is sent while the connection is
down. Hence `wait` returns at once after each new LISTEN: whoever waits asks the log then.
"""

import time
from contextlib import suppress
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from svx_ledger.eventlog.postgres_wire import SOCKET

CHANNEL: Final = "svx_ledger"


class Listener:
    """A connection of its own that listens; see `Hints`. For one thread."""

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(url, **SOCKET, connect_timeout=2)
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Return when there may be news, at the latest after so long."""
        until = time.monotonic() + seconds
        try:
            if self._connection is None:
                self._listen()
                return
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                return
        except psycopg.Error:
            self.close()
            time.sleep(max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _listen(self) -> None:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            connection.execute("LISTEN svx_ledger")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
