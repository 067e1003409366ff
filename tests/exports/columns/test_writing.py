"""A copy says what the ledger says, is written once, and is the same bytes each time."""

import os
import stat
import subprocess
import sys
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from svx_ledger.eventlog.record import Row, read_record
from svx_ledger.exports.columns import lines as lines_module
from svx_ledger.exports.columns import writing as writing_module
from svx_ledger.exports.columns.checking import check
from svx_ledger.exports.columns.facts import Fact, facts
from svx_ledger.exports.columns.faults import CopyBusy, CopyNotWritten, CopyRefused
from svx_ledger.exports.columns.folder import Folder
from svx_ledger.exports.columns.layout import KINDS
from svx_ledger.exports.columns.reading import opened
from svx_ledger.exports.columns.writing import write
from svx_ledger.proofs.tree.compact_range import root_over

from .setting import SIZE, appended, contents, copied, filled, ledger, source

ROOT = Path(__file__).parents[3]


def test_the_rows_of_a_copy_are_the_ledgers(url: str, told: list[Row], tmp_path: Path) -> None:
    with ledger(url) as (of_ledger, view):
        reached = copied(tmp_path / "copy", of_ledger)
        moved = list(facts(view.rows, 0, view.position))
        findings = check(tmp_path / "copy", of_ledger)
    with opened(tmp_path / "copy") as copy:
        log = [
            row for one in copy.manifest.segments for row in copy.read("log", one).fetchall()
        ]
        of_facts = [
            Fact(*row)
            for one in copy.manifest.segments
            for row in copy.read("facts", one).fetchall()
        ]

    last = len(told) // SIZE * SIZE
    assert last in reached
    assert findings == []
    assert len(log) == last
    for row, (position, at, stream, version, name, command, data) in zip(
        told, log, strict=False
    ):
        recorded = read_record(row)
        assert (position, stream, version, name) == row[:4]
        assert at == recorded.recorded_at.replace(tzinfo=None)
        assert command == recorded.command.type
        assert b'"data":' + data.encode() + b"," in row.record
    expected = sorted(
        fact._replace(recorded_at=fact.recorded_at.replace(tzinfo=None))
        for fact in moved
        if fact.position <= last
    )
    assert of_facts == sorted(of_facts, key=lambda fact: fact.position)
    assert sorted(of_facts) == expected
    assert {fact.stage for fact in of_facts} > {"offered", "awarded", "confirmed"}


def test_the_root_of_each_segment_is_that_of_the_log_up_to_its_end(
    ready: Path, told: list[Row]
) -> None:
    manifest = Folder(ready / "x.columns").manifest()

    assert manifest is not None
    leaves = [read_record(row).leaf for row in told]
    assert manifest.segments
    for segment in manifest.segments:
        assert segment.root == root_over(leaves[: segment.last]).hex()
        assert segment.leaf == leaves[segment.last - 1].hex()
    assert manifest.root == manifest.segments[-1].root


def test_what_is_closed_is_written_once_and_never_again(
    told: list[Row], tmp_path: Path
) -> None:
    url = filled(f"sqlite:///{tmp_path / 'x.db'}", told[: SIZE * 2 - 1])
    folder = tmp_path / "x.columns"
    with ledger(url) as (of_ledger, _):
        copied(folder, of_ledger)
    first = {path: _written(path) for path in folder.rglob("*.parquet")}
    appended(url, told[SIZE * 2 - 1 : SIZE * 3])
    with ledger(url) as (of_ledger, _):
        copied(folder, of_ledger)
        again = contents(folder)
        copied(folder, of_ledger, None)

    assert len(first) == len(KINDS)
    assert {path: _written(path) for path in first} == first
    assert len(list(folder.rglob("*.parquet"))) == 3 * len(KINDS)
    assert contents(folder) == again


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "Asia/Kolkata"])
def test_another_process_elsewhere_writes_the_same_bytes(
    ready: Path, tmp_path: Path, zone: str
) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.exports.columns.setting import *\n"
        "with ledger(sys.argv[1]) as (source, _): copied(Path(sys.argv[2]), source)"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{ready / 'x.db'}"]
    environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    subprocess.run([*command, tmp_path / "again"], check=True, cwd=ROOT, env=environment)

    assert contents(tmp_path / "again") == contents(ready / "x.columns")


