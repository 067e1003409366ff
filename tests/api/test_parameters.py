"""Parameters of an address: what is of their form is read, and nothing else."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import pytest
from fastapi import Request

from svx_ledger.api.parameters import (
    Cursor,
    Parameter,
    Position,
    Recorded,
    Unfit,
    read,
    read_parameters,
)
from svx_ledger.api.reads.leverage_scope import SCOPE
from svx_ledger.api.refusals import Declined
from svx_ledger.domain.form import AuctionId, Between, Code, Length
from svx_ledger.eventlog.malformed import Malformed

Size = Annotated[int, Between(1, 1000)]
Text = Annotated[str, Length(1, 5)]
MOMENT = datetime | date


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (AuctionId, "auction-8f3k2m7q", "auction-8f3k2m7q"),
        (Size, "1", 1),
        (Size, "1000", 1000),
        (Position, "0", 0),
        (Recorded, "1", 1),
        (date, "2026-02-28", date(2026, 2, 28)),
        (datetime, "2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (datetime, "2026-03-31T12:00:00.5Z", datetime(2026, 3, 31, 12, 0, 0, 500_000, UTC)),
        (datetime, "2026-03-31T12:00:00+01:00", datetime(2026, 3, 31, 11, tzinfo=UTC)),
        (MOMENT, "2026-03-31", date(2026, 3, 31)),
        (MOMENT, "2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (bool, "true", True),
        (bool, "false", False),
        (Literal["a", "b"], "b", "b"),
        (Text, "añb", "añb"),
        (Cursor, "abcdefgh", "abcdefgh"),
    ],
)
def test_what_is_of_the_form_is_read(form: Any, text: str, value: Any) -> None:
    assert read(form, text) == value
    assert type(read(form, text)) is type(value)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (AuctionId, "award-8f3k2m7q"),
        (AuctionId, "auction-8f3k2m7q\n"),
        (AuctionId, ""),
        (Size, "0"),
        (Size, "1001"),
        (Size, "+1"),
        (Size, "1.0"),
        (Size, "01"),
        (Size, "\u0661"),
        (Size, " 1"),
        (Position, "-1"),
        (Position, "9" * 17),
        (date, "2026-02-30"),
        (date, "20260228"),
        (date, "2026-W09-6"),
        (datetime, "2026-03-31"),
        (datetime, "2026-03-31T12:00:00"),
        (datetime, "2026-03-31T12:00:00-00:00"),
        (datetime, "2026-03-31T12:00:00 01:00"),
        (datetime, "2026-03-31T25:00:00Z"),
        (Recorded, "0"),
        (MOMENT, "yesterday"),
        (bool, "True"),
        (bool, "1"),
        (Literal["a", "b"], "c"),
        (Text, ""),
        (Text, "abcdef"),
        (Text, " ab"),
        (Text, "a\u202eb"),
        (Cursor, "abc=defg"),
    ],
)
def test_nothing_else_is(form: Any, text: str) -> None:
    with pytest.raises((Unfit, Malformed, ValueError)):
        read(form, text)


def test_a_parameter_is_documented_with_its_form() -> None:
    one = Parameter(name="size", form=Size, meaning="How many.", default=5)

    assert one.documented() == {
        "name": "size",
        "in": "query",
        "required": False,
        "description": "How many.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 5},
    }


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Size, "a whole number in digits, from 1 to 1000"),
        (bool, "true or false"),
        (Literal["a", "b"], "one of these: a, b"),
        (AuctionId, "the name of an auction: auction- and 4 to 32 small letters and digits"),
        (Text, "text of 1 to 5 characters"),
        (Code, "1 to 64 letters, digits and ._/- that begin with a letter or digit"),
        (date, "A day: YYYY-MM-DD."),
    ],
)
def test_a_fault_says_in_words_what_should_stand_there(form: Any, words: str) -> None:
    assert Parameter(name="one", form=form, meaning="One.").fault == ("/query/one", words)


def test_of_what_is_known_nothing_else_is_taken() -> None:
    one = Parameter(name="code", form=Code, meaning="Of it.", known={"roof"})

    def given(text: str) -> dict[str, Any]:
        query = f"code={text}".encode()
        return read_parameters(Request({"type": "http", "query_string": query}), (one,))

    assert given("roof") == {"code": "roof"}
    with pytest.raises(Declined) as refused:
        given("root")
    assert refused.value.problem.faults == (one.fault,)


def test_a_time_in_an_address_says_how_its_offset_is_written() -> None:
    for form in (datetime, MOMENT):
        _, words = Parameter(name="at", form=form, meaning="When.").fault

        assert "2026-12-01T10:30:00.5+01:00" in words
        assert "A + is written %2B" in words


def test_what_leverage_is_known_at_begins_with_the_first_position() -> None:
    (known_at,) = (one for one in SCOPE if one.name == "known_at")

    assert known_at.documented()["schema"]["minimum"] == 1
    assert known_at.fault[1].startswith("a whole number in digits, from 1 to ")
    with pytest.raises(Unfit):
        read(known_at.form, "0")
