"""What `doctor` finds of the rights of the role that the program connects as."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest

from svx_ledger.cli.examining import logs, rights
from svx_ledger.eventlog.open import open_store

from .test_doctor import DAY, kept_since

APP, OWNER, BARE = "svx_doctor_app", "svx_doctor_owner", "svx_doctor_bare"
SO = ": it could take the triggers away"


@dataclass(frozen=True)
class Server:
    """A ledger whose tables have an owner, with a role that has what the program needs."""

    url: str
    connection: psycopg.Connection

    def found(self, role: str = APP) -> list[tuple[str, str]]:
        """What is found of a role: states and details."""
        url = self.url.replace("//svx@", f"//{role}@")
        return [(one.state, one.detail) for one in rights.rights(url)]

    def warned(self) -> str:
        """What one warning says that the role has."""
        ((state, detail),) = self.found()
        assert state == "warning", detail
        return detail.removeprefix(f"{APP} ")


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    """The roles of deploy/postgres, under other names, and one that may nothing."""
    kept_since(postgres_url, datetime.now(UTC) - DAY, {})
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for role in (OWNER, APP, BARE):
            connection.execute(f"CREATE ROLE {role} LOGIN NOINHERIT")
        try:
            with closing(open_store(postgres_url, application_role=APP)) as store:
                store.create()
            yield Server(postgres_url, connection)
        finally:
            for role in (APP, BARE, OWNER):
                connection.execute(f"DROP OWNED BY {role} CASCADE")
                connection.execute(f"DROP ROLE {role}")


def test_what_the_program_needs_is_enough(server: Server) -> None:
    assert server.found() == [("ok", f"{APP} reads and appends, and no more")]
    ((state, detail),) = server.found(BARE)
    assert state == "failed"
    assert detail.startswith(f"{BARE} lacks SELECT on stored_events, INSERT on stored_events")
    ((state, superuser),) = server.found("svx")
    assert (state, "svx is a superuser" in superuser) == ("warning", True)
    assert list(rights.rights("sqlite:///x.db")) == []


def test_a_role_that_may_not_append_cannot_write(server: Server) -> None:
    url = server.url.replace("//svx@", f"//{APP}@")
    with closing(open_store(url)) as store:
        assert [(one.state, one.check) for one in logs.writing(store)] == [("ok", "writing")]
        server.connection.execute(f"REVOKE INSERT ON outcomes FROM {APP}")
        ((check, state, detail, remedy),) = logs.writing(store)

    assert (state, check) == ("failed", "writing")
    assert "lacks INSERT on outcomes" in detail
    assert "grants.sql" in remedy


def test_what_the_program_cannot_erase_with_is_a_failure(server: Server) -> None:
    server.connection.execute(f"REVOKE DELETE ON private_payloads FROM {APP}")

    assert server.found() == [("failed", f"{APP} lacks DELETE on private_payloads")]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("GRANT UPDATE ON claims TO {app}", "has UPDATE on claims"),
        (
            "GRANT UPDATE (state) ON stored_events TO {app}",
            "has UPDATE on columns of stored_events",
        ),
        ("GRANT TRIGGER ON stored_events TO {app}", "has TRIGGER on stored_events"),
        ("GRANT TRUNCATE ON outcomes TO PUBLIC", "has TRUNCATE on outcomes"),
        ("GRANT CREATE ON SCHEMA public TO {app}", "has CREATE on schema public"),
        ("ALTER ROLE {app} CREATEROLE", "has CREATEROLE"),
        ("ALTER ROLE {app} REPLICATION BYPASSRLS", "has BYPASSRLS, REPLICATION"),
        (
            "GRANT DELETE ON claims TO {bare}; GRANT {bare} TO {app}",
            "has DELETE on claims (as svx_doctor_bare)",
        ),
        (
            "ALTER ROLE {bare} SUPERUSER; GRANT {bare} TO {app}",
            f"can become svx_doctor_bare, a superuser{SO}",
        ),
        (
            "ALTER TABLE claims OWNER TO {owner}; GRANT {owner} TO {app}",
            f"can become svx_doctor_owner, the owner of the tables{SO}",
        ),
        ("ALTER TABLE claims OWNER TO {app}", f"is the owner of the tables{SO}"),
    ],
)
def test_whatever_is_more_is_too_much(server: Server, statement: str, said: str) -> None:
    given = statement.format(app=APP, owner=OWNER, bare=BARE)
    server.connection.execute(given)
    try:
        assert server.warned() == said
    finally:
        server.connection.execute("ALTER TABLE claims OWNER TO svx")
        server.connection.execute("REVOKE ALL ON outcomes FROM PUBLIC")
