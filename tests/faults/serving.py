"""The ledger over HTTP: its process is killed while callers wait for their answers.

One file has one process, which is started again; on PostgreSQL there are two workers, of which
one is killed and replaced while the other goes on.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from svx_ledger.client import Client, NotFulfilled
from svx_ledger.domain.organisation import VerifyOrganisation
from svx_ledger.ledger import Sequenced
from tests.api.keys import key_for
from tests.service import Service, service
from tests.world import OPERATOR, registration

from .crowd import CALLERS, Crowd, asks
from .history import Ask, Call
from .over_http import told_over_http
from .places import Place, reopened
from .tally import History, Plan, Tally

MOST_SECONDS = 0.5
"""From answers to all callers to the kill."""
AGAIN_SECONDS = 60.0
PAUSE_SECONDS = 0.05
_SETTINGS = {"requests": 1_000_000, "anonymous_requests": 1_000_000}
_KEEPER = "organisation-keeper0"


class KeyedPlace:
    """One ledger at a place, which knows a key of every caller."""

    def __init__(self, place: Place) -> None:
        self.name = place.name
        self.world = place.world
        self.url = place.fresh()
        with reopened(self.url) as ledger:
            keeper = replace(OPERATOR, organisation=_KEEPER)
            assert OPERATOR.organisation is not None
            for command in (
                registration(OPERATOR.organisation, side="operator"),
                VerifyOrganisation(organisation_id=OPERATOR.organisation, basis="known"),
            ):
                assert isinstance(ledger.execute(command, keeper), Sequenced)
            people = (OPERATOR, *self.world.bidders)
            self.keys = {actor.principal: key_for(ledger, actor) for actor in people}
            self.known = ledger.store.head().position

    def fresh(self) -> str:
        """Return the address of the ledger."""
        return self.url


class Callers:
    """The clients of all callers, each of which tries once and says what it was told."""

    def __init__(self, url: str, keys: dict[str, str]) -> None:
        self._stack = ExitStack()
        self._clients = {
            principal: self._stack.enter_context(Client(url, key, timeout=5.0, retry_for=0.0))
            for principal, key in keys.items()
        }

    def call(self, ask: Ask) -> Call:
        """Give a command and write down what came of it."""
        invoked_at = time.monotonic()
        answer: object
        try:
            answer = self._clients[ask.actor.principal].execute(
                ask.command, idempotency_key=ask.command_id
            )
        except NotFulfilled as said:
            answer = said
        except Exception as failure:  # noqa: BLE001 - none of these may come
            answer = failure
        ended = told_over_http(ask, invoked_at, answer)
        if ended.said == "not-written":
            time.sleep(PAUSE_SECONDS)  # nobody listens just now
        return ended

    def close(self) -> None:
        """Close all connections."""
        self._stack.close()


def http(place: Place, plan: Plan) -> Tally:
    """Kill -9 the process that serves, at a random instant; callers ask again with one key."""
    tally = Tally(fault="kill -9 of the server, over HTTP", store=place.name)
    keyed = KeyedPlace(place)
    history = History(keyed, tally, url=keyed.url)
    options = ("--workers", "2") if place.name == "postgres" else ()
    with _serving(keyed.url, *options) as running:
        callers = Callers(running.url, keyed.keys)
        asked = [asks(keyed.world, caller, 1) for caller in range(CALLERS)]
        with Crowd(callers, asked, Callers.call) as crowd:
            for _ in range(plan.times):
                if not crowd.wait_for(2 * CALLERS, "sequenced", seconds=AGAIN_SECONDS):
                    tally.fail("nothing is written any more")
                    break
                threading.Event().wait(plan.random.uniform(0, MOST_SECONDS))
                _kill(running, plan.random.randrange(2))
                tally.count += 1
                plan.tick()
            crowd.wait_for(2 * CALLERS, "sequenced", seconds=AGAIN_SECONDS)
        callers.close()
        history.add(crowd.calls)
        history.check()
        if (code := running.stop()) != 0:
            tally.fail(f"the server ended with {code}")
    history.settle(crowd.unresolved)
    return tally


def _kill(running: Service, which: int) -> None:
    """Kill the process, and start it again; of two workers kill one, which is replaced."""
    workers = running.workers()
    if workers == [running.pid]:
        running.kill()
        running.start()
    elif len(workers) > which:
        os.kill(workers[which], signal.SIGKILL)


@contextmanager
def _serving(url: str, *options: str) -> Iterator[Service]:
    with (
        TemporaryDirectory(prefix="svxh") as folder,
        service(Path(folder), url, *options, settings=_SETTINGS) as running,
    ):
        yield running
