"""What everybody reads: the views of a ledger, brought up to it first."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from svx_ledger.domain.book import LedgerOpened
from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.record import read_event
from svx_ledger.eventlog.store import NotRead
from svx_ledger.projections.view import View

from .generation import Busy, Fenced, Generation, Moment, Moved, NotKept
from .keeping import Keeper, Positions, is_followed

_PAUSE_SECONDS = 0.01


class Behind(NotRead):
    """The views did not come as far as was asked for, in the time that was given."""


class LedgerViews:
    """The stored views of one ledger. Safe to use from several threads; close it at the end."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self._simulated: bool | None = None
        self._has_served = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.keeper.close()

    @contextmanager
    def view(self, after: int | None = None, timeout: float | None = 5.0) -> Iterator[View]:
        """Yield the rows of one moment, of all projections together.

        Events that came since are taken in first, by whoever can: this caller, or a follower.
        `after` is a position that they must have come to (what you wrote yourself); without
        it, views that cannot be brought up just now are given as they are. `timeout` is in
        seconds; None waits as long as it takes.

        Raises Behind where `after` was not reached, or nothing was ever built, in that time:
        what was done of it stays done. Raises NotKept where views cannot be kept, NotRead,
        Unreadable and OutOfStep for a damaged log.
        """
        until = None if timeout is None else time.monotonic() + timeout
        with ExitStack() as stack:
            stack.enter_context(exactly())  # what is asked of the view is exact, too
            while True:
                with closing(self.catch_up(after, until)) as positions:
                    for _ in positions:
                        pass
                inner = stack.enter_context(ExitStack())
                moment = inner.enter_context(self.keeper.place.reading())
                if moment is not None and self._is_ours(moment.generation):
                    yield self._view(moment, after)
                    return
                inner.close()
                if _over(until):
                    raise Behind(self._unbuilt())

    def catch_up(self, after: int | None = None, until: float | None = None) -> Positions:
        """Take in what came since, or build what is not there; yield each position.

        Ends when the views are where they are asked to be, when another keeps them and is at
        it, or at `until` (monotonic). A position comes again where nothing else can be done
        than wait.
        """
        position = 0
        goal: int | None = None
        while not _over(until):
            try:
                served = self._served()
                head = self.keeper.store.head().position
                goal = max(head, after or 0) if goal is None else goal  # it may go on for ever
                if served is None:
                    steps = self.keeper.build()
                elif served.position >= goal:
                    return
                elif served.position < head:
                    steps = self.keeper.advance(served, head)
                else:  # what is asked for is not on the log yet
                    steps = _pause(served.position)
                with closing(steps):
                    for position in steps:
                        yield position
                        if _over(until):
                            return
                if served is None:  # what it took the place of is in nobody's way for long
                    self.keeper.sweep()
            except Busy:
                if after is None and self.keeper.served() is not None:
                    return
                yield from _pause(position)
            except (Moved, Fenced):
                pass  # another was here: look again

    def _served(self) -> Generation | None:
        """Return the generation to move on; None where one is to be built.

        Raises NotKept where the views are another program's, and it is at work.
        """
        served = self.keeper.served()
        if served is not None:
            self._has_served = True
            return served
        other = self.keeper.current()
        if other is not None:
            if self._has_served:
                raise NotKept("another program's views are served now; start this one again")
            if is_followed(other, datetime.now(UTC)):
                raise NotKept(
                    "another program follows this ledger with views of its own; "
                    "`svx-ledger projections rebuild` takes over"
                )
        return None

    def _is_ours(self, generation: Generation) -> bool:
        fits = generation.fingerprint == self.keeper.fingerprint
        return fits and self.keeper.is_of_this_log(generation)

    def _view(self, moment: Moment, after: int | None) -> View:
        generation = moment.generation
        if after is not None and generation.position < after:
            raise Behind(
                f"the views are at position {generation.position} and were asked for "
                f"{after}; the log is at {self.keeper.store.head().position}"
            )
        return View(moment.rows, generation.position, self._now(generation))

    def _now(self, generation: Generation) -> datetime:
        """Return the ledger's own time: that of the last event where it is simulated."""
        if self._simulated is None and generation.position:
            (first,) = self.keeper.store.rows(limit=1)
            opened = read_event(first)
            self._simulated = isinstance(opened, LedgerOpened) and opened.clock == "simulated"
        if self._simulated and generation.recorded_at is not None:
            return generation.recorded_at
        return datetime.now(UTC)

    def _unbuilt(self) -> str:
        head = self.keeper.store.head().position
        known = [one.position for one in self.keeper.place.generations()]
        done = known[-1] if known else 0
        return f"the views are being built: position {done} of {head}; ask again"


def _over(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


def _pause(position: int) -> Positions:
    time.sleep(_PAUSE_SECONDS)
    yield position
