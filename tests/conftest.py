"""What every test can ask for: a database of its own, the shared data, a tame Hypothesis."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from tests import postgres_server as postgres
from tests.postgres_databases import Databases

# A deadline would fail a test on a busy machine; on CI the examples are the same in every run,
# so that a red run can be run again.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def missing(what: str, *, required: bool) -> NoReturn:
    """Skip the test, or fail it where leaving it out would pass for having run it."""
    if required:
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """The PostgreSQL programs; ask for this in a test that starts a server of its own."""
    programs = postgres.installation()
    if programs is None:
        missing(
            "the PostgreSQL programs are not installed (see `make test`)",
            required=bool(os.environ.get("SVX_REQUIRE_POSTGRES")),
        )
    return programs


@pytest.fixture(scope="session")
def postgres_server(
    postgres_programs: Path,  # noqa: ARG001  # asked for first: it skips or fails
) -> Iterator[postgres.PostgresServer]:
    """One PostgreSQL server for the whole run; do not stop it, start another with `server`."""
    with postgres.server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: postgres.PostgresServer) -> Databases:
    """The databases of that server, for a test that needs more than one."""
    return Databases(postgres_server)


@pytest.fixture
def postgres_url(
    postgres_server: postgres.PostgresServer, postgres_databases: Databases
) -> Iterator[str]:
    """The address of an empty database, which nobody else has meanwhile."""
    name = postgres_databases.take()
    yield postgres_server.url(name)
    postgres_databases.give_back(name)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of shared test data, named by SVX_TEST_DATA."""
    named = os.environ.get("SVX_TEST_DATA")
    folder = Path(named or ".")
    if not named or not folder.is_dir() or not any(folder.iterdir()):
        missing(
            "SVX_TEST_DATA names no folder with test data",
            required=named is not None and bool(os.environ.get("CI")),
        )
    return folder
