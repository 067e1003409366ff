"""A whole log checked: as it was published, spoilt, cut, rewritten and signed again."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.checks import rebuilding
from svx_ledger.proofs.checks.log import LogVerified, require_fresh, verify_log
from svx_ledger.proofs.checks.rebuilding import SPAN
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.note import Note, parse_note
from svx_ledger.proofs.tree.entries import pack_entries
from svx_ledger.proofs.tree.merkle import entry_of
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile

from .written_log import WrittenLog, policy, records

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 700]
OTHER_KEY = SigningKey("ledger.example/test", ED25519, b"o" * 32)


def verified(
    log: WrittenLog, kept: bytes | None = None, note: bytes | None = None
) -> LogVerified:
    source = log_in(log.folder)
    return verify_log(source, note or source.checkpoint(), policy(), kept=kept)


def found(check: Callable[[], object]) -> Finding:
    with pytest.raises(Refused) as refused:
        check()
    return refused.value.finding


@pytest.mark.parametrize("size", SIZES)
def test_a_log_as_it_was_published_is_verified(tmp_path: Path, size: int) -> None:
    log = WrittenLog(tmp_path, records(size))

    assert verified(log).head == log.head()


def test_a_log_that_another_program_wrote_is_verified(test_data: Path) -> None:
    from svx_ledger.proofs.notes.policy import policy_of_keys

    vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    log = log_in(test_data / "proof_vectors" / "tessera_log")

    for size in range(1, 16):
        note = log.get(f"checkpoint.{size}", 1000)
        assert note is not None
        assert verify_log(log, note, policy_of_keys([vkey])).head.size == size


@given(st.lists(st.binary(max_size=6), max_size=9))
def test_entries_may_be_of_any_length(
    tmp_path_factory: pytest.TempPathFactory, entries: list[bytes]
) -> None:
    log = WrittenLog(tmp_path_factory.mktemp("log"), entries, raw=True)

    assert verified(log).head == log.head()


def test_entries_as_long_as_equal_ones_would_be_together_are_told_apart(
    tmp_path: Path,
) -> None:
    log = WrittenLog(tmp_path, [b"abc", b"ab", b"abcd"], raw=True)

    assert verified(log).head == log.head()


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path, records(700))
    told: list[tuple[list[int], int]] = []

    def watch(done: Iterable[int], total: int) -> list[int]:
        told.append((list(done), total))
        return told[0][0]

    verify_log(log_in(tmp_path), log.note(), policy(), watch=watch)

    assert told == [([256, 512, 700], 700)]


def _edit(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entry_of(b"another"), *entries[at + 1 :]]


def _delete(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], *entries[at + 1 :], entries[at]]


def _insert(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entry_of(b"another"), *entries[at:-1]]


def _duplicate(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entries[at - 1], *entries[at + 1 :]]


def _reorder(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]


@pytest.mark.parametrize("attack", [_edit, _delete, _insert, _duplicate, _reorder])
@pytest.mark.parametrize("at", [1, 200, 300, 600])
def test_the_first_entry_that_is_not_as_signed_is_named(
    tmp_path: Path, attack: Callable[[list[bytes], int], list[bytes]], at: int
) -> None:
    log = WrittenLog(tmp_path, records(700))
    index, number = divmod(at, 256)
    bundle = Tile(ENTRIES, index, min(700 - index * 256, 256))
    entries = log.entries[bundle.start : bundle.start + bundle.width]
    log.write(bundle, pack_entries(attack(entries, number)))

    finding = found(lambda: verified(log))

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, at)


@pytest.mark.parametrize(
    ("tile", "at", "leaf"),
    [
        (Tile(0, 0, 256), 5 * 32, 5),
        (Tile(0, 1, 256), 31, 256),
        (Tile(0, 2, 188), 187 * 32, 699),
        (Tile(1, 0, 2), 32, 256),
    ],
)
def test_a_flipped_bit_of_a_tile_names_the_first_leaf_under_it(
    tmp_path: Path, tile: Tile, at: int, leaf: int
) -> None:
    log = WrittenLog(tmp_path, records(700))
    log.spoil(tile, at)

    finding = found(lambda: verified(log))

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, leaf)
    assert tile.path in finding.detail


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> WrittenLog:
    """A log with one full span, and something after it."""
    return WrittenLog(tmp_path_factory.mktemp("long"), records(SPAN + 300))


def test_several_processes_come_to_the_same(
    long: WrittenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "SPANS_WORTH_IT", 1)

    def check() -> list[int]:
        return list(rebuilding.rebuild(log_in(long.folder), long.head(), processes=2))

    assert check() == [SPAN, SPAN + 256, SPAN + 300]
    one = [*rebuilding.rebuild(log_in(long.folder), long.head())]
    assert one[-1] == SPAN + 300
    for tile, at, leaf in [
        (Tile(0, 9, 256), 0, 9 * 256),
        (Tile(1, 0, 256), 5 * 32, 5 * 256),
        (Tile(2, 0, 1), 0, 0),
        (Tile(0, 256, 256), 32, SPAN + 1),
    ]:
        long.spoil(tile, at)
        finding = found(check)
        assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, leaf)
        long.spoil(tile, at)


@given(data=st.data())
def test_no_bit_of_a_log_can_be_flipped(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    log = WrittenLog(tmp_path_factory.mktemp("log"), records(300))
    files = sorted(path for path in log.folder.rglob("*") if path.is_file())
    file = data.draw(st.sampled_from(files))
    spoilt = bytearray(file.read_bytes())
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(spoilt)

    assert found(lambda: verified(log)).code in {
        Code.ENTRY_NOT_IN_TREE,
        Code.KEY_UNKNOWN,
        Code.NOT_CANONICAL,
    }


def test_entries_and_tiles_that_agree_are_nothing_without_the_signed_root(
    tmp_path: Path,
) -> None:
    signed = WrittenLog(tmp_path / "signed", records(300)).note()
    forged = WrittenLog(tmp_path / "forged", [*records(299), b"another"])

    finding = found(lambda: verified(forged, note=signed))

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, None)


@pytest.mark.parametrize(
    ("tile", "index"),
    [(Tile(ENTRIES, 1, 256), 256), (Tile(0, 2, 188), 512), (Tile(1, 0, 2), 0)],
)
def test_what_is_withheld_is_named_with_its_first_leaf(
    tmp_path: Path, tile: Tile, index: int
) -> None:
    log = WrittenLog(tmp_path, records(700))
    log.path(tile).unlink()

    finding = found(lambda: verified(log))

    assert (finding.code, finding.index) == (Code.WITHHELD, index)


def test_a_log_without_a_checkpoint_is_withheld(tmp_path: Path) -> None:
    assert found(lambda: log_in(tmp_path).checkpoint()).code is Code.WITHHELD


def test_a_dropped_partial_tile_is_the_beginning_of_the_full_one(tmp_path: Path) -> None:
    older = WrittenLog(tmp_path / "older", records(200))
    newer = WrittenLog(tmp_path / "newer", records(256))

    assert verified(newer, note=older.note()).head == older.head()


@pytest.mark.parametrize(
    "tile", [Tile(ENTRIES, 0, 256), Tile(0, 0, 256), Tile(0, 1, 44), Tile(1, 0, 1)]
)
@pytest.mark.parametrize("extra", [b"\0", b"\0" * 32, -1])
def test_a_tile_of_another_length_is_malformed(
    tmp_path: Path, tile: Tile, extra: bytes | int
) -> None:
    log = WrittenLog(tmp_path, records(300))
    data = log.path(tile).read_bytes()
    log.write(tile, data + extra if isinstance(extra, bytes) else data[:extra])

    assert found(lambda: verified(log)).code is Code.NOT_CANONICAL


def test_a_head_of_another_key_or_origin_is_not_trusted(tmp_path: Path) -> None:
    other_key = WrittenLog(tmp_path / "1", records(3), key=OTHER_KEY)
    other_origin = WrittenLog(
        tmp_path / "2",
        records(3),
        origin="ledger.example/2",
        key=SigningKey("ledger.example/2", ED25519, b"k" * 32),
    )

    assert found(lambda: verified(other_key)).code is Code.KEY_UNKNOWN
    assert found(lambda: verified(other_origin)).code is Code.KEY_UNKNOWN


def test_a_stripped_or_doubled_signature_of_the_log_is_refused(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path, records(3), cosigned=[100, 100])
    note = parse_note(log.note())
    signature, *cosignatures = note.signatures
    stripped = Note(note.text, tuple(cosignatures)).data()
    doubled = Note(note.text, (signature, signature)).data()

    assert found(lambda: verified(log, note=stripped)).code is Code.KEY_UNKNOWN
    assert found(lambda: verified(log, note=doubled)).code is Code.NOT_CANONICAL


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300, 699, 700])
def test_a_log_goes_on_from_the_head_that_was_kept(tmp_path: Path, before: int) -> None:
    kept = WrittenLog(tmp_path / "older", records(before))
    log = WrittenLog(tmp_path / "newer", records(700))

    assert verified(log, kept.note()).kept == kept.head()


def test_a_history_written_again_and_signed_with_the_real_key_is_found(
    tmp_path: Path,
) -> None:
    kept = WrittenLog(tmp_path / "older", records(500)).note()
    changed = [*records(400), b"another", *records(700)[401:]]

    finding = found(lambda: verified(WrittenLog(tmp_path / "newer", changed), kept))

    assert finding.code is Code.HISTORY_REWRITTEN
    assert "first 500 of 700" in finding.detail


def test_a_log_that_was_cut_below_the_kept_head_shrank(tmp_path: Path) -> None:
    kept = WrittenLog(tmp_path / "older", records(500)).note()

    finding = found(lambda: verified(WrittenLog(tmp_path / "cut", records(499)), kept))

    assert (finding.code, finding.index) == (Code.LOG_SHRANK, 499)


def test_a_log_that_was_cut_above_the_kept_head_cannot_be_told(tmp_path: Path) -> None:
    kept = WrittenLog(tmp_path / "older", records(500)).note()
    cut = WrittenLog(tmp_path / "cut", records(501))  # 700 there were, and nobody kept that

    assert verified(cut, kept).head.size == 501


def test_an_old_genuine_head_is_found_by_what_was_kept_and_by_its_age(
    tmp_path: Path,
) -> None:
    newest = WrittenLog(tmp_path / "newest", records(700), cosigned=[2000, 2000]).note()
    old = WrittenLog(tmp_path / "old", records(500), cosigned=[1000, 1000])
    trusted = policy(2).open(old.note())

    assert verified(old).head.size == 500
    assert found(lambda: verified(old, newest)).code is Code.LOG_SHRANK
    assert found(lambda: require_fresh(trusted, 2000, 600)).code is Code.STALE


def test_a_split_view_at_one_size_has_two_roots(tmp_path: Path) -> None:
    kept = WrittenLog(tmp_path / "mine", records(500)).note()
    shown = WrittenLog(tmp_path / "yours", [*records(499), b"another"])

    assert found(lambda: verified(shown, kept)).code is Code.TWO_ROOTS


def test_a_head_is_stale_by_the_witness_that_saw_it_longest_ago(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path, records(3), cosigned=[1000, 1030])
    trusted = policy(2).open(log.note())

    require_fresh(trusted, now=1100, most_seconds=100)
    assert found(lambda: require_fresh(trusted, 1101, 100)).code is Code.STALE


def test_a_head_that_a_witness_saw_in_the_future_is_not_fresh(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path, records(3), cosigned=[1000, 1400])
    trusted = policy(2).open(log.note())

    require_fresh(trusted, now=1100, most_seconds=100)
    assert found(lambda: require_fresh(trusted, 1099, 100)).code is Code.STALE


def test_a_head_that_no_witness_saw_may_be_of_any_age(tmp_path: Path) -> None:
    trusted = policy().open(WrittenLog(tmp_path, records(3)).note())

    assert found(lambda: require_fresh(trusted, 0, 10**9)).code is Code.STALE


def test_nothing_but_files_is_read(tmp_path: Path) -> None:
    import os

    log = WrittenLog(tmp_path, records(3))
    tile = log.path(Tile(0, 0, 3))
    tile.unlink()
    os.mkfifo(tile)  # opening it would wait for ever

    assert found(lambda: verified(log)).code is Code.WITHHELD
