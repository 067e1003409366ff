"""What a ledger's PostgreSQL database holds, and what its server must promise.

The names and columns of `stored_events` are the library's, so its recorders can read it; its
`notification_id` has no default, so their inserts fail at once. Text is compared by its bytes
(collation "C"): the order of keys does not hang on the locale library of a server.
"""

import os
from collections.abc import Sequence

from .store import NoLedger, OlderStore, UnsafeStore

LOCK = int.from_bytes(b"svx-log1")
"""The advisory lock that writers take; advisory locks are a database's own."""

OLDEST_SERVER = 140000

TABLES = {
    "stored_events": (
        "notification_id bigint NOT NULL CHECK (notification_id >= 1)",  # the position
        'originator_id text COLLATE "C" NOT NULL',
        "originator_version bigint NOT NULL",
        "topic text NOT NULL",
        "state bytea NOT NULL",
        "PRIMARY KEY (originator_id, originator_version)",
        "CONSTRAINT stored_events_notification_id_idx UNIQUE (notification_id)",
    ),
    "private_payloads": (
        'commitment text COLLATE "C" NOT NULL',
        'stream text COLLATE "C" NOT NULL',
        "version bigint NOT NULL",
        "field text NOT NULL",
        "salt bytea NOT NULL",
        "payload bytea NOT NULL",
        "PRIMARY KEY (commitment)",
    ),
    "outcomes": (
        'principal text COLLATE "C" NOT NULL',
        'command_id text COLLATE "C" NOT NULL',
        "sha256 text NOT NULL",
        "first_position bigint",
        "last_position bigint",
        "refusal text",
        "PRIMARY KEY (principal, command_id)",
    ),
    "claims": (
        'key text COLLATE "C" NOT NULL',
        "position bigint NOT NULL",
        'stream text COLLATE "C"',
        "PRIMARY KEY (key, position)",
    ),
}

ERASABLE = "private_payloads"
"""From this table rows are deleted; they are never changed, and never all at once."""

GUARDING = """
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END """
"""The body of the triggers' function, as the server keeps it. Another body guards nothing."""

_LAYOUT = """
SELECT
  (SELECT coalesce(string_agg(attname, ' ' ORDER BY relname DESC, attnum), '')
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
     AND relkind = 'r'
     AND relname IN ('stored_events', 'private_payloads', 'outcomes', 'claims')),
  -- BEFORE (2) DELETE (8) UPDATE (16) TRUNCATE (32), for a statement, enabled always
  (SELECT count(*) FROM pg_trigger WHERE tgname = 'svx_append_only'
     AND tgenabled = 'A'
     AND tgfoid = to_regproc('public.svx_append_only')
     AND EXISTS (SELECT FROM pg_proc WHERE oid = tgfoid AND prosrc = $body${body}$body$)
     AND CASE tgrelid WHEN to_regclass('public.private_payloads') THEN tgtype = 50
         WHEN to_regclass('public.stored_events') THEN tgtype = 58
         WHEN to_regclass('public.outcomes') THEN tgtype = 58
         WHEN to_regclass('public.claims') THEN tgtype = 58 END),
  (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('public.stored_events')
     AND attname = 'notification_id' AND attnotnull AND NOT atthasdef AND attidentity = ''
     AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'c'
       AND conname = 'stored_events_notification_id_check')),
  (SELECT count(*) FROM pg_proc WHERE starts_with(proname, 'es_insert_events')),
  (SELECT coalesce(string_agg(relname, ', ' ORDER BY relname), '') FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
     AND relname IN ('stored_events', 'private_payloads', 'outcomes', 'claims'))
"""
PROMISES = (
    _LAYOUT.rstrip().replace("{body}", GUARDING)
    + """,
  current_setting('fsync'),
  current_setting('full_page_writes'),
  current_setting('synchronous_commit'),
  current_setting('server_encoding')
"""
)
"""One row, to be held against `assert_promises`."""

