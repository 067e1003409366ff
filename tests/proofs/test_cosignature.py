"""Cosignatures: one that a public witness gave, and what changes when anything does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import SIZE_LIMIT
from svx_ledger.proofs.notes.cosignature import cosign, cosigned_at
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey, parse_verifier_key
from svx_ledger.proofs.notes.note import NoteSignature, parse_signature

# A log published this head, and a witness this line under it; nobody here had part in either.
PUBLISHED_BODY = (
    b"arche2025h1.staging.ct.transparency.dev\n"
    b"1432088532\n"
    b"U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
)
PUBLISHED_LINE = (
    "\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+"
    "aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw=="
)
REMORA = parse_verifier_key(
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
)

WITNESS = SigningKey("witness.example/w1", COSIGNATURE, b"w" * 32)
BODY = b"svx.example/ledger\n5\nAAAA\n"
TIMES = st.integers(0, SIZE_LIMIT - 1)


def wrong(signature: NoteSignature, key: SigningKey = WITNESS, body: bytes = BODY) -> bool:
    try:
        cosigned_at(key.verifier, body, signature)
    except Refused as refusal:
        return refusal.finding.code is Code.KEY_UNKNOWN
    return False


def test_a_cosignature_of_a_public_witness_verifies() -> None:
    line = parse_signature(PUBLISHED_LINE)

    assert cosigned_at(REMORA, PUBLISHED_BODY, line) == 1779573024  # 23 May 2026
    with pytest.raises(Refused, match="SVX201"):
        cosigned_at(REMORA, PUBLISHED_BODY.replace(b"532", b"533"), line)


def test_time_and_body_are_signed_as_the_specification_has_them() -> None:
    given = cosign(WITNESS, BODY, 1679315147)

    assert (given.name, given.key_id) == (WITNESS.name, WITNESS.verifier.key_id)
    assert given.signature[:8] == bytes.fromhex("00000000641850cb")
    assert WITNESS.verifier.verifies(
        b"cosignature/v1\ntime 1679315147\nsvx.example/ledger\n5\nAAAA\n", given.signature[8:]
    )


@given(st.binary(max_size=80), TIMES)
def test_the_witness_is_believed_when_it_saw_what_it_cosigned(body: bytes, time: int) -> None:
    assert cosigned_at(WITNESS.verifier, body, cosign(WITNESS, body, time)) == time


@given(st.integers(0, 8 * 72 - 1))
def test_a_flipped_bit_in_time_or_signature_is_refused(bit: int) -> None:
    given = cosign(WITNESS, BODY, 1679315147)
    flipped = (int.from_bytes(given.signature) ^ (1 << bit)).to_bytes(72)

    assert wrong(given._replace(signature=flipped))


def test_a_cosignature_of_another_body_or_key_or_length_is_refused() -> None:
    given = cosign(WITNESS, BODY, 5)
    other = SigningKey("witness.example/w2", COSIGNATURE, b"x" * 32)
    renamed = SigningKey("witness.example/w2", COSIGNATURE, WITNESS.seed)

    assert not wrong(given)
    assert wrong(given, body=BODY[:-1])
    assert wrong(given, key=other)
    assert wrong(given, key=renamed)
    assert wrong(given._replace(name="witness.example/w2"))
    assert wrong(given._replace(key_id=bytes(4)))
    for signature in (
        b"",
        given.signature[:-1],
        given.signature + b"\x00",
        given.signature[8:],
    ):
        assert wrong(given._replace(signature=signature))


def test_a_log_signature_is_no_cosignature_and_a_cosignature_no_log_signature() -> None:
    log = SigningKey(WITNESS.name, ED25519, WITNESS.seed)
    plain = NoteSignature(WITNESS.name, WITNESS.verifier.key_id, bytes(8) + log.sign(BODY))

    assert wrong(plain)
    assert not log.verifier.verifies(BODY, cosign(WITNESS, BODY, 5).signature[8:])
    with pytest.raises(ValueError, match="not for cosignatures"):
        cosign(log, BODY, 5)
    with pytest.raises(Refused, match="SVX201"):
        cosigned_at(log.verifier, BODY, cosign(WITNESS, BODY, 5))


@pytest.mark.parametrize("time", [-1, SIZE_LIMIT])
def test_a_time_that_cannot_be_stated_is_not_signed(time: int) -> None:
    with pytest.raises(ValueError, match="time"):
        cosign(WITNESS, BODY, time)


def test_a_time_from_2_to_the_63_is_refused_though_it_is_signed() -> None:
    signed = WITNESS.sign(b"cosignature/v1\ntime %d\n" % SIZE_LIMIT + BODY)
    line = NoteSignature(WITNESS.name, WITNESS.verifier.key_id, SIZE_LIMIT.to_bytes(8) + signed)

    assert wrong(line)
