"""Five hundred reads that no client of ours would ask; `make faults` asks 20,000."""

from pathlib import Path

from .addresses import SORTS, Addresses
from .target import target

MANY = 500


def test_whatever_is_asked_is_answered_as_documented(tmp_path: Path) -> None:
    with target(tmp_path) as one:
        one.app.state.serving.live.start()
        seen = one.run(Addresses(one, seed=7).requests(MANY), MANY)

    assert seen.faults == []
    assert seen.many == MANY
    assert {*seen.kinds} == {*SORTS}
    assert seen.statuses[200] > MANY // 10
    assert seen.acknowledged == set()
