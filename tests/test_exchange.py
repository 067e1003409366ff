"""What a program or a notebook opens: the ledger, and what is read in it."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from svx_ledger import open_ledger, tables_of
from svx_ledger.domain.present_value import flat
from svx_ledger.domain.uprating import Deflator
from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import NotRead
from svx_ledger.exchange import Exchange
from svx_ledger.intake.exact import Faulty
from svx_ledger.ledger import Ledger, SimulatedClock
from svx_ledger.projections.leverage.asking import NotAsked, Unknown
from svx_ledger.projections.leverage.reporting import leverage_report
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.memory import Views
from tests.demo.running import run
from tests.projections.stored.setting import append

ESTATES = "procurement-estates"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The log of the demo."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    assert run("demo", "--ledger", url)[0] == 0
    with closing(open_store(url)) as store:
        return list(store.rows())


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger can be made, on both stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


def recorded(address: str, rows: Sequence[Row]) -> str:
    """Put rows on the log at an address, as another process does."""
    with closing(open_store(address)) as store:
        store.create()
        append(store, rows)
    return address


@pytest.fixture
def url(address: str, log: list[Row]) -> str:
    """The address of a ledger with that log."""
    return recorded(address, log)


def opened(url: str) -> Exchange:
    return open_ledger(url, clock=SimulatedClock(datetime(2026, 9, 1, tzinfo=UTC)))


@pytest.fixture
def exchange(url: str) -> Iterator[Exchange]:
    with opened(url) as exchange:
        yield exchange


def test_it_is_the_ledger_and_what_is_read_in_it(exchange: Exchange, log: list[Row]) -> None:
    assert isinstance(exchange, Ledger)
    assert len(exchange.recorded(1, 3)) == 3
    with exchange.views.view() as view:
        assert view.position == len(log)
    assert exchange.views is exchange.views


def test_the_report_is_that_of_the_engine(exchange: Exchange, log: list[Row]) -> None:
    class Kept:
        """A log that is read from memory."""

        def rows(self, after: int = 0, limit: int | None = None) -> Iterator[Row]:
            return iter(log[after : None if limit is None else after + limit])

    views = Views(Kept())
    views.refresh()
    with exchange.views.view() as view:
        now = view.now

    assert exchange.leverage() == leverage_report(views.tables, as_at=now, known_at=len(log))
    assert exchange.leverage(procurement=ESTATES).headline.amount == Decimal("222.00")


def test_every_argument_is_asked(exchange: Exchange, log: list[Row]) -> None:
    year = exchange.leverage(year="2025/26", period_basis="period").frame.asked
    days = exchange.leverage(
        first_day=date(2025, 4, 1), last_day=date(2026, 3, 31), period_basis="period"
    ).frame.asked
    then = exchange.leverage(as_at=date(2026, 1, 31), known_at=len(log) - 1).frame.asked
    whose = exchange.leverage(procurement=ESTATES).frame.asked.scope
    owner = exchange.leverage(authority="organisation-fenmarsh").frame.asked.scope
    valued = exchange.leverage(
        proxy_set="proxy-set-demo2026",
        rates=flat(Decimal("0.015")),
        convention="sroi_guide",
    ).basis

    assert year == days
    assert year.scope == Scope(
        first_day=date(2025, 4, 1), last_day=date(2026, 3, 31), basis="period"
    )
    assert then.as_at == datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert then.known_at == len(log) - 1
    assert (whose.procurement_id, whose.authority_id) == (ESTATES, None)
    assert (owner.procurement_id, owner.authority_id) == (None, "organisation-fenmarsh")
    assert "proxy-set-demo2026" in (valued.restated or "")
    assert valued.discounting == "sroi_guide, 1.5 % in every year"


def test_files_are_read_as_tables_are(exchange: Exchange, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text(
        "financial_year,index\n"
        + "".join(f"{y}/{y % 100 + 1},{y - 1900}\n" for y in range(2015, 2030)),
        encoding="utf-8",
    )
    rates = tmp_path / "rates.csv"
    rates.write_text("first_year,rate\n0,0.05\n", encoding="utf-8")
    from_files = exchange.leverage(deflator=str(prices), prices_of=2020, rates=rates)
    deflator = Deflator(
        series="prices",
        source="x",
        base="index",
        years="financial",
        index={f"{y}/{y % 100 + 1}": Decimal(y - 1900) for y in range(2015, 2030)},
    )
    from_tables = exchange.leverage(deflator=deflator, prices_of=2020)

    restated = from_files.basis.restated
    assert restated is not None
    assert restated.startswith("prices of 2020/21 by prices (sha256 ")
    assert from_files.basis.discounting.startswith("green_book, rates (sha256 ")
    assert from_files.pence("confirmed") == from_tables.pence("confirmed")
    assert from_files.pence("confirmed") != exchange.leverage().pence("confirmed")


def test_what_cannot_be_asked_is_said(exchange: Exchange, tmp_path: Path) -> None:
    empty = tmp_path / "none.csv"
    empty.write_text("year,value\n", encoding="utf-8")
    with pytest.raises(NotAsked):
        exchange.leverage(known_at=10**6)
    with pytest.raises(Unknown):
        exchange.leverage(procurement="procurement-none")
    with pytest.raises(Faulty):
        exchange.leverage(deflator=empty, prices_of=2020)
    with pytest.raises(FileNotFoundError):
        exchange.leverage(rates=tmp_path / "nowhere.csv")


def test_what_was_written_is_in_the_next_report(address: str, log: list[Row]) -> None:
    half = len(log) // 2
    with opened(recorded(address, log[:half])) as exchange:
        before = exchange.leverage(procurement=ESTATES)
        recorded(address, log[half:])
        after = exchange.leverage(procurement=ESTATES)
        again = exchange.leverage(procurement=ESTATES, known_at=half)

    assert (before.basis.known_at, after.basis.known_at) == (half, len(log))
    assert str(after.headline.amount) == "222.00"
    assert again.lines == before.lines


def test_a_ledger_with_nothing_in_it_has_a_report(address: str) -> None:
    with open_ledger(address, create=True) as exchange:
        report = exchange.leverage()

    assert report.basis.known_at == 0
    assert report.headline.reason == "nothing recorded to divide by"
    assert len(tables_of(report).lines) == 0


def test_a_report_and_its_tables_outlive_the_ledger(url: str) -> None:
    with opened(url) as exchange:
        report = exchange.leverage(procurement=ESTATES)
    tables = tables_of(report)

    assert str(report.headline).startswith("£222.00 of confirmed gross social value ")
    assert len(tables.lines) > 0
    for dimension in report.frame.parts:
        assert len(tables.by(dimension)) > 0
    assert len(tables.sensitivity()) > 0
    assert len(list(report.figures())) == len(tables.figures)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"year": "2025/26", "period_basis": "period"},
        {"proxy_set": "proxy-set-demo2026"},
        {"deflator": "prices.csv", "prices_of": 2025},
    ],
)
def test_a_report_can_be_pickled_and_says_the_same_elsewhere(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prices.csv").write_text("calendar_year,index\n2025,100\n2026,103\n", encoding="utf-8")
    with opened(url) as exchange:
        report = exchange.leverage(**asked)
    elsewhere = pickle.loads(pickle.dumps(report))  # noqa: S301 - our own
    apart = pickle.loads(pickle.dumps(report.by("measure")))  # noqa: S301 - our own

    assert elsewhere == report
    assert [*elsewhere.figures()] == [*report.figures()]
    assert [*apart.figures()] == [*report.by("measure").figures()]
    for dimension in report.frame.parts:
        assert elsewhere.parted(dimension) == report.parted(dimension)
    assert len(tables_of(elsewhere).sensitivity()) > 0


def test_a_closed_ledger_is_not_read(url: str) -> None:
    exchange = opened(url)
    exchange.close()
    exchange.close()
    with pytest.raises(NotRead, match="closed: open it again"):
        exchange.leverage()
    with pytest.raises(NotRead):
        _ = exchange.views


def test_closing_leaves_no_thread_and_no_connection(url: str) -> None:
    before = threading.active_count()
    for _ in range(3):
        with opened(url) as exchange:
            exchange.leverage(procurement=ESTATES)

    assert threading.active_count() == before


def test_several_threads_ask_one_ledger(exchange: Exchange) -> None:
    questions = [None, ESTATES, None, ESTATES, ESTATES, None]
    together = threading.Barrier(3, timeout=60)

    def ask(procurement: str | None) -> str:
        together.wait()
        return str(exchange.leverage(procurement=procurement).headline)

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(ask, questions))

    assert len(set(told)) == 2
    assert [one.startswith("£222.00") for one in told] == [q is not None for q in questions]


def test_opening_imports_nothing_that_only_reading_needs(tmp_path: Path) -> None:
    program = (
        "import sys, svx_ledger\n"
        "assert not [m for m in sys.modules if m.startswith('svx_ledger.')], 'import'\n"
        f"with svx_ledger.open_ledger('sqlite:///{tmp_path / 'x.db'}', create=True): pass\n"
        "heavy = ('svx_ledger.projections', 'svx_ledger.intake', 'svx_ledger.exports')\n"
        "print([m for m in sys.modules if m.startswith((*heavy, 'nanoarrow', 'duckdb'))])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "[]\n"
