"""The rows of a run, as a table for people and as JSON for whoever compares runs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .measure import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: what was measured, beside what, and whether the goal was reached.

    `goal` is the least ratio, or the most where `unit` is ms or MB. Waits are of the measured
    side.
    """

    name: str
    store: str
    what: str
    measured: float
    beside: str
    against: float
    value: float
    unit: str = "ratio"
    goal: float | None = None
    most: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None

    @property
    def verdict(self) -> str:
        """`yes` or `no`, or nothing where no goal is set."""
        if self.goal is None:
            return ""
        if self.unit != "ratio":
            return "yes" if self.value <= self.goal else "no"
        return "yes" if self.value >= self.goal else "no"


def line(
    name: str,
    *,
    store: str,
    what: str,
    measured: Sample,
    beside: str,
    against: Sample,
    goal: float | None,
    most: float | None = None,
) -> Line:
    """Return the row that sets one side beside the other, by what each did in a second."""
    waits = bool(measured.waits)
    return Line(
        name=name,
        store=store,
        what=what,
        measured=measured.rate,
        beside=beside,
        against=against.rate,
        value=measured.rate / against.rate,
        goal=goal,
        most=most,
        p50_ms=measured.wait(0.50) * 1000 if waits else None,
        p99_ms=measured.wait(0.99) * 1000 if waits else None,
    )


def table(lines: list[Line]) -> str:
    """Return the rows as a Markdown table, readable as it is."""
    head = ["what", "store", "measured/s", "beside", "beside/s", "value", "goal", "reached"]
    rows = [[*head, "p50 ms", "p99 ms"]]
    for row in lines:
        sign = "≥" if row.unit == "ratio" else "≤"
        goal = "" if row.goal is None else f"{sign} {row.goal:g}"
        if row.most is not None and row.goal is not None:
            goal = f"{row.goal:g} to {row.most:g}"
        rows.append(
            [
                row.what,
                row.store,
                f"{row.measured:,.0f}" if row.measured else "",
                row.beside,
                f"{row.against:,.0f}" if row.against else "",
                f"{row.value:.2f}" if row.unit == "ratio" else f"{row.value:.1f} {row.unit}",
                goal,
                row.verdict,
                "" if row.p50_ms is None else f"{row.p50_ms:.1f}",
                "" if row.p99_ms is None else f"{row.p99_ms:.1f}",
            ]
        )
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"
        for cells in rows
    )


def write_json(path: Path, machine: dict[str, Any], lines: list[Line]) -> None:
    """Write machine and rows, all figures unrounded."""
    rows = [asdict(row) | {"reached": row.verdict} for row in lines]
    path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=2) + "\n")
