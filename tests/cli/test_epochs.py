"""`epoch`: a restored ledger goes on under another name, and says what it lost."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from svx_ledger.eventlog.open import open_store
from svx_ledger.eventlog.record import leaf_of
from svx_ledger.ledger import Ledger
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.notes.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.keys import COSIGNATURE, ED25519, SigningKey, parse_signing_key
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.tree.inclusion import inclusion_path
from tests.proofs.rfc6962 import root
from tests.proofs.stored import record

from .conftest import Run

ORIGIN = "ledger.example/test"
PUBLISHED = Path("public/checkpoint")
START = ("epoch", "start", "--checkpoint", str(PUBLISHED), "--reason", "Restored from a copy")


def register(svx: Run, number: int) -> None:
    """Write one record."""
    said = svx(
        *("organisation", "register", "--name", f"Number {number} (fictional)"),
        *("--side", "community", "--identifier", f"scheme=GB-COH,id={number}"),
    )
    assert said.code == 0, said.err


def publish(svx: Run, to: str = "public") -> None:
    said = svx("publish", "--to", to, "--once")
    assert said.code == 0, said.err


def records() -> list[bytes]:
    with closing(open_store("sqlite:///svx.db")) as store:
        return [row.record for row in store.rows()]


def receipt(index: int, log: list[bytes], key: SigningKey, origin: str = ORIGIN) -> bytes:
    """A receipt for a record of a log, which carries the record."""
    leaves = [leaf_of(record) for record in log]

    def node(level: int, at: int) -> bytes:
        return root(leaves[at << level : (at + 1) << level])

    note = sign_checkpoint(Checkpoint(origin, len(log), root(leaves)), [key])
    path = tuple(inclusion_path(index, len(log), node))
    return Receipt(index, path, note, log[index]).data()


def signing() -> SigningKey:
    return parse_signing_key(Path("svx.log/key").read_text("ascii").splitlines()[0])


def restore() -> None:
    """Put the copy back in place of the ledger."""
    for name in ("svx.db", "svx.db-wal", "svx.db-shm", "svx.views.db"):
        Path(name).unlink(missing_ok=True)
    shutil.copy("copy.db", "svx.db")


@pytest.fixture
def restored(opened: Run) -> tuple[Run, list[bytes]]:
    """A ledger that was published with six records and restored to four; and what it was."""
    opened("key", "log", "make")
    register(opened, 1)
    register(opened, 2)
    shutil.copy("svx.db", "copy.db")
    register(opened, 3)
    register(opened, 4)
    publish(opened)
    was = records()
    restore()
    return opened, was


def test_a_restored_ledger_goes_on_under_another_name(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    refused = svx("key", "log", "rotate")
    said = svx(*START)
    register(svx, 5)
    publish(svx, "again")

    assert refused.code != 0
    assert said.code == 0, said.err
    assert said.out.startswith(f"{ORIGIN}/2+")
    assert svx("key", "log", "--vkey").out == said.out
    assert len(Path("svx.log/key").read_text("ascii").splitlines()) == 2
    note = parse_note(Path("again/checkpoint").read_bytes())
    assert parse_checkpoint(note.text).origin == f"{ORIGIN}/2"
    (started,) = svx("events", "--type", "epoch-started.v1", "--json").lines
    assert started["position"] == 5
    assert "\n".join([*started["data"]["checkpoint"], ""]) == PUBLISHED.read_text("utf-8")


def test_cosignatures_that_do_not_fit_into_the_record_are_left_out(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    note = parse_note(PUBLISHED.read_bytes())
    witnesses = (SigningKey.generate(f"witness.example/{n}", COSIGNATURE) for n in range(30))
    cosigned = [cosign(witness, note.text_bytes, 1) for witness in witnesses]
    PUBLISHED.write_bytes(Note(note.text, (*cosigned, *note.signatures)).data())
    said = svx(*START)

    assert said.code == 0, said.err
    assert "11 of its signatures are not in the record" in said.err
    assert f"keep {PUBLISHED}." in said.err
    (started,) = svx("events", "--type", "epoch-started.v1", "--json").lines
    kept = Note(note.text, (*cosigned[:19], *note.signatures)).data().decode()
    assert "\n".join([*started["data"]["checkpoint"], ""]) == kept


def test_lines_that_anybody_added_do_not_spoil_the_record(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    clean = PUBLISHED.read_bytes()
    note = parse_note(clean)
    junk = [NoteSignature(ORIGIN, bytes([n] * 4), bytes(64)) for n in range(25)]
    PUBLISHED.write_bytes(Note(note.text, (*junk, *note.signatures)).data())
    said = svx(*START)

    assert said.code == 0, said.err
    assert "25 of its signatures are not in the record" in said.err
    (started,) = svx("events", "--type", "epoch-started.v1", "--json").lines
    recorded = "".join(f"{line}\n" for line in started["data"]["checkpoint"]).encode()
    assert recorded == clean
    assert open_checkpoint(recorded, [signing().verifier]).size == 6


def test_cosignatures_by_keys_that_are_named_are_recorded_before_others(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    note = parse_note(PUBLISHED.read_bytes())
    witness = SigningKey.generate("witness.example/w1", COSIGNATURE)
    known = cosign(witness, note.text_bytes, 1)
    junk = [NoteSignature(f"witness.example/{n}", bytes(4), bytes(72)) for n in range(25)]
    PUBLISHED.write_bytes(Note(note.text, (*junk, known, *note.signatures)).data())
    said = svx(*START, "--key", witness.verifier.text)

    assert said.code == 0, said.err
    (started,) = svx("events", "--type", "epoch-started.v1", "--json").lines
    assert f"{known.line}" in "".join(f"{line}\n" for line in started["data"]["checkpoint"])


def test_lines_that_would_not_verify_on_record_are_not_written(
    restored: tuple[Run, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    svx, _ = restored
    junk = NoteSignature(ORIGIN, bytes(4), bytes(64)).line.removesuffix("\n")
    composed = "svx_ledger.domain.book.published.as_recorded"
    monkeypatch.setattr(composed, lambda lines, _: (*lines[:4], junk))
    said = svx(*START)

    assert said.code == 2
    assert "SVX201" in said.err
    assert len(records()) == 4
    assert len(Path("svx.log/key").read_text("ascii").splitlines()) == 1


def test_an_epoch_is_started_once(restored: tuple[Run, list[bytes]]) -> None:
    svx, _ = restored
    svx(*START)
    again = svx(*START)

    assert again.code == 6
    assert "checkpoint-elsewhere" in again.err
    assert len(Path("svx.log/key").read_text("ascii").splitlines()) == 2


def test_a_start_that_was_interrupted_takes_the_key_that_it_made(
    restored: tuple[Run, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise SystemExit(9)

    svx, _ = restored
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "execute", crash)
        assert svx(*START).code == 9
    kept = Path("svx.log/key").read_text("ascii").splitlines()
    said = svx(*START)

    assert len(kept) == 2
    assert said.out.strip() == parse_signing_key(kept[1]).verifier.text
    assert Path("svx.log/key").read_text("ascii").splitlines() == kept


def test_nothing_is_written_where_the_start_is_refused(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    refused = svx(*START, "--actor", "auditor:organisation-aud1/person-a")

    assert refused.code == 6
    assert len(records()) == 4
    assert len(Path("svx.log/key").read_text("ascii").splitlines()) == 1


def wrong_key(note: bytes) -> bytes:
    text = parse_checkpoint(parse_note(note).text)
    return sign_checkpoint(text, [SigningKey.generate(ORIGIN, ED25519)])


def flipped(note: bytes) -> bytes:
    return note.replace(b"\n6\n", b"\n7\n")


def of_another(note: bytes) -> bytes:
    known = parse_checkpoint(parse_note(note).text)
    other = Checkpoint("ledger.example/other", known.size, known.root)
    return sign_checkpoint(other, [SigningKey.generate("ledger.example/other", ED25519)])


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (wrong_key, "SVX201"),
        (flipped, "SVX201"),
        (of_another, "SVX201"),
        (lambda note: note[:-1], "SVX301"),
        (lambda _: b"", "SVX301"),
    ],
)
def test_a_checkpoint_that_its_log_did_not_sign_starts_nothing(
    restored: tuple[Run, list[bytes]], made: Callable[[bytes], bytes], says: str
) -> None:
    svx, _ = restored
    PUBLISHED.write_bytes(made(PUBLISHED.read_bytes()))
    said = svx(*START)

    assert said.code == 2
    assert says in said.err
    assert len(records()) == 4


def test_an_older_checkpoint_than_one_that_is_known_starts_nothing(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, was = restored
    older = Checkpoint(ORIGIN, 5, root([leaf_of(record) for record in was[:5]]))
    PUBLISHED.write_bytes(sign_checkpoint(older, [signing()]))
    said = svx(*START)

    assert said.code == 1
    assert "knows 6 records" in said.err
    assert len(records()) == 4


def test_two_roots_of_one_size_are_not_gone_on_from(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    PUBLISHED.write_bytes(sign_checkpoint(Checkpoint(ORIGIN, 6, bytes(32)), [signing()]))
    said = svx(*START)

    assert said.code == 1
    assert "another root" in said.err


def test_a_newer_checkpoint_than_this_machine_has_is_taken(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    PUBLISHED.write_bytes(sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32)), [signing()]))

    assert svx(*START).code == 0


def test_where_nothing_was_lost_nothing_is_started(opened: Run) -> None:
    opened("key", "log", "make")
    register(opened, 1)
    publish(opened)
    register(opened, 2)
    said = opened(*START)

    assert said.code == 2
    assert "Nothing is lost" in said.err


def test_a_second_restore_goes_on_after_the_epoch_that_it_lost(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    svx(*START)
    publish(svx, "again")
    restore()
    first = svx(*START)
    said = svx(*START[:2], "--checkpoint", "again/checkpoint", "--reason", "Once more")

    assert first.code == 1
    assert said.code == 0, said.err
    assert said.out.startswith(f"{ORIGIN}/3+")


def test_what_was_acknowledged_and_lost_is_listed_from_receipts(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, was = restored
    files = []
    for index in (5, 4, 2):
        files.append(f"{index}.tlog-proof")
        Path(files[-1]).write_bytes(receipt(index, was, signing()))
    before = svx("epoch", "lost", *files, "--json").lines
    svx(*START)
    register(svx, 6)
    after = svx("epoch", "lost", *files, "--json").lines
    shown = svx("epoch", "lost", *files)

    assert after == before
    assert [(one["position"], one["fate"]) for one in after] == [
        (3, "kept"),
        (5, "lost"),
        (6, "lost"),
    ]
    assert {one["command"] for one in after} == {"RegisterOrganisation"}
    assert {one["type"] for one in after} == {"organisation-registered.v1"}
    assert all(one["command_id"] and one["recorded_at"].endswith("Z") for one in after)
    assert shown.code == 0
    assert "2 of 3 are lost" in shown.err
    assert "Number 4" not in shown.out


def test_a_receipt_that_proves_nothing_is_told_apart(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, was = restored
    Path("good").write_bytes(receipt(4, was, signing()))
    Path("forged").write_bytes(receipt(4, was, SigningKey.generate(ORIGIN, ED25519)))
    Path("torn").write_bytes(b"c2sp.org/tlog-proof@v1\n")
    said = svx("epoch", "lost", "good", "forged", "torn")
    plain = svx("epoch", "lost", "good", "forged", "torn", "--json")

    assert said.code == 3
    assert "1 of 1 are lost" in said.err
    assert "forged: SVX201" in said.err
    assert "torn: SVX301" in said.err
    assert [one["fate"] for one in plain.lines] == ["not-proven", "not-proven", "lost"]


def odd_receipt(name: str, **fields: Any) -> None:
    """Write a good receipt of an odd record, alone on a log that our key signed."""
    Path(name).write_bytes(receipt(0, [record(position=1, **fields)], signing()))


@pytest.mark.parametrize(
    "command", [5, {}, "text", [], {"id": 7, "type": "Do"}, {"id": "c", "type": {"a": 1}}]
)
def test_a_receipt_whose_record_names_no_command_hides_no_other(
    restored: tuple[Run, list[bytes]], command: object
) -> None:
    svx, was = restored
    Path("good").write_bytes(receipt(4, was, signing()))
    odd_receipt("odd", command=command)
    said = svx("epoch", "lost", "odd", "good")
    plain = svx("epoch", "lost", "odd", "good", "--json")

    assert said.code == 3
    assert "1 of 1 are lost" in said.err
    assert "odd: SVX301" in said.err
    assert "names no command" in said.err
    assert [one["fate"] for one in plain.lines] == ["not-proven", "lost"]


def test_texts_of_receipts_do_not_move_the_cursor(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, _ = restored
    command = {"id": "\x1b[31m", "type": "Do\x9b"}
    odd_receipt("odd", command=command, type="\x1b]0;pwn\x07")
    odd_receipt("\x1b[2J", command=5)
    said = svx("epoch", "lost", "odd", "\x1b[2J")

    assert r"\x1b]0;pwn\x07" in said.out
    assert not {"\x1b", "\x07", "\x9b"} & {*said.out, *said.err}


def test_receipts_are_checked_with_the_keys_that_are_named(
    restored: tuple[Run, list[bytes]],
) -> None:
    svx, was = restored
    other = SigningKey.generate(ORIGIN, ED25519)
    Path("one").write_bytes(receipt(4, was, other))

    assert svx("epoch", "lost", "one").code == 3
    assert svx("epoch", "lost", "one", "--key", other.verifier.text).code == 0
