"""`doctor`: looks at everything that a ledger rests on, and says what to do."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from svx_ledger.cli.log.beside import publishes
from svx_ledger.settings import FILE, ServeSettings, Settings, read_serve_settings

from . import showing
from .failing import Unwell
from .output import say
from .session import Session

if TYPE_CHECKING:
    from svx_ledger.cli.examining.finding import Finding
    from svx_ledger.eventlog.store import Store

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

    from .examining import logs, pages, places

    settings = session.settings
    serving = read_serve_settings({}, os.environ, Path(FILE))  # raises what is wrong with them
    url = settings.ledger
    yield from places.settings(settings, Path(FILE), os.environ)
    yield from places.versions()
    with closing(open_store(url)) as store:
        first: dict[str, Look] = {
            "store": partial(logs.store, store, settings),
            "pages": partial(pages.pages, url),
        }
        usable = True
        for name, look in first.items():
            for finding in _tried(name, look) if usable else ():
                usable = usable and finding.state != "failed"
                yield finding
        looks: dict[str, Look] = {
            "files": partial(places.files, url),
            "disk": partial(places.disk, url),
        }
        if usable:
            looks |= _looks(store, settings, serving)
        for name, look in looks.items():
            yield from _tried(name, look)


def _looks(store: "Store", settings: Settings, serving: ServeSettings) -> dict[str, Look]:
    """Return what is looked at where the store can be used at all."""
    from .examining import access, kept, log_keys, logs, published, rights, times

    url = settings.ledger
    return {
        "rights": partial(rights.rights, url),  # first, as without them the rest fails
        "writing": partial(logs.writing, store),
        "log": partial(logs.tail, store, settings),
        "clock": partial(times.clock, url, store),
        "deadlines": partial(times.deadlines, store),
        "keys": partial(access.keys, store),
        "views": partial(kept.views, url),
        "log key": partial(log_keys.signing, store, settings, publishes=publishes(serving)),
        "published": partial(published.heads, store, settings),
        "folder": partial(published.folder, store, settings, serving.publish),
    }


def _tried(name: str, look: Look) -> Iterator["Finding"]:
    """Look at one thing; that it cannot be looked at is a finding, too."""
    from svx_ledger.cli.examining.finding import failed
    from svx_ledger.cli.examining.remedies import remedy_of

    try:
        yield from look()
    except Exception as fault:  # noqa: BLE001 - the rest is looked at all the same
        usual = "See to what else failed: this may follow from it."
        why = f"it cannot be looked at: {_said(fault)}"
        yield failed(name, why, remedy_of(fault, usual))


def _said(fault: Exception) -> str:
    """Return what may be shown of a fault: others' texts can quote what a row holds."""
    from svx_ledger.eventlog.store import StoreError

    if isinstance(fault, OSError) and fault.strerror and fault.filename:
        return f"{fault.filename}: {fault.strerror}"
    said = str(fault) if isinstance(fault, StoreError) else ""
    return said or type(fault).__name__


def _show(found: list["Finding"]) -> None:
    showing.table(
        ("", "check", "what was found"),
        [(one.state, one.check, one.detail) for one in found],
    )
    asked: dict[str, list[str]] = {}  # one remedy may be that of several, and is said once
    for one in found:
        if one.remedy and one.check not in asked.setdefault(one.remedy, []):
            asked[one.remedy].append(one.check)
    for remedy, checks in asked.items():
        say(f"{', '.join(checks)}: {remedy}", err=True)
