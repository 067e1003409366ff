"""The publisher of a service: in the process that was started, for all its workers.

It signs the log as it grows and brings it to a quorum (docs/publishing.md); the API serves it
from the state that it keeps. A ledger whose log is found not to be the one that was published
is written to no more: this ends the service.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from svx_ledger.api.health.publisher import Failures
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.store import Forked, NotRead
from svx_ledger.publishing.composing import open_publisher
from svx_ledger.publishing.publisher import Publisher
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.settings import Settings

from .logs import Log

LOOK_SECONDS: Final = 0.5


@contextmanager
def publishing(
    settings: Settings,
    to: Path | None,
    log: Log,
    listen: Callable[[Callable[[], None]], None] = lambda _: None,
    *,
    tell: Callable[[Failures], None] = lambda _: None,
) -> Iterator[None]:
    """Publish the ledger of these settings meanwhile; into a folder too, where one is named.

    `listen` is told whom to call after each commit of this process, and `tell` again and again
    how often publishing failed. Raises NotPublished for keys or a policy that cannot be used;
    Forked where the log is not the one that was published: before anything is written, or at
    the end if it turned out later.
    """
    url = settings.ledger
    with (
        closing(open_store(url)) as store,
        open_publisher(
            store,
            url,
            directory=to,
            keys=settings.log_key,
            mark=settings.mark,
            policy=settings.policy,
        ) as publisher,
    ):
        _first(publisher, log)
        listen(publisher.hint)
        publisher.start()
        ended = threading.Event()
        watching = threading.Thread(
            target=_watch, args=(publisher, log, ended, tell), daemon=True
        )
        watching.start()
        try:
            yield
        finally:
            ended.set()
            publisher.stop()
            watching.join()
        if publisher.report.forked:
            raise Forked(publisher.report.fault or "")


def _first(publisher: Publisher, log: Log) -> None:
    """Publish what there is, and hold what others know of this log against it."""
    try:
        for _ in publisher.once():
            pass
    except Forked:
        raise
    except (NotPublished, NotRead) as fault:  # it tries again, and says so
        log.line("warning", "not published yet", {"reason": str(fault)})


def _watch(
    publisher: Publisher,
    log: Log,
    ended: threading.Event,
    tell: Callable[[Failures], None],
) -> None:
    while not ended.is_set():
        report = publisher.report
        tell(Failures(report.failures, report.witness_failures))
        if publisher.wait(LOOK_SECONDS):
            fault = publisher.report.fault or ""
            log.line("critical", "the log is not the one that was published", {"why": fault})
            os.kill(os.getpid(), signal.SIGTERM)
            return
