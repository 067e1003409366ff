"""A report of a history in which much happened, and DuckDB to read tables with."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from svx_ledger.exports.tables import Columns
from svx_ledger.projections.leverage.report import LeverageReport
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from tests.projections.leverage.happening import EVERYTHING, played

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Asking = Callable[[Columns, str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def report() -> LeverageReport:
    """The report of all of it."""
    play, *_ = played(EVERYTHING)
    views = play.views()
    return leverage_report(views.tables, as_at=play.now, known_at=views.position)


@pytest.fixture(scope="session")
def of_period() -> LeverageReport:
    """The report of what happened in it, by the dates of facts."""
    play, *_ = played(EVERYTHING)
    views = play.views()
    return leverage_report(
        views.tables, as_at=play.now, known_at=views.position, scope=Scope(basis="period")
    )


@pytest.fixture(scope="session")
def duck() -> "Iterator[DuckDBPyConnection]":
    """DuckDB, with several threads of its own."""
    with duckdb.connect(config={"threads": 4}) as connection:
        yield connection


@pytest.fixture(scope="session")
def ask(duck: "DuckDBPyConnection") -> Asking:
    """What DuckDB answers to a query of one table, which it calls `t`."""

    def answer(table: Columns, query: str) -> list[tuple[Any, ...]]:
        duck.register("t", table)
        return duck.execute(query).fetchall()

    return answer
