"""`python -m benchmarks --quick` prints every row. How fast anything was is not asserted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.measure import Sample, in_turn
from benchmarks.report import Line, table
from benchmarks.rows import COMPARISONS

ROOT = Path(__file__).parents[2]
ON_POSTGRESQL_ONLY = {"slow", "processes"}
ON_SQLITE_ONLY = {"flat"}


def run(*options: str) -> tuple[str, list[dict[str, Any]]]:
    """What a run prints, and the rows it writes as JSON."""
    file = Path(options[options.index("--json") + 1])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=580,
    )
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert isinstance(rows, list)
    return done.stdout, rows


@pytest.mark.timeout(600)  # a minute or two on a quiet machine
@pytest.mark.usefixtures("postgres_programs")
def test_a_quick_run_prints_every_row_with_both_its_sides(tmp_path: Path) -> None:
    printed, rows = run("--quick", "--json", str(tmp_path / "rows.json"))

    assert {(row["name"], row["store"]) for row in rows} == {
        (name, store)
        for name in COMPARISONS
        for store in ("SQLite", "PostgreSQL")
        if name not in (ON_SQLITE_ONLY if store == "PostgreSQL" else ON_POSTGRESQL_ONLY)
    }
    assert all(f"| {row['what']} " in printed for row in rows)
    assert all(row["against"] > 0 for row in rows if row["unit"] == "ratio")
    assert "fsync_ms" in printed


def test_one_comparison_on_one_store_can_be_chosen(tmp_path: Path) -> None:
    options = ("--quick", "--only", "alone", "--store", "sqlite")
    _, rows = run(*options, "--json", str(tmp_path / "rows.json"))

    assert [(row["name"], row["store"]) for row in rows] == [("alone", "SQLite")]


def test_sides_run_in_turn_and_the_median_run_of_each_counts() -> None:
    order: list[str] = []
    taken = iter([9.0, 9.0, 1.0, 4.0, 2.0, 5.0, 3.0, 6.0])

    def side(name: str) -> Sample:
        order.append(name)
        return Sample(60, next(taken))

    medians = in_turn("x", {"a": lambda: side("a"), "b": lambda: side("b")}, rounds=3)

    assert "".join(order) == "abababab"  # the first of each warms up
    assert {name: sample.rate for name, sample in medians.items()} == {"a": 30.0, "b": 12.0}


def test_a_row_says_whether_its_goal_was_reached() -> None:
    def row(value: float, unit: str, goal: float | None) -> Line:
        return Line(
            name="x",
            store="s",
            what="w",
            measured=value,
            beside="b",
            against=1.0,
            value=value,
            unit=unit,
            goal=goal,
        )

    lines = [row(1.2, "ratio", 1.2), row(1.19, "ratio", 1.2), row(50.0, "ms", 50.0)]
    lines += [row(50.1, "ms", 50.0), row(1.0, "ratio", None)]

    assert [line.verdict for line in lines] == ["yes", "no", "yes", "no", ""]
    assert len(table(lines).splitlines()) == 2 + len(lines)
