"""Checkpoints: somebody else's log and program, and every way to spell one wrong."""

import base64
import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import (
    SIZE_LIMIT,
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    parse_decimal,
    parse_hash,
    sign_checkpoint,
)
from svx_ledger.proofs.notes.keys import (
    COSIGNATURE,
    ED25519,
    SigningKey,
    VerifierKey,
    parse_signing_key,
    parse_verifier_key,
)
from svx_ledger.proofs.notes.note import NoteSignature, is_key_name
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT
from tests.proofs.hostile import mutated

# The log of the test data was signed with a key that was published whole, to be tested with.
TESTDATA = parse_signing_key(
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"
)
TESTDATA_KEY = parse_verifier_key(
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
)
ORIGIN = "svx.example/ledger"
KEY = SigningKey(ORIGIN, ED25519, b"k" * 32)
NEXT_KEY = SigningKey(ORIGIN, ED25519, b"n" * 32)
OTHER_LOG = SigningKey("another.example/log", ED25519, b"o" * 32)
HEAD = Checkpoint(ORIGIN, 513, bytes(range(32)))
SIGNED = sign_checkpoint(HEAD, [KEY])
BODY = HEAD.body.decode()

HEADS = st.builds(
    Checkpoint,
    st.text(min_size=1, max_size=12).filter(is_key_name),
    st.integers(0, SIZE_LIMIT - 1),
    st.binary(min_size=32, max_size=32),
)


def found(data: bytes, keys: list[VerifierKey]) -> Code | None:
    """What opening finds wrong."""
    try:
        open_checkpoint(data, keys)
    except Refused as refusal:
        return refusal.finding.code
    return None


def signed_as(key: SigningKey, signature: bytes) -> bytes:
    """A signature line in the name of a key."""
    return NoteSignature(key.name, key.verifier.key_id, signature).line.encode()


@pytest.mark.parametrize("size", range(16))
def test_a_log_that_another_program_signed_is_trusted(test_data: Path, size: int) -> None:
    data = (test_data / "proof_vectors/tessera_log" / f"checkpoint.{size}").read_bytes()
    head = open_checkpoint(data, [TESTDATA_KEY])

    assert (head.origin, head.size) == ("example.com/log/testdata", size)
    assert len(head.root) == 32
    assert head.root == EMPTY_ROOT or size


@pytest.mark.parametrize("size", range(16))
def test_the_same_key_signs_the_same_bytes_as_another_program(
    test_data: Path, size: int
) -> None:
    data = (test_data / "proof_vectors/tessera_log" / f"checkpoint.{size}").read_bytes()

    assert sign_checkpoint(open_checkpoint(data, [TESTDATA_KEY]), [TESTDATA]) == data


@pytest.mark.parametrize("size", range(16))
def test_one_bit_flipped_anywhere_is_refused(test_data: Path, size: int) -> None:
    data = (test_data / "proof_vectors/tessera_log" / f"checkpoint.{size}").read_bytes()
    whole = int.from_bytes(data)

    accepted = [
        bit
        for bit in range(8 * len(data))
        if found((whole ^ (1 << bit)).to_bytes(len(data)), [TESTDATA_KEY]) is None
    ]

    assert accepted == []


def test_openssl_accepts_what_is_signed_here_and_nothing_else(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    signature = KEY.sign(HEAD.body)
    assert signature in base64.b64decode(SIGNED.split()[-1])
    named = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what follows is for Ed25519
    encoded = base64.encodebytes(named + KEY.verifier.public).decode()
    (tmp_path / "key.pem").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{encoded}-----END PUBLIC KEY-----\n"
    )
    (tmp_path / "signature").write_bytes(signature)

    def accepted(body: bytes) -> bool:
        (tmp_path / "body").write_bytes(body)
        command = "pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile signature"
        ran = subprocess.run(
            ["openssl", *command.split()], cwd=tmp_path, capture_output=True, check=False
        )
        assert b"Verif" in ran.stdout, ran.stderr
        return ran.returncode == 0

    assert accepted(HEAD.body)
    assert not accepted(HEAD.body.replace(b"513", b"514"))
    assert not accepted(HEAD.body[:-1])


