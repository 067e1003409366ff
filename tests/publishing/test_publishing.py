"""What is published of a log: the tiles that follow from its records, and signed heads."""

from pathlib import Path

import pytest

from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.tree import integration as tree

from .setting import (
    KEY,
    ORIGIN,
    Desk,
    added,
    epoch_started,
    files_in,
    key_number,
    naive_files,
    naive_note,
    records,
    revoked,
)

SIZES = (2, 3, 255, 256, 257, 400, 511, 512, 513, 700)


def _is_superseded(name: str, files: dict[str, bytes]) -> bool:
    """Whether a partial tile's full one is there."""
    return name.partition(".p/")[0] in files


def test_the_directory_is_what_the_records_lead_to(desk: Desk) -> None:
    rows = records(SIZES[-1])
    expected: dict[str, bytes] = {}
    for size in SIZES:
        desk.grow(rows[:size])
        desk.publish()

        expected |= naive_files(rows, size) | {"checkpoint": naive_note(rows, size)}
        full = {name: data for name, data in expected.items() if ".p/" not in name}
        expected = {
            name: data
            for name, data in expected.items()
            if name in full or not _is_superseded(name, full)
        }
        assert files_in(desk.published) == expected
        assert desk.mark.read_bytes() == expected["checkpoint"]


def test_a_log_published_at_once_is_that_of_many_steps(desk: Desk) -> None:
    rows = records(700)
    desk.grow(rows)
    desk.publish()

    assert files_in(desk.published) == naive_files(rows, 700) | {
        "checkpoint": naive_note(rows, 700)
    }


def test_a_close_has_a_checkpoint_right_before_it_and_one_at_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "CHUNK", 50)  # 101 and 150 are the last and the first of a chunk
    closes = [4, 5, 101, 150, 152, 199]
    rows = records(200, closes)
    desk.grow(rows)
    desk.publish()

    sizes = sorted({200} | {size for close in closes for size in (close - 1, close)})
    assert desk.notes() == {size: (naive_note(rows, size),) * 2 for size in sizes}


@pytest.mark.parametrize("lengths", [(100, 149, 150, 151, 200), (99, 101, 200)])
def test_checkpoints_of_a_close_do_not_depend_on_when_it_was_seen(
    here: Desk, lengths: tuple[int, ...]
) -> None:
    rows = records(200, [100, 101, 150])
    for length in lengths:
        here.grow(rows[:length])
        here.publish()

    bounds = {99, 100, 101, 149, 150}
    assert here.notes() == {
        size: (naive_note(rows, size),) * 2 for size in sorted(bounds | {*lengths})
    }


def test_nothing_is_written_where_nothing_is_new(desk: Desk) -> None:
    desk.grow(records(300))
    desk.publish()
    before = {path: path.stat().st_mtime_ns for path in desk.folder.rglob("*.*")}
    notes = desk.notes()

    desk.publish()

    published = [path for path in before if desk.published in path.parents]
    assert published
    assert {path: path.stat().st_mtime_ns for path in published} == {
        path: before[path] for path in published
    }
    assert desk.notes() == notes


def test_every_key_that_is_in_force_at_a_size_signs_it(desk: Desk) -> None:
    rows = records(60, [20, 40, 50], {10: added(2), 30: revoked(1), 45: added(3)})
    desk.grow(rows)
    first, second, third = (key_number(n) for n in (1, 2, 3))
    desk.publish([third, first, second])

    assert desk.notes() == {
        size: (naive_note(rows, size, keys),) * 2
        for size, keys in {
            19: [first, second],
            20: [first, second],
            39: [second],
            40: [second],
            49: [third, second],
            50: [third, second],
            60: [third, second],
        }.items()
    }


def test_nothing_is_signed_before_a_key_is_in_force_and_after_the_last_was_revoked(
    here: Desk,
) -> None:
    rows = records(20, [5, 15], {10: revoked(1), 18: added(2)})
    here.grow(rows[:16])
    with pytest.raises(NotPublished, match="key log make"):
        here.publish()

    assert here.notes().keys() == {4, 5}
    assert (here.published / "checkpoint").read_bytes() == naive_note(rows, 5)

    here.grow(rows)
    here.publish([key_number(2)])

    assert here.notes()[20] == (naive_note(rows, 20, [key_number(2)]),) * 2


def test_a_key_file_without_the_key_in_force_is_told_which_one_that_is(here: Desk) -> None:
    here.grow(records(10))
    with pytest.raises(NotPublished, match=KEY.verifier.key_id.hex()):
        here.publish([key_number(2)])

    assert files_in(here.published) == {}


def test_checkpoints_that_no_key_at_hand_can_sign_do_not_stop_later_ones(here: Desk) -> None:
    rows = records(30, [10], {20: added(2), 25: revoked(1)})
    here.grow(rows)
    here.publish([key_number(2)])

    assert here.notes() == {
        9: (None, None),
        10: (None, None),
        30: (naive_note(rows, 30, [key_number(2)]),) * 2,
    }


def test_a_new_epoch_is_another_log_that_begins_with_its_record(desk: Desk) -> None:
    desk.grow(records(10, [4]))
    desk.publish()
    note = (desk.published / "checkpoint").read_bytes()
    rows = records(14, [4, 13], {11: epoch_started(note)})
    desk.grow(rows)
    key, origin = key_number(9, f"{ORIGIN}/2"), f"{ORIGIN}/2"
    with pytest.raises(NotPublished, match="name another folder"):
        desk.publish([KEY, key])
    moved = Desk(url=desk.url, folder=desk.folder / "2")
    moved.folder.mkdir()
    moved.publish([KEY, key])

    assert (desk.published / "checkpoint").read_bytes() == note
    assert files_in(moved.published) == naive_files(rows, 14) | {
        "checkpoint": naive_note(rows, 14, [key], origin)
    }
    assert desk.notes(2).keys() == {12, 13, 14}
    assert desk.notes(1).keys() == {3, 4, 10}


def test_a_state_that_was_lost_is_made_again_with_the_same_bytes(here: Desk) -> None:
    rows = records(600, [300])
    here.grow(rows)
    here.publish()
    before = files_in(here.published), here.notes()
    for path in (here.folder / "ledger.log").iterdir():
        path.unlink()
    here.publish()

    assert (files_in(here.published), here.notes()) == before


def test_partial_tiles_that_an_interrupted_step_left_are_removed(here: Desk) -> None:
    here.grow(records(300))
    here.publish()
    left = here.published / "tile/0/000.p"
    left.mkdir()
    (left / "17").write_bytes(b"left behind")
    here.publish()

    assert not left.exists()
    assert (here.published / "tile/0/001.p/44").is_file()


def test_a_folder_that_holds_something_else_is_left_alone(here: Desk) -> None:
    here.grow(records(5))
    here.published.mkdir()
    (here.published / "letter.txt").write_text("Dear reader")
    with pytest.raises(NotPublished, match="holds something else"):
        here.publish()

    assert list(files_in(here.published)) == ["letter.txt"]


def test_published_files_can_be_read_by_everybody(here: Desk, tmp_path: Path) -> None:
    here.grow(records(5))
    here.publish()

    files = [path for path in here.published.rglob("*") if path.name != ".lock"]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o644", "0o755"}
    assert (tmp_path / "ledger.log").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "ledger.log/state.db").stat().st_mode & 0o777 == 0o600
