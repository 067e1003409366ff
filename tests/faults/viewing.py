"""The views of a ledger that is written to: rebuilt, killed in the middle, cut off.

Whatever happens to them, bids go on, and five seconds later they are complete and right.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from time import monotonic, sleep

from psycopg import sql

from svx_ledger.projections.following import Follower
from svx_ledger.projections.memory import Views
from svx_ledger.projections.stored.keeping import Keeper
from svx_ledger.projections.stored.opening import open_keeper

from .crowd import CALLERS, Crowd
from .history import Call
from .places import Place, PostgresPlace, database_of
from .tally import History, Plan, Tally

HEALED_SECONDS = 5.0
MEASURED_SECONDS = 2.0


def views_rebuilt(place: Place, plan: Plan) -> Tally:
    """Build all views again and again in another process; bids go on as fast as before."""
    tally = Tally(fault="views rebuilt", store=place.name)
    history = History(place, tally)
    times: list[tuple[float, float]] = []

    def disturb(crowd: Crowd) -> None:
        crowd.wait_for(CALLERS, "sequenced")
        times.append(_measured())
        with rebuilder(history.url) as child:
            assert child.stdout is not None
            child.stdout.readline()  # it has begun in earnest
            began = monotonic()
            for _ in range(plan.times):
                if not child.stdout.readline():
                    tally.fail("the rebuild failed")
                    return
                tally.count += 1
                plan.tick()
            times.append((began, monotonic()))

    history.disturb(disturb)
    if len(times) == 2:
        before, during = (_latencies(history.calls, *span) for span in times)
        tally.note = f"bids before: {before}; while views are rebuilt: {during}"
    _assert_kept(history.url, tally)
    return tally


def rebuild_killed(place: Place, plan: Plan) -> Tally:
    """Kill -9 a process that rebuilds the views: the next one goes on."""
    tally = Tally(fault="rebuild kill -9", store=place.name)
    history = History(place, tally)

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(plan.random.randint(1, CALLERS), "sequenced")
            with rebuilder(history.url) as child:
                assert child.stdout is not None
                child.stdout.readline()
                sleep(plan.random.uniform(0, 0.2))
                child.kill()
            tally.count += 1
            plan.tick()

    history.disturb(disturb)
    _assert_kept(history.url, tally)
    return tally


def follower_cut_off(place: PostgresPlace, plan: Plan) -> Tally:
    """End every connection to the ledger, those of its views' follower among them."""
    tally = Tally(fault="follower cut off", store=place.name)
    history = History(place, tally)

    def disturb(crowd: Crowd) -> None:
        for _ in range(plan.times):
            crowd.wait_for(plan.random.randint(1, 3 * CALLERS), "sequenced")
            place.administer(
                sql.SQL(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
                ).format(database_of(history.url))
            )
            tally.count += 1
            plan.tick()

    with closing(open_keeper(history.url)) as keeper:
        follower = Follower(keeper)
        follower.start()
        history.disturb(disturb)
        until = monotonic() + HEALED_SECONDS
        while not _is_at_head(keeper) and monotonic() < until:
            sleep(0.01)
        follower.stop()
    _assert_kept(history.url, tally, ready=True)
    return tally


@contextmanager
def rebuilder(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that builds the views of a ledger again and again; ended afterwards."""
    command = [sys.executable, "-m", "tests.faults.rebuilder", url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield child
        finally:
            child.stdin.close()
            child.stdout.read()  # it ends with the build that it is at, and says so


def _measured() -> tuple[float, float]:
    began = monotonic()
    sleep(MEASURED_SECONDS)
    return began, monotonic()


def _latencies(calls: Sequence[Call], began: float, ended: float) -> str:
    """Say how many calls ended in a span, and how long they took."""
    took = sorted(
        call.answered_at - call.invoked_at
        for call in calls
        if call.answered_at is not None
        and began <= call.invoked_at
        and call.answered_at <= ended
    )
    if not took:
        return "none"
    middle, most = (took[int(len(took) * part)] * 1_000 for part in (0.5, 0.99))
    return f"{len(took) / (ended - began):.0f}/s, p50 {middle:.1f} ms, p99 {most:.1f} ms"


def _is_at_head(keeper: Keeper) -> bool:
    served = keeper.served()
    return served is not None and served.position == keeper.store.head().position


def _assert_kept(url: str, tally: Tally, *, ready: bool = False) -> None:
    """Find fault with views that are not what the log says, or not in time."""
    with closing(open_keeper(url)) as keeper:
        if not ready:
            for _ in keeper.build():
                pass
        views = Views(keeper.store)
        views.refresh()
        with keeper.place.reading() as moment:
            if moment is None or moment.generation.position != views.position:
                tally.fail("the views are not where the log is")
                return
            for table in keeper.tables:
                if list(moment.rows.all(table)) != list(views.tables.all(table)):
                    tally.fail(f"{table.name} is not what the log says")