def test_what_is_signed_is_three_lines() -> None:
    assert HEAD.body == (
        b"svx.example/ledger\n513\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )


@given(HEADS, st.binary(min_size=32, max_size=32))
def test_a_head_that_was_signed_is_opened_as_it_was(head: Checkpoint, seed: bytes) -> None:
    key = SigningKey(head.origin, ED25519, seed)
    data = sign_checkpoint(head, [key])

    assert open_checkpoint(data, [key.verifier]) == head
    assert sign_checkpoint(head, [key]) == data


@given(mutated(SIGNED) | st.binary())
def test_only_the_bytes_that_were_signed_are_opened(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert open_checkpoint(data, [KEY.verifier]) == HEAD


@given(mutated(HEAD.body) | st.binary())
def test_whatever_text_is_read_has_that_one_spelling(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")

    with contextlib.suppress(Refused):
        assert parse_checkpoint(text).body.decode() == text


@pytest.mark.parametrize(
    "written",
    [
        "0513",
        "+513",
        "-513",
        "00",
        "",
        " 513",
        "513 ",
        "5_13",
        "5.13e2",
        "0x201",
        "\u0665\u0661",
        str(10**20),
        str(2**63),
        "9" * 5000,
    ],
)
def test_a_size_that_is_not_written_as_one_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="SVX301"):
        parse_decimal(written)
    with pytest.raises(Refused, match="SVX301"):
        parse_checkpoint(BODY.replace("513", written))


@pytest.mark.parametrize("size", [0, 1, 9, 10, 513, 2**53, 2**63 - 1])
def test_sizes_below_2_to_the_63_are_read(size: int) -> None:
    assert parse_decimal(str(size)) == size


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_root_that_is_not_32_bytes_is_refused(size: int) -> None:
    with pytest.raises(Refused, match="SVX301"):
        parse_hash(base64.b64encode(bytes(size)).decode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        BODY[:-1],
        BODY + "\n",
        BODY + "extension\n",
        BODY.replace("\n", "\r\n"),
        BODY.replace("513\n", "513\r\n"),
        BODY.replace("513\n", ""),
        BODY.replace("=\n", "\n"),
        BODY.replace("8=\n", "9=\n"),  # bits under the padding
        BODY.replace("=\n", "= \n"),
        BODY.replace(ORIGIN, ""),
        BODY.replace(ORIGIN, "two words"),
        BODY.replace(ORIGIN, "\ud800"),
        "\n" + BODY,
        "\ufeff " + BODY,
    ],
)
def test_a_text_with_anything_missing_or_more_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_checkpoint(text)

    assert refusal.value.finding.code is Code.NOT_CANONICAL


def test_extension_lines_are_refused_though_they_are_signed() -> None:
    body = HEAD.body + b"extension\n"

    assert found(body + b"\n" + signed_as(KEY, KEY.sign(body)), [KEY.verifier]) is (
        Code.NOT_CANONICAL
    )


def test_a_head_is_trusted_with_one_key_or_with_each_of_two() -> None:
    both = sign_checkpoint(HEAD, [KEY, NEXT_KEY])

    for keys in ([KEY], [NEXT_KEY], [KEY, NEXT_KEY], [OTHER_LOG, NEXT_KEY]):
        assert found(both, [key.verifier for key in keys]) is None


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [NEXT_KEY],
        [OTHER_LOG],
        [SigningKey("another.example/log", ED25519, KEY.seed)],
        [SigningKey(ORIGIN, COSIGNATURE, KEY.seed)],
    ],
)
def test_a_head_without_a_signature_of_a_trusted_key_is_refused(keys: list[SigningKey]) -> None:
    assert found(SIGNED, [key.verifier for key in keys]) is Code.KEY_UNKNOWN


def test_lines_of_unknown_keys_are_passed_over() -> None:
    key = KEY.verifier
    lines = [
        NoteSignature("unknown.example", key.key_id, b"known id, unknown name"),
        NoteSignature(ORIGIN, b"\x00\x00\x00\x00", b"known name, unknown id"),
    ]
    head, blank, signed = SIGNED.partition(b"\n\n")
    crowded = head + blank + lines[0].line.encode() + signed + lines[1].line.encode() * 2

    assert found(crowded, [key]) is None
    assert found(head + blank + lines[0].line.encode() + lines[1].line.encode(), [key]) is (
        Code.KEY_UNKNOWN
    )


def test_a_known_key_that_did_not_sign_what_it_seems_to_is_refused() -> None:
    keys = [KEY.verifier, NEXT_KEY.verifier, OTHER_LOG.verifier]

    for liar in (NEXT_KEY, OTHER_LOG):
        assert found(SIGNED + signed_as(liar, liar.sign(b"something else")), keys) is (
            Code.KEY_UNKNOWN
        )
        assert found(SIGNED + signed_as(liar, b"short"), keys) is Code.KEY_UNKNOWN


def test_another_logs_key_does_not_vouch_for_this_one() -> None:
    stripped = SIGNED.partition(b"\n\n")[0] + b"\n\n"
    by_other = stripped + signed_as(OTHER_LOG, OTHER_LOG.sign(HEAD.body))

    assert found(by_other, [KEY.verifier, OTHER_LOG.verifier]) is Code.KEY_UNKNOWN
    assert found(by_other + signed_as(KEY, KEY.sign(HEAD.body)), [KEY.verifier]) is None


def test_a_second_signature_of_a_known_key_is_refused() -> None:
    for second in (KEY.sign(HEAD.body), b"another"):
        assert found(SIGNED + signed_as(KEY, second), [KEY.verifier]) is Code.NOT_CANONICAL


def test_a_cosignature_key_does_not_sign_as_a_log() -> None:
    witness = SigningKey(ORIGIN, COSIGNATURE, b"w" * 32)
    body, blank, _ = SIGNED.partition(b"\n\n")

    with pytest.raises(ValueError, match="not a log key"):
        sign_checkpoint(HEAD, [witness])
    assert found(
        body + blank + signed_as(witness, witness.sign(HEAD.body)), [witness.verifier]
    ) is (Code.KEY_UNKNOWN)


def test_nothing_is_signed_that_could_not_be_opened() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        sign_checkpoint(HEAD, [])
    with pytest.raises(ValueError, match="not a log key"):
        sign_checkpoint(HEAD, [KEY, OTHER_LOG])
    for head in (
        Checkpoint(ORIGIN, -1, bytes(32)),
        Checkpoint(ORIGIN, SIZE_LIMIT, bytes(32)),
        Checkpoint(ORIGIN, 513, bytes(31)),
        Checkpoint(f"{ORIGIN}\n513", 513, bytes(32)),
    ):
        with pytest.raises(Refused, match="SVX301"):
            sign_checkpoint(head, [KEY])
