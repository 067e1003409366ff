"""The published log: whether it can be signed here, and the ledger is the one that was."""

from collections.abc import Iterator

from svx_ledger.eventlog.store import Forked, Store
from svx_ledger.publishing.guard import assert_may_write
from svx_ledger.publishing.log_keys import read_log_keys
from svx_ledger.publishing.opening import key_path, mark_path
from svx_ledger.publishing.restoring import known_here
from svx_ledger.publishing.state import NotPublished
from svx_ledger.settings import Settings

from .finding import Finding, failed, ok, some, warning

_ELSEWHERE = (
    "Put its private half into the key file, or make another: `svx-ledger key log rotate`."
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
    """Whether the ledger has all that was signed of it, and the mark says how much that is."""
    try:
        assert_may_write(store, settings.ledger, settings.mark)
        known = known_here(settings.ledger, settings.mark)
    except (Forked, NotPublished) as fault:
        yield failed("published", str(fault), _FIRST)
        return
    path = mark_path(settings.ledger, settings.mark)
    largest = max((head.checkpoint.size for head in known), default=0)
    behind = [head for head in known if head.checkpoint.size < largest]
    if not known:
        yield ok("published", "nothing yet")
    elif path is None:
        remedy = "Keep a mark on other storage: SVX_MARK (docs/publishing.md)."
        yield warning("published", f"{largest} records, and no mark tells of it", remedy)
    elif len(known) == 1 or behind:
        remedy = "Publish once more, `svx-ledger publish`, with the same SVX_MARK as always."
        yield warning("published", f"{path} and the state know different heads", remedy)
    else:
        yield ok("published", f"{largest} records, as {path} says")
