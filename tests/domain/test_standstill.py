"""The mandatory standstill on dates that lawyers would check."""

from datetime import date

import pytest

from svx_ledger.domain.standstill import Standstill, standstill

ENGLAND_AND_WALES = frozenset(
    [
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
    ]
)
UNION = ENGLAND_AND_WALES | {
    date(2026, 3, 17),  # St Patrick's Day
    date(2026, 7, 13),  # the Boyne
    date(2026, 8, 3),  # summer in Scotland
    date(2026, 11, 30),  # St Andrew's Day
    date(2027, 1, 4),  # 2 January in Scotland, which is a Saturday
}


@pytest.mark.parametrize(
    ("published_on", "first_day", "last_day", "last_day_of_the_union"),
    [
        ("2026-03-02", "2026-03-02", "2026-03-11", "2026-03-11"),
        ("2026-03-10", "2026-03-10", "2026-03-19", "2026-03-20"),
        ("2026-11-23", "2026-11-23", "2026-12-02", "2026-12-03"),
        ("2026-12-21", "2026-12-21", "2027-01-04", "2027-01-05"),
        ("2026-03-07", "2026-03-09", "2026-03-18", "2026-03-19"),  # a Saturday
    ],
)
def test_the_standstill_is_eight_working_days_from_the_notice(
    published_on: str, first_day: str, last_day: str, last_day_of_the_union: str
) -> None:
    published = date.fromisoformat(published_on)
    first = date.fromisoformat(first_day)

    assert standstill(published, ENGLAND_AND_WALES) == Standstill(
        first, date.fromisoformat(last_day)
    )
    assert standstill(published, UNION) == Standstill(
        first, date.fromisoformat(last_day_of_the_union)
    )


def test_a_notice_on_a_bank_holiday_counts_from_the_next_working_day() -> None:
    good_friday = date(2026, 4, 3)

    assert standstill(good_friday, ENGLAND_AND_WALES) == Standstill(
        date(2026, 4, 7), date(2026, 4, 16)
    )
