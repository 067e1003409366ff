"""One small ledger for all tests of the client: each of them gives commands of its own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.project import RegisterProject
from tests.api.served import Served, served
from tests.world import PLACE

from .setting import SORTS, Sort

_numbers = itertools.count(1)


LEAD = Actor(id="person-w001-lead", role="community.lead", organisation="organisation-w001comm")


class Registrar(NamedTuple):
    """A ledger, and the key of somebody who leads a community organisation."""

    one: Served
    key: str

    def command(self) -> RegisterProject:
        """A command that was never given before."""
        return RegisterProject(
            project_id=f"project-client{next(_numbers):06d}",
            organisation_id=str(LEAD.organisation),
            title="Reading club",
            summary="Two evenings a week, £1 each, in the library",
            place=PLACE,
        )


@pytest.fixture(scope="session")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registrar]:
    with served(tmp_path_factory.mktemp("client")) as one:
        yield Registrar(one, one.key(LEAD))


@pytest.fixture
def auctioned(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as one:
        yield one


@pytest.fixture
def new_id() -> Callable[[], str]:
    return lambda: f"test-{next(_numbers)}"


@pytest.fixture(params=SORTS)
def sort(request: pytest.FixtureRequest) -> Sort:
    sort: Sort = request.param
    return sort
