"""Money, quantities and instants: how they are rounded and written, whoever asks."""

import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext

import pytest

from svx_ledger.domain.bounds import QUANTITY_INDIVISIBLE
from svx_ledger.domain.values import plain, pounds, round_pence, utc, value_pence


@pytest.mark.parametrize(
    ("pence", "written"),
    [
        (399_600_000, "£3,996,000.00"),
        (1, "£0.01"),
        (0, "£0.00"),
        (-1, "-£0.01"),
        (-123_456, "-£1,234.56"),
    ],
)
def test_pence_are_written_as_pounds(pence: int, written: str) -> None:
    assert pounds(pence) == written


def test_money_and_quantities_are_exact_whatever_precision_is_set_around_them() -> None:
    with localcontext(Context(prec=2)):
        assert round_pence(Decimal("123456.5")) == 123_456
        assert value_pence(Decimal("1234.5"), Decimal("16.93")) == 2_090_008
        assert plain(Decimal("1234.50")) == "1234.5"


@pytest.mark.parametrize(
    ("quantity", "written"),
    [("85.00", "85"), ("8E+1", "80"), ("-0.00", "0"), ("0E+5", "0"), ("-1.10", "-1.1")],
)
def test_a_refusal_says_a_quantity_in_one_way_however_it_came_in(
    quantity: str, written: str
) -> None:
    refused = QUANTITY_INDIVISIBLE.refuse(quantity=Decimal(quantity), of=3, unit="days")

    assert refused.facts == {"quantity": written, "of": 3, "unit": "days"}


def test_an_instant_is_written_in_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    tokyo = timezone(timedelta(hours=9))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        there = {utc(noon), utc(noon.astimezone(tokyo))}
    time.tzset()

    assert there == {"2026-07-01T12:00:00.000000Z"}
