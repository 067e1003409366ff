"""Parameters of an address: what is of their form is read, and nothing else."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import pytest

from svx_ledger.api.parameters import Cursor, Parameter, Position, Unfit, read
from svx_ledger.domain.form import AuctionId, Between, Length
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
        (date, "2026-02-28", date(2026, 2, 28)),
        (datetime, "2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (datetime, "2026-03-31T12:00:00.5Z", datetime(2026, 3, 31, 12, 0, 0, 500_000, UTC)),
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
        (datetime, "2026-03-31T12:00:00+00:00"),
        (datetime, "2026-03-31T25:00:00Z"),
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
    assert one.fault == ("/query/size", "type integer, minimum 1, maximum 1000")
