"""API keys that end or should, and what the program may do on the server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from svx_ledger.domain.access import Access
from svx_ledger.domain.api_key import ApiKey
from svx_ledger.domain.api_key.state import over_since
from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.postgres_layout import ERASABLE, TABLES
from svx_ledger.eventlog.store import Store

from .finding import Finding, failed, ok, some, warning
from .states import folded, state_of

SOON = timedelta(days=14)
_SECRETS = "api-key-secret:"
_NEEDED = ("SELECT", "INSERT")
_TOO_MUCH = ("UPDATE", "DELETE", "TRUNCATE")
_ROLE = (
    "SELECT current_user, rolsuper, "
    "(SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
    "AND tablename = ANY (%s) AND tableowner = current_user) "
    "FROM pg_roles WHERE rolname = current_user"
)
_GRANTS = (
    "Have the owner grant them: deploy/postgres/grants.sql names what a role of the program's "
    "has (docs/operations.md)."
)
_OWN_ROLE = (
    "Let the program connect as a role of its own, with SELECT and INSERT on the tables and "
    f"DELETE on {ERASABLE}; their owner only makes them (docs/operations.md)."
)


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


def rights(url: str) -> Iterator[Finding]:
    """What the role that the program connects as may do to the tables."""
    if sqlite_file(url) is not None:
        return
    import psycopg

    with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
        user, is_super, owned = connection.execute(_ROLE, [list(TABLES)]).fetchone() or (
            *("?", False, 0),
        )

        def may(table: str, right: str) -> bool:
            asked = "SELECT has_table_privilege(%s, %s)"
            (has,) = connection.execute(asked, [f"public.{table}", right]).fetchone() or (0,)
            return bool(has)

        missing = [f"{r} on {t}" for t in TABLES for r in _NEEDED if not may(t, r)]
        too_much = [
            f"{r} on {t}"
            for t in TABLES
            for r in _TOO_MUCH
            if may(t, r) and (t, r) != (ERASABLE, "DELETE")
        ]
    if missing:
        yield failed("rights", f"{user} lacks {some(missing)}", _GRANTS)
    if is_super or owned:
        who = "a superuser" if is_super else "the owner of the tables"
        yield warning("rights", f"{user} is {who}: it could take the triggers away", _OWN_ROLE)
    elif too_much:
        yield warning("rights", f"{user} has {some(too_much)}", _OWN_ROLE)
    elif not missing:
        yield ok("rights", f"{user} reads and appends, and no more")
