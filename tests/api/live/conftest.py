"""A served ledger with one open auction, made anew for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.api.serving import Config
from tests.api.served import Served, served

Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a new ledger, with these settings."""
    with ExitStack() as stack:

        def one(bidders: int = 2, **settings: Any) -> Served:
            config = Config(heavy_processes=0, anonymous_requests=10**6, **settings)
            return stack.enter_context(served(tmp_path, bidders=bidders, config=config))

        yield one
