"""The publisher of a ledger that is written to: killed at any instant, broken at every point.

Whatever happens to it, the next one ends with the tiles, the checkpoints and the signatures
that follow from the records, and nobody ever sees two roots of one size.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from svx_ledger.eventlog.open import open_store
from tests.publishing.breaking import Script, breaks, dies
from tests.publishing.broken_runs import (
    begun,
    broken_run,
    faults_after_a_break,
    faults_at_the_end,
    left,
    publish,
)
from tests.publishing.desks import Fresh, postgres_desks, sqlite_desks
from tests.publishing.setting import Desk, files_in, naive_files, naive_note

from .crowd import CALLERS, Crowd
from .places import LOG_KEY, Place, PostgresPlace
from .tally import History, Plan, Tally

MOST_SECONDS = 2.0
"""From the start of a publisher to its end; a third of that or more is Python's start."""

POINTS = 400
"""An undisturbed run has about 170 points; at each it is broken by an error, and killed."""


def publisher_killed(place: Place, plan: Plan) -> Tally:
    """Kill -9 a publisher again and again while bids come; the next one goes on."""
    tally = Tally(fault="publisher kill -9", store=place.name)
    history = History(place, tally)
    with TemporaryDirectory() as folder:
        desk = Desk(url=history.url, folder=Path(folder))
        key = desk.folder / "key"
        key.touch(mode=0o600)
        key.write_text(f"{LOG_KEY.text}\n")

        def disturb(crowd: Crowd) -> None:
            for _ in range(plan.times):
                crowd.wait_for(plan.random.randint(1, CALLERS), "sequenced")
                with _publishing(desk) as child:
                    sleep(plan.random.uniform(0, MOST_SECONDS))
                    child.kill()
                tally.count += 1
                plan.tick()

        history.disturb(disturb)
        with _publishing(desk, "--once") as child:
            if child.wait() != 0:
                tally.fail(f"the last publisher ended with {child.returncode}")
        _assert_published(desk, tally)
    return tally


def publisher_broken(place: Place, plan: Plan) -> Tally:
    """Break a publisher at every point, by an error and by kill -9; the next one goes on."""
    tally = Tally(fault="publisher broken", store=place.name)
    with ExitStack() as stack:
        fresh = _desks(place, Path(stack.enter_context(TemporaryDirectory())), stack)
        whole = Script()
        publish(fresh(), whole)
        points = [(at, act) for at in range(1, whole.reached + 1) for act in (breaks, dies)]
        plan.random.shuffle(points)
        for n in range(plan.times):
            at, act = points[n % len(points)]
            desk = fresh()
            if not broken_run(desk, at, act):
                tally.fail(f"there is no point {at}: the harness is wrong")
            broken = left(desk)
            publish(desk, Script())
            for fault in faults_after_a_break(broken) + faults_at_the_end(broken, left(desk)):
                tally.fail(f"{act.__name__} at {at}: {fault}")
            tally.count += 1
            plan.tick()
    return tally


def _desks(place: Place, folder: Path, stack: ExitStack) -> Fresh:
    if isinstance(place, PostgresPlace):
        return stack.enter_context(postgres_desks(place.server, folder, begun))
    return stack.enter_context(sqlite_desks(folder, begun))


@contextmanager
def _publishing(desk: Desk, *how: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "svx_ledger", "--ledger", desk.url]
    command += ["publish", "--to", str(desk.published), *how]
    settings = {"SVX_LOG_KEY": str(desk.folder / "key"), "SVX_MARK": str(desk.mark)}
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        yield child


def _assert_published(desk: Desk, tally: Tally) -> None:
    """Find fault with a published log that is not what the records lead to."""
    with closing(open_store(desk.url)) as store:
        rows = list(store.rows())
    files, notes = files_in(desk.published), desk.notes()
    newest = naive_note(rows, len(rows), [LOG_KEY], LOG_KEY.name)
    if files.get("checkpoint") != newest or desk.mark.read_bytes() != newest:
        tally.fail("the newest checkpoint is not that of the log")
    if naive_files(rows, len(rows)).items() - files.items():
        tally.fail("the tiles are not what the records lead to")
    for size, pair in notes.items():
        if set(pair) != {naive_note(rows, size, [LOG_KEY], LOG_KEY.name)}:
            tally.fail(f"the checkpoint of {size} is not what the records lead to")
