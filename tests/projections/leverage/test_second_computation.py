"""Every figure again, by plain SQL that shares no code with the engine, on a generated history.

`SVX_LEVERAGE_PLEDGES` says how many pledges (300); with 10,000 it takes minutes. The errors
that are planted at the end show that the comparison can fail.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import duckdb
import pytest

from svx_ledger import open_views
from svx_ledger.domain.present_value import Convention
from svx_ledger.projections.leverage.scope import PORTFOLIO, Scope
from svx_ledger.projections.leverage.vocabulary import DIMENSIONS, Dimension
from svx_ledger.projections.view import View

from .history import play
from .history.features import counted
from .second import SECOND, Answers, Case, by_engine, by_second, cut_of, different

PLEDGES: Final = int(os.environ.get("SVX_LEVERAGE_PLEDGES", "300"))
pytestmark = pytest.mark.timeout(120 + PLEDGES)
OWN: Final[tuple[Dimension, ...]] = ("authority", "year")
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
BOTH: Final[tuple[Convention, ...]] = ("green_book", "sroi_guide")
AUTHORITY: Final = "organisation-a000002"
SCOPES: Final[dict[str, Scope]] = {
    "an authority": Scope(authority_id=AUTHORITY),
    "an authority that acts for no force": Scope(authority_id="organisation-a000005"),
    "a procurement": Scope(procurement_id="procurement-h000008"),
    "a procurement whose auction was voided": Scope(procurement_id="procurement-h000006"),
    "a cohort": Scope(first_day=FIRST, last_day=LAST),
    "a cohort from a day": Scope(first_day=date(2026, 9, 10)),
    "a cohort up to a day": Scope(last_day=date(2026, 3, 31)),
    "a cohort of an authority": Scope(authority_id=AUTHORITY, last_day=date(2026, 12, 31)),
    "a cohort of another authority": Scope(
        authority_id="organisation-a000001", last_day=date(2026, 12, 31)
    ),
    "a cohort of a procurement without an award": Scope(
        procurement_id="procurement-h000006", last_day=date(2026, 12, 31)
    ),
    "all time by the facts' own dates": Scope(basis="period"),
    "a period": Scope(first_day=FIRST, last_day=LAST, basis="period"),
    "a period of an authority": Scope(
        authority_id=AUTHORITY, last_day=date(2026, 12, 31), basis="period"
    ),
}


class Stage(NamedTuple):
    """A history: its views, the second computation on its records, and the cuts to try."""

    view: View
    records: Path
    connection: Any
    cuts: list[tuple[datetime, int]]
    """When, and known at which position: now, then as known later, then as known then."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("second")
    ledger, records = folder / "history.db", folder / "log.jsonl"
    play(f"sqlite:///{ledger}", PLEDGES)
    SECOND.export(ledger, records)
    connection = SECOND.opened(records)
    with (
        open_views(f"sqlite:///{ledger}") as views,
        views.view(timeout=None) as view,
    ):
        yield Stage(view, records, connection, _cuts(connection))
    connection.close()


