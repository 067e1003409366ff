"""What may be asked of a report, and what is said where a question means nothing."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from svx_ledger.domain.present_value import GREEN_BOOK_STPR, flat
from svx_ledger.domain.uprating import Deflator
from svx_ledger.projections.leverage.asking import NotAsked, Unknown, asked
from svx_ledger.projections.leverage.framing import Asked
from svx_ledger.projections.leverage.scope import Scope
from svx_ledger.projections.leverage.valuing import Discounting
from svx_ledger.projections.memory import Views
from svx_ledger.projections.trail_rows import TrailRows
from svx_ledger.projections.view import View
from tests.projections.deal import Deal, worked_example

DEFLATOR = Deflator(
    series="Prices (fictional)",
    source="made up",
    base="index_2024_25",
    years="financial",
    index={"2024/25": Decimal(100), "2025/26": Decimal(104)},
)
LATER = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def deal() -> Deal:
    """The worked example, and a second procurement of another authority that is registered."""
    deal = worked_example()
    Deal(deal.play, "0002").prepare()
    return deal


@pytest.fixture(scope="module")
def view(deal: Deal) -> View:
    """All of it; its own time is later than its last event."""
    views: Views = deal.play.views()
    return View(views.tables, views.position, LATER)


def recorded_at(view: View, position: int) -> datetime:
    row = TrailRows(view.rows).at(position)
    assert row is not None
    return row.recorded_at


def first_of(view: View, stream: str) -> int:
    """The position of a stream's first event."""
    return next(iter(TrailRows(view.rows).of_stream(stream))).position


def test_nothing_asked_is_everything_now(view: View) -> None:
    assert asked(view) == Asked(as_at=LATER, known_at=view.position)


def test_of_an_empty_ledger_too() -> None:
    empty = View(Views(worked_example().play).tables, 0, LATER)

    assert asked(empty) == Asked(as_at=LATER, known_at=0)


def test_a_position_alone_is_as_at_its_record(view: View) -> None:
    then = asked(view, known_at=40)

    assert (then.known_at, then.as_at) == (40, recorded_at(view, 40))


def test_an_instant_alone_is_as_known_now(view: View) -> None:
    at = datetime(2026, 7, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    then = asked(view, as_at=at)

    assert (then.known_at, then.as_at) == (view.position, at)
    assert then.as_at.tzinfo is UTC


def test_both_are_both(view: View) -> None:
    then = asked(view, as_at=LATER, known_at=1)

    assert (then.known_at, then.as_at) == (1, LATER)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 31), datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        (date(2026, 6, 30), datetime(2026, 6, 30, 22, 59, 59, 999_999, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, 59, 59, 999_999, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 59, 59, 999_999, tzinfo=UTC)),
        (date.max, datetime.max.replace(tzinfo=UTC)),
        (date.min, datetime(1, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_date_is_to_its_end_in_the_united_kingdom(
    view: View, day: date, end: datetime
) -> None:
    assert asked(view, as_at=day).as_at == end


@pytest.mark.parametrize(
    ("question", "scope"),
    [
        ({"procurement": "procurement-0001"}, Scope(procurement_id="procurement-0001")),
        ({"authority": "organisation-auth0001"}, Scope(authority_id="organisation-auth0001")),
        (
            {"procurement": "procurement-0001", "authority": "organisation-auth0001"},
            Scope(procurement_id="procurement-0001", authority_id="organisation-auth0001"),
        ),
        (
            {"first_day": date(2026, 1, 1), "last_day": date(2026, 1, 1)},
            Scope(first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)),
        ),
        ({"last_day": date(2026, 1, 1)}, Scope(last_day=date(2026, 1, 1))),
        (
            {"year": "2025/26", "period_basis": "period"},
            Scope(first_day=date(2025, 4, 1), last_day=date(2026, 3, 31), basis="period"),
        ),
        (
            {"year": "1999/00"},
            Scope(first_day=date(1999, 4, 1), last_day=date(2000, 3, 31)),
        ),
        ({"year": "0001/02"}, Scope(first_day=date(1, 4, 1), last_day=date(2, 3, 31))),
    ],
)
def test_whose_and_when(view: View, question: dict[str, Any], scope: Scope) -> None:
    assert asked(view, **question).scope == scope


def test_how_it_is_valued(view: View) -> None:
    rates = flat(Decimal("0.015"))
    guide = asked(view, rates=rates, convention="sroi_guide")
    by_set = asked(view, proxy_set="proxy-set-0002").restatement
    by_year = asked(view, deflator=DEFLATOR, prices_of=2025).restatement

    assert guide.discounting == Discounting(table=rates, convention="sroi_guide")
    assert asked(view).discounting == Discounting(table=GREEN_BOOK_STPR)
    assert by_set is not None
    assert by_set.name == "proxy set Proxies 2025 (proxy-set-0002)"
    assert by_year is not None
    assert by_year.name == "prices of 2025/26 by Prices (fictional)"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"known_at": 0}, "the first position of a log is 1: nothing is known at 0"),
        ({"as_at": datetime(2026, 7, 1)}, "as_at: an instant has its"),  # noqa: DTZ001  # that is the point
        (
            {"as_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))},
            "no clock in UTC ever shows 9999-12-31",
        ),
        ({"year": "2025"}, "'2025' is no financial year: say it as 2025/26"),
        ({"year": "2025/27"}, "no financial year"),
        ({"year": "0000/01"}, "no financial year"),
        ({"year": "9999/00"}, "no financial year"),
        ({"year": "2025/26", "first_day": date(2026, 1, 1)}, "not both"),
        ({"year": "2025/26", "last_day": date(2026, 1, 1)}, "not both"),
        (
            {"first_day": date(2026, 1, 2), "last_day": date(2026, 1, 1)},
            "the first day, 2026-01-02, is after the last, 2026-01-01",
        ),
        ({"first_day": LATER}, "first_day and last_day are whole UK days: say a date"),
        ({"last_day": LATER}, "say a date, not an instant"),
        (
            {"period_basis": "calendar"},
            "'calendar' is no basis of a period: say cohort or period",
        ),
        ({"convention": "none"}, "'none' is no convention: say green_book or sroi_guide"),
        ({"prices_of": 2025}, "prices of 2025 need a deflator"),
        ({"deflator": DEFLATOR}, "say by prices_of which year's"),
        (
            {"deflator": DEFLATOR, "prices_of": 2025, "proxy_set": "proxy-set-0001"},
            "not by both",
        ),
        (
            {"deflator": DEFLATOR, "prices_of": 2030},
            "has no index for 2030/31: it has 2024/25 to 2025/26",
        ),
        (
            {"procurement": "procurement-0001", "authority": "organisation-auth0002"},
            "is a procurement of organisation-auth0001, not of organisation-auth0002",
        ),
    ],
)
def test_what_means_nothing(view: View, question: dict[str, Any], says: str) -> None:
    with pytest.raises(NotAsked) as told:
        asked(view, **question)

    assert says in str(told.value)


