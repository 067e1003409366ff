"""`doctor`: looks at everything that a ledger rests on, and says what to do."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from svx_ledger.settings import FILE, read_serve_settings

from . import showing
from .failing import Unwell
from .output import say
from .session import Session

if TYPE_CHECKING:
    from svx_ledger.cli.examining.finding import Finding

Look = Callable[[], Iterator["Finding"]]


def doctor(session: Session) -> None:
    """Look at settings, store, log, clock, keys, views and files; nothing is written.

    Ends with 3 where something failed. A warning is for tomorrow.
    """
    found: list[Finding] = []
    for finding in _all(session):
        found.append(finding)
        if session.json:
            showing.line(finding._asdict())
    if not session.json:
        _show(found)
    if any(finding.state == "failed" for finding in found):
        raise Unwell


def _all(session: Session) -> Iterator["Finding"]:
    from svx_ledger.eventlog.open import open_store

    from .examining import access, kept, logs, places, published, times

    settings = session.settings
    serving = read_serve_settings({}, os.environ, Path(FILE))  # raises what is wrong with them
    url = settings.ledger
    yield from places.settings(settings, Path(FILE))
    yield from places.versions()
    with closing(open_store(url)) as store:
        usable = True
        for finding in _tried("store", partial(logs.store, store)):
            usable = usable and finding.state != "failed"
            yield finding
        looks: dict[str, Look] = {
            "files": partial(places.files, url),
            "disk": partial(places.disk, url),
        }
        if usable:
            looks |= {
                "log": partial(logs.tail, store),
                "clock": partial(times.clock, url, store),
                "deadlines": partial(times.deadlines, store),
                "keys": partial(access.keys, store),
                "rights": partial(access.rights, url),
                "views": partial(kept.views, url),
                "log key": partial(published.signing, store, settings),
                "published": partial(published.heads, store, settings),
                "folder": partial(published.folder, store, settings, serving.publish),
            }
        for name, look in looks.items():
            yield from _tried(name, look)


def _tried(name: str, look: Look) -> Iterator["Finding"]:
    """Look at one thing; that it cannot be looked at is a finding, too."""
    from svx_ledger.cli.examining.finding import failed

    try:
        yield from look()
    except Exception as fault:  # noqa: BLE001 - the rest is looked at all the same
        from svx_ledger.eventlog.store import StoreError

        why = str(fault) if isinstance(fault, StoreError) else type(fault).__name__
        yield failed(
            name,
            f"it cannot be looked at: {why}",
            "See to what else failed: this may follow from it.",
        )


def _show(found: list["Finding"]) -> None:
    showing.table(
        ("", "check", "what was found"),
        [(one.state, one.check, one.detail) for one in found],
    )
    for one in found:
        if one.remedy:
            say(f"{one.check}: {one.remedy}", err=True)
