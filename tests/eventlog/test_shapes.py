"""Messages as bytes and back: exact for what is well formed, Malformed for all else.

The first half holds for every class there is, events and commands; the second half is what
somebody hostile would send.
"""

import copy
import hashlib
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svx_ledger.domain import vocabulary
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.digest import digest
from svx_ledger.domain.form import Between, Count, Digits, Length, Quantity
from svx_ledger.domain.organisation import OrganisationVerified
from svx_ledger.eventlog.canonical import canonical
from svx_ledger.eventlog.commands import command_bytes, command_from, read_command, sha256_of
from svx_ledger.eventlog.malformed import Malformed
from svx_ledger.eventlog.scalars import instant, plain_decimal, read_instant
from svx_ledger.eventlog.shapes import shape_of
from svx_ledger.eventlog.types import TYPES
from tests.domain.test_need import PROPOSE
from tests.domain.test_proxies import ADOPT
from tests.domain.test_spend import FEE
from tests.strategies import UNSEEN, spoiled, values_of

COMMANDS = list(vocabulary.COMMANDS.values())
MESSAGES = [*TYPES.values(), *COMMANDS, Actor]

every_message = pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
every_command = pytest.mark.parametrize("cls", COMMANDS, ids=lambda cls: cls.__name__)
quickly = settings(max_examples=12)  # of each of many classes

NOT_WELL_FORMED: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        "",
        " ",
        "x" * 2001,
        "\u202e",
        "e\u0301",
        "\ud800",
        b"bytes",
        0,
        -1,
        2**53,
        -(2**53),
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("-0"),
        Decimal("1E-7"),
        Decimal("1E+12"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        datetime(2026, 3, 2, tzinfo=None),  # noqa: DTZ001 - on purpose
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
        date(2026, 3, 2),
        (),
        [],
        (None,),
        ("x",) * 1001,
        {},
        {"A": 1},
        {"a": 1.5},
        {"a": "\u202e"},
        object(),
    ]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@every_message
@quickly
@given(data=st.data())
def test_what_is_written_reads_back_as_it_was_and_its_digest_is_of_these_bytes(
    cls: type[Any], data: st.DataObject
) -> None:
    value = data.draw(values_of(cls))
    text = canonical(shape_of(cls).encode(value))
    again = shape_of(cls).decode(orjson.loads(text))

    assert again == value
    assert canonical(shape_of(cls).encode(again)) == text
    assert digest(value) == hashlib.sha256(text).hexdigest()


@every_message
@quickly
@given(data=st.data())
def test_encoding_refuses_what_decoding_refuses(cls: type[Any], data: st.DataObject) -> None:
    value = data.draw(values_of(cls).flatmap(lambda value: spoiled(value, NOT_WELL_FORMED)))
    try:
        plain = shape_of(cls).encode(value)
    except Malformed:
        return

    assert shape_of(cls).decode(plain) == value


@every_message
@quickly
@given(data=st.data())
def test_whatever_is_decoded_is_well_formed_or_malformed(
    cls: type[Any], data: st.DataObject
) -> None:
    plain = shape_of(cls).encode(data.draw(values_of(cls)))
    for name in data.draw(st.lists(st.sampled_from([*plain, "unknown"]), max_size=2)):
        plain[name] = data.draw(PLAIN)
    try:
        value = shape_of(cls).decode(plain)
        written = shape_of(cls).encode(value)
    except Malformed:  # on writing, only for a character that this Python does not know
        return

    assert shape_of(cls).decode(written) == value


@every_command
@quickly
@given(data=st.data())
def test_a_command_reads_back_from_its_bytes(cls: type[Any], data: st.DataObject) -> None:
    text = command_bytes(data.draw(values_of(cls)))
    if cls.by_clock:
        with pytest.raises(Malformed, match="unknown-type at /command"):
            read_command(text)
        return

    assert command_bytes(read_command(text)) == text


@given(st.binary())
def test_arbitrary_bytes_are_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        read_command(text)


@given(data=st.data())
def test_a_command_with_a_few_bytes_changed_is_read_or_malformed(data: st.DataObject) -> None:
    text = bytearray(command_bytes(data.draw(st.sampled_from([PROPOSE, ADOPT, FEE]))))
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        command = read_command(bytes(text))
    except Malformed:
        return

    assert read_command(command_bytes(command)) == command


