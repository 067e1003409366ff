"""The published log: whether the ledger is the one that was, and all of it is published."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from svx_ledger.eventlog.record import recorded_at
from svx_ledger.eventlog.store import Forked, Store
from svx_ledger.publishing.composing import read_policy
from svx_ledger.publishing.guard import assert_may_write
from svx_ledger.publishing.outside.mark import checkpoint_in
from svx_ledger.publishing.outside.public_files import PublicFiles
from svx_ledger.publishing.restoring import known_here
from svx_ledger.publishing.standing import Standing, Standings
from svx_ledger.publishing.state.database import Database, NotPublished
from svx_ledger.publishing.state.opening import open_state
from svx_ledger.settings import Settings

from . import marks
from .finding import Finding, failed, ok, warning
from .places import is_closed
from .remedies import remedy_of
from .times import is_simulated

LATE = timedelta(seconds=10)
"""A publisher that runs has a record published in about one."""
_WRITABLE = (
    "See that whoever publishes is told this folder (SVX_SERVE_PUBLISH) and can write it: its "
    "log says what it met there."
)
_ANOTHER = "Publish this log into another folder, SVX_SERVE_PUBLISH; leave that one as it is."
_NO_POLICY = (
    "Mend the file, or name another: SVX_POLICY. Until then nothing is published, and no API "
    "is served; `serve --role projector` starts as long as it does not publish."
)
_NO_RECEIPT = (
    "See that its witnesses answer, and publish once more after the next record: receipts are "
    "under heads that the policy accepts (docs/publishing.md)."
)
_FIRST = "Do what it says before anything else."
_RESTORED = "The ledger is an older copy: docs/publishing.md, Restoring, before anything else."


def heads(store: Store, settings: Settings) -> Iterator[Finding]:
    """Whether the ledger has all that was signed of it, and all of it is published."""
    try:
        assert_may_write(store, settings.ledger, settings.mark)
        known = known_here(settings.ledger, settings.mark)
    except (Forked, NotPublished) as fault:
        yield failed("published", str(fault), remedy_of(fault, _FIRST))
        return
    with closing(open_state(settings.ledger)) as database:
        standing = Standings(store, database).now()
        yield from _policy(store, settings, database, standing.published)
    if not known and standing == Standing():
        yield ok("published", "nothing yet")
        yield from marks.room(settings)
        return
    yield _published(store, standing)
    yield from marks.mark(settings, known)


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
    late = _late(store, standing.published)
    if late is None:
        return ok("published", told)
    remedy = "See that `svx-ledger serve --publish true` or `svx-ledger publish` runs."
    return warning("published", f"{told}: {late}", remedy)


def folder(store: Store, settings: Settings, publish: str) -> Iterator[Finding]:
    """Whether what is published is in the folder that `serve --publish` names, if it does."""
    if publish in ("", "true", "false"):
        return
    with closing(open_state(settings.ledger)) as database:
        newest = Standings(store, database).newest()
    if newest is None:
        if is_closed(Path(publish)):
            yield warning("folder", f"{publish} cannot be written by this user", _WRITABLE)
        else:
            yield ok("folder", f"nothing is published yet into {publish}")
        return
    try:
        note = PublicFiles(Path(publish)).checkpoint()
        there = checkpoint_in(note, publish) if note else None
    except NotPublished as fault:
        yield warning("folder", str(fault), _WRITABLE)
        return
    if there is not None and there.origin != newest.checkpoint.origin:
        yield warning("folder", f"{publish} holds the log {there.origin}", _ANOTHER)
        return
    size, end = there.size if there else 0, store.head().position
    if size > end:
        yield failed("folder", f"{publish} has {size} records, and the log {end}", _RESTORED)
        return
    late = _late(store, size) if size < newest.checkpoint.size else None
    told = f"{size} of {newest.checkpoint.size} published records, in {publish}"
    if late is None:
        yield ok("folder", told)
    else:
        yield warning("folder", f"{told}: {late}", _WRITABLE)


def _late(store: Store, after: int) -> str | None:
    """Return since when the record after a position waits; None where that is not long."""
    first = next(store.rows(after, 1), None)
    if first is None or is_simulated(store):
        return None
    waits = datetime.now(UTC) - recorded_at(first.record)
    return f"since {waits.total_seconds():.0f} s" if waits > LATE else None


def _policy(
    store: Store, settings: Settings, database: Database, published: int
) -> Iterator[Finding]:
    """Whether the policy can be read, and accepts what is published: else receipts wait."""
    if settings.policy is None:
        return
    try:
        policy = read_policy(Path(settings.policy))
    except NotPublished as fault:
        yield failed("policy", str(fault), _NO_POLICY)
        return
    receipted = Standings(store, database, policy).receipted()
    told = f"{settings.policy} accepts heads up to {receipted} of {published} published records"
    if receipted < published:
        yield warning("policy", f"{told}: the rest have no receipt", _NO_RECEIPT)
    else:
        yield ok("policy", told)
