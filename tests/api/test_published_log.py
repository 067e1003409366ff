"""The published log over HTTP: files for everybody, and what is not published for nobody."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from svx_ledger.proofs.notes.checkpoint import open_checkpoint
from svx_ledger.proofs.notes.note import base64_bytes
from svx_ledger.proofs.tree.consistency import verify_consistency
from svx_ledger.proofs.tree.entries import unpack_entries
from svx_ledger.proofs.tree.inclusion import verify_inclusion
from svx_ledger.proofs.tree.merkle import entry_of, leaf_hash
from tests.proofs.rfc6962 import root

from .published import KEY, ORIGIN, PublishedService, published

NEVER_TILES = (
    *("0/0", "0/0000", "00/000", "64/000", "-1/000", "0/000.p/0", "0/000.p/256", "0/000.p/017"),
    *(
        "0/x000/000",
        "entries/1",
        "0/000/",
        "/0/000",
        "0/000.p",
        "0/000%00",
        "0/%D9%A0%D9%A0%D9%A0",
        "..%2Fcheckpoint",
    ),
    *("0/x999/x999/x999/x999/x999/999", "entries/..%2F0/000", "0//000", "0/000?width=1"),
)


def asked(one: PublishedService, *paths: str, **headers: str) -> list[httpx2.Response]:
    """Ask for each address without a key."""

    async def ask() -> list[httpx2.Response]:
        async with one.served.client() as client:
            return [await client.get(path, headers=headers) for path in paths]

    return asyncio.run(ask())


def rows(one: PublishedService) -> list[bytes]:
    return [row.record for row in one.served.exchange.store.rows()]


def test_before_anything_is_published_there_is_nothing(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        answers = asked(
            one,
            "/log/checkpoint",
            "/log/tile/0/000.p/1",
            "/log/tile/entries/000.p/1",
            "/proofs/inclusion?position=1",
            "/proofs/consistency?old=0",
        )

    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["type"] for answer in answers} == {"/problems/no-such-thing"}


def test_the_log_says_what_is_found_where(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        (log,) = asked(one, "/log")
        told = log.json()
        numbered = [
            told["tiles"].format(level=0, number=f"000.p/{size}"),
            told["entries"].format(number=f"000.p/{size}"),
            f"{told['inclusion']}1",
            f"{told['consistency']}1",
        ]
        answers = asked(one, told["checkpoint"], told["keys"], *numbered)
        (missing,) = asked(one, "/log/tile/9/999")

    assert (told["origin"], told["epoch"]) == (ORIGIN, 1)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert "GET /log " in missing.json()["remedy"]


def test_a_page_of_somebody_else_may_read_what_is_published_and_nothing_more(
    tmp_path: Path,
) -> None:
    public = ["/log", "/log/checkpoint", "/log/keys", "/log/no", "/proofs/inclusion?position=1"]
    with published(tmp_path) as one:
        one.publish()
        read, others = (
            asked(one, *public),
            asked(one, "/events", "/ready", "/logs", "/problems"),
        )

    for answer in read:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    for answer in others:
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_files_of_the_log_are_those_of_its_records(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        note, tile, bundle = asked(
            one,
            "/log/checkpoint",
            f"/log/tile/0/000.p/{size}",
            f"/log/tile/entries/000.p/{size}",
        )
        entries = [entry_of(record) for record in rows(one)]

    checkpoint = open_checkpoint(note.content, [KEY.verifier])
    leaves = [leaf_hash(entry) for entry in entries]
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, size)
    assert checkpoint.root == root(leaves)
    assert tile.content == b"".join(leaves)
    assert unpack_entries(bundle.content, size) == entries


def test_a_checkpoint_is_asked_for_again_and_a_tile_is_kept(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        one.publish()
        note, tile = asked(one, "/log/checkpoint", "/log/tile/0/000.p/9")
        (same,) = asked(one, "/log/checkpoint", **{"If-None-Match": note.headers["ETag"]})

    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert note.headers["Cache-Control"] == "public, no-cache"
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (same.status_code, same.content) == (304, b"")


def test_what_is_on_the_log_and_not_published_is_in_no_file(tmp_path: Path) -> None:
    with published(tmp_path) as one:
        size = one.publish()
        auction = one.served.auction
        one.served.exchange.execute(auction.bid(0, pounds=100), auction.bidders[0])
        one.served.exchange.execute(auction.bid(1, pounds=200), auction.bidders[1])
        assert one.served.head() == size + 2
        answers = asked(
            one,
            f"/log/tile/0/000.p/{size + 1}",
            f"/log/tile/entries/000.p/{size + 1}",
            f"/proofs/inclusion?position={size + 1}",
            f"/proofs/inclusion?position=1&size={size + 1}",
            f"/proofs/consistency?old=1&new={size + 1}",
            f"/proofs/consistency?old={size + 1}",
            "/log/tile/0/000",
            "/log/tile/1/000",
            "/log/tile/1/000.p/1",
        )
        covered = asked(one, f"/log/tile/0/000.p/{size}", f"/log/tile/entries/000.p/{size}")

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.status_code for answer in covered} == {200}


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with published(tmp_path_factory.mktemp("still")) as one:
        one.publish()
        yield one


@pytest.mark.parametrize("name", NEVER_TILES)
def test_a_tile_has_one_name(still: PublishedService, name: str) -> None:
    (answer,) = asked(still, f"/log/tile/{name}")

    assert answer.status_code in (404, 422)
    assert "application/problem+json" in answer.headers["Content-Type"]


def test_an_inclusion_proof_leads_to_the_root_of_any_size(still: PublishedService) -> None:
    leaves = [leaf_hash(entry_of(record)) for record in rows(still)]
    sizes = range(1, len(leaves) + 1, 5)
    paths = [f"/proofs/inclusion?position={size}&size={size}" for size in sizes]

    for size, answer in zip(sizes, asked(still, *paths), strict=True):
        said = answer.json()
        path = [base64_bytes(one) for one in said["path"]]
        assert base64_bytes(said["root"]) == root(leaves[:size])
        upto = root(leaves[:size])
        verify_inclusion(leaves[size - 1], said["index"], said["size"], path, upto)
        assert answer.headers["Cache-Control"].endswith("immutable")


def test_a_consistency_proof_joins_any_two_sizes(still: PublishedService) -> None:
    leaves = [leaf_hash(entry_of(record)) for record in rows(still)]
    pairs = [(0, 7), (1, 2), (3, 9), (8, 20), (11, 11), (5, len(leaves))]
    paths = [f"/proofs/consistency?old={old}&new={new}" for old, new in pairs]

    for (old, new), answer in zip(pairs, asked(still, *paths), strict=True):
        said = answer.json()
        path = [base64_bytes(one) for one in said["path"]]
        verify_consistency(old, root(leaves[:old]), new, root(leaves[:new]), path)
        assert (said["old"], said["new"]) == (old, new)
        assert base64_bytes(said["root"]) == root(leaves[:new])


@pytest.mark.parametrize(
    "query", ["", "position=0", "position=x", "position=1&size=-1", "position=1&at=2"]
)
def test_a_proof_is_of_what_can_be_a_place(still: PublishedService, query: str) -> None:
    (answer,) = asked(still, f"/proofs/inclusion?{query}")

    assert answer.json()["type"] == "/problems/bad-parameter"


def test_a_size_that_does_not_have_the_record_has_no_proof(still: PublishedService) -> None:
    paths = ("/proofs/inclusion?position=4&size=3", "/proofs/consistency?old=4&new=3")

    assert [answer.status_code for answer in asked(still, *paths)] == [404, 404]


def test_the_keys_that_are_told_are_those_on_the_ledger(still: PublishedService) -> None:
    (answer,) = asked(still, "/log/keys")

    assert answer.json() == {
        "origin": ORIGIN,
        "epoch": 1,
        "keys": [KEY.verifier.text],
        "past_keys": [],
    }


def test_a_state_that_cannot_be_read_is_told_without_naming_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with published(tmp_path) as one:
        one.publish()
        state = tmp_path / "served.log" / "state.db"
        for beside in tmp_path.glob("served.log/state.db-*"):
            beside.unlink()
        state.write_bytes(sha256(b"no database").digest() * 1_000)
        answers = asked(one, "/log/checkpoint", "/log/tile/0/000.p/1", "/events/1/receipt")

    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["type"] == "/problems/not-read"
        assert str(tmp_path) not in answer.text
    assert "state.db" in caplog.text


def test_a_tree_that_was_altered_is_not_handed_out_as_proof(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with published(tmp_path) as one:
        one.publish()
        spoil(tmp_path, lambda hashes: bytes([hashes[0] ^ 1]) + hashes[1:])
        receipt, proof = asked(one, "/events/9/receipt", "/proofs/inclusion?position=9")

    assert (receipt.status_code, proof.status_code) == (503, 503)
    assert "damaged" in caplog.text


def spoil(folder: Path, altered: Callable[[bytes], bytes]) -> None:
    """Alter the leaves' first tile beneath the state."""
    import sqlite3

    on = sqlite3.connect(folder / "served.log" / "state.db")
    on.execute("DROP TRIGGER tiles_grow")
    ((hashes,),) = on.execute("SELECT hashes FROM tiles WHERE level = 0 AND number = 0")
    on.execute("UPDATE tiles SET hashes = ? WHERE level = 0", (altered(hashes),))
    on.commit()
    on.close()
