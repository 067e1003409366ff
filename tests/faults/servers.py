"""PostgreSQL and the way to it: lost replies, silence, stopped servers, ended backends.

The callers are threads of this process; what is between them and their ledger is broken.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg import sql

from .crowd import CALLERS, Crowd
from .places import PostgresPlace, database_of
from .proxy import Loss, Proxy
from .tally import History, Plan, Tally

LOSSES_A_LEDGER = 50
SECONDS = 30


class CuttingProxy(Proxy):
    """A proxy that loses one commit when it is asked to."""

    def __init__(self, home: Path) -> None:
        self._lost = threading.Event()
        super().__init__(home)

    def lose(self, what: Loss) -> bool:
        """Lose the next commit in this way; False when none comes."""
        self._lost.clear()
        self.loss = what
        return self._lost.wait(SECONDS)

    def _lose_commit(self, request: bytes, server: socket.socket) -> None:
        super()._lose_commit(request, server)
        self.loss = Loss.NOTHING
        self._lost.set()


def lost_reply(place: PostgresPlace, plan: Plan) -> Tally:
    """Cut the connection when a commit has happened and before its reply arrives."""
    return _lost(place, plan, "commit reply lost", Loss.REPLY)


def lost_request(place: PostgresPlace, plan: Plan) -> Tally:
    """Cut the connection when a commit was sent and before it happens."""
    return _lost(place, plan, "commit request lost", Loss.REQUEST)


def _lost(place: PostgresPlace, plan: Plan, fault: str, loss: Loss) -> Tally:
    tally = Tally(fault=fault, store=place.name)

    def disturb(crowd: Crowd) -> None:
        for _ in range(min(LOSSES_A_LEDGER, plan.times - tally.count)):
            if not (line.lose(loss) and crowd.wait_for(CALLERS, "sequenced")):
                tally.fail("nothing is written any more")
                return
            tally.count += 1
            plan.tick()

    while tally.count < plan.times and not tally.findings:
        history = History(place, tally)
        with _proxy(place) as line:
            history.disturb(disturb, through=line.url(database_of(history.url)))
    return tally


def black_hole(place: PostgresPlace, plan: Plan) -> Tally:
    """Pass nothing on and say nothing: every call ends within 5 s, and nobody is lied to."""
    tally = Tally(fault="black-holed socket", store=place.name)
    history = History(place, tally)

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(plan.random.randint(1, 3 * CALLERS), "sequenced")
            line.loss = Loss.SILENCE
            silent = crowd.wait_for(CALLERS, "unknown", "not-written")
            line.loss = Loss.NOTHING
            if not (silent and crowd.wait_for(CALLERS, "sequenced")):
                tally.fail("callers hang, or nothing is written any more")
                return
            tally.count += 1
            plan.tick()

    with _proxy(place) as line:
        history.disturb(disturb, through=line.url(database_of(history.url)))
    return tally


def immediate_stop(place: PostgresPlace, plan: Plan) -> Tally:
    """Stop the server as a power cut would, and start it again."""

    def stop(_: History) -> None:
        place.server.stop("immediate")
        place.server.start()

    return _while_writing(place, plan, Tally(fault="immediate stop", store=place.name), stop)


def ended_backend(place: PostgresPlace, plan: Plan) -> Tally:
    """End every connection to the ledger, as an operator or a failover does."""

    def end(history: History) -> None:
        place.administer(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
            ).format(database_of(history.url))
        )

    return _while_writing(place, plan, Tally(fault="backend ended", store=place.name), end)


def killed_backend(place: PostgresPlace, plan: Plan) -> Tally:
    """Kill -9 a backend of the ledger: the server restarts all of them and recovers."""

    def kill(history: History) -> None:
        query = sql.SQL("SELECT pid FROM pg_stat_activity WHERE datname = {}")
        for (pid,) in place.administer(query.format(database_of(history.url)))[:1]:
            assert isinstance(pid, int)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        place.administer(sql.SQL("SELECT 1"))  # answers once the server has recovered

    return _while_writing(place, plan, Tally(fault="backend kill -9", store=place.name), kill)


def _while_writing(
    place: PostgresPlace, plan: Plan, tally: Tally, fault: Callable[[History], None]
) -> Tally:
    """Let a fault happen at random moments; writing has to go on by itself after each."""
    history = History(place, tally)

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(plan.random.randint(1, 3 * CALLERS), "sequenced")
            fault(history)
            if not crowd.wait_for(CALLERS, "sequenced"):
                tally.fail("nothing is written any more")
                return
            tally.count += 1
            plan.tick()

    history.disturb(disturb)
    return tally


@contextmanager
def _proxy(place: PostgresPlace) -> Iterator[CuttingProxy]:
    line = CuttingProxy(place.server.home)
    try:
        yield line
    finally:
        line.stop()
