"""A served ledger with one open auction, made anew for each test; and two to compare."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.serving import Config
from tests.api.served import Served, served

from .two_worlds import where

Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a new ledger, with these settings."""
    with ExitStack() as stack:

        def one(bidders: int = 2, **settings: Any) -> Served:
            config = Config(heavy_processes=0, anonymous_requests=10**6, **settings)
            return stack.enter_context(served(tmp_path, bidders=bidders, config=config))

        yield one


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """In the first world one supplier takes part, in the second the other."""
    folder, patch = tmp_path_factory.mktemp("alike"), pytest.MonkeyPatch()
    with where(0, folder / "one", patch) as one, where(1, folder / "other", patch) as other:
        yield one, other
