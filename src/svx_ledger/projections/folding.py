"""A log folded into row changes: raw rows, narrow decode, the steps, one `Net` for a batch.

This is the one way from the log to the rows of a backend, whether it follows the log live or
is built anew. Batches come in the order of the log, each with the mark of its last event.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Generic, TypeVar

from svx_ledger.domain.kind import Event
from svx_ledger.domain.values import exactly
from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.raw_rows import OpenRows, RawRow
from svx_ledger.eventlog.record import Unreadable, leaf_of, recorded_at

from .collecting import uncollected
from .folding_workers import Workers
from .memory import OutOfStep
from .net import Mark, Net
from .projection import Projection, Step

BATCH = 5_000
"""Events. Larger batches meet in fewer rows, and take more memory: some kilobytes an event."""

T = TypeVar("T")
Steps = Mapping[type[Event], Sequence[Step[Event]]]


def folded(
    open_rows: OpenRows,
    *,
    after: Mark | None,
    until: int,
    projections: Sequence[Projection],
    finish: Callable[[Net], T],
    batch: int = BATCH,
    processes: int = 1,
) -> Generator[tuple[T, Mark], None, None]:
    """Yield what the events after a mark do, up to position `until`, batch by batch.

    What comes of a batch is what `finish` makes of its net, where it was folded.
    With several processes each decodes and projects ranges of positions, on a connection of
    its own, and this one passes on what they made, in order; `open_rows`, the steps, `finish`
    and what it makes must then be such as can be pickled. Two batches a process are on their
    way at most, so memory does not grow with the log.

    Raises Unreadable for a record that is not what it should be, OutOfStep for a gap or where
    the log is not the one that was marked, NotRead, and WorkerLost. What came before the
    fault in its batch is yielded first. Close the iterator, or read it to its end.
    """
    first = after.position if after else 0
    ranges = [(start, min(start + batch, until)) for start in range(first, until, batch)]
    with closing(Fold(open_rows, projections, finish)) as fold:
        if after is not None:
            fold.assert_marked(after)
        if processes == 1 or len(ranges) < 2:
            for start, stop in ranges:
                yield from fold.range(start, stop)
            return
        make = partial(Fold, open_rows, projections, finish)
        with closing(Workers(make, processes)) as workers:
            for (start, stop), done in zip(ranges, workers.folded(ranges), strict=True):
                if done is not None:
                    yield done
                else:  # a fault: what it is, is to be raised here
                    yield from fold.range(start, stop)


class Fold(Generic[T]):
    """Folds ranges of a log on a connection of its own; for one thread."""

    def __init__(
        self,
        open_rows: OpenRows,
        projections: Sequence[Projection],
        finish: Callable[[Net], T],
    ) -> None:
        """Connect. Raises NotRead, NoLedger or UnsafeStore."""
        self._finish = finish
        self._steps = steps_of(projections)
        self._reader = Reader(self._steps.keys())
        self._rows = open_rows()

    def range(self, after: int, until: int) -> Iterator[tuple[T, Mark]]:
        """Yield what a range of rows does. What is before a fault comes before its error."""
        rows = self._rows.read(after, until)
        with uncollected():
            net, good, fault = self._fold(rows, after)
            if fault is not None:  # what the event at fault did in part is not to be in it
                net, _, _ = self._fold(rows[:good], after)
            elif after + good < until:
                fault = OutOfStep(f"position {after + good + 1} is missing")
            done = (self._finish(net), _mark(rows[good - 1])) if good else None
            del rows, net
        if done is not None:
            yield done
            del done
        if fault is not None:
            raise fault

    def once(self, after: int, until: int) -> tuple[T, Mark]:
        """Return what a range of rows does. Raises what is wrong with it."""
        (done,) = self.range(after, until)
        return done

    def assert_marked(self, mark: Mark) -> None:
        """See that the log has the marked event. Raises OutOfStep."""
        rows = self._rows.read(mark.position - 1, mark.position)
        if [leaf_of(row[4]) for row in rows] != [mark.leaf]:
            raise OutOfStep(f"position {mark.position} of the log is not what it was")

    def close(self) -> None:
        """Close the connection."""
        self._rows.close()

    @exactly()
    def _fold(self, rows: Sequence[RawRow], after: int) -> tuple[Net, int, Exception | None]:
        """Return what rows do, how many of them were good, and what is wrong with the next."""
        net, good = Net(), 0
        extend, read, steps = net.extend, self._reader.read, self._steps
        try:
            for good, row in enumerate(rows):
                if row[0] != after + good + 1:
                    fault = OutOfStep(f"position {row[0]} came after {after + good}")
                    return net, good, fault
                at, event = read(row)
                if event is not None:
                    for step in steps[type(event)]:
                        extend(step(at, event))
        except (Unreadable, OutOfStep) as found:
            return net, good, found
        except Exception as found:  # noqa: BLE001 - raised once what is before it was yielded
            return net, good, self._reason(rows[good], found)
        return net, len(rows), None

    def _reason(self, row: RawRow, fault: Exception) -> Exception:
        """Return what is wrong with a row at which a step failed: its record, or the step."""
        try:
            self._reader.strictly(row)
        except Unreadable as unreadable:
            return unreadable
        return fault


def steps_of(projections: Sequence[Projection]) -> Steps:
    """Return the steps of all projections for each class of event, in their order."""
    steps: dict[type[Event], list[Step[Event]]] = {}
    for projection in projections:
        for kind, step in projection.steps.items():
            steps.setdefault(kind, []).append(step)
    return steps


def _mark(row: RawRow) -> Mark:
    record = row[4]
    return Mark(row[0], leaf_of(record), recorded_at(record))
