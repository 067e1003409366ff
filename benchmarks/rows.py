"""The rows: each comparison with its two sides, their sizes and the goal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.ledger import Ledger

from . import scene
from .auditing import audits
from .callers import Callers
from .holding import TimedStore
from .leverage import leverage
from .measure import Sample, Side, in_turn, progress
from .places import CONNECTIONS, Place, PostgresPlace
from .posting import posts
from .processes import together
from .proving import integrates, lags, receipts, verifies
from .rebuild_rows import flat, rebuild
from .report import Line, line
from .scale import Scale
from .watching import live

BATCHES = 8
FAST_FSYNC_SECONDS = 0.0003
SLOW_FSYNC_MS = 3


def hot(place: Place, scale: Scale, fsync_seconds: float) -> Iterator[Line]:
    """One auction, one supplier to a caller, against unlocked one-row inserts."""
    fast = fsync_seconds < FAST_FSYNC_SECONDS
    if isinstance(place, PostgresPlace):
        goals = {32: 1.2 if fast else 0.9, 128: 2.0 if fast else 1.8}
        yield from _hot(place, scale, "hot", goals)
    else:
        yield from _hot(place, scale, "hot", {32: 1.4, 128: 1.4})


def slow(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """The same on PostgreSQL with every commit made to wait 3 ms, as on a slow disk."""
    if isinstance(place, PostgresPlace):
        yield from _hot(place.slow(SLOW_FSYNC_MS), scale, "slow", {32: 0.9, 128: 1.8})


def spread(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """As many callers and suppliers, each caller in an auction of its own."""
    with _ledger(place, suppliers=32) as one, _ledger(place, auctions=32, suppliers=32) as many:
        in_one = Callers(one, [scene.bidder(0, n) for n in range(32)])
        in_many = Callers(many, [scene.bidder(n, n) for n in range(32)])
        done = in_turn(
            f"spread, {place.name}",
            {
                "spread": lambda: in_many.from_event_loop(scale.bids // 32),
                "hot": lambda: in_one.from_event_loop(scale.bids // 32),
            },
            scale.rounds,
        )
    yield line(
        "spread",
        store=place.name,
        what="bids in 32 auctions, 32 callers",
        measured=done["spread"],
        beside="the same in one auction",
        against=done["hot"],
        goal=0.8,
        most=1.1,
    )


def imports(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Many bids given at once, and the store's part of that alone, against raw bulk loading."""
    goal = 0.6 if isinstance(place, PostgresPlace) else 0.7
    beside = "COPY" if isinstance(place, PostgresPlace) else "executemany"
    count = scale.imported
    with (
        _ledger(place, suppliers=32) as ledger,
        _seeded(place, suppliers=1) as store,
        place.raw(scene.past_records(500)) as raw,
    ):
        callers = Callers(ledger, [scene.bidder(0, 0)])
        appending = _Appending(store, count)
        done = in_turn(
            f"import, {place.name}",
            {
                "append": lambda: _batches(appending.once),
                "raw": lambda: _batches(lambda: raw.at_once(count)),
                "import": lambda: callers.as_import(count),
            },
            scale.rounds,
        )
    for side, what in (
        ("append", f"append of {count:,} records in one batch"),
        ("import", f"import of {count:,} bids, full path"),
    ):
        yield line(
            "import",
            store=place.name,
            what=what,
            measured=done[side],
            beside=f"raw {beside} of {count:,}",
            against=done["raw"],
            goal=goal,
        )


