"""Any history of the exchange: on both stores the same bytes, and every law kept.

`SVX_MACHINE_STEPS` commands are given in all, half of them on each store (30,000 by default,
1,000,000 by `make machine STEPS=1000000`); `SVX_MACHINE_SEED` sets where the worlds begin.
"""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from svx_ledger.domain import vocabulary
from tests.postgres_databases import Databases
from tests.postgres_server import PostgresServer

from .exchange import Places, run
from .tally import Tally

STEPS = int(os.environ.get("SVX_MACHINE_STEPS", "30000"))
SEED = int(os.environ.get("SVX_MACHINE_SEED", "1"))
STORES = 2
ENOUGH = 100_000
"""Steps after which every command must have been accepted."""
NEVER_ACCEPTED: dict[str, str] = {}
"""Commands that nobody ever gets accepted here, each with the reason; to be kept short."""


def places_in(folder: Path, server: PostgresServer, databases: Databases) -> Places:
    """Stores for one world after another: a file, and a database."""
    numbers = count(1)

    def fresh() -> tuple[list[str], Callable[[], None]]:
        file, name = folder / f"machine{next(numbers)}.db", databases.take()
        url = server.url(name)

        def remove() -> None:
            databases.give_back(name)
            for left in folder.glob(f"{file.name}*"):
                left.unlink()

        return [f"sqlite:///{file}", url], remove

    return fresh


@pytest.mark.timeout(60 + STEPS // 50)
def test_any_history_keeps_every_law_on_both_stores(
    tmp_path: Path, postgres_server: PostgresServer, postgres_databases: Databases
) -> None:
    tally = Tally()
    places = places_in(tmp_path, postgres_server, postgres_databases)
    for number in count(SEED):
        run(places, tally, number=number)
        if STORES * tally.steps >= STEPS:
            break
    print(tally.report())  # noqa: T201 - shown by `pytest -s`, and whenever this fails

    assert tally.share >= 0.5
    if ENOUGH <= STEPS:
        assert tally.never_accepted() == set(NEVER_ACCEPTED)


def test_exceptions_name_commands_that_exist() -> None:
    assert set(NEVER_ACCEPTED) <= set(vocabulary.COMMANDS)
