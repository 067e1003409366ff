"""What the program may do on a PostgreSQL server: read and append, and no more.

A role has what it was granted, and what any role was granted that it belongs to: it can become
that one (SET ROLE), whether it inherits from it or not.
"""

from collections.abc import Iterator
from typing import Final

from svx_ledger.eventlog.open import sqlite_file
from svx_ledger.eventlog.postgres_layout import ERASABLE, TABLES

from .finding import Finding, failed, ok, some, warning

_NEEDED: Final = [
    *((table, right) for table in TABLES for right in ("SELECT", "INSERT")),
    (ERASABLE, "DELETE"),
]
_TOO_MUCH: Final = [
    (table, right)
    for table in TABLES
    for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
    if (table, right) not in _NEEDED
]
_MASTER: Final = """
SELECT current_user, rolname, rolsuper FROM (VALUES (1)) AS one LEFT JOIN pg_roles
ON pg_has_role(current_user, oid, 'MEMBER') AND (rolsuper OR EXISTS (
  SELECT FROM pg_tables
  WHERE schemaname = 'public' AND tablename = ANY (%s) AND tableowner = rolname))
ORDER BY rolname <> current_user, NOT rolsuper, rolname LIMIT 1
"""
_LACKS: Final = """
SELECT named || ' on ' || tabled
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked (tabled, named, n)
WHERE NOT has_table_privilege('public.' || tabled, named) ORDER BY n
"""
# A right to a table is one to each of its columns: that is said once.
_HAS: Final = """
WITH roles AS (SELECT * FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER'))
SELECT rolname, said FROM (
  SELECT rolname, named || ' on ' || tabled AS said, n FROM roles,
    unnest(%(tables)s::text[], %(rights)s::text[]) WITH ORDINALITY AS asked (tabled, named, n)
    WHERE has_table_privilege(oid, 'public.' || tabled, named)
  UNION ALL
  SELECT rolname, 'UPDATE on columns of ' || tabled, 100
    FROM roles, unnest(%(all)s::text[]) AS asked (tabled)
    WHERE has_any_column_privilege(oid, 'public.' || tabled, 'UPDATE')
    AND NOT has_table_privilege(oid, 'public.' || tabled, 'UPDATE')
  UNION ALL
  SELECT rolname, 'CREATE on schema public', 200
    FROM roles WHERE has_schema_privilege(oid, 'public', 'CREATE')
  UNION ALL
  SELECT rolname, named, 300 FROM roles CROSS JOIN LATERAL (VALUES
    ('CREATEROLE', rolcreaterole), ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)
  ) AS attribute (named, has) WHERE has
) AS found ORDER BY rolname <> current_user, rolname, n, said
"""
_GRANTS = (
    "Have the owner grant them: deploy/postgres/grants.sql names what a role of the program's "
    "has (docs/operations.md)."
)
_OWN_ROLE = (
    "Let the program connect as a role of its own, with SELECT and INSERT on the tables and "
    f"DELETE on {ERASABLE}; their owner only makes them (docs/operations.md)."
)
_REVOKE = (
    "Have them revoked, and the role taken out of others: deploy/postgres/roles.sql and "
    "grants.sql name all that a role of the program's has."
)


def rights(url: str) -> Iterator[Finding]:
    """What the role that the program connects as may do to the tables, and can come to."""
    if sqlite_file(url) is not None:
        return
    import psycopg

    with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
        user, master, is_super = connection.execute(_MASTER, [list(TABLES)]).fetchone() or (
            *("?", None, None),
        )
        missing = [lack for (lack,) in connection.execute(_LACKS, _parted(_NEEDED))]
        tables, named = _parted(_TOO_MUCH)
        asked = {"tables": tables, "rights": named, "all": list(TABLES)}
        found = connection.execute(_HAS, asked).fetchall()
    if missing:
        yield failed("rights", f"{user} lacks {some(missing)}", _GRANTS)
    too_much = _beyond(user, found)
    if master is not None:
        who = "a superuser" if is_super else "the owner of the tables"
        may = f"is {who}" if master == user else f"can become {master}, {who}"
        yield warning("rights", f"{user} {may}: it could take the triggers away", _OWN_ROLE)
    elif too_much:
        yield warning("rights", f"{user} has {some(too_much)}", _REVOKE)
    elif not missing:
        yield ok("rights", f"{user} reads and appends, and no more")


def _beyond(user: str, found: list[tuple[str, str]]) -> list[str]:
    """Return what a role may do itself, and then what it has to become another for."""
    own = [said for role, said in found if role == user]
    return own + [f"{said} (as {role})" for role, said in found if said not in own]


def _parted(rights_on: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return tables and rights as two arrays, as the server takes them."""
    return [table for table, _ in rights_on], [right for _, right in rights_on]
