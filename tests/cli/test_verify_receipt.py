"""`verify receipt`: one receipt, or several of which each counts."""

from dataclasses import replace
from pathlib import Path

from tests.proofs.stored import history
from tests.proofs.written_log import VKEY, WrittenLog

from .conftest import Run


def test_receipts_are_verified_one_by_one(svx: Run, tmp_path: Path) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(9)])
    for index in (2, 3):
        (tmp_path / f"{index}.tlog-proof").write_bytes(log.receipt(index).data())
    (tmp_path / "bare").write_bytes(log.receipt(4, extra=False).data())
    (tmp_path / "record").write_bytes(log.records[4])

    both = svx("verify", "receipt", "2.tlog-proof", "3.tlog-proof", "--key", VKEY, "--json")
    assert [one["position"] for one in both.lines] == [3, 4]
    mixed = svx("verify", "receipt", "bare", "2.tlog-proof", "--key", VKEY)
    assert mixed.code == 4
    assert "verified: event 3" in mixed.out
    assert "SVX401 withheld (leaf 4, position 5): bare: " in mixed.out
    assert svx("verify", "receipt", "bare", "--record", "record", "--key", VKEY).code == 0


def test_a_person_reads_what_the_record_says(svx: Run, tmp_path: Path) -> None:
    lines = [{"need_id": "need-hubs", "quantity": "45"}]
    bid = {
        "bid_id": "bid-a",
        "lines": lines,
        "value_pence": 450_000,
        "note": "\x1b[2Jok",
    }
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(3, {3: {"data": bid}})])
    (tmp_path / "receipt").write_bytes(log.receipt(2).data())

    said = svx("verify", "receipt", "receipt", "--key", VKEY)

    assert said.code == 0
    assert "  record: thing-done.v1, version 1 of auction-3\n" in said.out
    assert (
        "  recorded at 2026-01-01T00:00:03.000000Z, as it says\n"
        "  it says:\n"
        "    bid_id: bid-a\n"
        '    lines: [{"need_id":"need-hubs","quantity":"45"}]\n'
        "    note: \\x1b[2Jok\n"
        "    value_pence: 450000\n"
        "  leaf 2 of 3\n"
    ) in said.out


def test_what_is_found_in_one_receipt_outweighs_another_that_cannot_be_read(
    svx: Run, tmp_path: Path
) -> None:
    log = WrittenLog(tmp_path / "log", [row[4] for row in history(9)])
    good = log.receipt(2)
    (tmp_path / "good").write_bytes(good.data())
    (tmp_path / "bad").write_bytes(replace(good, extra=log.records[3]).data())

    both = svx("verify", "receipt", "bad", "absent", "good", "--key", VKEY)
    assert both.code == 1
    assert "absent: No such file" in both.err
    assert "verified: event 3" in both.out
    assert "SVX101" in both.out
    assert svx("verify", "receipt", "absent", "good", "--key", VKEY).code == 64
    record = ("--record", "record")
    (tmp_path / "record").write_bytes(log.records[2])
    assert svx("verify", "receipt", "good", "good", *record, "--key", VKEY).code == 64
