"""The fast way of reading records reads what the strict one reads."""

import re
import string
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.kind import Event
from svx_ledger.eventlog import narrow, record
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.narrow import Reader
from svx_ledger.eventlog.private_fields import private_fields
from svx_ledger.eventlog.record import (
    CommandRef,
    Row,
    Trace,
    Unreadable,
    read_record,
    write_record,
)
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES, stored_name, upcast
from tests.golden import golden
from tests.strategies import values_of

FAST = Reader()
GOLDEN = [one.row for one in golden()]
BID = next(row for row in GOLDEN if row.type == "bid-accepted.v1")

ENVELOPE = (
    "position",
    "stream",
    "version",
    "type",
    "recorded_at",
    "actor",
    "command",
    "trace",
    "salt",
)


class Fallen(Reader):
    """A reader that fails where it would have to ask the strict codec."""

    def strictly(self, row: Any) -> Any:
        raise AssertionError(f"not read narrowly: {row}")


def refusal(read: Callable[[Row], Any], row: Row) -> str | None:
    """With what words a row is refused; None where it is read."""
    try:
        read(row)
    except Unreadable as why:
        return str(why)
    return None


def assert_alike(row: Row, reader: Reader = FAST) -> None:
    """See that both ways read a row alike, or refuse it alike."""
    why = refusal(read_record, row)
    if why is not None:
        assert refusal(reader.read, row) == why
        return
    strict = read_record(row)
    at, event = reader.read(row)
    assert event == strict.event
    assert type(event) is type(strict.event)
    assert repr(event) == repr(strict.event)
    for name in ENVELOPE:
        assert getattr(at, name) == getattr(strict, name), name
    assert at.recorded_at.tzinfo is UTC


def recorded(event: Event, actor: Actor, trace: dict[str, str], at: datetime) -> Row:
    return write_record(
        position=7,
        stream="need-abcd",
        version=3,
        recorded_at=at,
        actor=shape_of(Actor).encode(actor),
        command=CommandRef("c1", "DoThis", "0" * 64, 1, 2),
        trace=trace,
        prev=bytes(32),
        salt=bytes(16),
        event=event,
    )


def altered(row: Row, change: dict[str, Any]) -> Row:
    plain = orjson.loads(row.record) | change
    return row._replace(record=canonical(plain))


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row.type)
def test_every_golden_record_is_read_alike_and_narrowly(row: Row) -> None:
    assert_alike(row, Fallen())


@pytest.mark.parametrize("name", TYPES)
@given(st.data())
@settings(max_examples=10)
def test_whatever_the_codec_writes_is_read_alike_and_narrowly(
    name: str, data: st.DataObject
) -> None:
    trace = shape_of(Trace).encode(data.draw(values_of(Trace)))
    actor = data.draw(values_of(Actor))
    at = data.draw(st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    event = data.draw(values_of(TYPES[name]))
    assert_alike(recorded(event, actor, trace, at), Fallen())


@given(st.sampled_from(GOLDEN), st.data())
def test_a_record_with_bytes_altered_is_read_alike_or_only_its_form_is_wrong(
    row: Row, data: st.DataObject
) -> None:
    record = bytearray(row.record)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(record) - 1))
        how = data.draw(st.sampled_from(["set", "cut", "add"]))
        byte = data.draw(st.sampled_from(string.printable.encode()) | st.integers(0, 255))
        if how == "add":
            record.insert(at, byte)
        elif how == "cut":
            del record[at]
        else:
            record[at] = byte
    assert_alike_or_form(row._replace(record=bytes(record)))


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(st.sampled_from(GOLDEN), st.data())
def test_a_record_with_a_value_altered_is_read_alike_or_only_its_form_is_wrong(
    row: Row, data: st.DataObject
) -> None:
    plain = orjson.loads(row.record)
    inside = data.draw(st.sampled_from(["data", "data", "command", "actor", ""]))
    of = plain[inside] if inside else plain
    name = data.draw(st.sampled_from([*of, "unheard_of"]))
    if data.draw(st.booleans()) or name not in of:
        of[name] = data.draw(VALUES)
    else:
        del of[name]
    assert_alike_or_form(row._replace(record=canonical(plain)))


