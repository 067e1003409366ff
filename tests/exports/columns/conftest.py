"""Ledgers to copy: a generated history, and one that is written once for all that read it."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.rebuilding import history

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.exports.columns.facts import Fact, facts
from tests.demo.running import run

from .setting import SIZE, copied, filled, ledger


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """A generated history, from registration to delivery."""
    url = f"sqlite:///{tmp_path_factory.mktemp('told') / 'told.db'}"
    history(url, 1500)
    with closing(open_store(url)) as store:
        return list(store.rows())


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, told: list[Row]) -> str:
    """The address of a ledger with that history."""
    if request.param == "sqlite":
        return filled(f"sqlite:///{tmp_path / 'ledger.db'}", told)
    return filled(str(request.getfixturevalue("postgres_url")), told)


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory, told: list[Row]) -> Path:
    """A folder with the ledger in a file, its views, and a copy of it."""
    folder = tmp_path_factory.mktemp("ready")
    with ledger(filled(f"sqlite:///{folder / 'x.db'}", told)) as (source, _):
        copied(folder / "x.columns", source, SIZE)
    return folder


@pytest.fixture
def there(ready: Path, tmp_path: Path) -> Path:
    """A folder of one's own with the same in it."""
    return Path(shutil.copytree(ready, tmp_path / "there"))


@pytest.fixture(scope="session")
def moved(ready: Path) -> list[Fact]:
    """The facts of that history."""
    with ledger(f"sqlite:///{ready / 'x.db'}") as (_, view):
        return list(facts(view.rows, 0, view.position))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The demo's ledger, which has events of nearly every kind, and a copy of it."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'demo.db'}"
    assert run("demo", "--ledger", url)[0] == 0
    with ledger(url) as (source, _):
        copied(folder / "copy", source, 128)
    return url, folder / "copy"
