"""Heads in a folder: each stays, whatever else is kept, and lies where it is looked for."""

import os
from pathlib import Path

import pytest

from svx_ledger.proofs.checks.heads import head_of
from svx_ledger.proofs.files.kept_head import keep_head, kept_name
from svx_ledger.proofs.notes.keys import ED25519, SigningKey

from .written_log import ORIGIN, WrittenLog, records


def of(folder: Path, size: int, origin: str = ORIGIN) -> bytes:
    """The head of a log of this size."""
    key = SigningKey(origin, ED25519, b"k" * 32)
    made = WrittenLog(folder / "logs" / str(size), records(size), origin=origin, key=key)
    return made.note()


def test_a_note_is_kept_once_and_another_of_its_size_beside_it(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(5))
    first, second = log.note([1000]), log.note([1600])

    kept = [keep_head(tmp_path / "heads", note) for note in (first, second, first)]

    assert [file.read_bytes() for file in kept] == [first, second, first]
    assert sorted((tmp_path / "heads").iterdir()) == sorted({*kept})
    assert len({*kept}) == 2


def test_names_sort_by_log_and_then_by_size(tmp_path: Path) -> None:
    origins = ("log.example/a", "log.example/b", "log.example/a-0", "log.example/a/2", ".a")
    notes = [of(tmp_path, size, origin) for origin in origins for size in (300, 9, 10)]

    names = sorted(map(kept_name, notes))
    heads = {kept_name(note): head_of(note) for note in notes}
    inorder = [(heads[name].origin, heads[name].size) for name in names]

    assert len(names) == len(notes)
    assert [size for _, size in inorder] == [9, 10, 300] * len(origins)
    assert {origin for origin, _ in inorder[::3]} == {*origins}
    assert not any("/" in name or name.startswith(".") for name in names)


def test_a_name_is_never_too_long_for_a_file(tmp_path: Path) -> None:
    note = of(tmp_path, 3, "log.example/" + "ä" * 300)

    assert keep_head(tmp_path / "heads", note).read_bytes() == note


def test_a_file_that_was_changed_stays_as_it_is(tmp_path: Path) -> None:
    note = of(tmp_path, 3)
    file = keep_head(tmp_path / "heads", note)
    file.write_bytes(b"changed")

    with pytest.raises(ValueError, match="is not the head that its name says"):
        keep_head(tmp_path / "heads", note)
    assert file.read_bytes() == b"changed"


def test_it_is_on_the_disk_under_its_name_before_this_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, done = of(tmp_path, 3), []
    heads = tmp_path / "heads"
    sync = os.fsync

    def synced(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        done.append((name, [*map(str, heads.glob(kept_name(note)))] != []))
        sync(handle)

    monkeypatch.setattr(os, "fsync", synced)
    keep_head(heads, note)

    part = f".{kept_name(note)}.{os.getpid()}"
    assert done == [(part, False), ("heads", True), (tmp_path.name, True)]


def test_what_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    note = of(tmp_path, 3)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        keep_head(tmp_path / "heads", note)
    assert [*(tmp_path / "heads").iterdir()] == []