@given(st.sampled_from(sorted(vocabulary.COMMANDS)) | PLAIN, PLAIN)
def test_any_other_json_is_malformed(name: Any, data: Any) -> None:
    with pytest.raises(Malformed):
        command_from(name, data)


# What somebody hostile would send, by the field that it is sent in.

SECRET = "canary7"


def fault(pointer: str, value: Any) -> str:
    """The fault in PROPOSE, ADOPT or FEE with one field changed, as `rule at pointer`."""
    return refused(changed(pointer, value))


def changed(pointer: str, value: Any) -> bytes:
    command = {"proxies": ADOPT, "amount_pence": FEE}.get(pointer.split("/")[1], PROPOSE)
    message = json.loads(command_bytes(command))
    *path, last = pointer.split("/")[1:]
    place = message["data"]
    for key in path:
        place = place[int(key) if key.isdigit() else key]
    place[last] = value
    return json.dumps(message).encode()


def facts(pointer: str, value: Any) -> Mapping[str, int | str]:
    """What the refusal of that fault tells beside its rule."""
    with pytest.raises(Malformed) as caught:
        read_command(changed(pointer, value))
    return caught.value.refusal().facts


def refused(text: bytes) -> str:
    """What is wrong with a command; none of the input is in the error, nor in its traceback."""
    with pytest.raises(Malformed) as caught:
        read_command(text)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in shown
    assert SECRET not in str(caught.value.refusal())
    return str(caught.value)


def test_the_examples_are_well_formed() -> None:
    for command in (PROPOSE, ADOPT, FEE):
        assert read_command(command_bytes(command)) == command


@pytest.mark.parametrize(
    "text",
    ["12", "0", "0.000001", "-0.5", "999999999999.999999", "-1", "1.50", "1.000000000000"],
)
def test_a_decimal_is_plain_digits(text: str) -> None:
    message = json.loads(command_bytes(PROPOSE))
    message["data"]["quantity"] = text
    command = read_command(json.dumps(message).encode())

    assert command == replace(PROPOSE, quantity=Decimal(text))


@pytest.mark.parametrize(
    "text",
    [
        "1_000",
        " 5 ",
        "5\n",
        "٣",
        "\uff15",
        "1e3",
        "1E3",
        "-0",
        "-0.00",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "",
        "-",
        ".",
        ".5",
        "5.",
        "+5",
        "05",
        "--5",
        "1,000",
        "0x10",
        "½",
        "1000000000000",
        "0.0000001",
        "9" * 19,
        "9" * 5000,
        f"{SECRET}",
    ],
)
def test_a_decimal_is_nothing_else(text: str) -> None:
    assert fault("/quantity", text) == "bad-number at /data/quantity"


@pytest.mark.parametrize("value", [5, True, None, [], {}, ["5"]])
def test_a_decimal_is_sent_as_text(value: Any) -> None:
    assert fault("/quantity", value) == "wrong-type at /data/quantity"


@pytest.mark.parametrize("value", [1.5, 1e300, 2**53, 2**64, -(2**53)])
def test_no_number_of_a_message_is_inexact(value: Any) -> None:
    assert fault("/quantity", value) == "bad-number at /data/quantity"
    assert fault("/amount_pence", value) == "bad-number at /data/amount_pence"
    assert fault("/use", value) == "wrong-type at /data/use"
    assert fault("/extra", value) == "unknown-field at /data"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_has_no_word_for_is_no_number(value: Any) -> None:
    assert fault("/quantity", value) == "bad-number at /data/quantity"


@pytest.mark.parametrize(
    ("pointer", "value", "form"),
    [
        ("/project_id", "need-n001", "the name of a project: project- and 4 to 32 small"),
        ("/theme/code", "a b", "1 to 64 letters, digits and ._/- that begin with"),
        ("/use", "", "text of 1 to 2000 characters"),
        ("/use", None, "text of 1 to 2000 characters"),
        ("/quantity", 5, 'a decimal such as 12.5 (in JSON as text, "12.5"): at most 12'),
        ("/quantity", 1.5, 'a decimal such as 12.5 (in JSON as text, "12.5"): at most 12'),
        ("/needed_by", "soon", "a day that there is, as text: YYYY-MM-DD"),
        ("/amount_pence", "5", "a whole number without a point (in JSON without quotes), "),
        ("/theme", "NT11", "an object of these fields: scheme, code"),
        ("/proxies", {}, "a list of 1 to 150, each an object of these fields: measure, "),
    ],
)
def test_a_fault_says_what_should_stand_there(pointer: str, value: Any, form: str) -> None:
    assert str(facts(pointer, value)["form"]).startswith(form)


