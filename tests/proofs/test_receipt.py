"""Receipts: for every entry of somebody else's log, and nothing but a refusal for the rest."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.files.receipt import (
    PATH_HASHES,
    RECEIPT_BYTES,
    Receipt,
    parse_receipt,
    verify_receipt,
)
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import SIZE_LIMIT, Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey
from svx_ledger.proofs.notes.policy_file import parse_policy
from svx_ledger.proofs.tree.inclusion import inclusion_path
from svx_ledger.proofs.tree.merkle import leaf_hash
from tests.proofs.hostile import mutated
from tests.proofs.rfc6962 import root

LOG = SigningKey("svx.example/ledger", ED25519, b"l" * 32)
WITNESS = SigningKey("witness.example/w1", COSIGNATURE, b"w" * 32)
POLICY = parse_policy(
    f"log {LOG.verifier.text}\nwitness w1 {WITNESS.verifier.text}\nquorum w1\n"
)
ENTRIES = [b"entry %d" % number for number in range(21)]
HEAD = Checkpoint(LOG.name, len(ENTRIES), root(map(leaf_hash, ENTRIES)))
SIGNED = sign_checkpoint(HEAD, [LOG])
COSIGNED = SIGNED + cosign(WITNESS, HEAD.body, 5).line.encode()


def receipt_of(index: int, entries: list[bytes], checkpoint: bytes) -> Receipt:
    """The receipt of an entry, with a path from hashes that are computed anew."""

    def node(level: int, at: int) -> bytes:
        return root(map(leaf_hash, entries[at << level : (at + 1) << level]))

    return Receipt(index, tuple(inclusion_path(index, len(entries), node)), checkpoint)


RECEIPT = receipt_of(9, ENTRIES, COSIGNED)
GOOD = RECEIPT.data()
FIRST, INDEX, *_ = GOOD.splitlines(keepends=True)
HASHES = GOOD.partition(b"\n\n")[0].splitlines(keepends=True)[2:]


def refused(data: bytes) -> bool:
    try:
        parse_receipt(data)
    except Refused as refusal:
        return refusal.finding.code is Code.NOT_CANONICAL
    return False


def found(receipt: Receipt, entry: bytes) -> Code | None:
    """What verifying finds wrong."""
    try:
        verify_receipt(receipt, entry, POLICY)
    except Refused as refusal:
        return refusal.finding.code
    return None


@pytest.mark.parametrize("index", range(15))
def test_every_entry_of_a_log_that_another_program_wrote_has_a_receipt(
    test_data: Path, index: int
) -> None:
    log = test_data / "proof_vectors" / "tessera_log"
    bundle, entries = (log / "tile/entries/000.p/15").read_bytes(), []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2])
        entries.append(bundle[2:end])
        bundle = bundle[end:]
    policy = parse_policy(
        "log example.com/log/testdata"
        "+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\nquorum none\n"
    )
    receipt = receipt_of(index, entries, (log / "checkpoint.15").read_bytes())

    assert verify_receipt(receipt, entries[index], policy).checkpoint.size == 15
    with pytest.raises(Refused, match="SVX101") as refusal:
        verify_receipt(receipt, entries[index - 1], policy)
    assert refusal.value.finding.index == index


def test_a_receipt_is_written_as_the_specification_has_it() -> None:
    receipt = Receipt(5, (bytes(32), bytes(range(32))), SIGNED, b"extra information")

    assert receipt.data() == (
        b"c2sp.org/tlog-proof@v1\n"
        b"extra ZXh0cmEgaW5mb3JtYXRpb24=\n"
        b"index 5\n"
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        b"\n" + SIGNED
    )
    assert Receipt(0, (), SIGNED).data() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + SIGNED


@given(
    st.integers(0, len(ENTRIES) - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=PATH_HASHES).map(tuple),
    st.none() | st.binary(min_size=1, max_size=80),
)
def test_a_receipt_that_was_written_is_read_as_it_was(
    index: int, path: tuple[bytes, ...], extra: bytes | None
) -> None:
    receipt = Receipt(index, path, COSIGNED, extra)

    assert parse_receipt(receipt.data()) == receipt


@given(st.integers(0, len(ENTRIES) - 1), st.none() | st.binary(min_size=1))
def test_an_entry_is_shown_to_be_in_the_log_whatever_extra_says(
    index: int, extra: bytes | None
) -> None:
    receipt = replace(receipt_of(index, ENTRIES, COSIGNED), extra=extra)
    trusted = verify_receipt(parse_receipt(receipt.data()), ENTRIES[index], POLICY)

    assert (trusted.checkpoint, trusted.cosigned) == (HEAD, {"w1": 5})
    assert found(receipt, ENTRIES[index] + b"?") is Code.ENTRY_NOT_IN_TREE


def test_an_entry_at_another_place_or_on_another_path_is_refused() -> None:
    flipped = bytes([RECEIPT.path[0][0] ^ 1]) + RECEIPT.path[0][1:]

    assert found(RECEIPT, ENTRIES[9]) is None
    for changed in (
        replace(RECEIPT, index=8),
        replace(RECEIPT, index=20),
        replace(RECEIPT, path=RECEIPT.path[:-1]),
        replace(RECEIPT, path=(*RECEIPT.path, bytes(32))),
        replace(RECEIPT, path=RECEIPT.path[::-1]),
        replace(RECEIPT, path=(flipped, *RECEIPT.path[1:])),
        replace(RECEIPT, path=()),
    ):
        assert found(changed, ENTRIES[9]) is Code.ENTRY_NOT_IN_TREE
    for changed in (
        replace(RECEIPT, index=21),
        replace(RECEIPT, index=-1),
        replace(RECEIPT, path=(b"short", *RECEIPT.path[1:])),
    ):
        assert found(changed, ENTRIES[9]) is Code.NOT_CANONICAL


def test_a_receipt_under_a_head_that_is_not_trusted_is_refused() -> None:
    forger = SigningKey(LOG.name, ED25519, b"f" * 32)

    assert found(replace(RECEIPT, checkpoint=SIGNED), ENTRIES[9]) is Code.QUORUM_MISSING
    assert found(replace(RECEIPT, checkpoint=sign_checkpoint(HEAD, [forger])), ENTRIES[9]) is (
        Code.KEY_UNKNOWN
    )


@pytest.mark.parametrize("index", [21, SIZE_LIMIT - 1])
def test_an_index_beyond_the_tree_is_refused_when_read(index: int) -> None:
    assert refused(GOOD.replace(INDEX, b"index %d\n" % index))
    assert parse_receipt(GOOD.replace(INDEX, b"index 20\n")).index == 20


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"9\n",
        b"index\n",
        b"index \n",
        b"index 09\n",
        b"index +9\n",
        b"index -9\n",
        b"index  9\n",
        b"index 9 \n",
        b"Index 9\n",
        b"index 9\r\n",
        b"index 100000000000000000000\n",
        b"index " + b"9" * 5000 + b"\n",
        INDEX * 2,
        INDEX + b"extra QQ==\n",
    ],
)
def test_an_index_that_is_not_written_as_one_is_refused(index: bytes) -> None:
    assert refused(GOOD.replace(INDEX, index))


@pytest.mark.parametrize(
    "extra",
    [
        b"extra\n",
        b"extra \n",
        b"extra QQ\n",
        b"extra QR==\n",
        b"extra QQ==\nextra QQ==\n",
        b"extra  QQ==\n",
        b"extra QQ== \n",
        b"more QQ==\n",
    ],
)
def test_an_extra_line_that_is_none_is_refused(extra: bytes) -> None:
    assert parse_receipt(FIRST + b"extra QQ==\n" + GOOD.removeprefix(FIRST)).extra == b"A"
    assert refused(FIRST + extra + GOOD.removeprefix(FIRST))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        FIRST,
        FIRST + INDEX,
        FIRST + INDEX + b"\n",
        GOOD.replace(b"@v1", b"@v2"),
        GOOD.replace(b"@v1", b"@v1 "),
        GOOD.replace(b"@v1", "@v1\u2009".encode()),
        b"\n" + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.removeprefix(FIRST),
        GOOD.replace(HASHES[0], HASHES[0] + b"\n"),
        GOOD.replace(HASHES[0], HASHES[0][:-2] + b"\n"),
        GOOD.replace(HASHES[0], b"QQ==\n"),
        GOOD.replace(HASHES[0], b" " + HASHES[0]),
        GOOD.replace(b"\n\nsvx", b"\nsvx"),
        GOOD.replace(b"\n\nsvx", b"\n\n\nsvx"),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD[:-1],
        GOOD + b"\n",
        GOOD.replace(b"\n21\n", b"\n021\n"),
        GOOD.replace(b"\n21\n", b"\n9\n"),
        GOOD.partition(SIGNED)[0],
        GOOD.partition(SIGNED)[0] + HEAD.body,
    ],
)
def test_a_receipt_with_anything_missing_or_more_is_refused(data: bytes) -> None:
    assert not refused(GOOD)
    assert refused(data)


def test_a_path_is_read_up_to_63_hashes() -> None:
    longest = Receipt(9, (bytes(32),) * 63, COSIGNED)

    assert parse_receipt(longest.data()) == longest
    assert refused(replace(longest, path=(bytes(32),) * 64).data())


def test_a_long_receipt_is_read_up_to_a_limit() -> None:
    empty = len(replace(RECEIPT, extra=b"123").data()) - 4
    extra = b"x" * ((RECEIPT_BYTES - empty) // 4 * 3)
    longest = replace(RECEIPT, extra=extra)

    assert parse_receipt(longest.data()) == longest
    assert refused(replace(RECEIPT, extra=extra + b"xxx").data())


@given(mutated(GOOD) | st.binary())
def test_whatever_is_read_has_that_one_spelling_and_the_rest_is_refused(data: bytes) -> None:
    with contextlib.suppress(Refused):
        receipt = parse_receipt(data)
        assert receipt.data() == data
        verify_receipt(receipt, ENTRIES[9], POLICY)
        assert (receipt.index, receipt.path) == (9, RECEIPT.path)
