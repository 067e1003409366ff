"""The published log: whether it can be signed here, and the ledger is the one that was."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import Forked, Store
from svx_ledger.publishing.composing import read_policy
from svx_ledger.publishing.guard import KnownHead, assert_may_write
from svx_ledger.publishing.keys.log_keys import read_log_keys
from svx_ledger.publishing.restoring import known_here
from svx_ledger.publishing.standing import Standing, Standings
from svx_ledger.publishing.state.log_state import NotPublished
from svx_ledger.publishing.state.opening import key_path, mark_path, open_state
from svx_ledger.settings import Settings

from .finding import Finding, failed, ok, some, warning
from .times import is_simulated

LATE = timedelta(seconds=10)
"""A publisher that runs has a record published in about one."""
_ELSEWHERE = (
    "Put its private half into the key file, or make another: `svx-ledger key log rotate`."
)
_OTHER_STORAGE = (
    "Keep the mark on other storage than the ledger, SVX_MARK: copy the one there is, or the "
    "newest published checkpoint, to its place (docs/publishing.md)."
)
_FIRST = "Do what it says before anything else."


def signing(store: Store, settings: Settings) -> Iterator[Finding]:
    """Whether the keys in force are here, and nobody else's to read."""
    file = key_path(settings.ledger, settings.log_key)
    try:
        keys = read_log_keys(store, file)
    except NotPublished as fault:
        yield failed("log key", str(fault), "Mend the file, or restore it from its copy.")
        return
    left = [key.key_id for key in keys.listed if key.state == "not-added"]
    away = [key.key_id for key in keys.in_force if not key.here]
    if left:
        remedy = "An attempt was interrupted: repeat it, `svx-ledger key log make`."
        yield warning("log key", f"here, and not on record: {some(left)}", remedy)
    if away:
        where = file or "any file here"
        yield warning("log key", f"in force, and not in {where}: {some(away)}", _ELSEWHERE)
    if not keys.in_force:
        yield ok("log key", "none: the log is not published")
    elif not away:
        yield ok("log key", f"{some([key.key_id for key in keys.in_force])} in {file}")


def heads(store: Store, settings: Settings) -> Iterator[Finding]:
    """Whether the ledger has all that was signed of it, and all of it is published."""
    try:
        assert_may_write(store, settings.ledger, settings.mark)
        known = known_here(settings.ledger, settings.mark)
    except (Forked, NotPublished) as fault:
        yield failed("published", str(fault), _FIRST)
        return
    yield from _policy(settings)
    with closing(open_state(settings.ledger)) as database:
        standing = Standings(store, database).now()
    if not known and standing == Standing():
        yield ok("published", "nothing yet")
        return
    yield _published(store, standing)
    yield from _mark(settings, known)


def _published(store: Store, standing: Standing) -> Finding:
    """Whether what is on the log is published, as a publisher that runs has it in seconds."""
    end = store.head().position
    told = (
        f"{standing.published} of {end} records"
        f" (signed: {standing.signed}, integrated: {standing.integrated})"
    )
    if standing.signed > standing.published:
        remedy = "See that the witnesses of the policy answer, and publish: docs/publishing.md."
        return warning("published", f"{told}: what is signed has no quorum", remedy)
    first = next(store.rows(standing.published, 1), None)
    if first is None or is_simulated(store):
        return ok("published", told)
    waits = datetime.now(UTC) - recorded_at(first.record)
    if waits <= LATE:
        return ok("published", told)
    remedy = "See that `svx-ledger serve --publish true` or `svx-ledger publish` runs."
    return warning("published", f"{told}: since {waits.total_seconds():.0f} s", remedy)


def _mark(settings: Settings, known: list[KnownHead]) -> Iterator[Finding]:
    """Whether the mark knows what the state knows, and is elsewhere."""
    path = mark_path(settings.ledger, settings.mark)
    if path is None:
        yield warning("mark", "no mark tells what was signed", _OTHER_STORAGE)
        return
    if len({head.checkpoint for head in known}) != 1 or len(known) == 1:
        remedy = "Publish once more, `svx-ledger publish`, with the same SVX_MARK as always."
        yield warning("mark", f"{path} and the state know different heads", remedy)
    elif _is_beside(path, settings.ledger):
        yield warning("mark", f"{path} lies beside the ledger", _OTHER_STORAGE)
    else:
        yield ok("mark", f"{known[0].checkpoint.size} records, in {path}")


def _is_beside(path: Path, url: str) -> bool:
    """Whether a file is restored with the ledger: in its folder, or in its log's."""
    file = sqlite_file(url)
    return file is not None and path.resolve().is_relative_to(file.resolve().parent)


def _policy(settings: Settings) -> Iterator[Finding]:
    """Whether the policy can be read by who publishes."""
    if settings.policy is None:
        return
    try:
        read_policy(Path(settings.policy))
    except NotPublished as fault:
        remedy = "Mend the file, or name another: SVX_POLICY. Until then nothing is published."
        yield warning("policy", str(fault), remedy)
