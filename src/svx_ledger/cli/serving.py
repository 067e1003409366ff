"""`serve`: the ledger over HTTP."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svx_ledger.cli.log.beside import following, form_of, publishing
from svx_ledger.settings import FILE, ServeSettings, Settings, read_serve_settings

from .session import Session, Usage

if TYPE_CHECKING:
    from svx_ledger.api.process.logs import Log
    from svx_ledger.exchange import Exchange

Host = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Where it listens: 127.0.0.1.")
]
Port = Annotated[
    str | None,
    typer.Option(
        "--port", metavar="N", help="8000 by default, 8001 of a projector; 0 is any free one."
    ),
]
Workers = Annotated[
    str | None,
    typer.Option("--workers", metavar="N", help="Processes, on PostgreSQL: 1 by default."),
]
Role = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="all|api|projector",
        help="api answers and leaves the views to others; projector keeps the views, and only "
        "tells how it is.",
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="ADDRESSES",
        help="Proxies, parted by commas, whose X-Forwarded-For is taken for the truth.",
    ),
]
BehindTls = Annotated[
    bool, typer.Option("--behind-tls", help="Something in front of it speaks TLS.")
]
Publish = Annotated[
    str | None,
    typer.Option(
        "--publish",
        metavar="true|DIR",
        help="Sign and publish the log meanwhile; a folder: write it there, too.",
    ),
]
Log_ = Annotated[
    str | None,
    typer.Option("--log", metavar="json|text", help="What it says of itself: a line for each."),
]


def serve(  # noqa: PLR0913 - each is an option
    session: Session,
    host: Host = None,
    port: Port = None,
    *,
    workers: Workers = None,
    role: Role = None,
    proxy: Proxy = None,
    behind_tls: BehindTls = False,
    publish: Publish = None,
    log: Log_ = None,
) -> None:
    """Serve the ledger over HTTP until this is interrupted.

    It ends within ten seconds when it is told to. A ledger with simulated time, such as that
    of the demo, is served to be read.
    """
    given: dict[str, object] = {"host": host, "port": port, "workers": workers, "role": role}
    given |= {"proxy": proxy, "behind_tls": behind_tls or None, "publish": publish, "log": log}
    asked = read_serve_settings(given, os.environ, Path(FILE))
    if asked.role == "projector":
        asked = _as_projector(asked)
    _unless_safe(asked)
    if asked.workers > 1:
        _unless_on_postgres(session.settings.ledger)
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # before the metrics are imported
    with _listening(asked) as bound:
        served = _serve(session.settings, asked, bound)
    if not served:
        raise typer.Exit(1)


def _serve(settings: Settings, asked: ServeSettings, bound: socket.socket) -> bool:
    from svx_ledger.api.application import create_application
    from svx_ledger.api.health.publisher import leave_for_workers
    from svx_ledger.api.process.logs import set_up
    from svx_ledger.api.process.server import Room, run_many, run_one
    from svx_ledger.api.process.starting import Start, is_simulated, open_to_serve
    from svx_ledger.api.serving import Config

    form, url, mark, proxies = form_of(asked), settings.ledger, settings.mark, asked.proxies
    with closing(open_to_serve(url, mark)) as exchange:
        log = set_up(form)
        many = asked.workers > 1
        one_for_all = asked.behind_tls and not proxies  # a proxy that was not named
        room = Room(asked.connections, 0 if one_for_all else asked.connections_each)
        config = Config(
            read_only=is_simulated(exchange),
            requests=max(1, asked.requests // asked.workers),  # each counts for itself
            anonymous_requests=max(1, asked.anonymous_requests // asked.workers),
            at_once=asked.at_once,
            follow=asked.role == "all" and not many,
            policy=settings.policy,
        )

        def started() -> None:
            _say_started(log, asked, exchange, bound)

        if asked.role == "projector":
            from .projector import project

            served = project(
                settings, asked, exchange, bound, proxies=proxies, log=log, started=started
            )
        elif many:
            exchange.close()
            published = publishing(settings, asked, log, tell=leave_for_workers)
            with following(url, log, wanted=asked.role == "all"), published:
                start = Start(ledger=url, config=config, log=form, mark=mark)
                served = run_many(
                    start,
                    bound,
                    proxies,
                    workers=asked.workers,
                    log=log,
                    started=started,
                    room=room,
                )
        else:
            app = create_application(exchange, config, note=log.request)
            tell = app.state.serving.metrics.publisher_failed
            with publishing(settings, asked, log, exchange.listen, tell=tell):
                served = run_one(app, bound, proxies, started, room=room)
    log.say("stopped")
    return served


def _as_projector(asked: ServeSettings) -> ServeSettings:
    """Return the settings of a projector: one process, on a port beside that of the API."""
    from .projector import PORT

    port = PORT if asked.sources["port"] == "default" else asked.port
    return replace(asked, workers=1, port=port)


def _say_started(
    log: "Log", asked: ServeSettings, exchange: "Exchange", bound: socket.socket
) -> None:
    from svx_ledger import __version__
    from svx_ledger.api.process.starting import is_simulated

    host, port = bound.getsockname()[:2]
    where = f"[{host}]" if ":" in host else host
    page = "ready" if asked.role == "projector" else "docs"
    shown = {page: f"http://{where}:{port}/{page}"}
    log.say("serving", **shown, role=asked.role, workers=asked.workers, version=__version__)
    if is_simulated(exchange):
        log.say("this ledger's time is simulated: it is served to be read, not written to")
    if asked.behind_tls and not asked.proxies:
        fields = {"remedy": "name the proxy with --proxy"}
        log.line("warning", "callers without a key count as one: the proxy", fields)


@contextmanager
def _listening(asked: ServeSettings) -> Iterator[socket.socket]:
    from svx_ledger.api.process.server import listen

    try:
        bound = listen(asked.host, asked.port)
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        remedy = (
            "End what listens there, or say where to listen with --host and --port."
            if fault.errno == errno.EADDRINUSE
            else "Listen on an address of this machine, and a port that this user may open: "
            "--host and --port."
        )
        raise Usage(f"{asked.host} port {asked.port}: {why}. {remedy}") from None
    with closing(bound):
        yield bound


def _unless_safe(asked: ServeSettings) -> None:
    """Refuse to hand out answers, and take in keys, where others can read along."""
    if asked.host == "localhost" or asked.behind_tls or asked.proxies:
        return
    try:
        local = ip_address(asked.host).is_loopback
    except ValueError:
        raise Usage(
            f"{asked.host!r} is not an address: listen on 127.0.0.1, or on another address of "
            "this machine, behind a proxy that speaks TLS."
        ) from None
    if not local:
        raise Usage(
            f"{asked.host} can be reached from elsewhere, and keys would travel unencrypted: "
            "put a proxy that speaks TLS in front and say --behind-tls, with --proxy for its "
            "address; or listen on 127.0.0.1."
        )


def _unless_on_postgres(url: str) -> None:
    from svx_ledger.eventlog.open import sqlite_file

    if sqlite_file(url) is not None:
        raise Usage(
            "Several workers would contend for the one writing lock of an SQLite file, and "
            "bids would wait for it: leave --workers at 1, or keep the ledger in PostgreSQL."
        )
