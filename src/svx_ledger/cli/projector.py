"""`serve --role projector`: keeps the views, publishes if asked, and says how it is.

Nothing else is answered: /health, /ready and /metrics, by the same code as a service's.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from svx_ledger.cli.log.beside import following, publishes, publishing
from svx_ledger.settings import ServeSettings, Settings

if TYPE_CHECKING:
    from svx_ledger.api.health.readiness import Check
    from svx_ledger.api.process.logs import Log
    from svx_ledger.exchange import Exchange
    from svx_ledger.projections.following import Follower

PORT: Final = 8001
"""Where it listens unless told otherwise: beside the API of the same machine."""


def project(
    settings: Settings,
    asked: ServeSettings,
    exchange: "Exchange",
    bound: socket.socket,
    *,
    proxies: Sequence[str],
    log: "Log",
    started: Callable[[], None],
) -> bool:
    """Keep the views until told to end; return whether it had begun to listen."""
    from svx_ledger.api.application import create_application
    from svx_ledger.api.process.server import run_one
    from svx_ledger.api.serving import Config

    policy = settings.policy if publishes(asked) else None  # nobody else here reads it
    config = Config(follow=False, tick=False, read_only=True, heavy_processes=0, policy=policy)
    with following(settings.ledger, log, wanted=True) as follower:
        assert follower is not None
        app = create_application(exchange, config, note=log.request, only_health=True)
        app.state.serving.prober.also["follower"] = lambda: check(follower)
        tell = app.state.serving.metrics.publisher_failed
        threading.Thread(target=_end_with, args=(follower,), daemon=True).start()
        with publishing(settings, asked, log, tell=tell):
            return run_one(app, bound, proxies, started)


def check(follower: "Follower") -> "Check":
    """Return whether a follower keeps the views."""
    from svx_ledger.api.health.readiness import Check

    report = follower.report
    keeps = report.position > 0 and report.fault is None and not follower.wait(0)
    return Check(keeps, "keeps the views" if keeps else "does not keep the views: see the log")


def _end_with(follower: "Follower") -> None:
    """Let this process be told to end when another program's views have taken the place."""
    follower.wait()
    if follower.report.superseded:
        os.kill(os.getpid(), signal.SIGTERM)
