"""A receipt with its record: what a supplier takes home."""

from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.proofs.checks.receipt import ReceiptVerified, verify_receipt_of
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.finding import Code, Finding, Refused
from svx_ledger.proofs.notes.policy import Policy

from .stored import history, record
from .written_log import WrittenLog, policy


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    return WrittenLog(tmp_path, [row[4] for row in history(600)], cosigned=[1000, 1001])


def verified(
    receipt: Receipt, given: bytes | None = None, trust: Policy | None = None
) -> ReceiptVerified:
    return verify_receipt_of(receipt.data(), trust or policy(2), given)


def found(receipt: Receipt, given: bytes | None = None) -> Finding:
    with pytest.raises(Refused) as refused:
        verified(receipt, given)
    return refused.value.finding


@pytest.mark.parametrize("index", [0, 1, 255, 256, 511, 512, 599])
def test_a_receipt_proves_its_record_and_says_what_that_is(log: WrittenLog, index: int) -> None:
    done = verified(log.receipt(index))

    assert (done.index, done.record.position) == (index, index + 1)
    assert done.trusted.cosigned == {"w1": 1000, "w2": 1001}


def test_a_record_may_be_given_beside_the_receipt(log: WrittenLog) -> None:
    done = verified(log.receipt(7, extra=False), log.records[7])

    assert done.record.position == 8


def test_without_its_record_it_is_withheld(log: WrittenLog) -> None:
    finding = found(log.receipt(7, extra=False))

    assert (finding.code, finding.index) == (Code.WITHHELD, 7)


OTHER = record(position=8, at="2030-01-01T00:00:00.000000Z")


def test_another_record_than_the_one_in_the_log_is_found(log: WrittenLog) -> None:
    finding = found(replace(log.receipt(7), extra=OTHER))

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, 7)


def test_a_given_record_is_not_passed_over_for_the_one_in_the_receipt(
    log: WrittenLog,
) -> None:
    assert found(log.receipt(7), OTHER).code is Code.ENTRY_NOT_IN_TREE
    assert found(replace(log.receipt(7), extra=b"x"), log.records[7]) == Finding(
        Code.ENTRY_NOT_IN_TREE,
        "the receipt carries another record than the one that was given",
        7,
    )


def test_a_receipt_at_another_place_is_found(log: WrittenLog) -> None:
    finding = found(replace(log.receipt(7), index=6))

    assert (finding.code, finding.index) == (Code.ENTRY_NOT_IN_TREE, 6)


def test_a_record_that_was_moved_before_it_was_signed_is_found(tmp_path: Path) -> None:
    rows = history(10)
    moved = [row[4] for row in (*rows[:4], rows[5], rows[4], *rows[6:])]
    log = WrittenLog(tmp_path, moved, cosigned=[1, 1])

    finding = found(log.receipt(4))

    assert finding == Finding(Code.ENTRY_NOT_IN_TREE, "its record says position 6", 4)


def test_a_record_that_is_in_the_log_must_be_one(tmp_path: Path) -> None:
    log = WrittenLog(tmp_path, [b"anything"], cosigned=[1, 1])

    assert found(log.receipt(0)).code is Code.NOT_CANONICAL


def test_who_signed_it_is_decided_by_the_user_alone(log: WrittenLog, tmp_path: Path) -> None:
    alone = WrittenLog(tmp_path / "alone", log.records)

    assert found(alone.receipt(7)).code is Code.QUORUM_MISSING
    assert verified(alone.receipt(7), trust=policy()).index == 7
