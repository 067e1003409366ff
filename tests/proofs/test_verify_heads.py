"""Remembered heads: what is kept of a log, and the file in which it is kept."""

from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svx_ledger.proofs.checks.heads import (
    epoch_order,
    head_of,
    heads_data,
    parse_heads,
    require_not_behind,
    require_prefix,
    same_ledger,
)
from svx_ledger.proofs.checks.remembering import HeadsFile
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.merkle import EMPTY_ROOT

from .hostile import mutated
from .written_log import ORIGIN, WrittenLog, records

OTHER = "ledger.example/other"
OTHER_KEY = SigningKey(OTHER, ED25519, b"o" * 32)


def head(size: int, root: bytes = b"r" * 32, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, root)


@pytest.mark.parametrize(
    ("kept", "shown", "code"),
    [
        (head(5), head(4), Code.LOG_SHRANK),
        (head(5), head(5, b"s" * 32), Code.TWO_ROOTS),
        (head(5), head(6, origin=OTHER), Code.KEY_UNKNOWN),
        (head(1), head(0, EMPTY_ROOT), Code.LOG_SHRANK),
    ],
)
def test_a_head_that_does_not_go_on_from_a_kept_one_is_refused(
    kept: Checkpoint, shown: Checkpoint, code: Code
) -> None:
    with pytest.raises(Refused) as refused:
        require_not_behind(kept, shown)

    assert refused.value.finding.code is code


def test_a_head_of_the_same_or_a_greater_size_may_go_on() -> None:
    require_not_behind(head(5), head(5))
    require_not_behind(head(5), head(6, b"s" * 32))


@given(size=st.integers(0, 600))
def test_a_prefix_is_one_only_with_its_own_root(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    tree = WrittenLog(folder / "all", records(600)).tree()
    before = WrittenLog(folder / "before", records(size)).head()

    require_prefix(before, tree)
    with pytest.raises(Refused) as refused:
        require_prefix(Checkpoint(ORIGIN, size, b"x" * 32), tree)
    assert refused.value.finding.code is Code.HISTORY_REWRITTEN


def test_a_tree_has_no_prefix_that_is_longer(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        require_prefix(head(4), WrittenLog(tmp_path, records(3)).tree())

    assert (refused.value.finding.code, refused.value.finding.index) == (Code.LOG_SHRANK, 3)


def test_each_log_has_one_head_in_the_file_the_last_that_was_remembered(
    tmp_path: Path,
) -> None:
    file = tmp_path / "heads"
    first = WrittenLog(tmp_path / "1", records(3)).note()
    second = WrittenLog(tmp_path / "2", records(4)).note()
    other = WrittenLog(tmp_path / "3", records(5), origin=OTHER, key=OTHER_KEY).note()

    assert HeadsFile(file).kept(first) is None
    for note in (first, other, second):
        HeadsFile(file).remember(note)

    assert HeadsFile(file).kept(first) == second
    assert HeadsFile(file).kept(other) == other
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["heads"]


def of_size(folder: Path, size: int, origin: str = ORIGIN) -> bytes:
    key = SigningKey(origin, ED25519, b"e" * 32)
    return WrittenLog(folder / f"{size}", records(size), origin=origin, key=key).note()


def test_what_is_remembered_never_goes_back(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    five, ten, twenty = (of_size(tmp_path, size) for size in (5, 10, 20))
    HeadsFile(file).remember(five)
    one, other = HeadsFile(file), HeadsFile(file)

    one.remember(twenty)
    other.remember(ten)

    assert HeadsFile(file).kept(five) == twenty


def test_the_first_of_two_heads_of_one_size_stays(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    first = of_size(tmp_path, 5)
    second = WrittenLog(tmp_path / "second", [*records(4), b"another"]).note()

    HeadsFile(file).remember(first)
    HeadsFile(file).remember(second)

    assert HeadsFile(file).kept(first) == first


def test_several_at_a_time_lose_no_head(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    origins = [f"{ORIGIN}{letter}" for letter in "abcdefgh"]
    notes = [of_size(tmp_path, number + 1, origin) for number, origin in enumerate(origins)]
    opened = [HeadsFile(file) for _ in notes]
    threads = [
        Thread(target=heads.remember, args=[note])
        for heads, note in zip(opened, notes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    heads = HeadsFile(file)
    assert [heads.kept(note) for note in notes] == notes


def test_a_write_that_fails_leaves_the_file_as_it_was_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "heads"
    five, ten = of_size(tmp_path, 5), of_size(tmp_path, 10)
    HeadsFile(file).remember(five)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        HeadsFile(file).remember(ten)

    assert HeadsFile(file).kept(ten) == five
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["heads"]


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("[]")

    with pytest.raises(ValueError, match="heads: "):
        HeadsFile(tmp_path / "heads")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("a/b", "a/b/2"), ("a/b/2", "a/b/3"), ("a/b/9", "a/b/10"), ("a/5", "a/5/2")],
)
def test_epochs_of_one_ledger_are_told_by_their_names(earlier: str, later: str) -> None:
    assert same_ledger(earlier, later)
    assert same_ledger(later, earlier)
    assert epoch_order(earlier) < epoch_order(later)


@pytest.mark.parametrize("other", ["a/c", "a/b2", "a/c/2", "a/b/x", "a/b/02", "a", "x/a/b"])
def test_another_name_is_another_ledger(other: str) -> None:
    assert not same_ledger("a/b", other)


def test_the_heads_of_other_epochs_are_those_of_the_same_ledger(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    origins = (f"{ORIGIN}/3", ORIGIN, OTHER)
    for number, origin in enumerate(origins, start=1):
        HeadsFile(file).remember(of_size(tmp_path, number, origin))

    second = of_size(tmp_path, 9, f"{ORIGIN}/2")

    found = HeadsFile(file).other_epochs(second)
    assert [(head.origin, head.size) for head in found] == [(ORIGIN, 2), (f"{ORIGIN}/3", 1)]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    heads = {ORIGIN: WrittenLog(tmp_path, records(3)).note()}

    assert heads == parse_heads(heads_data(heads))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"a": "b"}',
        b'{"a": "\\ud800"}',
        b"\xff",
    ],
)
def test_a_file_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse_heads(data)

    assert refused.value.finding.code is Code.NOT_CANONICAL


def test_a_head_under_the_name_of_another_log_is_refused(tmp_path: Path) -> None:
    note = WrittenLog(tmp_path, records(3)).note()

    with pytest.raises(Refused):
        parse_heads(heads_data({OTHER: note}))


GOOD = heads_data(
    {ORIGIN: b"ledger.example/test\n0\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 a AAAAAAA=\n"}
)


@given(mutated(GOOD))
def test_hostile_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        heads = parse_heads(data)
    except Refused:
        return

    assert all(head_of(note).origin == origin for origin, note in heads.items())
