"""Two signed heads: what was under the older one is the same under the newer."""

from pathlib import Path

import pytest

from svx_ledger.proofs.checks.growth import GrowthVerified, verify_growth
from svx_ledger.proofs.files.published_log import log_in
from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.tree.consistency import verify_consistency

from .written_log import KEY, WrittenLog, policy, records

OTHER = SigningKey(KEY.name, ED25519, b"o" * 32)


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    return WrittenLog(tmp_path / "log", records(600))


def verified(older: WrittenLog, newer: WrittenLog, by: WrittenLog | None) -> GrowthVerified:
    source = None if by is None else log_in(by.folder)
    return verify_growth(older.note(), newer.note(), policy(), source)


def found(older: WrittenLog, newer: WrittenLog, by: WrittenLog | None) -> Finding:
    with pytest.raises(Refused) as refused:
        verified(older, newer, by)
    return refused.value.finding


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 512, 599, 600])
def test_a_head_goes_on_from_every_beginning_and_the_proof_is_enough_for_others(
    tmp_path: Path, log: WrittenLog, size: int
) -> None:
    older = WrittenLog(tmp_path / "older", records(size))

    done = verified(older, log, log)

    assert (done.older, done.newer) == (older.head(), log.head())
    verify_consistency(size, older.root, 600, log.root, done.path)


@pytest.mark.parametrize("size", [1, 256, 300, 599])
def test_a_head_of_another_history_is_found(tmp_path: Path, log: WrittenLog, size: int) -> None:
    other = WrittenLog(tmp_path / "other", [b"another", *records(size)[1:]])

    assert found(other, log, log).code is Code.HISTORY_REWRITTEN


def test_the_log_that_gives_the_proof_need_not_be_believed(
    tmp_path: Path, log: WrittenLog
) -> None:
    older = WrittenLog(tmp_path / "older", records(300))
    liar = WrittenLog(tmp_path / "liar", [b"another", *records(600)[1:]])

    assert found(older, log, liar).code is Code.ENTRY_NOT_IN_TREE


def test_where_no_proof_is_needed_no_log_is(tmp_path: Path, log: WrittenLog) -> None:
    empty = WrittenLog(tmp_path / "empty", [])
    other = WrittenLog(tmp_path / "other", [b"another", *records(600)[1:]])
    older = WrittenLog(tmp_path / "older", records(300))

    assert verified(log, log, None).path == ()
    assert verified(empty, log, None).path == ()
    assert found(other, log, None).code is Code.TWO_ROOTS
    assert found(log, older, None).code is Code.LOG_SHRANK
    with pytest.raises(ValueError, match="a proof needs the log"):
        verified(older, log, None)


def test_both_heads_are_to_be_trusted(tmp_path: Path, log: WrittenLog) -> None:
    older = WrittenLog(tmp_path / "older", records(300), key=OTHER)

    assert found(older, log, log).code is Code.KEY_UNKNOWN
    assert found(log, older, log).code is Code.KEY_UNKNOWN
