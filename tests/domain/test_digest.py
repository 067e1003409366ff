"""What two people approve is one hash, which anybody computes again from the records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from svx_ledger.domain.digest import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of every sort that is hashed."""

    name: str
    amount: Decimal
    until: date | None = None
    at: datetime | None = None
    parts: tuple[int, ...] = ()


def of(plain: str | list[Any] | dict[str, Any]) -> str:
    """The hash by an independent writer of canonical JSON."""
    return sha256(rfc8785.dumps(plain)).hexdigest()


@pytest.mark.parametrize(
    ("amount", "stated"),
    [
        ("10.50", "10.5"),
        ("1.00", "1"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.000001", "0.000001"),
        ("0.500", "0.5"),
        ("-2.50", "-2.5"),
        ("0", "0"),
        ("0.00", "0"),
        ("-0", "0"),
        ("0E+3", "0"),
    ],
)
def test_a_quantity_is_hashed_in_one_spelling(amount: str, stated: str) -> None:
    assert digest(Decimal(amount)) == of(stated)


def test_terms_are_hashed_as_records_state_them() -> None:
    full = Term(
        name="Cafés £",
        amount=Decimal("2.50"),
        until=date(2026, 3, 2),
        at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        parts=(1, 2),
    )

    assert digest((full, "x")) == of(
        [
            {
                "name": "Cafés £",
                "amount": "2.5",
                "until": "2026-03-02",
                "at": "2026-03-02T12:00:00.000000Z",
                "parts": [1, 2],
            },
            "x",
        ]
    )


def test_what_is_not_stated_is_not_hashed() -> None:
    assert digest(Term(name="x", amount=Decimal(1))) == of(
        {"amount": "1", "name": "x", "parts": []}
    )