def _cuts(connection: Any) -> list[tuple[datetime, int]]:
    """Some ends of commands; as at one of them also as known later, as at another meanwhile."""
    ends = connection.execute(
        "SELECT recorded_at, max(position) FROM log GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    known = [(datetime.fromisoformat(at), position) for at, position in ends]
    early, middle, late = (
        known[n] for n in sorted(Random(5).sample(range(len(ends) // 5, len(ends)), 3))
    )
    now, head = known[-1]
    return [(now, head), (middle[0], head), (early[0], middle[1]), late]


@contextmanager
def mutated(records: Path, old: str, new: str) -> Iterator[Any]:
    """The second computation with one thing wrong."""
    sql = SECOND.SQL.read_text()
    assert sql.count(old) == 1, old
    connection = SECOND.opened(records, sql.replace(old, new))
    try:
        yield connection
    finally:
        connection.close()


def test_every_feature_is_in_the_history(stage: Stage) -> None:
    features = counted(stage.connection)
    print("\n".join(f"{many:8} {name}" for name, many in features.items()))  # noqa: T201

    assert features["pledges"] >= PLEDGES
    assert features["financial years of facts"] > 2
    assert features["financial years of first awards"] > 1
    assert not [name for name, many in features.items() if not many]


def test_the_whole_and_every_part_now(stage: Stage) -> None:
    case = Case(*stage.cuts[0], PORTFOLIO, DIMENSIONS, BOTH)
    answers = by_engine(stage.view.rows, case)

    assert different(answers, by_second(stage.connection, case)) == []
    assert {key[0] for key in answers} == {"whole", *DIMENSIONS}
    assert _sums_to_the_whole(answers)


def _sums_to_the_whole(answers: Answers) -> bool:
    """Whether parts sum to the whole, in pence: so do contributions before they are rounded."""
    whole = {key[2:]: pence for key, pence in answers.items() if key[0] == "whole"}
    for by in DIMENSIONS:
        for weight in ("gross", "net", "beyond"):
            for stage in SECOND.STAGES:
                of = [
                    int(pence or 0)
                    for key, pence in answers.items()
                    if key[0] == by and key[2:] == (stage, weight)
                ]
                if sum(of) != whole.get((stage, weight), 0):
                    return False
    return True


@pytest.mark.parametrize("n", [1, 2, 3])
def test_as_at_and_as_known_at_any_time(stage: Stage, n: int) -> None:
    case = Case(*stage.cuts[n], PORTFOLIO, OWN)
    answers = by_engine(stage.view.rows, case)

    assert different(answers, by_second(stage.connection, case)) == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope(stage: Stage, scope: str) -> None:
    case = Case(*stage.cuts[0], SCOPES[scope])
    answers = by_engine(stage.view.rows, case)

    assert different(answers, by_second(stage.connection, case)) == []


@pytest.mark.parametrize("scope", ["a cohort", "a period", "all time by the facts' own dates"])
def test_the_years_of_a_scope(stage: Stage, scope: str) -> None:
    case = Case(*stage.cuts[3], SCOPES[scope], ("year",))
    answers = by_engine(stage.view.rows, case)

    assert different(answers, by_second(stage.connection, case)) == []


@pytest.mark.parametrize(
    "columns",
    [
        ("log.csv", "recorded_at"),
        ("log.parquet", "recorded_at::TIMESTAMP AS recorded_at"),
    ],
)
def test_the_records_may_come_as_csv_or_parquet(
    stage: Stage, tmp_path: Path, columns: tuple[str, str]
) -> None:
    name, recorded_at = columns
    case = Case(*stage.cuts[0], PORTFOLIO, ("year",))
    cut = cut_of(stage.connection, case)
    stage.connection.execute(
        f"COPY (SELECT position, {recorded_at}, stream, type, data::VARCHAR AS data FROM log) "
        f"TO '{tmp_path / name}'"
    )
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE log AS SELECT position, recorded_at, stream, type, "
            f"data::JSON AS data FROM '{tmp_path / name}'"
        )
        connection.execute(SECOND.SQL.read_text())
        for dimension in ("whole", "year"):
            for ask in (SECOND.leverage, SECOND.denominators):
                assert ask(connection, dimension, cut) == ask(stage.connection, dimension, cut)


def test_an_evaluator_runs_it_on_the_ledger_itself(stage: Stage) -> None:
    ledger = stage.records.with_name("history.db")
    command = [sys.executable, str(SECOND.SQL.with_suffix(".py")), str(ledger)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answers = by_engine(stage.view.rows, Case(*stage.cuts[0]))
    headline = answers["whole", "all", "confirmed", "gross", "D1"]
    (line,) = (x for x in printed.splitlines() if x.split()[1:3] == ["confirmed", "gross"])

    assert line.split()[4] == str(headline)


ERRORS: Final = {
    "counts what is confirmed beyond what is owed": (
        "least(confirmed, awarded)",
        "confirmed",
    ),
    "counts what is claimed beyond what is owed": ("least(claimed, awarded)", "claimed"),
    "keeps the first ranking": (
        "SELECT auction, max(position) AS position FROM rankings",
        "SELECT auction, min(position) AS position FROM rankings",
    ),
    "rounds net at the total": (
        "net_pence(gross_pence, k) AS net_pence",
        "gross_pence::DECIMAL(38, 0) * k AS net_pence",
    ),
    "rounds values half up": (
        "round_even(quantity::DECIMAL(38, 6)",
        "round(quantity::DECIMAL(38, 6)",
    ),
    "rounds net half up": (
        "round_even(gross_pence::DECIMAL(38, 0) * k::DECIMAL(38, 18), 0)",
        "round(gross_pence::DECIMAL(38, 0) * k::DECIMAL(38, 18), 0)",
    ),
    "keeps approvals that were undone": (
        "FROM award_steps AS s\n    WHERE position <= until",
        "FROM award_steps AS s\n    WHERE approved AND position <= until",
    ),
    "counts voided auctions": ("'auction-voided.v1', 'auction-cancelled.v1'", "'none'"),
    "owes the reference quantity": (
        "at_rate(t.rate, coalesce(i.spend_pence, 0), t.cap, n.divisible)",
        "at_rate(t.rate, a.reference_spend_pence, t.cap, n.divisible)",
    ),
    "divides what cannot be divided": (
        "trunc(rate::DECIMAL(38, 9) * spend_pence::DECIMAL(38, 0) * 0.01)::DECIMAL(38, 6)",
        "(rate::DECIMAL(38, 9) * spend_pence::DECIMAL(38, 0) * 0.01)::DECIMAL(38, 6)",
    ),
    "leaves the first cap": ("max_by(cap, position)", "min_by(cap, position)"),
    "keeps withdrawn claims": (
        "sum(quantity) FILTER (NOT withdrawn), 0)",
        "sum(quantity), 0)",
    ),
    "keeps resolved disputes": (
        "(disputed AND NOT withdrawn AND arrived IS NULL)",
        "(disputed AND NOT withdrawn)",
    ),
    "leaves amounts uncorrected": (
        "coalesce(amount.new::HUGEINT, s.amount_pence)",
        "s.amount_pence",
    ),
    "does without administration cost": (
        "exchange + administration AS d2",
        "exchange AS d2",
    ),
    "counts in UTC": ("timezone('Europe/London',", "timezone('UTC',"),
    "leaves unallocated spend out": (
        "WHERE s.position <= until;",
        "WHERE s.position <= until AND s.procurement IS NOT NULL;",
    ),
}


@pytest.fixture(scope="module")
def engine(stage: Stage) -> Answers:
    return by_engine(stage.view.rows, Case(*stage.cuts[0], PORTFOLIO, ("year",)))


@pytest.mark.parametrize("error", ERRORS)
def test_the_comparison_finds_an_error(stage: Stage, engine: Answers, error: str) -> None:
    case = Case(*stage.cuts[0], PORTFOLIO, ("year",))
    with mutated(stage.records, *ERRORS[error]) as connection:
        assert different(engine, by_second(connection, case))


def test_the_comparison_finds_corrections_that_come_too_early(stage: Stage) -> None:
    case = Case(*stage.cuts[1])
    until = "FROM spend_corrections WHERE position <= known_at"
    engine = by_engine(stage.view.rows, case)
    with mutated(stage.records, until, until.replace("known_at", "until")) as connection:
        assert different(engine, by_second(connection, case))
