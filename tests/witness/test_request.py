"""The request of a log, read strictly: C2SP tlog-witness v1.0.0, `add-checkpoint`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.witness.request import BODY_BYTES, PROOF_HASHES, parse_request

from .logs import Log, request

LOG = Log()
NOTE = LOG.note(5)
GOOD = LOG.request(3, 5)


def test_a_request_says_the_old_size_the_proof_and_the_head() -> None:
    asked = parse_request(GOOD)

    assert asked.old_size == 3
    assert list(asked.proof) == LOG.proof(3, 5)
    assert asked.note == NOTE
    assert asked.head == LOG.head(5)


def test_a_first_request_has_no_proof() -> None:
    asked = parse_request(request(0, [], NOTE))

    assert (asked.old_size, asked.proof) == (0, ())


@pytest.mark.parametrize("size", ["", "+3", "03", "-3", " 3", "3 ", "٣", "1" + "0" * 20])
def test_the_old_size_is_plain_decimal(size: str) -> None:
    with pytest.raises(Refused):
        parse_request(request(size, LOG.proof(3, 5), NOTE))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 3",
        GOOD.replace(b"old ", b"new "),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n\nlog", b"\nlog"),
        GOOD.replace(b"old 3\n", b"old 3\n\n"),
        GOOD.replace(b"old 3\n", b"old 3\nAAAA\n"),
        GOOD.replace(b"old 3\n", b"old 3\n\xff\n"),
        GOOD.removesuffix(b"\n"),
        GOOD + b"\n",
        GOOD.replace(b"\n5\n", b"\n05\n"),
        GOOD.replace(b"\n5\n", b"\n5\nextension"),
    ],
)
def test_every_other_spelling_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse_request(body)

    assert refused.value.finding.code is Code.NOT_CANONICAL


def test_a_proof_has_63_hashes_at_most() -> None:
    proof = [bytes(32)] * PROOF_HASHES
    asked = parse_request(request(3, proof, NOTE))

    assert len(asked.proof) == 63
    with pytest.raises(Refused):
        parse_request(request(3, [*proof, bytes(32)], NOTE))


def test_a_request_that_is_too_long_is_not_read() -> None:
    with pytest.raises(Refused, match="bytes"):
        parse_request(GOOD.replace(b"old 3\n", b"old 3\n" * BODY_BYTES))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    found = None
    try:
        parse_request(body)
    except Refused as refused:
        found = refused.finding.code

    assert found in {None, Code.NOT_CANONICAL}


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_request_with_a_changed_byte_is_refused_or_says_something_else(
    at: int, change: int
) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= change
    try:
        asked = parse_request(bytes(changed))
    except Refused:
        return

    assert asked != parse_request(GOOD)
    assert request(asked.old_size, list(asked.proof), asked.note) == bytes(changed)
