"""What a restored ledger put on record of its loss, held to the logs: whether it is so."""

from dataclasses import replace
from pathlib import Path

import pytest

from svx_ledger.proofs.checks.epoch import verify_epoch
from svx_ledger.proofs.checks.shown_logs import ShownLog
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.keys import ED25519, SigningKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.notes.policy import policy_of_keys
from svx_ledger.proofs.tree.inclusion import inclusion_path

from .restored_log import (
    KEYS,
    SECOND,
    THIRD,
    earlier,
    found,
    later,
    receipt_of_start,
    shown,
    started,
    verified,
)
from .stored import record
from .written_log import KEY, ORIGIN, WrittenLog, policy, records


def test_what_was_written_before_the_restore_was_on_record_is_counted(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, before=7, last=old.note())

    done = verified(old, new, receipt_of_start(new))

    assert done.start is not None
    assert (done.common, done.start.before, done.start.leaf) == (40, 7, 47)


def test_more_that_was_signed_than_is_on_record_is_understated(tmp_path: Path) -> None:
    old, known = earlier(tmp_path, 60), earlier(tmp_path, 59)
    new = later(tmp_path, 40, last=known.note())
    receipt = receipt_of_start(new)

    assert found(old, new, receipt) == (Code.LOG_SHRANK, 59)
    assert found(ShownLog(old.note()), new, receipt) == (Code.LOG_SHRANK, 59)
    assert verified(known, new, receipt).gone == 19
    same = later(tmp_path / "same", 40, last=old.note())
    assert verified(old, same, receipt_of_start(same)).gone == 20


def test_an_older_head_is_held_to_the_one_on_record_as_far_as_can_be(tmp_path: Path) -> None:
    old, last = earlier(tmp_path, 50), earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=last.note())
    done = verified(old, new, receipt_of_start(new))
    short = later(tmp_path / "short", 55, last=last.note())
    unknown = verified(old, short, receipt_of_start(short))
    empty = verified(earlier(tmp_path, 0), new, receipt_of_start(new))
    whole = later(tmp_path / "whole", 60, last=last.note())
    nothing = verified(old, whole, receipt_of_start(whole))

    assert done.start is not None
    assert (done.gone, done.start.gone, done.start.before) == (10, 20, 0)
    assert empty.start is not None
    assert (empty.gone, empty.start.gone) == (0, None)
    assert unknown.start is not None
    assert (unknown.gone, unknown.start.gone, unknown.start.before) == (0, None, None)
    assert nothing.start is not None
    assert (nothing.gone, nothing.start.gone, nothing.start.before) == (0, 0, 0)


def test_heads_that_do_not_go_on_from_each_other_are_two_histories(tmp_path: Path) -> None:
    other = WrittenLog(tmp_path / "other", [*records(49), b"another"])
    last = earlier(tmp_path, 60)
    new = later(tmp_path, 60, last=last.note())
    smaller = later(tmp_path / "smaller", 40, last=other.note())
    same = WrittenLog(tmp_path / "same", [*records(59), b"another"])

    assert found(other, new, receipt_of_start(new)) == (Code.HISTORY_REWRITTEN, None)
    assert found(ShownLog(other.note()), new, receipt_of_start(new)) == (
        Code.HISTORY_REWRITTEN,
        None,
    )
    assert found(last, smaller, receipt_of_start(smaller)) == (Code.HISTORY_REWRITTEN, None)
    assert found(same, new, receipt_of_start(new)) == (Code.TWO_ROOTS, None)


def test_the_log_that_is_shown_goes_on_from_the_head_in_the_receipt(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=old.note(), after=3)
    receipt = receipt_of_start(new)
    longer = later(tmp_path / "longer", 40, last=old.note(), after=9)
    shorter = later(tmp_path / "shorter", 40, last=old.note(), after=2)
    without = later(tmp_path / "without", 40, after=9)

    assert verified(old, longer, receipt).gone == 20
    assert found(old, shorter, receipt) == (Code.LOG_SHRANK, 43)
    assert found(old, without, receipt) == (Code.HISTORY_REWRITTEN, None)


def test_a_log_that_was_signed_over_its_own_end_is_found(tmp_path: Path) -> None:
    bogus = sign_checkpoint(Checkpoint(ORIGIN, 1_000, bytes(32)), [KEY])
    over = [*records(40), started(41, bogus)]
    new = WrittenLog(tmp_path / "new", [*over, b"after"], origin=SECOND.name, key=SECOND)
    receipt = receipt_of_start(new)

    assert found(WrittenLog(tmp_path / "over", over), new, receipt) == (
        Code.HISTORY_REWRITTEN,
        40,
    )
    assert verified(earlier(tmp_path, 40), new, receipt).gone == 0


