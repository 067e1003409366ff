"""What is published becomes what is stated: nothing is guessed, nothing changes in silence."""

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.domain.observation.stated import Stated, StatedMoney, StatedTime
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.intake.exact import Faulty, Unusable
from svx_ledger.intake.stating import (
    day_in,
    stated_code,
    stated_money,
    stated_text,
    stated_time,
)

ANYTHING: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just([])
    | st.just({})
    | st.dictionaries(st.sampled_from(["amount", "currency"]), st.text() | st.integers())
    | st.builds(Unusable, st.just("no"))
)


def test_a_text_stands_as_it_was_published() -> None:
    assert stated_text("Café “Quay” â€¯ Ltd") == Stated(text="Café “Quay” â€¯ Ltd")


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("two\nlines\tand  spaces ", "two lines and spaces"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        ("right\u202eleft", "right\ufffdleft"),
        ("C1\x80control", "C1\ufffdcontrol"),
        ("Cafe\u0301", "Café"),
        ("x" * 1001, "x" * 1000),
        ("x" * 999 + " yz", "x" * 999),
    ],
)
def test_a_text_that_stands_differently_here_says_so(published: str, shown: str) -> None:
    stated = stated_text(published)

    assert stated == Stated(text=shown, published_sha256=sha256(published.encode()).hexdigest())


@pytest.mark.parametrize("nothing", [None, "", "  ", "\n\u2028"])
def test_what_is_missing_is_missing(nothing: str | None) -> None:
    assert stated_text(nothing) is None
    assert stated_time(nothing) is None
    assert stated_code(nothing) is None


@pytest.mark.parametrize(
    ("text", "at", "on"),
    [
        ("2022-10-20T09:42:13+01:00", datetime(2022, 10, 20, 8, 42, 13, tzinfo=UTC), None),
        ("2022-10-20T09:42Z", datetime(2022, 10, 20, 9, 42, tzinfo=UTC), None),
        ("2017-01-01T00:00:00.123456-0600", datetime(2017, 1, 1, 6, 0, 0, 123456, UTC), None),
        ("0001-01-01T00:00:00+14:00", None, None),
        ("2022-10-20T09:42:13", None, date(2022, 10, 20)),
        ("2022-10-20", None, date(2022, 10, 20)),
        ("2022-02-30", None, None),
        ("31 March 2014", None, date(2014, 3, 31)),
        ("1st May 2014", None, date(2014, 5, 1)),
        ("31 Mar 2014", None, None),
        ("03/04/2014", None, None),
        ("31/12/2014", None, None),
        ("12 months", None, None),
    ],
)
def test_a_time_says_what_it_says_for_certain(
    text: str, at: datetime | None, on: date | None
) -> None:
    assert stated_time(text) == StatedTime(text=text, at=at, on=on)


def test_a_day_is_read_in_one_way_only() -> None:
    assert day_in("31/12/2014") is None
    assert day_in("2014-12-31") == date(2014, 12, 31)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ({}, None),
        ({"currency": "GBP"}, None),
        ({"amount": None, "currency": "GBP"}, None),
        ({"amount": 0}, StatedMoney(amount=Decimal(0))),
        (
            {"amount": Decimal("72508.80"), "currency": "GBP"},
            StatedMoney(amount=Decimal("72508.80"), currency="GBP"),
        ),
    ],
)
def test_zero_is_an_amount_and_no_amount_is_none(value: Any, expected: Any) -> None:
    assert stated_money(value) == expected


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ([], ""),
        ({"amount": "12"}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": Decimal("1e-13")}, "/amount"),
        ({"amount": 10**15}, "/amount"),
        ({"amount": 1, "currency": "Pounds"}, "/currency"),
        ({"amount": 1, "currency": 5}, "/currency"),
    ],
)
def test_what_is_no_amount_is_faulty(value: Any, pointer: str) -> None:
    with pytest.raises(Faulty) as fault:
        stated_money(value)

    assert fault.value.pointer == pointer


def test_an_identifier_is_kept_exactly_or_not_taken() -> None:
    assert stated_code(" GB-COH-4142000 ") == "GB-COH-4142000"
    assert stated_code(7) == "7"
    wrong: Any
    for wrong in (True, [], "a\u200bb", "two\nlines", "x" * 201):
        with pytest.raises(Faulty):
            stated_code(wrong)


@given(ANYTHING)
def test_whatever_is_published_is_stated_in_a_form_that_can_be_stored_or_faulty(
    value: Any,
) -> None:
    for how in (stated_text, stated_time, stated_money):
        try:
            stated = how(value)
        except Faulty:
            continue
        if stated is not None:
            encoded = shape_of(type(stated)).encode(stated)

            assert shape_of(type(stated)).decode(encoded) == stated
