"""Numbers, versions and types in addresses and headers: what is read is what is documented."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest

from svx_ledger.api.document.components import HEADERS, PARAMETERS
from svx_ledger.api.document.done import DONE_EVENT
from svx_ledger.api.written import MOST_POSITION, NUMBER, position_of, version_in, whole
from svx_ledger.eventlog.types import TYPES, UPCASTS

from .served import served


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", 0), ("1", 1), ("10", 10), (str(MOST_POSITION), MOST_POSITION)),
        *((text, None) for text in ("", "01", "0001", "00", "+1", "-1", " 1", "1\n", "\u0661")),
        *((text, None) for text in ("1.0", "1e3", "\u00b2", "9" * 17)),
        *((str(MOST_POSITION - less), MOST_POSITION - less) for less in (1, 91, 10**8, 10**15)),
        *((str(MOST_POSITION + more), None) for more in (1, 9, 10**8, 10**14)),
        *(("9" * 15, 10**15 - 1), ("9" * 16, None)),
    ],
)
def test_a_number_is_written_in_one_way(text: str, number: int | None) -> None:
    pattern = HEADERS["Position"]["schema"]["pattern"]

    assert whole(text) == number
    assert position_of(text) == (number or 0)
    assert bool(re.fullmatch(pattern[1:-1], text)) == (number is not None)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        *(('"0"', 0), ('"7"', 7), ('"7-0123456789abcdef"', 7)),
        (f'"{MOST_POSITION}"', MOST_POSITION),
        *((f'"{MOST_POSITION + 1}{digest}"', None) for digest in ("", "-0123456789abcdef")),
        *((tag, None) for tag in ("7", '"07"', '"7-"', '"-1"', 'W/"7"', '"7" ', '"1", "7"')),
    ],
)
def test_a_version_is_taken_as_it_is_documented(tag: str, version: int | None) -> None:
    for name in ("IfMatch", "IfMatchRequired"):
        pattern = PARAMETERS[name]["schema"]["pattern"]

        assert bool(re.fullmatch(pattern[1:-1], tag)) == (version is not None)
    assert version_in(tag) == version


def test_the_documented_pattern_is_exact_at_every_digit() -> None:
    form = re.compile(NUMBER)
    steps = {times * 10**place for place in range(17) for times in range(11)}
    near = {MOST_POSITION + step for step in steps} | {MOST_POSITION - step for step in steps}
    numbers = [number for number in near | steps if number >= 0]

    wrong = [n for n in numbers if bool(form.fullmatch(str(n))) != (n <= MOST_POSITION)]
    assert wrong == []
    assert len(numbers) > 300


def test_every_type_is_of_the_form_of_types() -> None:
    form = re.compile(DONE_EVENT["properties"]["type"]["pattern"])

    assert [name for name in (*TYPES, *UPCASTS) if not form.search(name)] == []
    assert not form.search("bid-accepted.v0")


def test_addresses_hold_to_these_forms(tmp_path: Path) -> None:
    async def ask() -> list[httpx2.Response]:
        with served(tmp_path) as one:
            async with one.client() as client:
                return [await client.get(path) for path in paths]

    unknown = "type=bid-acceptet.v1"
    paths = (
        *("/events/1", "/events/0001", "/events/1/receipt", "/events/0001/receipt"),
        *("/trail?type=bid-accepted.v1", f"/events?{unknown}", f"/trail?{unknown}"),
    )
    event, padded, receipt, padded_receipt, trail, feed, wrong_trail = asyncio.run(ask())

    assert (event.status_code, padded.status_code) == (200, 404)
    assert receipt.json()["type"] == "/problems/log-without-key"
    assert padded_receipt.json()["type"] == "/problems/no-such-thing"
    assert (trail.status_code, trail.json()) == (200, {"items": []})
    assert (feed.status_code, wrong_trail.status_code) == (422, 422)
    said = {
        "pointer": "/query/type",
        "detail": "a type of docs/events.md, such as bid-accepted.v1",
    }
    assert feed.json()["errors"] == wrong_trail.json()["errors"] == [said]