# Constraints follow the columns.
_LAST_COLUMN = {"stored_events": -2, "private_payloads": -1, "outcomes": -1, "claims": -1}


def _columns(*tables: str) -> str:
    """Return the columns of these tables, as the layout's query lists them."""
    return " ".join(
        column.split()[0] for name in tables for column in TABLES[name][: _LAST_COLUMN[name]]
    )


RIGHTS = """
SELECT pg_is_in_recovery(), array_to_string(ARRAY(
  SELECT needed || ' on ' || name
  FROM unnest('{stored_events, private_payloads, outcomes, claims}'::text[])
    WITH ORDINALITY AS a (name, nth) CROSS JOIN unnest('{SELECT, INSERT}'::text[]) AS needed
  WHERE NOT has_table_privilege('public.' || name, needed) ORDER BY nth, needed DESC), ', ')
"""
"""One row, to be held against `assert_writable`."""

_COLUMNS = _columns(*TABLES)
_COLUMNS_BEFORE = _columns("stored_events", "outcomes", "claims")
_DURABLE_COMMITS = ("on", "remote_write", "remote_apply")


def assert_environment() -> None:
    """Refuse to run where the library is told to insert through its database functions.

    They take no lock, so readers step over events. Raises UnsafeStore.
    """
    for name, value in os.environ.items():
        asked = name.endswith("POSTGRES_ENABLE_DB_FUNCTIONS")
        if asked and value.strip().lower() not in ("", "n", "no", "f", "false", "off", "0"):
            raise UnsafeStore(f"{name} is set; unset it: its inserts take no lock")


def assert_promises(version: int, row: Sequence[object]) -> None:
    """Hold a server to what durability and protection need. Raises UnsafeStore."""
    columns, guards, position, functions, secured, fsync, full_page_writes, commit, encoding = (
        row
    )
    if version < OLDEST_SERVER:
        raise UnsafeStore("PostgreSQL is older than 14; use 14 or newer")
    if fsync != "on":
        raise UnsafeStore("fsync is off; set fsync = on")
    if full_page_writes != "on":
        raise UnsafeStore("full_page_writes is off; set full_page_writes = on")
    if commit not in _DURABLE_COMMITS:
        raise UnsafeStore(f"synchronous_commit is {commit}; set synchronous_commit = on")
    if encoding != "UTF8":
        raise UnsafeStore(f"server_encoding is {encoding}; create the database with UTF8")
    if functions:
        raise UnsafeStore("es_insert_events exists and takes no lock; drop that function")
    if not columns:
        raise NoLedger("there is no ledger in this database; create it first")
    older = columns == _COLUMNS_BEFORE
    if columns != _COLUMNS and not older:
        raise UnsafeStore(_amiss(str(columns)))
    if guards != len(TABLES) - older or not position:
        raise UnsafeStore(
            f"{', '.join(TABLES)}: one has lost a trigger or a check, or gained a default, or "
            "the function svx_append_only was altered; "
            "find out who did it and verify the ledger before restoring them"
        )
    if secured:
        raise UnsafeStore(
            f"{secured}: row-level security is on, which hides rows; find out who did it, "
            "disable it, and verify the ledger"
        )
    if older:
        raise OlderStore("the ledger", by=", by the tables' owner,")


def assert_writable(row: Sequence[object]) -> None:
    """Refuse a server, or a role, with which no command is written. Raises UnsafeStore."""
    standby, lacking = row
    if standby:
        raise UnsafeStore("the server is a standby, or recovers: ERROR 25006")
    if lacking:
        raise UnsafeStore(f"the role lacks {lacking}: ERROR 42501")


def _amiss(columns: str) -> str:
    """Say what is wrong with tables whose columns are not those of a ledger."""
    lost = [name for name in TABLES if _columns(name) not in columns]
    if len(lost) == len(TABLES):
        return "the tables are not a ledger's; name another database"
    which = f"{', '.join(lost)}: missing or altered" if lost else "a table has one column more"
    return f"{which}; find out who did it and verify the ledger before restoring it"
