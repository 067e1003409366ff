"""Processes that end between two instructions, and disks that fail under them.

The callers are in a child process, eight in flight; what they were told stands in a file that
outlives them.
"""

import errno
from pathlib import Path
from tempfile import TemporaryDirectory

from .child import Task, child
from .crowd import ask_again
from .history import DEFINITE, Call, Said, contents, read_calls
from .places import Place
from .tally import History, Plan, Tally

KILLS_A_LEDGER = 20
MOST_SECONDS = 0.1
"""From the first answers to the kill: about a hundred batches."""
HALVES = ((0, 1, 2, 3), (4, 5, 6, 7))
"""The callers of either process, where two write."""


def kill_9(place: Place, plan: Plan) -> Tally:
    """Kill the writing process at a random instant; another one opens the ledger."""
    tally = Tally(fault="kill -9", store=place.name, between=0)
    with TemporaryDirectory() as folder:
        for n in range(plan.times):
            if n % KILLS_A_LEDGER == 0:
                history = History(place, tally)
            log = Path(folder) / f"{n}"
            with child(Task(history.url, log, place.world, run=n + 1)) as running:
                running.run_for(plan.random.uniform(0, MOST_SECONDS))
            _look_after(history, tally, read_calls(log))
            plan.tick()
    return tally


def kill_one_of_two(place: Place, plan: Plan) -> Tally:
    """Kill one of two processes on one ledger; the other must go on meanwhile."""
    tally = Tally(fault="kill -9, one of two processes", store=place.name, between=0)
    with TemporaryDirectory() as folder:
        for n in range(plan.times):
            history = History(place, tally)
            logs = [Path(folder) / f"{n}.{half}" for half in (0, 1)]
            world = place.world
            first, second = (
                Task(history.url, log, world, run, callers)
                for log, run, callers in zip(logs, (1, 2), HALVES, strict=True)
            )
            with child(first) as killed, child(second) as survivor:
                killed.run_for(plan.random.uniform(0, MOST_SECONDS))
                killed.kill()
                before = _answered(logs[1])
                survivor.run_for(0.2)
                survivor.stop()
            if _answered(logs[1]) == before:
                tally.fail("the other process stood still")
            history.add(read_calls(logs[1]))
            _look_after(history, tally, read_calls(logs[0]))
            plan.tick()
    return tally


def fsync_error(place: Place, plan: Plan) -> Tally:
    """Let fsync fail at a random commit: nobody can know, and the process writes no more."""
    tally = Tally(fault="fsync error at the commit", store=place.name)
    return _failing_disk(place, plan, tally, ("sync", errno.EIO, "unknown"))


def write_error(place: Place, plan: Plan) -> Tally:
    """Let writing to the WAL fail at a random commit, as a full disk does."""
    tally = Tally(fault="no space at the commit", store=place.name)
    return _failing_disk(place, plan, tally, ("write", errno.ENOSPC, "not-written"))


def _failing_disk(place: Place, plan: Plan, tally: Tally, how: tuple[str, int, Said]) -> Tally:
    kind, number, said = how
    with TemporaryDirectory() as folder:
        for n in range(plan.times):
            history = History(place, tally)
            log = Path(folder) / f"{n}"
            failing = (kind, number, plan.random.randint(1, 60))
            with child(Task(history.url, log, place.world, 1, failing=failing)) as running:
                if not running.heard(said):
                    tally.fail(f"nobody was told `{said}`")
            _look_after(history, tally, read_calls(log))
            plan.tick()
    return tally


def _look_after(history: History, tally: Tally, calls: list[Call]) -> None:
    """Check what a process left behind, and repeat what it was not answered."""
    tally.count += 1
    history.add(calls)
    history.check()
    definite = {call.key for call in calls if call.said in DEFINITE}
    open_ids = {call.command_id: call.key for call in calls if call.key not in definite}
    if tally.between is not None:
        stored = {(o.principal, o.command_id) for o in contents(history.url).outcomes}
        tally.between += not stored.isdisjoint(open_ids.values())
    history.settle(ask_again(history.place.world, command_id) for command_id in open_ids)


def _answered(log: Path) -> int:
    return sum(call.said in DEFINITE for call in read_calls(log))
