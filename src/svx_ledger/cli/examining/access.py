"""API keys that end, or should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from svx_ledger.domain.access import Access
from svx_ledger.domain.api_key import ApiKey
from svx_ledger.domain.api_key.state import over_since
from svx_ledger.eventlog.store import Store

from .finding import Finding, ok, some, warning
from .states import folded, state_of

SOON = timedelta(days=14)
_SECRETS = "api-key-secret:"


def keys(store: Store) -> Iterator[Finding]:
    """Which keys end soon, and which open nothing since their access has ended."""
    now = datetime.now(UTC)
    streams = sorted(store.held(_SECRETS).values())
    live, looked_at = 0, 0
    soon: list[str] = []
    over: list[str] = []
    for one in folded(store, streams):
        looked_at, key = one.number, one.state
        if not isinstance(key, ApiKey) or key.revoked or key.expires_at <= now:
            continue
        live += 1
        access = state_of(store, key.access_id)
        if isinstance(access, Access) and (access.revoked or over_since(access, now)):
            over.append(one.stream)
        elif key.expires_at - now < SOON:
            soon.append(f"{one.stream} ({(key.expires_at - now).days} days)")
    if soon:
        remedy = "Issue another for the same access, hand it over, then revoke this one."
        yield warning("keys", f"{len(soon)} expire soon: {some(soon)}", remedy)
    if over:
        remedy = "They open nothing; revoke them, so that the list says so."
        yield warning("keys", f"{len(over)} outlive their access: {some(over)}", remedy)
    if not soon and not over:
        of = f" ({looked_at} of {len(streams)} looked at)" if looked_at < len(streams) else ""
        yield ok("keys", f"{live} in force{of}")
