"""JSON from outside: exact, in one way only, and total."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.intake.exact import MOST_DEEP, Faulty, canonical, digest, parsed

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.integers(-(10**13), 10**13))
def test_so_are_amounts_to_the_penny(pence: int) -> None:
    text = f"{Decimal(pence) / 100:f}"

    assert canonical(parsed(text.encode())) == rfc8785.dumps(json.loads(text))


@pytest.mark.parametrize("same", ["1", "1.0", "1e0", "10e-1", "0.1e1"])
def test_a_number_has_one_digest_however_it_is_written(same: str) -> None:
    assert digest(parsed(same.encode())) == digest(1)


def test_decimals_are_exact() -> None:
    assert parsed(b"[0.1, 145017.80, 1e3, -0.0]") == [
        Decimal("0.1"),
        Decimal("145017.80"),
        Decimal(1000),
        Decimal(0),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "no JSON: Expecting value"),
        (b"{", "no JSON: Expecting property name"),
        (b"{} x", "no JSON: Extra data"),
        (b"\xff\xfe{\x00", "no text in UTF-8"),
        (b"\x1f\x8b\x08\x00\xff", "compressed: unpack it first"),
        (b"[" * 100_000, f"nested more than {MOST_DEEP} deep"),
        (b'{"a":' * 100_000, f"nested more than {MOST_DEEP} deep"),
        (b"9" * 5000, "no JSON"),
    ],
)
def test_what_is_no_json_is_said_to_be_none(text: bytes, reason: str) -> None:
    if text.startswith(b"9"):
        with pytest.raises(Faulty, match="more than 100 digits"):
            canonical(parsed(text))
        return
    with pytest.raises(Faulty) as fault:
        parsed(text)

    assert fault.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "pointer", "reason"),
    [
        (b'{"a": [1, NaN]}', "/a/1", "NaN and Infinity are no numbers"),
        (b'{"a": -Infinity}', "/a", "NaN and Infinity are no numbers"),
        (b'{"a": {"b": 1, "b": 2}}', "/a", "a key stands there twice"),
        (b'{"a/b~c": NaN}', "/a~1b~0c", "NaN and Infinity are no numbers"),
        (b'{"a": 1e99999999999999999999}', "/a", "a number beyond all measure"),
        (b'{"a": 1e999999}', "/a", "a number beyond all measure"),
        (b'{"a": 1.' + b"0" * 200 + b"}", "/a", "a number of more than 100 digits"),
    ],
)
def test_what_json_does_not_allow_says_where_it_stands(
    text: bytes, pointer: str, reason: str
) -> None:
    with pytest.raises(Faulty) as fault:
        canonical(parsed(text))

    assert (fault.value.pointer, fault.value.reason) == (pointer, reason)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Faulty, match="lone surrogate"):
        canonical(parsed(rb'"\ud800"'))


def test_nesting_is_bounded() -> None:
    def nested(deep: int) -> bytes:
        return b"[" * deep + b"]" * deep

    assert canonical(parsed(nested(MOST_DEEP + 1)))
    with pytest.raises(Faulty, match="nested more than"):
        canonical(parsed(nested(MOST_DEEP + 2)))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parsed(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_faulty(text: bytes) -> None:
    with suppress(Faulty):
        assert canonical(parsed(text))
