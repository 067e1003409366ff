"""Keys: the published examples, and that a private one shows nowhere but in its text."""

import contextlib
import subprocess
import sys
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.keys import (
    COSIGNATURE,
    ED25519,
    SigningKey,
    VerifierKey,
    parse_signing_key,
    parse_verifier_key,
    signatures_of_keys,
)
from svx_ledger.proofs.notes.note import Note, NoteSignature, is_key_name, parse_signature
from tests.proofs.hostile import mutated

SPECIFIED = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFIED_LINE = (
    "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH"
    "3mFXmRKuwHjG1Yu72IneyaQM="
)
# Keys that others published: a log's with its private half (made to be public), and witnesses'.
TESTDATA_PRIVATE = (
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"
)
TESTDATA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
WITNESSES = [
    "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
]
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")

NAMES = st.text(min_size=1, max_size=12).filter(is_key_name)
SEEDS = st.binary(min_size=32, max_size=32)
ALGORITHMS = st.sampled_from([ED25519, COSIGNATURE])


def test_the_key_of_the_specification_is_read_and_its_key_id_recomputed() -> None:
    key = parse_verifier_key(SPECIFIED)

    assert (key.name, key.algorithm, len(key.public)) == ("example.com/foo", ED25519, 32)
    assert key.key_id == bytes.fromhex("530d903a")
    assert key.text == SPECIFIED


def test_the_signature_of_the_specification_verifies() -> None:
    key, signed = parse_verifier_key(SPECIFIED), parse_signature(SPECIFIED_LINE)

    assert (signed.name, signed.key_id) == (key.name, key.key_id)
    assert key.verifies(b"This is an example message.\n", signed.signature)
    assert not key.verifies(b"This is an example message.", signed.signature)


@pytest.mark.parametrize("text", [TESTDATA, *WITNESSES])
def test_keys_that_others_published_are_read(text: str) -> None:
    assert parse_verifier_key(text).text == text


def test_a_private_key_that_others_published_has_their_public_half() -> None:
    key = parse_signing_key(TESTDATA_PRIVATE)

    assert key.verifier == parse_verifier_key(TESTDATA)
    assert key.text == TESTDATA_PRIVATE


def test_the_first_published_signature_of_rfc_8032_is_made() -> None:
    key = SigningKey("name", ED25519, SEED)

    assert key.verifier.public.hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


@given(NAMES, ALGORITHMS, SEEDS, st.binary(max_size=40))
def test_keys_are_read_as_they_were_written_and_sign_as_before(
    name: str, algorithm: int, seed: bytes, message: bytes
) -> None:
    key = SigningKey(name, algorithm, seed)
    again = parse_signing_key(key.text)

    assert again == key
    assert parse_verifier_key(key.verifier.text) == again.verifier
    assert again.verifier.verifies(message, key.sign(message))
    assert again.sign(message) == key.sign(message)


@given(st.data())
def test_a_flipped_bit_in_message_or_signature_does_not_verify(data: st.DataObject) -> None:
    key, message = SigningKey("name", ED25519, SEED), b"message"
    signature = key.sign(message)
    bit = data.draw(st.integers(0, 8 * 71 - 1))
    flipped = (int.from_bytes(message + signature) ^ (1 << bit)).to_bytes(71)

    assert not key.verifier.verifies(flipped[:7], flipped[7:])


@pytest.mark.parametrize("size", [0, 63, 65, 72])
def test_a_signature_of_another_length_does_not_verify(size: int) -> None:
    assert not parse_verifier_key(SPECIFIED).verifies(b"", bytes(size))


def test_generated_keys_differ() -> None:
    first, second = (SigningKey.generate("name", COSIGNATURE) for _ in range(2))

    assert first.seed != second.seed
    assert (first.name, first.algorithm) == ("name", COSIGNATURE)


def test_a_key_of_another_kind_has_another_key_id() -> None:
    log, witness = (SigningKey("name", each, SEED).verifier for each in (ED25519, COSIGNATURE))

    assert log.public == witness.public
    assert log.key_id != witness.key_id


def test_a_private_key_is_never_shown() -> None:
    key = parse_signing_key(TESTDATA_PRIVATE)
    secret = TESTDATA_PRIVATE.rpartition("496+")[2]

    for shown in (repr(key), str(key), f"{key}", repr(key.verifier), repr([key])):
        assert secret not in shown
        assert repr(key.seed) not in shown
        assert key.seed.hex() not in shown


