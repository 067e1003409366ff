"""Rows: how long a receipt is, what making one costs, and what checking one costs."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.measure import Sample, in_turn
from benchmarks.places import Place
from benchmarks.report import Line
from benchmarks.scale import Scale
from svx_ledger.api.published.log import Published
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import Store
from svx_ledger.proofs.checks.receipt import verify_receipt_of
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.notes.policy_file import parse_policy

from .desk import desk_of_history
from .witness import witness

FEW = 1_000
"""Events of the small log."""
MANY = 1_000
"""Receipts of one run, of events anywhere on the log."""


def receipts(place: Place, scale: Scale, _: float) -> Iterator[Line]:
    """Receipts that carry their records, under a checkpoint with one cosignature."""
    for events in sorted({min(FEW, scale.proof_events), scale.proof_events}):
        with TemporaryDirectory(prefix="svx-bench-") as folder:
            alone = desk_of_history(place.address(), Path(folder), events, scale)
            with witness(alone) as policy:
                replace(alone, policy=policy).publish()
                trust = parse_policy(policy.read_text(encoding="utf-8"))
            yield from _receipts(place, scale, alone.address, trust)


def _receipts(place: Place, scale: Scale, address: str, trust: Policy) -> Iterator[Line]:
    made: list[bytes] = []
    with closing(open_store(address)) as store, closing(Published(store, address)) as published:
        size = store.head().position
        positions = [Random(size).randint(1, size) for _ in range(MANY if scale.rounds else 10)]
        rows = [next(store.rows(after=position - 1, limit=1)) for position in positions]
        done = in_turn(
            f"receipt, {place.name}, {size:,} events",
            {
                "made": partial(_made, store, published, positions, made),
                "checked": lambda: _checked(made, trust),
            },
            scale.rounds,
        )
    proofs = [_without_record(data, row) for data, row in zip(made, rows, strict=True)]
    for what, value, unit, sample in (
        ("length, without the record", median(proofs), "bytes", None),
        ("length, with the record", median(map(len, made)), "bytes", None),
        ("record read, receipt made", done["made"].wait(0.5) * 1e6, "µs", done["made"]),
        ("receipt checked", done["checked"].wait(0.5) * 1e6, "µs", done["checked"]),
    ):
        yield Line(
            name="receipt",
            store=place.name,
            what=f"receipt of {size:,} events: {what}",
            measured=sample.rate if sample else 0.0,
            beside="",
            against=0.0,
            value=value,
            unit=unit,
            p50_ms=sample.wait(0.5) * 1000 if sample else None,
            p99_ms=sample.wait(0.99) * 1000 if sample else None,
        )


def _made(
    store: Store, published: Published, positions: list[int], made: list[bytes]
) -> Sample:
    """Make receipts as the API does, which checks each before it hands it out."""
    made.clear()
    waits = []
    for position in positions:
        began = perf_counter()
        row = next(store.rows(after=position - 1, limit=1))
        receipt = published.receipt(row)
        assert receipt is not None
        made.append(receipt.data())
        waits.append(perf_counter() - began)
    return Sample(len(waits), sum(waits), waits)


def _checked(made: list[bytes], trust: Policy) -> Sample:
    """Check receipts, each from its bytes: record, path, signature and cosignature."""
    waits = []
    for data in made:
        began = perf_counter()
        verify_receipt_of(data, trust)
        waits.append(perf_counter() - began)
    return Sample(len(waits), sum(waits), waits)


def _without_record(data: bytes, row: Row) -> int:
    """Return the length of a receipt less that of the line with the record."""
    line = b"extra " + b"=" * (-(-len(row.record) // 3) * 4) + b"\n"
    return len(data) - len(line)