def test_the_head_on_record_is_one_of_the_earlier_log(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    stranger = SigningKey(ORIGIN, ED25519, b"s" * 32)
    elsewhere = SigningKey("ledger.example/other", ED25519, b"o" * 32)
    unsigned = sign_checkpoint(old.head(), [stranger])
    of_other = sign_checkpoint(replace(old.head(), origin=elsewhere.name), [elsewhere])
    how = policy_of_keys([*KEYS, elsewhere.verifier.text])

    for number, note in enumerate((unsigned, of_other)):
        new = later(tmp_path / f"{number}", 40, last=note)
        with pytest.raises(Refused) as refused:
            verify_epoch(shown(old), shown(new), how, receipt_of_start(new))
        assert refused.value.finding.code is Code.KEY_UNKNOWN
        assert "on record" in refused.value.finding.detail


def test_lines_of_other_logs_do_not_spoil_the_head_on_record(tmp_path: Path) -> None:
    """Whoever trusts those logs, too, would find their signatures wrong, and for ever."""
    old = earlier(tmp_path, 60)
    note = parse_note(old.note())
    junk = [NoteSignature(one.name, one.verifier.key_id, bytes(64)) for one in (SECOND, THIRD)]
    new = later(tmp_path, 40, last=Note(note.text, (*junk, *note.signatures)).data())
    own = NoteSignature(ORIGIN, KEY.verifier.key_id, bytes(64))
    spoilt = later(tmp_path / "own", 40, last=Note(note.text, (own,)).data())

    assert verified(old, new, receipt_of_start(new)).gone == 20
    assert found(old, spoilt, receipt_of_start(spoilt)) == (Code.KEY_UNKNOWN, None)


@pytest.mark.parametrize("lines", [None, "text", [], [1], ["x"]])
def test_what_is_no_head_on_record_is_malformed(tmp_path: Path, lines: object) -> None:
    data = {"epoch": 2, "checkpoint": lines} if lines is not None else {"epoch": 2}
    one = record(position=41, type="epoch-started.v1", data=data)
    new = WrittenLog(tmp_path / "2", [*records(40), one], origin=SECOND.name, key=SECOND)

    assert found(earlier(tmp_path, 60), new, receipt_of_start(new)) == (
        Code.NOT_CANONICAL,
        None,
    )


def test_a_head_on_record_needs_no_quorum_of_witnesses(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=old.note())
    lines = policy(2), policy_of_keys([SECOND.verifier.text])
    how = replace(lines[0], logs=lines[0].logs + lines[1].logs)
    cosigned = [replace(log, cosigned=[5, 6]) for log in (old, new)]
    receipt = receipt_of_start(cosigned[1])

    done = verify_epoch(shown(cosigned[0]), shown(cosigned[1]), how, receipt)
    assert done.gone == 20
    for pair in ((old, cosigned[1]), (cosigned[0], new)):
        with pytest.raises(Refused) as refused:
            verify_epoch(shown(pair[0]), shown(pair[1]), how, receipt)
        assert refused.value.finding.code is Code.QUORUM_MISSING


def test_a_receipt_that_is_altered_proves_nothing(tmp_path: Path) -> None:
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=old.note())
    forged = replace(new.receipt(40), extra=started(41, earlier(tmp_path, 41).note()))
    bare = replace(new.receipt(40), extra=None)

    assert found(old, new, forged.data()) == (Code.ENTRY_NOT_IN_TREE, 40)
    assert found(old, new, bare.data()) == (Code.WITHHELD, 40)
    assert found(old, new, b"nonsense") == (Code.NOT_CANONICAL, None)


def test_the_receipt_is_that_of_what_followed_the_earlier_log(tmp_path: Path) -> None:
    first = earlier(tmp_path, 60)
    had = [*records(40), started(41, first.note()), record(position=42)]
    second = WrittenLog(tmp_path / "2", had, origin=SECOND.name, key=SECOND)
    had = [*had[:41], started(42, second.note(), 3)]
    third = WrittenLog(tmp_path / "3", had, origin=THIRD.name, key=THIRD)
    of_first, of_second = third.receipt(40).data(), third.receipt(41).data()

    done = verified(first, third, of_first)
    assert (done.gone, done.start and done.start.last) == (20, first.head())
    assert verified(second, third, of_second).gone == 1
    for old, new, receipt, why in (
        (first, third, of_second, "epoch 3, not 2"),
        (second, third, of_first, "epoch 2, not 3"),
        (first, third, second.receipt(40).data(), f"is of {SECOND.name}, not"),
        (first, second, second.receipt(41).data(), "is of thing-done.v1"),
    ):
        with pytest.raises(ValueError, match=why):
            verified(old, new, receipt)


def test_an_epoch_that_was_lost_itself_is_compared_with_the_one_before(tmp_path: Path) -> None:
    first = earlier(tmp_path, 60)
    second = later(tmp_path, 50, last=first.note(), after=5)
    had = [*records(40), started(41, second.note(), 3)]
    third = WrittenLog(tmp_path / "3", had, origin=THIRD.name, key=THIRD)
    receipt = third.receipt(40).data()

    assert verified(second, third, receipt).gone == 16
    assert verified(first, second, receipt_of_start(second)).gone == 10
    assert found(first, third) == (Code.WITHHELD, 40)


def test_a_receipt_of_the_first_published_head_is_good_later(tmp_path: Path) -> None:
    """As the service gives it: under the first checkpoint that covers the record."""
    old = earlier(tmp_path, 60)
    new = later(tmp_path, 40, last=old.note(), after=30)
    then = WrittenLog(tmp_path / "then", new.records[:41], origin=SECOND.name, key=SECOND)
    path = tuple(inclusion_path(40, 41, then.tree().node))
    receipt = Receipt(40, path, then.note(), new.records[40]).data()

    assert verified(old, new, receipt).gone == 20
