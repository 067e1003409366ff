"""kill -9 in the middle of a rebuild: it goes on where it was, and what is served stays."""

import subprocess
import sys
from pathlib import Path

from svx_ledger.eventlog.store import Store
from svx_ledger.projections.stored.keeping import Keeper

from .setting import assert_kept, drained, until

HERE = Path(__file__).parents[3]


def test_a_rebuild_that_was_killed_goes_on_where_it_was(
    demo: Store, keeper: Keeper, url: str
) -> None:
    drained(keeper.build())

    def built() -> int:
        return keeper.place.generations()[-1].position if len(_numbers()) == 2 else 0

    def _numbers() -> list[int]:
        return [one.number for one in keeper.place.generations()]

    command = [sys.executable, "-m", "tests.projections.stored.killed", url]
    command.append(keeper.fingerprint)
    with subprocess.Popen(command, cwd=HERE) as child:
        until(lambda: built() > 20, seconds=30)
        child.kill()
    reached = built()

    assert 20 < reached < demo.head().position
    assert_kept(keeper)  # the first generation is served all the while
    assert drained(keeper.build(batch=5))[0] == reached + 5
    assert _numbers() == [1, 2]
    assert_kept(keeper)