def alone(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """One caller who waits for each answer, nobody else about."""
    with _ledger(place, suppliers=32) as ledger, place.raw(scene.past_records(500)) as raw:
        callers = Callers(ledger, [scene.bidder(0, 0)])
        done = in_turn(
            f"alone, {place.name}",
            {
                "ledger": lambda: callers.alone(scale.alone),
                "raw": lambda: raw.one_by_one(scale.alone),
            },
            scale.rounds,
        )
    yield line(
        "alone",
        store=place.name,
        what="single bids, one caller",
        measured=done["ledger"],
        beside="raw single inserts",
        against=done["raw"],
        goal=0.35 if isinstance(place, PostgresPlace) else 0.5,
    )


def processes(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Two processes on one database with 32 callers each, against one with 64."""
    if not isinstance(place, PostgresPlace):
        return
    address = place.address()
    store = open_store(address)
    scene.seed(store, suppliers=64)
    store.close()
    turns = iter(range(1, 1000))

    def run(*callers: range) -> Sample:
        first_bid = next(turns) * 1_000_000
        return together(
            address,
            list(callers),
            start=scale.start,
            seconds=scale.seconds,
            first_bid=first_bid,
        )

    done = in_turn(
        f"processes, {place.name}",
        {"two": lambda: run(range(32), range(32, 64)), "one": lambda: run(range(64))},
        scale.rounds and 3,  # they start anew each time and run for a fixed time
    )
    two = done["two"]
    yield line(
        "processes",
        store=place.name,
        what="two processes, 32 callers each",
        measured=two,
        beside="one process, 64 callers",
        against=done["one"],
        goal=0.6,
    )
    yield _milliseconds("processes", place, "p99 with two processes", two.wait(0.99))
    yield Line(
        name="processes",
        store=place.name,
        what="share of one process",
        measured=min(two.shares) / two.seconds,
        beside="share of the other",
        against=max(two.shares) / two.seconds,
        value=min(two.shares) / max(two.shares),
        goal=0.67,
    )


def holds(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """The longest hold of the write lock: in a hot auction, and while a cold stream is read."""
    hot_holds: list[float] = []
    with _ledger(place, suppliers=128, holds=hot_holds) as ledger:
        progress(f"hold, {place.name}: hot")
        callers = Callers(ledger, [scene.bidder(0, n) for n in range(128)])
        callers.from_event_loop(max(2, scale.bids // 128))
    yield _milliseconds("hold", place, "longest hold of the lock, 128 callers", max(hot_holds))
    cold_holds: list[float] = []
    progress(f"hold, {place.name}: writing {scale.cold_events:,} events")
    with _ledger(
        place, auctions=2, suppliers=32, past_bids=scale.cold_events, holds=cold_holds
    ) as ledger:
        progress(f"hold, {place.name}: cold stream")
        others = [scene.bidder(1, n) for n in range(1, 32)]
        callers = Callers(ledger, [scene.bidder(0, 0), *others], first_bid=10**6)
        callers.from_event_loop(max(2, scale.bids // 32))
    progress("")
    what = f"the same, with a cold stream of {scale.cold_events:,}"
    yield _milliseconds("hold", place, what, max(cold_holds))


Comparison = Callable[[Place, Scale, float], Iterator[Line]]
COMPARISONS: dict[str, Comparison] = {
    "hot": hot,
    "slow": slow,
    "spread": spread,
    "import": imports,
    "alone": alone,
    "processes": processes,
    "hold": holds,
    "rebuild": rebuild,
    "flat": flat,
    "audit": audits,
    "leverage": leverage,
    "posts": posts,
    "live": live,
    "verify": verifies,
    "integrate": integrates,
    "receipt": receipts,
    "lag": lags,
}


def _hot(
    place: PostgresPlace | Place, scale: Scale, name: str, goals: dict[int, float]
) -> Iterator[Line]:
    on_postgres = isinstance(place, PostgresPlace)
    waiting = f", commits made to wait {SLOW_FSYNC_MS} ms" if name == "slow" else ""
    for callers, goal in goals.items():
        with (
            _ledger(place, suppliers=callers) as ledger,
            place.raw(scene.past_records(500)) as raw,
        ):
            bidders = Callers(ledger, [scene.bidder(0, n) for n in range(callers)])
            done = in_turn(
                f"{name}, {place.name}, {callers} callers",
                {
                    "ledger": partial(bidders.from_event_loop, scale.bids // callers),
                    "raw": partial(raw.side_by_side, scale.bids),
                },
                scale.rounds,
            )
        yield line(
            name,
            store=place.name,
            what=f"bids in one auction, {callers} callers{waiting}",
            measured=done["ledger"],
            beside=f"raw inserts, {CONNECTIONS if on_postgres else 1} unlocked"
            + (" connections" if on_postgres else " connection"),
            against=done["raw"],
            goal=goal,
        )


def _milliseconds(name: str, place: Place, what: str, seconds: float) -> Line:
    return Line(
        name=name,
        store=place.name,
        what=what,
        measured=0.0,
        beside="",
        against=0.0,
        value=seconds * 1000,
        unit="ms",
        goal=50.0,
    )


@contextmanager
def _seeded(
    place: Place, *, auctions: int = 1, suppliers: int, past_bids: int = 0
) -> Iterator[Store]:
    store = open_store(place.address())
    try:
        scene.seed(store, auctions=auctions, suppliers=suppliers, past_bids=past_bids)
        yield store
    finally:
        store.close()


@contextmanager
def _ledger(
    place: Place,
    *,
    auctions: int = 1,
    suppliers: int,
    past_bids: int = 0,
    holds: list[float] | None = None,
) -> Iterator[Ledger]:
    with _seeded(place, auctions=auctions, suppliers=suppliers, past_bids=past_bids) as store:
        timed: Store = store if holds is None else TimedStore(store, holds)
        with Ledger(timed) as ledger:
            yield ledger


def _batches(once: Side) -> Sample:
    """Give several batches as one run, so that each run pays for its share of checkpoints.

    SQLite copies its WAL into the file every few batches. The median of single batches would
    leave out a side's checkpoints where they fall on fewer than half of its batches.
    """
    samples = [once() for _ in range(BATCHES)]
    return Sample(sum(s.count for s in samples), sum(s.seconds for s in samples))


class _Appending:
    """The store's own part of an import: records that are ready, in one batch."""

    def __init__(self, store: Store, count: int) -> None:
        self._store = store
        self._count = count
        self._writer = store.writer()
        self._version = 0
        self._records = scene.past_records(500)

    def once(self) -> Sample:
        """Append the records to a stream of their own."""
        head = self._store.head().position
        rows = [
            Row(
                head + n,
                "auction-imported",
                self._version + n,
                *self._records[n % len(self._records)][3:],
            )
            for n in range(1, self._count + 1)
        ]
        began = perf_counter()
        self._writer.begin((), (), {}, head)
        self._writer.append(rows, (), ())
        seconds = perf_counter() - began
        self._version += self._count
        return Sample(self._count, seconds)
