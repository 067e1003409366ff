"""What a copy makes of leverage is what the engine makes of the tables, to the penny."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from svx_ledger.domain.uk_calendar import financial_year
from svx_ledger.eventlog.record import Row
from svx_ledger.exports.columns.facts import Fact
from svx_ledger.exports.columns.faults import CopyRefused, NotInstalled
from svx_ledger.exports.columns.question import EVERYTHING, Chosen
from svx_ledger.exports.columns.reading import leverage_sums, opened, together
from svx_ledger.exports.columns.tail import OpenPart, at_head, since, summed
from svx_ledger.projections.leverage.cut import Cut
from svx_ledger.projections.leverage.dimensions import part_of, procurement_parts
from svx_ledger.projections.leverage.pricing import frozen_prices
from svx_ledger.projections.leverage.sums import Sums, sums
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, Dimension
from svx_ledger.projections.table import Rows

from .setting import copied, ledger, source

ROOT = Path(__file__).parents[3]


def engine(rows: Rows, cut: Cut, by: Dimension) -> Sums:
    """What the engine makes of the tables, without what comes to nothing."""
    return together(sums(rows, cut, part_of(rows, cut, by), frozen_prices(rows)))


@pytest.mark.parametrize("by", DIMENSIONS)
def test_every_dimension_at_many_cuts_is_the_engines(ready: Path, by: Dimension) -> None:
    with (
        ledger(f"sqlite:///{ready / 'x.db'}") as (_, view),
        opened(ready / "x.columns") as copy,
    ):
        for until in (1, 255, 256, 700, 1000, 1024, copy.last):
            cut = Cut(until, until)
            years = procurement_parts(view.rows, cut, "year") if by == "year" else None
            found = copy.sums(until, by, years=years)

            assert found == engine(view.rows, cut, by)
    assert found


def test_what_is_voided_varied_disputed_and_owed_by_spend_is_the_engines(
    demo: tuple[str, Path],
) -> None:
    url, folder = demo
    with ledger(url) as (of_ledger, view), opened(folder) as copy:
        facts = OpenPart(of_ledger, view.rows)
        for until in range(1, copy.last + 1, 3):
            wanted = engine(view.rows, Cut(until, until), "supplier")

            assert copy.sums(until, "supplier") == wanted
        for after in range(1, view.position, 29):
            rest = summed(since(facts, after, view.position), "supplier")
            whole = engine(view.rows, Cut(view.position, view.position), "supplier")

            assert together(copy_or(facts, after), rest) == whole


def copy_or(facts: OpenPart, until: int) -> Sums:
    """What came up to a position, from the tables as if nothing were closed."""
    return summed(since(facts, 0, until), "supplier")


@pytest.mark.parametrize("by", DIMENSIONS)
def test_with_what_is_not_closed_it_is_the_engines_at_the_head(
    ready: Path, by: Dimension
) -> None:
    url = f"sqlite:///{ready / 'x.db'}"
    with ledger(url) as (of_ledger, view), opened(ready / "x.columns") as copy:
        rest = OpenPart(of_ledger, view.rows)
        for until in (
            copy.last - 1,
            copy.last,
            copy.last + 1,
            view.position - 7,
            view.position,
        ):
            cut = Cut(until, until)
            years = procurement_parts(view.rows, cut, "year") if by == "year" else None
            found = at_head(copy, rest, until, by, years=years)

            assert found == engine(view.rows, cut, by)
        assert copy.last < view.position


def test_the_open_part_is_all_that_came_after_whatever_the_position(
    ready: Path, moved: list[Fact]
) -> None:
    with ledger(f"sqlite:///{ready / 'x.db'}") as (of_ledger, view):
        for after in range(0, view.position, 97):
            found = sorted(
                since(OpenPart(of_ledger, view.rows), after, view.position), key=repr
            )

            assert found == sorted((x for x in moved if x.position > after), key=repr)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_sums_in_python_and_in_duckdb_are_the_same(
    ready: Path, moved: list[Fact], by: Dimension
) -> None:
    procurements = sorted({fact.procurement_id for fact in moved})
    days = sorted(fact.recorded_on for fact in moved)
    years = {of: f"year of {of}" for of in procurements[1:]}
    with opened(ready / "x.columns") as copy:
        for chosen in (
            EVERYTHING,
            Chosen(procurements=procurements[::2]),
            Chosen(procurements=()),
            Chosen(first_day=days[len(days) // 2]),
            Chosen(last_day=days[len(days) // 2]),
            Chosen(procurements=procurements[:3], first_day=days[10], last_day=days[-10]),
        ):
            for of_cohort in (years, None):
                closed = [fact for fact in moved if fact.position <= copy.last]
                wanted = summed(closed, by, chosen, of_cohort)

                assert copy.sums(copy.last, by, chosen, of_cohort) == wanted
                confirmed = {
                    part: sum(
                        stages["confirmed"].net_pence
                        for stages in of.values()
                        if "confirmed" in stages
                    )
                    for part, of in wanted.items()
                }
                assert copy.pence(
                    copy.last, by, "confirmed", "net", chosen=chosen, years=of_cohort
                ) == {part: pence for part, pence in confirmed.items() if pence}


def test_by_the_year_of_the_fact_a_year_begins_on_the_first_of_april(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    days = [date(2026, 3, 31), date(2026, 4, 1), date(1999, 4, 1), date(2100, 1, 1)]
    dated = [moved[0]._replace(position=n + 1, recorded_on=day) for n, day in enumerate(days)]
    copied(tmp_path / "copy", source(told[:256], dated))

    found = leverage_sums(tmp_path / "copy", 256, "year")
    assert set(found) == {financial_year(day) for day in days}
    assert set(found) == {"2025/26", "2026/27", "1999/00", "2099/00"}


def test_a_copy_of_another_ledger_is_not_added_to(
    there: Path, told: list[Row], moved: list[Fact]
) -> None:
    record = told[1279].record.replace(b'"svx":1', b'"svx": 1')
    others = (
        [told[0]._replace(stream="ledger-other"), *told[1:]],
        told[:1000],
        [*told[:1279], told[1279]._replace(record=record), *told[1280:]],
    )
    with opened(there / "x.columns") as copy:
        assert copy.last == 1280
        copy.assert_of(source(told, moved))
        for rows in others:
            with pytest.raises(CopyRefused, match="not a copy of this ledger as it is now"):
                copy.assert_of(source(rows, moved))


def test_what_is_missing_or_damaged_is_said_plainly(there: Path, tmp_path: Path) -> None:
    with pytest.raises(CopyRefused, match="no columnar copy"):
        leverage_sums(tmp_path / "nothing", 1, "year")
    (file, *_) = sorted((there / "x.columns" / "facts").iterdir())
    file.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(CopyRefused, match="cannot be read"):
        leverage_sums(there / "x.columns", 1000, "measure")
    file.unlink()
    with pytest.raises(CopyRefused, match="cannot be read"):
        leverage_sums(there / "x.columns", 1000, "measure")


def test_without_duckdb_the_remedy_is_named(
    there: Path, told: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)

    for act in (
        lambda: leverage_sums(there / "x.columns", 1, "year"),
        lambda: copied(tmp_path / "copy", source(told)),
    ):
        with pytest.raises(NotInstalled, match=r"pip install 'svx-ledger\[columns\]'"):
            act()
    assert not (tmp_path / "copy").exists()


def test_nothing_imports_duckdb_before_it_is_used() -> None:
    program = (
        "import sys, pkgutil, importlib, svx_ledger.exports.columns as room\n"
        "for one in pkgutil.iter_modules(room.__path__):\n"
        "    importlib.import_module(f'svx_ledger.exports.columns.{one.name}')\n"
        "assert 'duckdb' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_no_extension_is_ever_fetched(ready: Path) -> None:
    with opened(ready / "x.columns") as copy:
        found = copy.query(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'"
        )
        assert dict(found) == {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with pytest.raises(CopyRefused):
            copy.query("SELECT * FROM read_xlsx('x.xlsx')")
