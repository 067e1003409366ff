"""Rows: a whole log brought into the tree, signed and written out as files, from nothing."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.measure import Sample, in_turn
from benchmarks.memory import memory
from benchmarks.places import Place
from benchmarks.report import Line, line
from benchmarks.scale import Scale
from svx_ledger.eventlog.open import open_store
from svx_ledger.publishing.composing import open_publisher

from .desk import Desk, desk_of_history
from .raw import rows_hashed


def integrates(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """`publish --once` of a log that was never published, and its tree without any files."""
    peaks: list[int] = []
    with TemporaryDirectory(prefix="svx-bench-") as folder:
        desk = desk_of_history(place.address(), Path(folder), scale.proof_events, scale)
        with closing(open_store(desk.address)) as store:
            events = store.head().position

        def publish() -> Sample:
            desk.forget()
            ran = desk.publish()
            peaks.append(ran.peak)
            return Sample(events, ran.seconds)

        done = in_turn(
            f"integrate, {place.name}",
            {
                "publish": publish,
                "tree": partial(_tree, desk),
                "rows": partial(rows_hashed, desk.address),
            },
            scale.rounds and 3,
        )
    for side, what in (
        ("tree", f"{events:,} events into the tree, and signed"),
        ("publish", f"publish --once of {events:,} events, into a new folder"),
    ):
        yield line(
            "integrate",
            store=place.name,
            what=what,
            measured=done[side],
            beside="their rows read, and each record hashed",
            against=done["rows"],
            goal=None,
        )
    yield memory("integrate", place, "most memory of publish --once", max(peaks))


def _tree(desk: Desk) -> Sample:
    """Integrate and sign in this process, with no folder to publish into."""
    desk.forget()
    settings = desk.settings
    with (
        closing(open_store(desk.address)) as store,
        open_publisher(
            store, desk.address, keys=settings["log_key"], mark=settings["mark"]
        ) as publisher,
    ):
        began = perf_counter()
        *_, size = publisher.once()
        return Sample(size, perf_counter() - began)
