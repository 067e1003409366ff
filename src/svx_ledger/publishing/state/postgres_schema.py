"""The schema `svx_log`: what the published log's state looks like on PostgreSQL.

Roles that may append to the ledger may add to it and change what is allowed to change. Nobody
but the owner may delete, and not even a change by the owner passes the triggers.
"""

from typing import Final

import psycopg
from psycopg import sql

SCHEMA: Final = "svx_log"

# From the catalogue itself: what to_regclass knows can be from before the lock.
PRESENT: Final = (
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'svx_log' AND c.relname = 'latest')"
)
_TABLES: Final = ("heads", "tiles", "checkpoints", "latest")

_ONLY_GROWS: Final = """
CREATE FUNCTION svx_log.only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'heads' THEN
        IF NEW.epoch = OLD.epoch AND (NEW.size > OLD.size
            OR (NEW.size = OLD.size AND NEW.root = OLD.root))
        THEN RETURN NEW; END IF;
    ELSIF TG_TABLE_NAME = 'tiles' THEN
        IF NEW.epoch = OLD.epoch AND NEW.level = OLD.level AND NEW.number = OLD.number
            AND pg_catalog.substring(NEW.hashes, 1, pg_catalog.length(OLD.hashes)) = OLD.hashes
        THEN RETURN NEW; END IF;
    ELSIF TG_TABLE_NAME = 'checkpoints' THEN
        IF NEW.epoch = OLD.epoch AND NEW.size = OLD.size AND NEW.root = OLD.root
            AND NEW.body = OLD.body
            AND (OLD.log_note IS NULL OR NEW.log_note IS NOT DISTINCT FROM OLD.log_note)
            AND (OLD.quorum_note IS NULL
                OR NEW.quorum_note IS NOT DISTINCT FROM OLD.quorum_note)
        THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME;
END $$
"""
_NOTHING_TAKEN: Final = """
CREATE FUNCTION svx_log.nothing_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'nothing is taken out of %', TG_TABLE_NAME;
END $$
"""
# ALWAYS, so that a session which plays a replica does not get round it.
_GUARDS: Final = (
    "CREATE TRIGGER only_grows BEFORE UPDATE ON svx_log.{0} FOR EACH ROW "
    "EXECUTE FUNCTION svx_log.only_grows(); "
    "CREATE TRIGGER nothing_taken BEFORE DELETE OR TRUNCATE ON svx_log.{0} FOR EACH STATEMENT "
    "EXECUTE FUNCTION svx_log.nothing_taken(); "
    "ALTER TABLE svx_log.{0} ENABLE ALWAYS TRIGGER only_grows, "
    "ENABLE ALWAYS TRIGGER nothing_taken"
)

LAYOUT: Final = (
    "CREATE SCHEMA IF NOT EXISTS svx_log",
    (
        "CREATE TABLE svx_log.heads (epoch bigint PRIMARY KEY, size bigint NOT NULL, "
        "root bytea NOT NULL, hashes bytea NOT NULL)"
    ),
    (
        "CREATE TABLE svx_log.tiles (epoch bigint NOT NULL, level smallint NOT NULL, "
        "number bigint NOT NULL, hashes bytea NOT NULL, PRIMARY KEY (epoch, level, number))"
    ),
    # Hashes do not compress; and a tile that grows is written anew in any case.
    "ALTER TABLE svx_log.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL",
    (
        "CREATE TABLE svx_log.checkpoints (epoch bigint NOT NULL, size bigint NOT NULL, "
        "root bytea NOT NULL, body bytea NOT NULL, bounds boolean NOT NULL, "
        "log_note bytea, quorum_note bytea, PRIMARY KEY (epoch, size))"
    ),
    (
        "CREATE TABLE svx_log.latest (epoch bigint PRIMARY KEY, size bigint NOT NULL, "
        "note bytea NOT NULL)"
    ),
    # Each stage finds by an index what is left for it to do, however many are done.
    "CREATE INDEX unsigned ON svx_log.checkpoints (epoch, size) WHERE log_note IS NULL",
    "CREATE INDEX signed ON svx_log.checkpoints (epoch, size) WHERE log_note IS NOT NULL",
    "CREATE INDEX published ON svx_log.checkpoints (epoch, size) WHERE quorum_note IS NOT NULL",
    (
        "CREATE INDEX unpublished_bounds ON svx_log.checkpoints (epoch, size) "
        "WHERE bounds AND quorum_note IS NULL"
    ),
    _ONLY_GROWS,
    _NOTHING_TAKEN,
    *(_GUARDS.format(table) for table in ("heads", "tiles", "checkpoints")),
)
"""The statements that make it, in order."""

_APPENDERS: Final = (
    "SELECT DISTINCT r.rolname FROM pg_catalog.pg_class AS c, "
    "LATERAL pg_catalog.aclexplode(c.relacl) AS a "
    "JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee "
    "WHERE c.oid = 'public.stored_events'::regclass AND a.privilege_type = 'INSERT'"
)


def grants(connection: psycopg.Connection) -> None:
    """Let every role that may append to the ledger write here, and delete nothing."""
    tables = sql.SQL(", ").join(sql.Identifier(SCHEMA, table) for table in _TABLES)
    for (role,) in connection.execute(_APPENDERS).fetchall():
        name = sql.Identifier(role)
        for grant in (
            "GRANT USAGE ON SCHEMA svx_log TO {role}",
            "GRANT SELECT, INSERT, UPDATE ON {tables} TO {role}",
        ):
            connection.execute(sql.SQL(grant).format(role=name, tables=tables))
