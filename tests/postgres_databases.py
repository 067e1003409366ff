"""Empty databases on a server, each used again once it is as empty as it was.

Making a database and dropping it means some three hundred files each time, which is most of
what a short test on PostgreSQL costs. Emptying one that was used is a tenth of that. What an
emptied database has otherwise than at first (a setting, a right, an extension) is found by
looking, and that database is dropped.
"""

import itertools
from typing import Any

import psycopg
from psycopg import sql

from tests.postgres_server import PostgresServer

_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_SCHEMAS = r"""
    SELECT nspname FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'"""
_PUBLIC = """
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    COMMENT ON SCHEMA public IS 'standard public schema'"""
_COUNTED = (
    *("pg_class", "pg_proc", "pg_type", "pg_cast", "pg_collation", "pg_default_acl"),
    *("pg_event_trigger", "pg_extension", "pg_foreign_data_wrapper", "pg_foreign_server"),
    *("pg_language", "pg_largeobject_metadata", "pg_operator", "pg_publication"),
)
_COUNTS = ", ".join(f"(SELECT count(*) FROM {name})" for name in _COUNTED)
_SEEN = rf"""
    SELECT datdba, datallowconn, datconnlimit, datacl::text, {_COUNTS},
        (SELECT array_agg(s::text) FROM pg_db_role_setting AS s WHERE setdatabase = d.oid),
        (SELECT array_agg(concat_ws(' ', nspname, nspowner, nspacl) ORDER BY nspname)
            FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'),
        (SELECT count(*) FROM pg_shdepend WHERE dbid = d.oid)
    FROM pg_database AS d WHERE datname = current_database()"""


class Databases:
    """The databases of a server that may be had by one test after the other."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._empty: list[str] = []
        self._numbers = itertools.count(1)
        self._at_first: Any = None

    def take(self) -> str:
        """Return the name of an empty database that nobody else has."""
        if self._empty:
            return self._empty.pop()
        name = f"t{next(self._numbers)}"
        url = self._server.create_database(name)
        if self._at_first is None:
            with psycopg.connect(url) as connection:
                self._at_first = connection.execute(_SEEN.encode()).fetchone()
        return name

    def give_back(self, name: str) -> None:
        """End what is connected to a database, and empty it for the next one who asks."""
        if self._emptied(self._server.url(name)):
            self._empty.append(name)
        else:
            self._server.drop_database(name)

    def _emptied(self, url: str) -> bool:
        """Empty a database; return whether nothing else about it has changed."""
        try:
            with psycopg.connect(url) as connection:
                ended = connection.execute(_END_OTHERS).fetchall()
                for (name,) in connection.execute(_SCHEMAS).fetchall():
                    drop = sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name))
                    connection.execute(drop)
                connection.execute(_PUBLIC)
                seen = connection.execute(_SEEN.encode()).fetchone()
        except psycopg.Error:
            return False
        return seen == self._at_first and all(gone for (gone,) in ended)
