"""The keys of the published log: whether it can be signed here, and by nobody else."""

from collections.abc import Iterator
from pathlib import Path

from svx_ledger.eventlog.store import Store
from svx_ledger.publishing.keys.log_keys import LogKeys, read_log_keys
from svx_ledger.publishing.keys.signing import ReadByOthers
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import key_path
from svx_ledger.settings import Settings

from .finding import Finding, failed, ok, some, warning
from .remedies import remedy_of

_ELSEWHERE = (
    "Put its private half into the key file, or make another: `svx-ledger key log rotate`."
)
_NO_KEY = (
    "Make one, `svx-ledger key log make`, or take SVX_SERVE_PUBLISH away: without a key the "
    "service does not start, or signs nothing."
)
_MEND_KEYS = "Mend the file, or restore it from its copy."
_LIES_OPEN = (
    "Make it its owner's alone, chmod 600; where others may have read it, put other keys in "
    'force: docs/operations.md, "The log\'s key".'
)


def signing(store: Store, settings: Settings, *, publishes: bool) -> Iterator[Finding]:
    """Whether the keys in force are here, and nobody else's to read.

    `publishes` says that a service is to sign with them: without any it does not.
    """
    file = key_path(settings.ledger, settings.log_key)
    try:
        keys = read_log_keys(store, file)
    except ReadByOthers as fault:
        yield failed("log key", str(fault), _LIES_OPEN)
        return
    except NotPublished as fault:
        yield failed("log key", str(fault), remedy_of(fault, _MEND_KEYS))
        return
    left = [key.key_id for key in keys.listed if key.state == "not-added"]
    if left:
        remedy = "An attempt was interrupted: repeat it, `svx-ledger key log make`."
        yield warning("log key", f"here, and not on record: {some(left)}", remedy)
    if keys.in_force:
        yield from _at_hand(keys, file, publishes=publishes)
    elif publishes:
        yield failed("log key", "none in force, and the log is to be published", _NO_KEY)
    else:
        yield ok("log key", "none: the log is not published")


def _at_hand(keys: LogKeys, file: Path | None, *, publishes: bool) -> Iterator[Finding]:
    """Whether the keys in force are in the file: one is enough to sign, all should."""
    here = [key.key_id for key in keys.in_force if key.here]
    away = [key.key_id for key in keys.in_force if not key.here]
    said = f"in force, and not in {file or 'any file here'}: {some(away)}"
    if not away:
        yield ok("log key", f"{some(here)} in {file}")
    elif publishes and not here:
        yield failed("log key", f"{said}; and the log is to be published", _ELSEWHERE)
    else:
        yield warning("log key", said, _ELSEWHERE)