def test_a_folder_with_the_characters_of_a_pattern_is_taken_as_it_is_named(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    folder = tmp_path / "a [b]* 'c'? {d}"

    copied(folder, source(told, moved))

    assert check(folder, source(told, moved)) == []
    with opened(folder) as copy:
        assert copy.sums(copy.last, "measure")


def test_nobody_else_can_read_a_copy_and_nothing_of_it_is_left_elsewhere(
    told: list[Row], moved: list[Fact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(elsewhere)
    folder = tmp_path / "copy"
    old = os.umask(0)
    try:
        for _ in write(folder, source(told, moved), SIZE):
            for path in folder.rglob("*"):
                assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
        check(folder, source(told, moved))
    finally:
        os.umask(old)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(elsewhere.iterdir()) == []
    assert {path.name for path in folder.iterdir()} == {*KINDS, ".lock", "manifest.json"}


def test_a_copy_of_another_ledger_or_another_past_is_not_gone_on_with(
    there: Path, told: list[Row], moved: list[Fact]
) -> None:
    folder = there / "x.columns"
    before = contents(folder)
    foreign = [told[0]._replace(stream="ledger-other"), *told[1:]]
    forked = [*told]
    forked[300] = forked[300]._replace(
        record=forked[300].record.replace(b'"svx":1', b'"svx":1 ')
    )

    for rows, reason in (
        (foreign, "another ledger"),
        (forked, "positions 257 to 512"),
        (told[: SIZE * 2 + 1], f"the ledger ends at {SIZE * 2 + 1}"),
    ):
        with pytest.raises(CopyRefused, match=reason):
            copied(folder, source(rows, moved), None)
    assert contents(folder) == before


def test_a_copy_keeps_the_size_of_its_segments(
    there: Path, told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    with pytest.raises(CopyRefused, match="segments of 256 positions"):
        copied(there / "x.columns", source(told, moved), 512)
    with pytest.raises(ValueError, match="power of two"):
        copied(tmp_path / "new", source(told, moved), 300)
    assert not (tmp_path / "new").exists()


def test_a_ledger_without_a_closed_segment_has_an_empty_copy(
    told: list[Row], tmp_path: Path
) -> None:
    copied(tmp_path / "copy", source(told[: SIZE - 1]))

    assert check(tmp_path / "copy", source(told)) == []
    with opened(tmp_path / "copy") as copy:
        assert copy.last == 0
        assert copy.sums(100, "year") == {}
    with pytest.raises(CopyRefused, match="empty"):
        copied(tmp_path / "other", source([]))


def test_a_folder_with_something_else_in_it_is_not_written_to(
    told: list[Row], tmp_path: Path
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("…")

    with pytest.raises(CopyRefused, match="something else"):
        copied(tmp_path / "letters", source(told))
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_a_folder_that_is_there_keeps_its_mode_and_lets_nobody_read_what_is_in_it(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    folder.chmod(0o755)

    copied(folder, source(told, moved))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_lock_that_is_a_link_is_not_followed(
    told: list[Row], moved: list[Fact], tmp_path: Path, there: Path
) -> None:
    (there / "x.columns" / ".lock").unlink()
    (there / "x.columns" / ".lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CopyRefused, match="is a link; remove it"):
        copied(there / "x.columns", source(told, moved))
    assert not (tmp_path / "elsewhere").exists()


def test_a_second_writer_is_turned_away_and_harms_nothing(
    told: list[Row], moved: list[Fact], tmp_path: Path, ready: Path
) -> None:
    folder = tmp_path / "copy"
    writer = write(folder, source(told, moved), SIZE)
    next(writer)

    with pytest.raises(CopyBusy, match="another is writing"):
        copied(folder, source(told, moved))
    list(writer)
    assert contents(folder) == contents(ready / "x.columns")


def test_whoever_stops_in_between_leaves_whole_segments(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    writer = write(tmp_path / "copy", source(told, moved), SIZE)
    while next(writer) < SIZE:
        pass
    writer.close()

    assert check(tmp_path / "copy", source(told, moved)) == []
    assert not (tmp_path / "copy" / ".part").exists()
    assert max(copied(tmp_path / "copy", source(told, moved))) == len(told) // SIZE * SIZE


def test_a_gap_in_the_ledger_is_not_copied(
    told: list[Row], moved: list[Fact], tmp_path: Path
) -> None:
    torn = [*told[:400], *told[401:]]

    with pytest.raises(CopyRefused, match="gap between"):
        copied(tmp_path / "copy", source(torn, moved))


def test_what_is_said_of_a_record_that_is_none_quotes_nothing_of_it(
    told: list[Row], tmp_path: Path
) -> None:
    odd = told[300].record.replace(b'"recorded_at":"2', b'"recorded_at":"secret 2')
    for record in (odd, b'{"secret": "secret"', b'"secret"'):
        rows = [*told[:300], told[300]._replace(record=record, type="none.v1"), *told[301:]]

        with pytest.raises(CopyRefused) as refused:
            copied(tmp_path / f"copy-{len(record)}", source(rows))
        assert "secret" not in str(refused.value)


def test_a_disk_that_takes_no_more_is_named_and_what_was_whole_stays(
    there: Path, told: list[Row], moved: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [*told, *_more(told, SIZE)]
    folder = there / "x.columns"
    before = contents(folder)

    def full(*_: object) -> int:
        with open("/dev/full", "wb", buffering=0) as disk:  # noqa: PTH123
            return disk.write(b"x")

    monkeypatch.setattr(writing_module, "to_parquet", full)
    with pytest.raises(
        CopyNotWritten, match="No space left on device; nothing of it is served"
    ):
        copied(folder, source(later, moved))
    monkeypatch.undo()

    assert contents(folder) == before
    assert check(folder, source(told, moved)) == []


def test_duckdb_says_of_a_full_disk_what_the_disk_says(
    told: list[Row], moved: list[Fact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    real = lines_module.to_parquet

    def onto_full(connection: object, kind: str, lines: Path, _: Path) -> int:
        return real(connection, kind, lines, Path("/dev/full"))  # type: ignore[arg-type]

    monkeypatch.setattr(writing_module, "to_parquet", onto_full)
    with pytest.raises(CopyNotWritten, match="nothing of it is served"):
        copied(tmp_path / "copy", source(told, moved))


def test_quantities_and_times_are_kept_exactly(
    told: list[Row], tmp_path: Path, moved: list[Fact]
) -> None:
    odd = moved[0]._replace(
        position=SIZE,
        quantity=Decimal("-123456789012345678.000000000001"),
        gross_pence=2**53 - 1,
        net_pence=-(2**53) + 1,
        recorded_at=moved[0].recorded_at + timedelta(microseconds=1),
        supplier_id="organisation-\u00fc\"'\\\n",
    )
    copied(tmp_path / "copy", source(told[:SIZE], [odd]))

    with opened(tmp_path / "copy") as copy:
        (row,) = copy.read("facts", copy.manifest.segments[0]).fetchall()
    assert Fact(*row) == odd._replace(recorded_at=odd.recorded_at.replace(tzinfo=None))


def _more(told: list[Row], count: int) -> list[Row]:
    last = told[-1]
    return [last._replace(position=last.position + n) for n in range(1, count + 1)]


def _written(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns
