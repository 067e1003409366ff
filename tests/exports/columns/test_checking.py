"""Whatever is wrong with a copy is found, with the file's name and the reason."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.eventlog.record import Row
from svx_ledger.exports.columns.checking import check
from svx_ledger.exports.columns.duck import connected, literal, named
from svx_ledger.exports.columns.facts import Fact
from svx_ledger.exports.columns.faults import CopyRefused
from svx_ledger.exports.columns.reading import opened
from svx_ledger.exports.columns.source import Source

from .setting import SIZE, contents, copied, source

FIRST = f"{1:012}-{SIZE:012}.parquet"
SECOND = f"{SIZE + 1:012}-{2 * SIZE:012}.parquet"


@pytest.fixture
def folder(there: Path) -> Path:
    return there / "x.columns"


@pytest.fixture
def ledger(told: list[Row], moved: list[Fact]) -> Source:
    return source(told, moved)


def rewritten(file: Path, query: str) -> None:
    """Put the rows of a query in a file's place, `rows` being what it has."""
    with connected() as duck:
        duck.execute(
            f"COPY (WITH rows AS (FROM read_parquet({literal(named(file))})) {query}) "
            f"TO {literal(str(file) + '.new')} (FORMAT parquet)"
        )
    file.with_name(file.name + ".new").replace(file)


def resaid(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the manifest says."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def owned(folder: Path, kind: str, number: int = 0) -> None:
    """Make the manifest say of a file what it is now: the forger has thought of that."""

    def change(manifest: dict[str, Any]) -> None:
        of = manifest["segments"][number]["files"][kind]
        data = (folder / of["file"]).read_bytes()
        with connected() as duck:
            found = duck.execute(
                "SELECT count(*) FROM read_parquet(?)", [named(folder / of["file"])]
            ).fetchone()
        assert found is not None
        digest = hashlib.sha256(data).hexdigest()
        of |= {"bytes": len(data), "sha256": digest, "rows": found[0]}

    resaid(folder, change)


def test_a_whole_copy_has_no_findings_and_is_not_touched(folder: Path, ledger: Source) -> None:
    before = contents(folder)
    reached: list[int] = []

    assert check(folder, ledger, reached.append) == []
    assert contents(folder) == before
    assert reached == list(range(SIZE, reached[-1] + 1, SIZE))


@pytest.mark.parametrize("kind", ["log", "facts", "spend"])
def test_a_flipped_bit(folder: Path, ledger: Source, kind: str) -> None:
    file = folder / kind / SECOND
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)

    (found,) = check(folder, ledger)
    assert found.file == f"{kind}/{SECOND}"
    assert found.reason.startswith("was changed: its SHA-256 is")


def test_a_file_that_is_cut_short_or_missing(folder: Path, ledger: Source) -> None:
    (folder / "log" / FIRST).write_bytes((folder / "log" / FIRST).read_bytes()[:-1])
    (folder / "facts" / SECOND).unlink()

    first, second = check(folder, ledger)
    assert first.file == f"log/{FIRST}"
    assert "bytes; manifest.json says" in first.reason
    assert second == (f"facts/{SECOND}", "is missing")


@pytest.mark.parametrize(
    ("kind", "query", "reason"),
    [
        ("log", "FROM rows WHERE position <> 300 ORDER BY position", "position 300 is not"),
        ("log", "SELECT * REPLACE ('{}' AS data) FROM rows", "position 257 is not"),
        (
            "log",
            "SELECT * REPLACE (recorded_at + INTERVAL 1 MICROSECOND AS recorded_at) FROM rows",
            "position 257 is not",
        ),
        ("log", "FROM rows UNION ALL FROM rows ORDER BY position", "position 258 is not"),
        ("facts", "FROM rows WHERE rowid > 0", "its rows are not what"),
        (
            "facts",
            "SELECT * REPLACE (gross_pence + 1 AS gross_pence) FROM rows",
            "its rows are",
        ),
        ("facts", "FROM rows UNION ALL (FROM rows LIMIT 1)", "its rows are not what"),
        (
            "proxies",
            "SELECT * REPLACE (CAST(0 AS DECIMAL(38,12)) AS pounds_per_unit) FROM rows",
            "position ",
        ),
        (
            "proxies",
            "SELECT * REPLACE (CAST(drop_off AS DECIMAL(30,6)) AS drop_off) FROM rows",
            "by name and type",
        ),
        ("log", "SELECT * REPLACE (CAST(version AS HUGEINT) AS version) FROM rows", "and type"),
        ("facts", "SELECT * REPLACE (CAST(lot AS BLOB) AS lot) FROM rows", "name and type"),
        ("procurements", "FROM rows LIMIT 1", "position "),
        ("log", "SELECT position FROM rows", "its columns are not those"),
        ("facts", "SELECT position FROM rows", "its columns are not those"),
        ("facts", "SELECT * REPLACE ('x' AS quantity) FROM rows", "name and type"),
    ],
)
def test_rows_that_a_forger_changed_with_the_manifest(
    folder: Path, ledger: Source, *, kind: str, query: str, reason: str
) -> None:
    number = 0 if kind in ("proxies", "procurements") else 1
    file = folder / kind / (SECOND if number else FIRST)
    rewritten(file, query.replace("rowid > 0", "position > (SELECT min(position) FROM rows)"))
    owned(folder, kind, number)

    (found,) = check(folder, ledger)
    assert found.file == f"{kind}/{file.name}"
    assert reason in found.reason


@pytest.mark.parametrize(
    ("change", "file", "reason"),
    [
        (
            lambda m: m["segments"][0]["files"]["log"].update(rows=255),
            f"log/{FIRST}",
            "256 rows",
        ),
        (
            lambda m: m["segments"][1]["files"]["facts"].update(rows=0),
            f"facts/{SECOND}",
            "rows;",
        ),
        (
            lambda m: m["segments"][0]["files"]["areas"].update(rows=0),
            f"areas/{FIRST}",
            "rows;",
        ),
        (lambda m: m["segments"][1].update(root="00" * 32), f"log/{SECOND}", "another Merkle"),
        (
            lambda m: m["segments"][1].update(subtree="00" * 32),
            f"log/{SECOND}",
            "other records",
        ),
        (lambda m: m["segments"][1].update(leaf="00" * 32), f"log/{SECOND}", "other records"),
        (lambda m: m["segments"][1].update(leaf="00"), "manifest.json", "another length"),
        (lambda m: m["segments"].pop(0), "manifest.json", "segment 1 is not of"),
        (lambda m: m["segments"][1].update(first=256), "manifest.json", "segment 2 is not of"),
        (lambda m: m["segments"][0]["files"].pop("log"), "manifest.json", "other files"),
        (
            lambda m: m["segments"][0]["files"]["log"].update(file="../x.db"),
            "manifest.json",
            "not where log stands",
        ),
        (lambda m: m.update(segment_positions=255), "manifest.json", "power of two"),
        (lambda m: m.update(format="svx-columns/2"), "manifest.json", "svx-columns/2"),
        (lambda m: m.update(ledger="ledger-other"), "manifest.json", "of another ledger"),
        (lambda m: m["columns"]["facts"].pop(), "manifest.json", "names other columns"),
        (lambda m: m["columns"]["spend"].reverse(), "manifest.json", "names other columns"),
        (lambda m: m.update(more=1), "manifest.json", "not one that this program wrote"),
    ],
)
def test_a_manifest_that_says_what_is_not_so(
    folder: Path, ledger: Source, *, change: Callable[[Any], None], file: str, reason: str
) -> None:
    resaid(folder, change)

    (found,) = check(folder, ledger)
    assert found.file == file
    assert reason in found.reason


def test_a_segment_that_the_manifest_leaves_out(folder: Path, ledger: Source) -> None:
    resaid(folder, lambda manifest: manifest["segments"].pop())

    found = check(folder, ledger)
    assert found
    assert {one.reason for one in found} == {
        "is not in the manifest: a run that was stopped left it, or somebody else did"
    }
    copied(folder, ledger)
    assert check(folder, ledger) == []


def test_a_manifest_that_is_none(folder: Path, ledger: Source) -> None:
    (folder / "manifest.json").write_text("{")

    (found,) = check(folder, ledger)
    assert found.file == "manifest.json"
    (folder / "manifest.json").unlink()
    with pytest.raises(CopyRefused, match="no columnar copy"):
        check(folder, ledger)


def test_another_ledger(folder: Path, told: list[Row], moved: list[Fact]) -> None:
    foreign = [told[0]._replace(stream="ledger-other"), *told[1:]]

    (found,) = check(folder, source(foreign, moved))
    assert found.file == "manifest.json"
    assert found.reason.startswith("it is a copy of another ledger, ledger-generated")


def test_another_ledger_of_the_same_id(
    folder: Path, told: list[Row], moved: list[Fact]
) -> None:
    record = told[0].record.replace(b'"svx":1', b'"svx": 1')
    namesake = [told[0]._replace(record=record), *told[1:]]

    (found,) = check(folder, source(namesake, moved))
    assert found.file == "manifest.json"
    assert found.reason == (
        f"it is a copy of another ledger that is called {told[0].stream} too: "
        "it was opened by another first record"
    )


def test_a_pipe_is_no_file_of_a_copy_and_nobody_waits_for_it(
    folder: Path, ledger: Source
) -> None:
    for name in (f"facts/{FIRST}", f"log/{SECOND}"):
        (folder / name).unlink()
        os.mkfifo(folder / name)

    assert check(folder, ledger) == [
        (f"facts/{FIRST}", "cannot be read: it is no regular file"),
        (f"log/{SECOND}", "cannot be read: it is no regular file"),
    ]
    with opened(folder) as copy, pytest.raises(CopyRefused, match="it is no regular file"):
        copy.assert_of(ledger)
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    (found,) = check(folder, ledger)
    assert found.file == "manifest.json"
    assert "it is no regular file" in found.reason


def test_an_older_ledger_that_was_restored(
    folder: Path, told: list[Row], moved: list[Fact]
) -> None:
    (found,) = check(folder, source(told[:400], moved))

    assert found.file == "manifest.json"
    assert "the ledger ends at 400: an older state of the ledger was restored" in found.reason


def test_a_ledger_that_went_another_way_after_a_restore(
    folder: Path, told: list[Row], moved: list[Fact]
) -> None:
    record = told[400].record.replace(b'"svx":1', b'"svx": 1')
    forked = [*told[:400], told[400]._replace(record=record), *told[401:]]

    (found,) = check(folder, source(forked, moved))
    assert found.file == f"log/{SECOND}"
    assert "the ledger has other records at positions 257 to 512" in found.reason


def test_a_log_that_the_views_do_not_follow(
    folder: Path, told: list[Row], moved: list[Fact]
) -> None:
    off = [fact._replace(net_pence=fact.net_pence - 1) for fact in moved]

    found = check(folder, source(told, off))
    assert {one.file.split("/")[0] for one in found} == {"facts"}


def test_what_a_killed_writer_left_is_named(folder: Path, ledger: Source) -> None:
    (folder / ".part").mkdir()
    (folder / ".part" / "log").write_bytes(b"records in clear")
    (folder / "mine.parquet").write_bytes(b"?")

    assert [one.file for one in check(folder, ledger)] == [".part", ".part/log", "mine.parquet"]
