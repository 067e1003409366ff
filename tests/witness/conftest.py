"""A witness of one log, on a clock that stands still."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from svx_ledger.witness.answering import Witness
from svx_ledger.witness.state import State, create_state

from .logs import LOG_KEY, WITNESS_KEY

NOON = 1_800_000_000


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    """A state in which nothing was cosigned."""
    create_state(tmp_path / "state", WITNESS_KEY.verifier)
    return tmp_path / "state"


@pytest.fixture
def state(state_file: Path) -> Iterator[State]:
    """The same, open."""
    with closing(State(state_file, WITNESS_KEY.verifier)) as opened:
        yield opened


@pytest.fixture
def witness(state: State) -> Witness:
    """A witness that knows one log."""
    return Witness(WITNESS_KEY, [LOG_KEY.verifier], state, lambda: NOON)
