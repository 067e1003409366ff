"""Whatever stops a publisher, and wherever: the next one ends where it would have ended.

A run is broken at each of its points in turn, by an error or by kill -9, and then repeated
undisturbed, as a restart does. `make faults` goes through every point on both stores.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer

from .breaking import Script, breaks, dies
from .broken_runs import (
    begun,
    broken_run,
    faults_after_a_break,
    faults_at_the_end,
    left,
    publish,
)
from .desks import Fresh, postgres_desks, sqlite_desks

LEAST_POINTS = 100
SOME = {"sqlite": 9, "postgres": 41}
"""Every so many points, as each takes a while."""


def broken_everywhere(fresh: Fresh, act: Callable[[], None], first: int, step: int) -> int:
    """Break runs at every `step`-th point; return the last point that there is."""
    at = first
    while True:
        desk = fresh()
        if not broken_run(desk, at, act):
            return at
        broken = left(desk)
        assert faults_after_a_break(broken) == [], at
        publish(desk, Script())
        assert faults_at_the_end(broken, left(desk)) == [], at
        at += step


@pytest.mark.parametrize("act", [breaks, dies])
def test_a_publisher_that_ended_somewhere_is_gone_on_with(
    tmp_path: Path, act: Callable[[], None]
) -> None:
    with sqlite_desks(tmp_path, begun) as fresh:
        assert broken_everywhere(fresh, act, 3, SOME["sqlite"]) > LEAST_POINTS


@pytest.mark.parametrize("act", [breaks, dies])
def test_a_publisher_on_postgresql_that_ended_somewhere_is_gone_on_with(
    postgres_server: PostgresServer, tmp_path: Path, act: Callable[[], None]
) -> None:
    with postgres_desks(postgres_server, tmp_path, begun) as fresh:
        assert broken_everywhere(fresh, act, 5, SOME["postgres"]) > LEAST_POINTS
