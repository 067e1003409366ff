"""Leverage, computed a second time from a ledger's records, without the ledger's own program.

    python second_computation.py LEDGER [--until POSITION] [--known-at POSITION] [--by force]

LEDGER is an SQLite ledger file, or a file of its records, one a line. Needs Python and DuckDB
(`pip install duckdb`). The work is done by `second_computation.sql` beside this file; here is
what SQL has no exact numbers for: ratios, and present values, as fractions rounded once.
"""

# ruff: noqa: INP001, T201 - a program by itself, which prints

import argparse
import sqlite3
import tempfile
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import duckdb

SQL = Path(__file__).with_suffix(".sql")
WITH_DENOMINATORS = ("whole", "authority", "procurement", "year")
WEIGHTS = ("gross", "net", "beyond", "green_book", "sroi_guide")
STAGES = ("offered", "pledged", "awarded", "reference", "claimed", "confirmed", "disputed")
GREEN_BOOK = ((0, "0.035"), (31, "0.030"), (76, "0.025"))
"""Yearly rates by the first year from now that they are of: the social time preference rate."""
PER = ("D1", "D2", "D3", "D4")
_COLUMNS = (
    "{position: 'BIGINT', recorded_at: 'VARCHAR', stream: 'VARCHAR', type: 'VARCHAR', "
    "data: 'JSON'}"
)
Key = tuple[str, str]
"""Stage; and `gross`, `net`, `beyond` (what is owed), `green_book` or `sroi_guide`."""


class Cut(NamedTuple):
    """Facts count up to `until`, corrections up to `known_at`; and whose, from when to when.

    `basis` is `cohort`, where the dates are of first awards, or `period`: of the facts.
    """

    until: int
    known_at: int
    procurement: str | None = None
    authority: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    basis: str = "cohort"


def export(ledger: Path, to: Path) -> None:
    """Write the records of an SQLite ledger as they are stored, one a line."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        records = connection.execute("SELECT state FROM stored_events ORDER BY rowid")
        with to.open("wb") as file:
            file.writelines(bytes(record) + b"\n" for (record,) in records)


def opened(records: Path, sql: str | None = None) -> duckdb.DuckDBPyConnection:
    """Load records into a database in memory, with the second computation ready to be asked."""
    connection = duckdb.connect()
    lines = f"read_json(?, format = 'newline_delimited', columns = {_COLUMNS})"
    connection.execute(f"CREATE TABLE log AS FROM {lines}", [str(records)])
    connection.execute(sql if sql is not None else SQL.read_text())
    return connection


def discounted(years: int, drop_off: Fraction, first: int) -> Fraction:
    """Return what a pound a year is worth today that falls by `drop_off` each year.

    `first` is how many years off the first one is: 0 by the Green Book's convention, 1 by the
    SROI Guide's. Each year from now divides by 1 + the rate of the year that it leads to.
    """
    total, today = Fraction(0), Fraction(1)
    for year in range(1, first + 1):
        today /= 1 + rate_of(year)
    for t in range(years):
        total += today * (1 - drop_off) ** t
        today /= 1 + rate_of(first + t + 1)
    return total


def rate_of(year: int) -> Fraction:
    """Return the rate of a year from now."""
    return Fraction([rate for begins, rate in GREEN_BOOK if begins <= year][-1])


def leverage(
    connection: duckdb.DuckDBPyConnection, dimension: str, cut: Cut
) -> dict[str, dict[Key, int]]:
    """Return the pence of each part by stage and weight; of `whole` there is one, called all.

    Present values are exact until they are rounded, half to even, at the total of the part.
    """
    worth = present_values(connection)
    rows = connection.execute(
        "FROM leverage(?, ?, ?, ?, ?, ?, ?)", [dimension, cut.until, *cut[2:]]
    )
    found: dict[str, dict[Key, int | Fraction]] = {}
    for part, stage, proxy_set, measure, gross, net, beyond in rows.fetchall():
        of = found.setdefault(part, {})
        amounts = {"gross": gross, "net": net, "beyond": beyond}
        for weight, factor in worth[proxy_set, measure].items():
            amounts[weight] = gross * factor
        for weight, pence in amounts.items():
            of[stage, weight] = of.get((stage, weight), 0) + pence
    return {
        part: {key: round(pence) for key, pence in of.items()} for part, of in found.items()
    }


def present_values(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], dict[str, Fraction]]:
    """Return what a penny gross is worth today by each proxy: k × the factor of its years."""
    rows = connection.execute("SELECT proxy_set, measure, k, drop_off, years FROM proxies")
    return {
        (proxy_set, measure): {
            "green_book": Fraction(k) * discounted(years, Fraction(drop_off), 0),
            "sroi_guide": Fraction(k) * discounted(years, Fraction(drop_off), 1),
        }
        for proxy_set, measure, k, drop_off, years in rows.fetchall()
    }


def denominators(
    connection: duckdb.DuckDBPyConnection, dimension: str, cut: Cut
) -> dict[str, dict[str, int | None]]:
    """Return D1 to D4 of each part that has its own, in pence; none where it is not known."""
    rows = connection.execute("FROM denominators(?, ?, ?, ?, ?, ?, ?, ?)", [dimension, *cut])
    return {part: dict(zip(PER, pence, strict=True)) for part, *pence in rows.fetchall()}


def ratio(pence: int, per: str, divisor_pence: int | None) -> Decimal | None:
    """Return pounds per pound, of D3 a percentage: to two places, half to even.

    There is none where there is nothing to divide by.
    """
    if not divisor_pence:
        return None
    hundredths = pence * (10_000 if per == "D3" else 100)
    return Decimal(round(Fraction(hundredths, divisor_pence))).scaleb(-2)


def main() -> None:
    """Print stages and ratios, of the whole or by parts."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("ledger", type=Path, help="an SQLite ledger, or its records, one a line")
    asked.add_argument("--until", type=int, help="facts up to this log position")
    asked.add_argument("--known-at", type=int, help="corrections up to this one")
    asked.add_argument("--by", default="whole", help="authority, force, theme, year ...")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        records = given.ledger
        with records.open("rb") as file:
            is_database = file.read(6) == b"SQLite"
        if is_database:
            records = Path(folder) / "log.jsonl"
            export(given.ledger, records)
        connection = opened(records)
    ((head,),) = connection.execute("SELECT max(position) FROM log").fetchall()
    cut = Cut(given.until or head, given.known_at or head)
    whole = denominators(connection, "whole", cut).get("all", {})
    own = denominators(connection, given.by, cut)
    print(
        f"facts up to {cut.until}, known at {cut.known_at}; pounds, then per D1, D2, D3 (%), D4"
    )
    for per in PER:
        pence = whole.get(per)
        print(f"{per} {'not known' if pence is None else f'{Decimal(pence) / 100:,.2f}'}")
    for part, found in sorted(leverage(connection, given.by, cut).items()):
        divisors = own.get(part, {}) if given.by in WITH_DENOMINATORS else whole
        for stage in STAGES:
            for weight in WEIGHTS:
                pence = found.get((stage, weight), 0)
                ratios = (ratio(pence, per, divisors.get(per)) for per in PER)
                shown = " ".join(f"{'-' if one is None else one:>10}" for one in ratios)
                print(f"{part:28} {stage:9} {weight:10} {Decimal(pence) / 100:>18,.2f} {shown}")


if __name__ == "__main__":
    main()
