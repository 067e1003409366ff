"""Clocks that step: nothing is judged by a time that nobody has accepted.

The machine's clock is moved where the program reads it; on PostgreSQL also the server's, so
that each of the two is once wrong alone and once together with the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from svx_ledger.domain.book import AcceptClockStep
from svx_ledger.eventlog.record import recorded_at
from svx_ledger.ledger import Ledger, SystemClock
from tests.world import OPERATOR

from .crowd import ask
from .history import Ask, Call, call
from .places import OPEN_FOR, Place, reopened
from .tally import History, Plan, Tally

STEPS_A_LEDGER = 10
NOTICED = timedelta(seconds=1)
"""A smaller step is a correction, as NTP makes them."""


class SteppedClock(SystemClock):
    """Real time, off by what the test says: here, and at the store's server."""

    def __init__(self) -> None:
        super().__init__()
        self.here = timedelta(0)
        self.there = timedelta(0)

    def wall(self) -> datetime:
        """Return what this machine's clock says."""
        return datetime.now(UTC) + self.here

    def now(self, server: datetime | None, asked_at: datetime) -> datetime:
        """Return the time as the program sees it."""
        return super().now(server + self.there if server else None, asked_at)


def clock_steps(place: Place, plan: Plan) -> Tally:
    """Step the clock forward, also over the close, and back; accept some steps, undo others."""
    tally = Tally(fault="clock stepped", store=place.name)
    while tally.count < plan.times:
        history = History(place, tally)
        with _stepped() as clock, reopened(history.url, clock) as ledger:
            for run in range(1, min(STEPS_A_LEDGER, plan.times - tally.count) + 1):
                history.add(_step(ledger, place, plan, (run, clock, tally)))
                tally.count += 1
                plan.tick()
        history.check()
    return tally


def _step(
    ledger: Ledger, place: Place, plan: Plan, at: tuple[int, SteppedClock, Tally]
) -> list[Call]:
    run, clock, tally = at
    bids = (ask(place.world, bidder, run, n) for n in (1, 2, 4) for bidder in range(4))
    before = [call(ledger, next(bids)) for _ in range(3)]
    was = clock.here, clock.there
    step = timedelta(seconds=plan.random.choice([-1, 1]) * _seconds(plan))
    where = plan.random.choice(
        ["both", "here", "there"] if place.name == "postgres" else ["here"]
    )
    clock.here += step if where != "there" else timedelta(0)
    clock.there += step if where != "here" else timedelta(0)
    during = [call(ledger, next(bids)) for _ in range(3)]
    refused = all("ClockRefused" in bid.detail for bid in during)
    silent = all(bid.said == "sequenced" for bid in during)
    if not (refused if abs(step) > NOTICED else silent):
        tally.fail(f"{where} by {step}: {[(bid.said, bid.detail) for bid in during]}")
    if where != "both" and place.name == "postgres":
        clock.here, clock.there = was  # set right again: two clocks that differ are no time
    if refused:
        before.append(call(ledger, _accept(ledger, clock, run)))
    after = [call(ledger, next(bids)) for _ in range(3)]
    if not all(bid.said == "sequenced" for bid in after):
        tally.fail(f"{where} by {step}, after: {[(bid.said, bid.detail) for bid in after]}")
    return [*before, *during, *after]


def _seconds(plan: Plan) -> float:
    """A step that is too small to notice, one of seconds, or one of hours, over the close."""
    least, most = plan.random.choice(
        [(0, 0.2), (1.5, 60), (60, 1.2 * OPEN_FOR.total_seconds())]
    )
    return plan.random.uniform(least, most)


def _accept(ledger: Ledger, clock: SteppedClock, run: int) -> Ask:
    return Ask(
        command=AcceptClockStep(
            ledger_id="ledger-world",
            reason="The clock was set (a test)",
            clock_at=clock.wall(),
            last_recorded_at=recorded_at(ledger.store.head().record),
        ),
        actor=OPERATOR,
        command_id=f"step-{run}",
    )


@contextmanager
def _stepped() -> Iterator[SteppedClock]:
    clock = SteppedClock()
    with patch("svx_ledger.ledger.clock.wall_clock", clock.wall):
        yield clock
