"""The stored views: whether they are this log's and this program's, and somebody keeps them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.status import Status, status_of

from .finding import Finding, failed, ok, warning

MOST_LAG_SECONDS = 5.0
FAR_BEHIND_SECONDS = 60.0
_FOLLOW = "Run `svx-ledger serve`, or `svx-ledger projections follow`."
_REBUILD = "Run `svx-ledger projections rebuild` with this version of the program."
# Whoever reads the views of another log throws them away: what they tell would be gone.
_NOT_THE_LOG = (
    "Stop writing, keep a copy of the ledger and its views, and run `svx-ledger audit --all`; "
    'then docs/operations.md, "Restore". Views of a log that was restored on purpose are built '
    "again once the program is started."
)


def views(url: str) -> Iterator[Finding]:
    """How far the views are, from what log and by whom they were made, and who follows."""
    with closing(open_keeper(url)) as keeper:
        found = status_of(keeper)
    if found.generation is None:
        yield warning("views", "none are kept yet: whoever reads first waits", _FOLLOW)
        return
    at = f"generation {found.generation} at position {found.position} of {found.head}"
    if not found.of_this_log:
        why = "made from another log: it was restored, cut or altered"
        yield failed("views", f"{at}, {why}", _NOT_THE_LOG)
    elif not found.ours:
        yield warning("views", f"{at}, of another version of the program", _REBUILD)
    elif found.followed and found.lag_seconds > FAR_BEHIND_SECONDS:
        remedy = "See what the follower logs; `svx-ledger projections rebuild` begins again."
        yield failed("views", f"{at}, {found.lag_seconds:.0f} s behind a follower", remedy)
    elif found.lag_seconds > MOST_LAG_SECONDS:
        yield warning("views", f"{at}, {found.lag_seconds:.0f} s behind", _FOLLOW)
    else:
        yield _with_or_without_follower(at, found)


def _with_or_without_follower(at: str, found: Status) -> Finding:
    """Whether whoever followed still does: readers bring the views up meanwhile, unasked."""
    if found.followed or found.heartbeat is None:
        return ok("views", f"{at}, {'followed' if found.followed else 'followed by nobody'}")
    silent = (datetime.now(UTC) - found.heartbeat).total_seconds()
    return warning("views", f"{at}, followed by nobody for {silent:.0f} s", _FOLLOW)
