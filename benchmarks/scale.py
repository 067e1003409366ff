"""How much each side of a comparison does in one round."""

from dataclasses import dataclass
from pathlib import Path

from .measure import ROUNDS

IMPORTED = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """How much each side does in one round."""

    rounds: int = ROUNDS
    bids: int = 6400
    alone: int = 1000
    cold_events: int = 100_000
    start: float = 2.5
    seconds: float = 3.0
    imported: int = IMPORTED
    log_events: int = 100_000
    leverage_events: int = 100_000
    proof_events: int = 100_000
    lag_seconds: float = 5.0
    flat_events: tuple[int, ...] = (100_000, 1_000_000)
    flat_on_postgres: tuple[int, ...] = ()
    """With `--long` alone: copying a million events there takes a while."""
    kept: Path | None = None
    """Where generated histories are kept from run to run."""


QUICK = Scale(
    rounds=0,
    bids=256,
    alone=20,
    cold_events=1500,
    start=1.0,
    seconds=0.2,
    imported=100,
    log_events=200,
    leverage_events=1_200,
    proof_events=300,
    lag_seconds=0.5,
    flat_events=(200, 400),
)
LONG = 1_000_000
LONG_LAG_SECONDS = 20.0
LONGEST = 10_000_000
"""Events of the largest log, where there is time (`--long`)."""
LONGEST_ON_POSTGRES = 1_000_000