@pytest.mark.parametrize(
    "text",
    [
        TESTDATA_PRIVATE.replace("33d7b496", "33d7b497"),
        TESTDATA_PRIVATE.replace("/log/", "/lug/"),
        TESTDATA_PRIVATE.replace("PRIVATE+KEY", "PRIVATE+KEYS"),
        TESTDATA_PRIVATE + "\n",
        TESTDATA_PRIVATE + "=",
        TESTDATA_PRIVATE[:-4],
    ],
)
def test_the_refusal_of_a_private_key_does_not_repeat_it(text: str) -> None:
    with pytest.raises(Refused, match="SVX301") as refusal:
        parse_signing_key(text)

    told = "".join(traceback.format_exception(refusal.value))
    assert "eymY/SZAX0jZcJ8" not in told
    assert "key" in told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "++",
        SPECIFIED.replace("530d903a", "530d903b"),
        SPECIFIED.replace("530d903a", "530D903A"),
        SPECIFIED.replace("530d903a", "0530d903a"),
        SPECIFIED.replace("530d903a", ""),
        SPECIFIED.replace("foo", "bar"),
        SPECIFIED.replace("foo", "f oo"),
        SPECIFIED.replace("foo", "f\u2003oo"),
        SPECIFIED.replace("foo", "f+oo"),
        SPECIFIED.replace("example.com/foo", ""),
        SPECIFIED.replace("example.com/foo", "\ud800"),
        SPECIFIED[:-1],
        SPECIFIED[:-4],
        SPECIFIED + "AAAA",
        SPECIFIED + "\n",
        " " + SPECIFIED,
        SPECIFIED.replace("+A", "+B"),
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a",
        "PRIVATE+KEY+" + SPECIFIED,
    ],
)
def test_a_public_key_that_is_not_exactly_one_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_verifier_key(text)

    assert refusal.value.finding.code is Code.NOT_CANONICAL


@pytest.mark.parametrize(
    ("name", "algorithm", "size"),
    [
        ("", ED25519, 32),
        ("a b", ED25519, 32),
        ("a+b", ED25519, 32),
        ("a", 0, 32),
        ("a", 6, 32),
        ("a", ED25519, 31),
        ("a", COSIGNATURE, 33),
    ],
)
def test_a_key_that_cannot_be_one_is_not_made(name: str, algorithm: int, size: int) -> None:
    for kind in (VerifierKey, SigningKey):
        with pytest.raises(Refused, match="SVX301"):
            kind(name, algorithm, bytes(size))


@given(mutated(SPECIFIED.encode()) | mutated(TESTDATA_PRIVATE.encode()) | st.binary())
def test_whatever_is_read_has_that_one_spelling_and_the_rest_is_refused(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")

    with contextlib.suppress(Refused):
        assert parse_verifier_key(text).text == text
    with contextlib.suppress(Refused):
        assert parse_signing_key(text).text == text


def test_only_lines_that_name_a_key_and_its_id_are_found() -> None:
    key = parse_verifier_key(SPECIFIED)
    own = NoteSignature(key.name, key.key_id, b"own")
    others = (
        NoteSignature(key.name, b"\x00\x00\x00\x00", b"known name, unknown id"),
        NoteSignature("another.example", key.key_id, b"known id, unknown name"),
    )

    assert signatures_of_keys(Note("text\n", (*others, own, *others)), [key]) == [(key, own)]
    assert signatures_of_keys(Note("text\n", (*others, own)), []) == []
    assert signatures_of_keys(Note("text\n", others * 2), [key]) == []


def test_two_signatures_of_one_key_are_refused_whatever_they_hold() -> None:
    key = parse_verifier_key(SPECIFIED)
    lines = tuple(NoteSignature(key.name, key.key_id, held) for held in (b"one", b"other"))

    for pair in (lines, lines[:1] * 2):
        with pytest.raises(Refused, match="SVX301"):
            signatures_of_keys(Note("text\n", pair), [key])


def test_one_key_may_be_given_twice_but_two_of_one_id_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, twin = parse_verifier_key(SPECIFIED), parse_verifier_key(SPECIFIED)
    other = VerifierKey(key.name, ED25519, bytes(32))
    assert signatures_of_keys(Note("text\n", ()), [key, twin]) == []

    monkeypatch.setattr(VerifierKey, "key_id", b"same")  # 2^32 tries would find such a pair

    with pytest.raises(Refused, match="SVX301"):
        signatures_of_keys(Note("text\n", ()), [key, other])


def test_reading_proofs_does_not_load_what_signatures_need() -> None:
    program = (
        "import sys\n"
        "from svx_ledger.proofs.files import receipt\n"
        "from svx_ledger.proofs.notes import keys\n"
        f"key = keys.parse_verifier_key({SPECIFIED!r})\n"
        "assert 'cryptography' not in sys.modules\n"
        "assert not key.verifies(b'', bytes(64))\n"
        "assert 'cryptography' in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
