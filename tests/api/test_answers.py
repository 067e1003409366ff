"""Schemas of answers: they allow what `plain_of` writes, and say what is always there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.api.document.answers import schema_of_answer, schema_of_list
from svx_ledger.api.document.naming import name_of
from svx_ledger.api.document.patterns import DIALECT, Schema
from svx_ledger.domain.form import AuctionId, Between, Pence
from svx_ledger.domain.kind import Event
from svx_ledger.domain.private import Private
from svx_ledger.domain.procurement.events import Lot
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.projections.elsewhere import AwardElsewhere
from svx_ledger.projections.lists.bought import ListedContract
from svx_ledger.projections.register import RegisteredAward
from svx_ledger.projections.trail_lines import Line as TrailLine


class Row(NamedTuple):
    """A row of a table."""

    auction_id: AuctionId
    value_pence: Pence
    rank: int | None
    share: Decimal
    at: datetime
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report of rows.

    Its `parts` may be reports again.
    """

    stage: Literal["awarded", "confirmed"]
    rows: tuple[Row, ...]
    by_year: Mapping[str, tuple[Row, ...]] | None
    pair: tuple[int, str | None]
    value: int | Decimal | None
    words: frozenset[str]
    whole: bool
    level: Literal[1, "x"] = 1
    parts: "tuple[Report, ...]" = ()
    text: Private | None = None
    anything: Any = None


class Undocumented(NamedTuple):  # noqa: D101 - that is what is tried
    inside: int


INSTANTS = st.datetimes(timezones=st.just(UTC))
EXACT = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9))
ROWS = st.builds(
    Row,
    auction_id=st.sampled_from(["auction-abcd", "auction-0000"]),
    value_pence=st.integers(0, 10**15),
    rank=st.none() | st.integers(),
    share=EXACT,
    at=INSTANTS,
    on=st.none() | st.dates(),
)
REPORTS: st.SearchStrategy[Report] = st.deferred(
    lambda: st.builds(
        Report,
        stage=st.sampled_from(["awarded", "confirmed"]),
        rows=st.lists(ROWS, max_size=3).map(tuple),
        by_year=st.none() | st.dictionaries(st.text(), st.lists(ROWS, max_size=2).map(tuple)),
        pair=st.tuples(st.integers(), st.none() | st.text()),
        value=st.none() | st.integers() | EXACT,
        words=st.frozensets(st.text()),
        whole=st.booleans(),
        level=st.sampled_from([1, "x"]),
        parts=st.just(()) | st.lists(REPORTS, max_size=2).map(tuple),
        text=st.none() | st.just(Private(text="Seen.", commitment="0" * 64)),
        anything=st.none() | st.integers(),
    )
)


def allows(schema: Schema) -> Callable[[Any], bool]:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid


@given(REPORTS)
def test_what_is_answered_is_as_its_schema_says(report: Report) -> None:
    assert allows(schema_of_answer(Report))(plain_of(report))
    assert allows(schema_of_answer(tuple[Report, ...]))(plain_of((report, report)))
    assert allows(schema_of_answer(Report | None))(plain_of(report))


def test_a_field_that_may_be_none_is_not_required_and_never_null() -> None:
    row = schema_of_answer(Row)["$defs"]["Row"]

    assert row["required"] == ["auction_id", "value_pence", "share", "at"]
    assert row["properties"]["rank"] == {"type": "integer"}
    assert row["properties"]["auction_id"]["pattern"] == "^(?:auction-[0-9a-z]{4,32})$"
    assert "additionalProperties" not in row


def test_a_schema_says_what_its_class_means_where_somebody_wrote_it() -> None:
    schema = schema_of_answer(Report)
    undocumented = schema_of_answer(Undocumented)["$defs"]["Undocumented"]

    assert schema["$ref"] == "#/$defs/Report"
    assert schema["$defs"]["Report"]["description"].startswith("A report of rows.")
    assert "description" not in undocumented


def test_a_part_is_called_as_its_class_is_wherever_that_stands() -> None:
    class TenderRow(NamedTuple):
        rank: int

    class TenderPage(NamedTuple):
        tender: TenderRow

    assert name_of(Report) == "Report"
    assert name_of(TenderRow) == "Tender"
    assert name_of(TenderPage) == "TenderView"
    assert name_of(TrailLine) == "TrailLine"  # not `Line`, which others are
    assert name_of(Lot) == "RecordedLot"  # as `Lot` is what a command has of it
    assert name_of(RegisteredAward | AwardElsewhere) == "RegisterEntry"
    assert name_of(Report | Row) is None


def test_two_parts_of_one_name_are_refused() -> None:
    pair: Any = tuple
    others = make_dataclass("Report", [("rows", int)])

    with pytest.raises(TypeError, match="called Report"):
        schema_of_answer(pair[Report, others])


def test_a_list_is_called_after_its_items() -> None:
    assert schema_of_list(Row)["title"] == "RowList"
    assert schema_of_list(ListedContract)["title"] == "ContractList"
    assert schema_of_list(RegisteredAward | AwardElsewhere)["title"] == "RegisterEntryList"
    assert "title" not in schema_of_list(int | str)


def test_what_is_wrong_is_not_allowed() -> None:
    at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    row = plain_of(Row("auction-abcd", 5, 1, Decimal("0.5"), at))
    fits = allows(schema_of_answer(Row))
    wrong = (
        {"auction_id": "need-abcd"},
        {"value_pence": "5"},
        {"rank": None},
        {"share": 0.5},
        {"share": "0.50"},
        {"share": "1e3"},
        {"at": "2026-06-01T09:00:00Z"},
        {"on": "2026-02-30"},
    )

    assert fits(row)
    assert fits(row | {"more": 1})
    assert [change for change in wrong if fits(row | change)] == []
    assert not fits({name: value for name, value in row.items() if name != "at"})


def test_a_page_of_a_list_has_items_and_perhaps_a_next_one() -> None:
    fits = allows(schema_of_list(Row))
    row = plain_of(Row("auction-abcd", 5, 1, Decimal(1), datetime(2026, 6, 1, tzinfo=UTC)))

    assert fits({"items": [row, row], "next": "abc"})
    assert fits({"items": []})
    assert not fits({"items": [{}]})
    assert not fits({"next": "abc"})
    assert not fits([row])


@pytest.mark.parametrize("hint", [bytes, type, complex, tuple[bytes, ...]])
def test_what_is_not_written_has_no_schema(hint: Any) -> None:
    with pytest.raises(TypeError, match="is not written"):
        schema_of_answer(hint)


def test_simple_answers() -> None:
    assert schema_of_answer(Any) == {"$schema": DIALECT}
    assert schema_of_answer(Event)["type"] == "object"
    assert schema_of_answer(float)["type"] == "number"
    assert schema_of_answer(Annotated[int, Between(0, 1)])["type"] == "integer"
    assert allows(schema_of_answer(list[int | None]))([1, None])
    assert not allows(schema_of_answer(dict[str, int | None]))({"a": None})
    assert allows(schema_of_answer(tuple[int, str]))([1, "a"])
    assert not allows(schema_of_answer(tuple[int, str]))([1])
