"""What `verify log` reads ahead of its check, at an address."""

from pathlib import Path

import pytest

from svx_ledger.cli.verify.reading_ahead import AT_ONCE, reading_ahead
from svx_ledger.proofs.checks.rebuilding import rebuild
from svx_ledger.proofs.files.published_log import PublishedLog, log_in
from svx_ledger.proofs.tree.tiles import ENTRIES, Tile
from tests.proofs.written_log import WrittenLog, records


@pytest.mark.parametrize("size", [0, 1, 256, 700, 5000])
def test_what_is_read_ahead_is_what_is_asked_for(tmp_path: Path, size: int) -> None:
    log = WrittenLog(tmp_path / "log", records(size))
    asked: list[str] = []
    there = log_in(log.folder)

    def get(name: str, most: int) -> bytes | None:
        asked.append(name)
        return there.get(name, most)

    with reading_ahead(PublishedLog(get), size) as ahead:
        assert [*rebuild(ahead, log.head()), 0]
        assert ahead.get("checkpoint", 1000) == log.note()

    assert len(asked) == len(set(asked))


def test_no_more_is_read_ahead_than_is_said(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", records(5000))
    asked: list[str] = []

    def get(name: str, most: int) -> bytes | None:
        asked.append(name)
        return log_in(log.folder).get(name, most)

    with reading_ahead(PublishedLog(get), log.size) as ahead:
        ahead.get(Tile(ENTRIES, 0, 256).path, 10**6)

    assert len(asked) <= AT_ONCE