def test_an_unknown_field_is_answered_with_those_that_there_are() -> None:
    assert facts("/theme/extra", 1) == {"pointer": "/data/theme", "known": "scheme, code"}
    assert "use" in str(facts("/extra", 1)["known"])


@pytest.mark.parametrize("value", [-1, 10**15 + 1, 2**53 - 1])
def test_an_integer_is_within_its_range(value: int) -> None:
    assert fault("/amount_pence", value) == "bad-number at /data/amount_pence"


@pytest.mark.parametrize("value", ["5", True, None, []])
def test_an_integer_is_sent_as_one(value: Any) -> None:
    assert fault("/amount_pence", value) == "wrong-type at /data/amount_pence"


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_truth_value_is_sent_as_one(value: Any) -> None:
    assert fault("/proxies/1/divisible", value) == "wrong-type at /data/proxies/1/divisible"


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\t",
        "\n",
        "\r",
        "\x1b",
        "\x7f",
        "\x85",
        "\xad",
        "\u061c",
        "\u200b",
        "\u200d",
        "\u200e",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2060",
        "\u2066",
        "\ufeff",
        "\ufff9",
        "\ue000",
        "\uffff",
        "\U000e0041",
        *UNSEEN[:12],
        UNSEEN[-1],
        "e\u0301",
        "\u212b",
    ],
    ids=ascii,
)
def test_text_is_what_people_can_see(character: str) -> None:
    assert fault("/use", f"{SECRET}{character}") == "bad-text at /data/use"
    assert fault("/place/name", character) == "bad-text at /data/place/name"


def test_half_a_character_is_refused() -> None:
    assert fault("/use", f"{SECRET}\ud800") == "bad-text"


@pytest.mark.parametrize("text", ["Ysgol Tŷ Gwyn", "Ó", "中文", "🙂", "£5", "a" * 2000])
def test_text_may_be_in_any_script(text: str) -> None:
    assert shape_of(type(PROPOSE)).encode(replace(PROPOSE, use=text))["use"] == text


@pytest.mark.parametrize("text", ["", "x" * 2001, "é" * 2001])
def test_text_keeps_to_its_length(text: str) -> None:
    assert fault("/use", text) == "bad-length at /data/use"


@pytest.mark.parametrize(
    "name",
    [
        "need-n001",
        "project",
        "project-",
        "project-abc",
        "project-" + "a" * 41,
        "project-ABCD",
        "project-p001\n",
        " project-p001",
        "project-٣٣٣٣",
        "project-p001-p002",
        "Project-p001",
        f"{SECRET}@example.org",
        "",
        "a" * 60_000,
        "-a" * 30_000,
    ],
    ids=lambda name: name[:20],
)
def test_a_stream_is_named_by_its_kind(name: str) -> None:
    assert fault("/project_id", name) == "bad-name at /data/project_id"


@pytest.mark.parametrize(
    "code", ["", "a b", "-a", "a" * 65, "é", "a\n", "\u202e", f"{SECRET}!"]
)
def test_a_code_matches_its_pattern(code: str) -> None:
    assert fault("/theme/code", code) == "bad-form at /data/theme/code"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-9-1",
        "20260901",
        "01/09/2026",
        "2026-09-01T00:00:00Z",
        "٢٠٢٦-09-01",
        "",
    ],
)
def test_a_date_has_one_form(text: str) -> None:
    assert fault("/needed_by", text) == "bad-time at /data/needed_by"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00.000Z",
        "2026-03-02T12:00:00.000000",
        "2026-03-02T12:00:00.000000+00:00",
        "2026-03-02 12:00:00.000000Z",
        "2026-03-02t12:00:00.000000z",
        "2026-02-29T12:00:00.000000Z",
        "2026-03-02T24:00:00.000000Z",
        "2026-03-02T12:00:60.000000Z",
        "0000-01-01T00:00:00.000000Z",
        "2026-03-02T12:00:00.000000Z\n",
        "",
        7,
        None,
    ],
)
def test_an_instant_has_one_form(text: Any) -> None:
    with pytest.raises(Malformed, match="bad-time"):
        read_instant(text)


