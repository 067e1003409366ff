"""The stored views: whether they are this program's, and whether somebody keeps them."""

from collections.abc import Iterator
from contextlib import closing

from svx_ledger.projections.stored.opening import open_keeper
from svx_ledger.projections.stored.status import status_of

from .finding import Finding, failed, ok, warning

MOST_LAG_SECONDS = 5.0
FAR_BEHIND_SECONDS = 60.0
_FOLLOW = "Run `svx-ledger serve`, or `svx-ledger projections follow`."
_REBUILD = "Run `svx-ledger projections rebuild` with this version of the program."


def views(url: str) -> Iterator[Finding]:
    """How far the views are, by whom they were made, and who follows."""
    with closing(open_keeper(url)) as keeper:
        found = status_of(keeper)
    if found.generation is None:
        yield warning("views", "none are kept yet: whoever reads first waits", _FOLLOW)
        return
    at = f"generation {found.generation} at position {found.position} of {found.head}"
    if not found.ours:
        yield warning("views", f"{at}, of another version of the program", _REBUILD)
    elif found.lag_seconds <= MOST_LAG_SECONDS:
        yield ok("views", f"{at}, {'followed' if found.followed else 'followed by nobody'}")
    elif found.followed and found.lag_seconds > FAR_BEHIND_SECONDS:
        remedy = "See what the follower logs; `svx-ledger projections rebuild` begins again."
        yield failed("views", f"{at}, {found.lag_seconds:.0f} s behind a follower", remedy)
    else:
        yield warning("views", f"{at}, {found.lag_seconds:.0f} s behind", _FOLLOW)
