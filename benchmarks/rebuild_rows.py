"""The rows about rebuilding: beside the raw read, at growing sizes, and in memory."""

from collections.abc import Iterator
from functools import partial

from . import rebuilding
from .measure import Sample, in_turn, progress
from .memory import memory
from .places import Place, PostgresPlace
from .report import Line, line
from .scale import Scale


def rebuild(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Every view from the whole log, and what of it is decoding and projecting."""
    address = place.address()
    events = rebuilding.history(address, scale.log_events, scale.kept)
    peaks: dict[int, int] = {}

    def build(processes: int) -> Sample:
        done = rebuilding.rebuilt(address, events, processes)
        peaks[processes] = max(peaks.get(processes, 0), done.peak)
        return done.sample

    done = in_turn(
        f"rebuild, {place.name}",
        {
            "raw": partial(rebuilding.raw, address, events),
            "decoded": partial(rebuilding.decoded, address, events),
            "folded": partial(rebuilding.only_folded, address, events),
            "one": partial(build, 1),
            "two": partial(build, 2),
        },
        scale.rounds and 3,
    )
    on_postgres = isinstance(place, PostgresPlace)
    goals = {"one": 0.9, "two": 0.9} if on_postgres else {"one": 0.35, "two": 0.7}
    for side, what in (
        ("decoded", f"log of {events:,} read and decoded"),
        ("folded", "the same, folded into row changes"),
        ("one", "rebuild of every view, 1 process"),
        ("two", "rebuild of every view, 2 processes and the writer"),
    ):
        yield line(
            "rebuild",
            store=place.name,
            what=what,
            measured=done[side],
            beside="raw rows by " + ("psycopg's cursor" if on_postgres else "sqlite3's cursor"),
            against=done["raw"],
            goal=goals.get(side),
        )
    for processes, peak in peaks.items():
        yield memory("rebuild", place, f"most memory, {processes} process(es)", peak)


def flat(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """The cost of an event at growing sizes of the log, and the memory."""
    on_postgres = isinstance(place, PostgresPlace)
    sizes = scale.flat_on_postgres if on_postgres else scale.flat_events
    if not sizes:
        return
    first, *larger = sizes
    smallest = _once(place, scale, first)
    for size in larger:
        done = _once(place, scale, size)
        yield line(
            "flat",
            store=place.name,
            what=f"rebuild of {done.sample.count:,} events",
            measured=done.sample,
            beside=f"of {smallest.sample.count:,}",
            against=smallest.sample,
            goal=0.8,
        )
        yield memory("flat", place, f"most memory, {done.sample.count:,} events", done.peak)


def _once(place: Place, scale: Scale, size: int) -> rebuilding.Rebuilt:
    address = place.address()
    events = rebuilding.history(address, size, scale.kept)
    progress(f"flat, {place.name}: {events:,} events")
    done = rebuilding.rebuilt(address, events, 2)
    seconds = f"{done.processor:.1f} s of the builders' processor"
    progress(f"flat, {place.name}: {events:,} events took {seconds}")
    return done
