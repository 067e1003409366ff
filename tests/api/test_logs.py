"""What is logged: one line each, and nothing of what was sent."""

import asyncio
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from svx_ledger.api.process.logs import Form, Log, one_line, set_up
from svx_ledger.domain.actor import Actor

from .served import Served, served

AMOUNT = "48613790"
SECRET = "c0ffee" * 10 + "abcd"
NAUGHTY = (
    '\r\n{"level":"error"}',
    "\x1b[31mred\x1b[0m\x9b1m",
    '"}\n{"event":"forged"}',
    "\u202egnp.exe",
    "\u2028line",
    f"svx_0123456789abcdef_{SECRET}",
    SECRET,
    f"£{AMOUNT}",
    AMOUNT,
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "%0d%0aSet-Cookie:%20a=b",
)
MARKS = (
    *(SECRET, AMOUNT, "forged", "\x1b", "\x9b", "\u202e", "\u2028", "passwd", "jndi", "gnp"),
    *("Set-Cookie", "svx_0123456789abcdef"),
)


@pytest.fixture
def loggers() -> Iterator[None]:
    """Leave the loggers as they were."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level
    logging.captureWarnings(capture=False)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def header(text: str) -> str | None:
    """As much of a text as a header takes."""
    kept = "".join(c for c in text if c.isprintable() and ord(c) < 256)
    return kept or None


async def everywhere(here: Served, text: str, key: str) -> None:
    """Put a text into every place that a request has."""
    path = f"/auctions/{here.auction.auction_id}/bid"
    good = {"Idempotency-Key": "a-good-key"}
    async with here.client(key) as client:
        url = httpx2.URL("http://ledger.example")
        for place in (f"/{text}", f"/auctions/{text}/bid", f"/organisations/{text}/register"):
            raw = place.encode("utf-8", "surrogatepass")
            for method in ("GET", "POST", "BREW"):
                try:
                    await client.request(method, url.copy_with(raw_path=raw), headers=good)
                except (httpx2.InvalidURL, ValueError):
                    break
        await client.get("/ready", params={text: text})
        await client.get("/me", params={"x": text})
        await client.post(path, params={"q": text}, headers=good, json={})
        named = (
            "Idempotency-Key",
            "X-Request-Id",
            "If-Match",
            "Svx-On-Behalf-Of",
            "User-Agent",
        )
        for name in (*named, "Content-Type", "Authorization", "Referer", "Host", "Cookie"):
            value = header(text)
            if value:
                wire = {name.encode(): value.encode("latin-1")}
                await client.post(path, headers={**_encoded(good), **wire}, json={})
        for body in ({text: text}, {"supplier_id": text}, {"lines": [{"quantity": text}]}):
            await client.post(path, headers=good, json=body)
        for bytes_ in (text.encode(), b'{"a":' + text.encode(), b"\xff" + text.encode()):
            await client.post(
                path, headers={**good, "Content-Type": "application/json"}, content=bytes_
            )
        bid = {
            "supplier_id": here.auction.bidders[0].organisation,
            "lines": [{"need_id": here.auction.need_ids[0], "unit": "£", "quantity": AMOUNT}],
        }
        said = await client.post(path, headers={"Idempotency-Key": "a-bid"}, json=bid)
        assert said.status_code == 200, said.text


def _encoded(headers: dict[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.usefixtures("loggers")
def test_nothing_that_was_sent_is_in_the_log_or_in_the_metrics(
    tmp_path: Path, form: Form
) -> None:
    to = io.BytesIO()
    log = set_up(form, to)
    with served(tmp_path, note=log.request) as here:
        key = here.key(here.auction.bidders[0])

        async def run() -> None:
            for text in NAUGHTY:
                await everywhere(here, text, key)

        asyncio.run(run())
        metrics = here.app.state.serving.metrics.exposition([]).decode()
    text = to.getvalue().decode()
    lines = text.splitlines()
    assert len(lines) > 200
    for mark in (*MARKS, key.rpartition("_")[2], "ledger.example"):
        assert mark not in text, [line for line in lines if mark in line][:3]
        assert mark not in metrics
    assert here.auction.auction_id not in text
    assert here.auction.auction_id not in metrics
    assert here.auction.need_ids[0] not in metrics
    if form == "json":
        said = [json.loads(line) for line in lines]
        assert {line["event"] for line in said} == {"request"}
        assert all(line["status"] < 500 for line in said)
        assert {line["key"] for line in said} >= {None}
    assert all(line.isprintable() for line in lines)


@pytest.mark.usefixtures("loggers")
def test_the_lines_of_two_bids_do_not_tell_how_many_digits_they_have(tmp_path: Path) -> None:
    to = io.BytesIO()
    log = set_up("json", to)
    with served(tmp_path, note=log.request) as here:
        for bidder, quantity in zip(here.auction.bidders[:2], ("7", AMOUNT), strict=True):
            asyncio.run(one_bid(here, bidder, quantity))
        metrics = here.app.state.serving.metrics.exposition([]).decode()
    first, second = (json.loads(line) for line in to.getvalue().splitlines())
    for line in (first, second):
        for name in ("time", "ms", "request_id", "key"):
            del line[name]

    assert first == second
    assert first["received_kib"] == first["sent_kib"] == 1
    assert "svx_requests_total" in metrics
    assert [line for line in metrics.splitlines() if re.match(r"svx_\w*bytes", line)] == []


async def one_bid(here: Served, bidder: Actor, quantity: str) -> None:
    line = {"need_id": here.auction.need_ids[0], "unit": "£", "quantity": quantity}
    async with here.client(here.key(bidder)) as client:
        said = await client.post(
            f"/auctions/{here.auction.auction_id}/bid",
            headers={"Idempotency-Key": "a-bid"},
            json={"supplier_id": bidder.organisation, "lines": [line]},
        )
    assert said.status_code == 200, said.text
    assert len(said.content) < 900  # not near the end of a KiB


@pytest.mark.usefixtures("loggers")
def test_a_failure_is_told_by_its_kind_and_place_not_by_its_words() -> None:
    to = io.BytesIO()
    set_up("json", to)
    logger = logging.getLogger("svx_ledger.somewhere")
    try:
        raise ValueError(f"the bid of £{AMOUNT}")  # noqa: TRY301 - it is what is logged
    except ValueError:
        logger.exception("it\x1b failed\nand here is why: %s", AMOUNT)
    logger.info("not said")
    logging.getLogger("uvicorn.error").info("not said")
    logging.getLogger("uvicorn.error").warning("said")
    logger.warning("does not %d fit", "x")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        set_up("json", to)  # once more: outside the test run nobody else takes warnings
        warnings.warn(f"deprecated\n{AMOUNT}", DeprecationWarning, stacklevel=1)

    first, *others = [json.loads(line) for line in to.getvalue().splitlines()]

    assert (first["event"], first["level"]) == ("it\\x1b failed", "error")
    assert first["failure"] == "ValueError"
    assert first["at"][0].startswith(f"{__file__}:")
    assert [one["event"] for one in others[:2]] == ["said", "a message that cannot be written"]
    assert [one["logger"] for one in others] == ["server", logger.name, "py.warnings"]
    assert AMOUNT not in to.getvalue().decode()


def test_who_cannot_be_written_to_is_not_waited_for() -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    Log("json", Full()).say("something")
    closed = io.BytesIO()
    closed.close()
    Log("text", closed).say("something")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain £1", "plain £1"),
        ("a\r\nb", "a\\r\\nb"),
        ("\x9b\u202e\ud800", "\\x9b\\u202e\\ud800"),
        ("x" * 600, "x" * 500 + "…"),
    ],
)
def test_a_text_from_elsewhere_is_one_printable_line(text: str, shown: str) -> None:
    assert one_line(text) == shown
