"""A ledger to be made, on either store, and a desk to publish it from."""

from pathlib import Path

import pytest

from .setting import Desk


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Desk:
    """Where that ledger is published from."""
    return Desk(url=url, folder=tmp_path)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    """A desk for a ledger on SQLite, where the store makes no difference."""
    return Desk(url=f"sqlite:///{tmp_path / 'ledger.db'}", folder=tmp_path)