def test_an_instant_is_written_in_utc_with_six_digits() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    summer_time = noon.astimezone(timezone(timedelta(hours=1)))

    assert instant(noon) == instant(summer_time) == "2026-07-01T12:00:00.000000Z"
    assert read_instant("2026-07-01T12:00:00.000000Z") == noon


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([None, 0, 1, 10, 999_999]))
def test_any_instant_is_written_as_the_standard_library_does(
    value: datetime, microsecond: int | None
) -> None:
    if microsecond is not None:
        value = value.replace(microsecond=microsecond)

    assert instant(value) == value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert read_instant(instant(value)) == value


@pytest.mark.parametrize(
    "unplaced",
    [
        datetime(2026, 7, 1, 12, tzinfo=None),  # noqa: DTZ001 - on purpose
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
    ],
)
def test_an_instant_that_utc_cannot_say_is_not_written(unplaced: datetime) -> None:
    with pytest.raises(Malformed, match="bad-time"):
        instant(unplaced)


def test_a_digest_is_of_the_instant_and_not_of_the_clock_that_told_it() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert digest(noon) == digest(noon.astimezone(timezone(timedelta(hours=1))))


@pytest.mark.parametrize(
    ("value", "text"),
    [("0E-6", "0"), ("-0", "0"), ("1E+3", "1000"), ("1.500", "1.5"), ("100", "100")],
)
def test_a_decimal_is_written_plainly(value: str, text: str) -> None:
    assert plain_decimal(Decimal(value)) == text


def test_a_choice_is_one_of_those_documented() -> None:
    data = {"organisation_id": "organisation-a001", "name": "A", "side": SECRET}
    message = {"command": "RegisterOrganisation", "data": data | {"identifiers": []}}

    assert refused(json.dumps(message).encode()) == "wrong-type at /data/side"


@pytest.mark.parametrize("value", [None, "x", 7, [], True])
def test_a_nested_message_is_an_object(value: Any) -> None:
    assert fault("/place", value) == "wrong-type at /data/place"


@pytest.mark.parametrize("value", [None, "x", 7, {}])
def test_a_list_is_one(value: Any) -> None:
    assert fault("/proxies", value) == "wrong-type at /data/proxies"


def test_a_list_keeps_to_its_length() -> None:
    assert fault("/proxies", []) == "bad-length at /data/proxies"
    assert fault("/proxies", [0] * 151) == "bad-length at /data/proxies"
    assert fault("/proxies", [0] * 150) == "wrong-type at /data/proxies/0"


def test_a_message_has_the_documented_fields_and_no_other() -> None:
    whole = json.loads(command_bytes(PROPOSE))
    missing, within = copy.deepcopy(whole), copy.deepcopy(whole)
    del missing["data"]["use"]
    del within["data"]["place"]["police_force"]

    assert fault(f"/{SECRET}", 1) == "unknown-field at /data"
    assert fault(f"/place/{SECRET}", 1) == "unknown-field at /data/place"
    assert refused(json.dumps(missing).encode()) == "missing-field at /data/use"
    assert refused(json.dumps(within).encode()) == "missing-field at /data/place/police_force"


def test_what_is_absent_is_left_out_and_never_null() -> None:
    nowhere = replace(PROPOSE, place=replace(PROPOSE.place, name=None))

    assert "name" not in shape_of(type(nowhere)).encode(nowhere)["place"]
    assert read_command(command_bytes(nowhere)) == nowhere
    assert fault("/place/name", None) == "wrong-type at /data/place/name"


