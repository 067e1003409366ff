"""Instants from outside: RFC 3339 in any offset is read; what is stored has one spelling."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.eventlog.commands import command_bytes, read_command
from svx_ledger.eventlog.given_times import given_instant
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.record import Row, Unreadable, read_record
from tests.domain.auction.test_drafting import DRAFT
from tests.domain.test_api_key import ISSUE
from tests.golden import golden

NOON = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
MINUTES_OF_A_DAY = 24 * 60


@st.composite
def spelt(draw: st.DrawFn) -> tuple[datetime, str]:
    """An instant, and one of the texts that name it."""
    minutes = draw(st.integers(1 - MINUTES_OF_A_DAY, MINUTES_OF_A_DAY - 1))
    first, last = datetime(1, 1, 2, tzinfo=None), datetime(9999, 12, 30, tzinfo=None)  # noqa: DTZ001
    at = draw(st.datetimes(first, last, timezones=st.just(UTC)))
    microsecond = draw(st.sampled_from([at.microsecond, 0, 500_000, 120]))
    at = at.replace(microsecond=microsecond)
    local = at.astimezone(timezone(timedelta(minutes=minutes)))
    fraction = f"{at.microsecond:06}"
    shortest = len(fraction.rstrip("0"))
    places = draw(st.integers(shortest, 6))
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{hours:02}:{rest:02}"
    if minutes == 0:
        offset = draw(st.sampled_from(["Z", "+00:00"]))
    clock = local.replace(tzinfo=None).isoformat(timespec="seconds")
    return at, clock + (f".{fraction[:places]}" if places else "") + offset


@given(spelt())
def test_any_spelling_of_an_instant_is_that_instant(said: tuple[datetime, str]) -> None:
    at, text = said

    assert given_instant(text) == at
    assert given_instant(text).tzinfo is UTC


@given(spelt())
def test_any_spelling_of_an_instant_is_the_same_command(said: tuple[datetime, str]) -> None:
    at, text = said
    for command, place in (
        (replace(ISSUE, expires_at=at), ("expires_at",)),
        (replace(DRAFT, terms=replace(DRAFT.terms, opens_at=at)), ("terms", "opens_at")),
    ):
        written = command_bytes(command)
        message = json.loads(written)
        _put(message["data"], place, text)

        assert command_bytes(read_command(json.dumps(message).encode())) == written


def _put(data: dict[str, Any], place: tuple[str, ...], value: str) -> None:
    *path, last = place
    for name in path:
        data = data[name]
    assert last in data
    data[last] = value


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T09:30:00Z",
        "2026-12-01T09:30:00.000000Z",
        "2026-12-01T10:30:00+01:00",
        "2026-12-01T09:30:00+00:00",
        "2026-12-01T04:00:00.0-05:30",
        "2026-12-02T09:29:00+23:59",
    ],
)
def test_half_past_nine_has_many_spellings(text: str) -> None:
    assert given_instant(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-01T09:30:00", "2026-12-01T09:30Z", "2026-12-01", "2026-12-01 09:30:00Z"),
        *("2026-12-01t09:30:00Z", "2026-12-01T09:30:00z", "2026-12-01T09:30:00.Z"),
        *("2026-12-01T09:30:00.0000000Z", "2026-12-01T09:30:00,5Z", "20261201T093000Z"),
        *("2026-12-01T09:30:60Z", "2026-12-01T24:00:00Z", "2026-12-01T09:60:00Z"),
        *("2026-12-01T09:30:00-00:00", "2026-12-01T09:30:00+24:00", "2026-12-01T09:30:00+0100"),
        *("2026-12-01T09:30:00+01", "2026-12-01T09:30:00+01:60", "2026-12-01T09:30:00 01:00"),
        *("2026-02-29T09:30:00Z", "2026-13-01T09:30:00Z", "0000-01-01T00:00:00Z"),
        *("0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-W49-2T09:30:00Z"),
        *("2026-12-01T09:30:00Z\n", " 2026-12-01T09:30:00Z", "٢٠٢٦-12-01T09:30:00Z", ""),
        *(None, 7, 1.5, True, [], {}),
    ],
    ids=repr,
)
def test_what_is_no_instant_with_its_offset_is_refused(text: Any) -> None:
    with pytest.raises(Malformed, match="bad-time"):
        given_instant(text)


def test_a_refused_time_is_told_its_form() -> None:
    message = json.loads(command_bytes(ISSUE))
    message["data"]["expires_at"] = "2027-01-01"
    with pytest.raises(Malformed, match="bad-time at /data/expires_at") as caught:
        read_command(json.dumps(message).encode())

    assert "2026-12-01T10:30:00.5+01:00" in str(caught.value.refusal().facts["form"])
    assert "2027-01-01" not in str(caught.value.refusal().facts)


def short(text: str) -> str:
    return text.replace(".000000Z", "Z")


def in_summer_time(text: str) -> str:
    return text.replace("Z", "+00:00")


@pytest.mark.parametrize("spelling", [short, in_summer_time])
@pytest.mark.parametrize(
    ("type_", "field"),
    [("api-key-issued.v1", "data"), ("auction-drafted.v1", "data"), ("need-approved.v1", "")],
)
def test_a_record_with_another_spelling_is_damaged(
    type_: str, field: str, spelling: Callable[[str], str]
) -> None:
    line = next(line for line in golden() if line.type == type_)
    plain = json.loads(line.record)
    row = Row(plain["position"], plain["stream"], plain["version"], type_, line.record)
    read_record(row)

    if field:
        said = json.dumps(plain["data"])
        assert spelling(said) != said
        plain["data"] = json.loads(spelling(said))
    else:
        plain["recorded_at"] = plain["recorded_at"][:19] + spelling(".000000Z")
    with pytest.raises(Unreadable, match="bad-time"):
        read_record(row._replace(record=json.dumps(plain).encode()))