@pytest.mark.parametrize(
    ("argument", "value", "are"),
    [
        ("as_at", "2026-03-31", "an instant (a datetime) or a UK date (a date)"),
        ("known_at", 5.0, "a log position, a whole number"),
        ("known_at", "5", "a log position, a whole number"),
        ("known_at", True, "a log position, a whole number"),
        ("procurement", 1, "the id of a procurement, a text"),
        ("authority", b"organisation-auth0001", "the id of an authority, a text"),
        ("first_day", "2026-03-31", "a UK date (a date)"),
        ("last_day", 20260331, "a UK date (a date)"),
        ("year", 2025, "a financial year as a text, such as '2025/26'"),
        ("period_basis", ["cohort"], "'cohort' or 'period'"),
        ("proxy_set", 2, "the id of a proxy set, a text"),
        ("deflator", {"2025/26": 104}, "a Deflator, or the name of its file"),
        ("prices_of", 2025.0, "the year in which it begins, a whole number"),
        ("rates", 0.035, "a RateTable, or the name of its file"),
        ("convention", ["green_book"], "'green_book' or 'sroi_guide'"),
    ],
)
def test_an_argument_of_another_type_is_named(
    view: View, argument: str, value: Any, are: str
) -> None:
    with pytest.raises(NotAsked) as told:
        asked(view, **{argument: value})

    says = f"{argument} is {are}, and not of the type {type(value).__name__}"
    assert str(told.value) == says


def test_a_whole_number_of_another_kind_is_one() -> None:
    class Int64:
        """A whole number as a table of numpy has it."""

        def __index__(self) -> int:
            return 5

    view = View(worked_example().play.views().tables, 9, LATER)
    known_at = asked(view, known_at=Int64()).known_at  # type: ignore[arg-type]

    assert (known_at, type(known_at)) == (5, int)


@pytest.mark.parametrize("argument", ["known_at", "prices_of"])
def test_what_only_looks_like_a_whole_number_is_named(view: View, argument: str) -> None:
    class Array:
        """Several numbers, as numpy has them."""

        def __index__(self) -> int:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")

    with pytest.raises(NotAsked, match=f"{argument} is .* not of the type Array"):
        asked(view, **{argument: Array()})  # type: ignore[arg-type]


def test_the_last_position_is_the_last_that_can_be_asked_at(view: View) -> None:
    head = view.position

    assert asked(view, known_at=head).known_at == head
    with pytest.raises(NotAsked, match=f"position {head + 1} is not on the log.*up to {head}"):
        asked(view, known_at=head + 1)


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("procurement", {"procurement": "procurement-9999"}),
        ("authority", {"authority": "organisation-nobody"}),
        ("authority", {"authority": "organisation-winner0001"}),  # it is a supplier
        ("proxy set", {"proxy_set": "proxy-set-9999"}),
    ],
)
def test_what_is_not_on_the_log(view: View, kind: str, question: dict[str, str]) -> None:
    (id_,) = question.values()
    with pytest.raises(Unknown, match=f"no {kind} {id_} ") as told:
        asked(view, **question)  # type: ignore[arg-type]

    assert (told.value.kind, told.value.id) == (kind, id_)


@pytest.mark.parametrize(
    ("kind", "id_"),
    [("procurement", "procurement-0002"), ("authority", "organisation-auth0002")],
)
def test_what_was_not_known_yet(view: View, kind: str, id_: str) -> None:
    since = first_of(view, id_)

    asked(view, known_at=since, **{kind: id_})  # type: ignore[arg-type]
    with pytest.raises(Unknown, match=f"on the log up to position {since - 1}"):
        asked(view, known_at=since - 1, **{kind: id_})  # type: ignore[arg-type]