def test_a_field_that_must_be_there_is_not_encoded_as_absent() -> None:
    with pytest.raises(Malformed, match="missing-field at /use"):
        command_bytes(replace(PROPOSE, use=None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        (b"{}", "missing-field at /command"),
        (b'{"command": "ProposeNeed"}', "missing-field at /data"),
        (b'{"data": {}}', "missing-field at /command"),
        (b'{"command": "ProposeNeed", "data": {}, "canary7": 1}', "unknown-field"),
        (b'{"command": "canary7", "data": {}}', "unknown-type at /command"),
        (b'{"command": "os.system", "data": {}}', "unknown-type at /command"),
        (b'{"command": "NeedProposed", "data": {}}', "unknown-type at /command"),
        (b'{"command": ["ProposeNeed"], "data": {}}', "unknown-type at /command"),
        (b'{"command": null, "data": {}}', "unknown-type at /command"),
        (b'{"command": "ProposeNeed", "data": []}', "wrong-type at /data"),
        (b'{"command": "ProposeNeed", "data": null}', "wrong-type at /data"),
        (b'{"command": "canary7", "data": {}, "data": {}}', "duplicate-key"),
        (b'{"command": "canary7\xff"}', "bad-json"),
        (b'{"command": canary7}', "bad-json"),
        (b'["canary7"]', "bad-json"),
        (b'{"canary7": ' + b"[" * 16, "too-deep"),
        (b"canary7" * 10_000, "too-large"),
    ],
    ids=lambda part: part[:40] if isinstance(part, bytes) else "",
)
def test_a_command_is_its_type_and_its_data(message: bytes, wrong: str) -> None:
    assert refused(message) == wrong


def test_what_was_asked_for_is_identified_by_its_canonical_bytes() -> None:
    text = command_bytes(FEE)
    shuffled = json.dumps(dict(reversed(json.loads(text).items())), indent=1).encode()

    assert sha256_of(text) == hashlib.sha256(text).hexdigest()
    assert command_bytes(read_command(shuffled)) == text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One field of each form whose edges no message happens to test."""

    text: Annotated[str, Length(2, 3)] = "ab"
    number: int = 0
    part: Annotated[Decimal, Digits(2, 1), Between(Decimal("0.5"), Decimal(50))] = Decimal(1)
    items: Annotated[tuple[int, ...], Count(1, 2)] = (1,)
    free: tuple[int, ...] = ()
    facts: Mapping[str, int | str] | None = None
    amount: Quantity | None = None


@pytest.mark.parametrize(
    ("field", "accepted", "refused"),
    [
        ("text", ["ab", "abc"], ["a", "abcd"]),
        ("number", [2**53 - 1, -(2**53) + 1], [2**53, -(2**53)]),
        ("part", ["0.5", "50", "9.9"], ["0.4", "50.1", "0.55", "100"]),
        ("items", [(1,), (1, 2)], [(), (1, 2, 3)]),
        ("free", [(), (1,) * 1000], [(1,) * 1001]),
        ("amount", ["999999999999.999999", "-1"], ["1000000000000", "0.0000001"]),
        (
            "facts",
            [{}, {"a_1": 2**53 - 1, "b": -(2**53) + 1}, {"a" * 40: "text"}],
            [{"A": 1}, {"1a": 1}, {"a" * 41: 1}, {"a": 2**53}, {"a": "\n"}, {"a": True}, "a"],
        ),
    ],
)
def test_the_edges_of_each_form(field: str, accepted: list[Any], refused: list[Any]) -> None:
    def value(raw: Any) -> Sample:
        changed: dict[str, Any] = {field: Decimal(raw) if field in ("part", "amount") else raw}
        return replace(Sample(), **changed)

    for raw in accepted:
        assert shape_of(Sample).decode(shape_of(Sample).encode(value(raw))) == value(raw)
    for raw in refused:
        with pytest.raises(Malformed, match=f"at /{field}"):
            shape_of(Sample).encode(value(raw))
        with pytest.raises(Malformed, match=f"at /{field}"):
            shape_of(Sample).decode({field: list(raw) if isinstance(raw, tuple) else raw})


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2003"], ids=ascii)
def test_a_text_that_people_write_has_no_space_at_either_end(space: str) -> None:
    shape = shape_of(OrganisationVerified)

    for text in (space, f"{space}checked", f"checked{space}"):
        with pytest.raises(Malformed, match="bad-text at /basis"):
            shape.decode({"basis": text})
        with pytest.raises(Malformed, match="bad-text at /basis"):
            shape.encode(OrganisationVerified(basis=text))
    assert shape.decode({"basis": f"twice{space}checked"}).basis == f"twice{space}checked"


def test_a_character_of_a_newer_unicode_is_read_but_not_written() -> None:
    unassigned = "\U000e0800"
    shape = shape_of(OrganisationVerified)

    assert shape.decode({"basis": unassigned}).basis == unassigned
    with pytest.raises(Malformed, match="bad-text"):
        shape.encode(OrganisationVerified(basis=unassigned))
