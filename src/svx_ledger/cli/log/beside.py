"""What runs beside a service, in the process that was started: for all its workers."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from svx_ledger.cli.output import on_terminal
from svx_ledger.settings import ServeSettings, Settings

if TYPE_CHECKING:
    from svx_ledger.api.health.publisher import Failures
    from svx_ledger.api.process.logs import Form, Log
    from svx_ledger.projections.following import Follower


@contextmanager
def following(url: str, log: "Log", *, wanted: bool) -> Iterator["Follower | None"]:
    """Keep the views up to date for all workers, unless others do."""
    if not wanted:
        yield None
        return
    from svx_ledger.projections.following import Follower
    from svx_ledger.projections.stored.opening import hints_of, open_keeper

    with closing(open_keeper(url)) as keeper:
        follower = Follower(keeper, hints=hints_of(url))
        follower.start()
        try:
            yield follower
        finally:
            if follower.report.superseded:
                log.line("warning", "another program's views are served now", {})
            follower.stop()


@contextmanager
def publishing(
    settings: Settings,
    asked: ServeSettings,
    log: "Log | None" = None,
    listen: Callable[[Callable[[], None]], None] = lambda _: None,
    *,
    tell: "Callable[[Failures], None]" = lambda _: None,
) -> Iterator[None]:
    """Publish the log meanwhile, if that is asked for of this process."""
    if not publishes(asked):
        yield
        return
    from svx_ledger.api.process import publishing as beside
    from svx_ledger.api.process.logs import set_up

    to = None if asked.publish == "true" else Path(asked.publish)
    with beside.publishing(settings, to, log or set_up(form_of(asked)), listen, tell=tell):
        yield


def publishes(asked: ServeSettings) -> bool:
    """Whether this process is to publish the log."""
    return asked.publish not in ("", "false") and asked.role != "api"


def form_of(asked: ServeSettings) -> "Form":
    """Return how a service says what it does."""
    if asked.log == "auto":
        return "text" if on_terminal(sys.stderr) else "json"
    return asked.log
