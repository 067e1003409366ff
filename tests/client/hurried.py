"""Clients that do not pause between attempts, of which there are only so many."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from svx_ledger.client.call import Call


@contextmanager
def hurried(attempts: int) -> Iterator[None]:
    """Let every call try at most so often, at once."""
    pause = Call._pause

    def at_once(call: "Call[object]", failure: BaseException | None, done: int) -> float | None:
        return None if done >= attempts or pause(call, failure, done) is None else 0.0

    with patch.object(Call, "_pause", at_once):
        yield