FORM = re.compile(
    r": (?:[a-z0-9.-]+: (?:bad-[a-z]+|unknown-field|wrong-type)|its envelope: bad-[a-z]+)"
    r"(?: at /|$)"
)
"""What is left to the audit: values of the right type in a form that nobody wrote, fields that
nobody knows, null for an absent field, a number for a decimal."""


def assert_alike_or_form(row: Row) -> None:
    why = refusal(read_record, row)
    if why is None or refusal(FAST.read, row) is not None:
        assert_alike(row)
    else:
        assert FORM.search(why) or not _is_text(row.record), why


def _is_text(record: bytes) -> bool:
    """Whether it is UTF-8; in fields that nobody knows the fast way does not look."""
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_columns_that_do_not_say_what_the_bytes_say_are_refused() -> None:
    for row in (
        BID._replace(position=BID.position + 1),
        BID._replace(stream="auction-other"),
        BID._replace(version=BID.version + 1),
        BID._replace(type="bid-withdrawn.v1"),
    ):
        with pytest.raises(Unreadable, match="columns do not say"):
            FAST.read(row)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"svx": 2}, "columns do not say"),
        ({"data": {}}, "missing-field"),
        ({"actor": {"id": "p", "role": "king"}}, "wrong-type"),
        ({"actor": {"id": "p", "role": "public", "x": 1}}, "unknown-field"),
        ({"actor": {"id": "P P", "role": "public"}}, "bad-form"),
        ({"command": {}}, "envelope"),
        ({"recorded_at": "yesterday"}, "bad-time"),
        ({"recorded_at": "2026-01-01T00:00:00"}, "bad-time"),
    ],
)
def test_what_is_malformed_is_refused_with_the_words_of_the_strict_codec(
    change: dict[str, Any], why: str
) -> None:
    row = altered(BID, change)
    with pytest.raises(Unreadable, match=why):
        FAST.read(row)
    assert_alike(row)


def test_a_type_that_nobody_knows_is_refused_even_where_nobody_takes_it() -> None:
    row = altered(BID, {"type": "unheard-of.v1"})._replace(type="unheard-of.v1")
    for reader in (Reader(), Reader(takes=())):
        with pytest.raises(Unreadable, match="unknown-type"):
            reader.read(row)


def test_a_private_text_in_a_record_is_refused() -> None:
    cls = next(cls for cls in TYPES.values() if private_fields(cls))
    (field, *_) = private_fields(cls)
    row = next(row for row in GOLDEN if row.type == stored_name(cls) and field in _data(row))
    told = {"salt": "0" * 64, "text": "her name"}
    for said in (told, told | {"commitment": "0" * 64}, {}):
        with pytest.raises(Unreadable):
            FAST.read(altered(row, {"data": _data(row) | {field: said}}))


def test_events_that_nobody_takes_are_not_decoded() -> None:
    at, event = Reader(takes=()).read(altered(BID, {"data": {"un": "read"}}))

    assert event is None
    assert (at.position, at.type) == (BID.position, BID.type)


def test_an_old_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    old = altered(BID, {"type": "bid-accepted.v0"})._replace(type="bid-accepted.v0")
    upcasts = {"bid-accepted.v0": ("bid-accepted.v1", lambda data: data)}
    monkeypatch.setattr(narrow, "UPCASTS", upcasts)
    monkeypatch.setattr(record, "upcast", partial(upcast, upcasts=upcasts))

    at, event = Reader().read(old)

    assert event == read_record(BID).event
    assert at.type == "bid-accepted.v0"


def test_many_actors_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow, "_KNOWN_ACTORS", 3)
    reader = Reader()
    for number in range(10):
        actor = {"id": f"person-{number}", "role": "public"}
        at, _ = reader.read(altered(BID, {"actor": actor}))
        assert at.actor == Actor(id=f"person-{number}", role="public")
    assert len(reader._actors) <= 3


def _data(row: Row) -> dict[str, Any]:
    data = orjson.loads(row.record)["data"]
    assert isinstance(data, dict)
    return data
