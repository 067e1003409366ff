"""Which signatures of a note are kept: one right one of each known key."""

from svx_ledger.proofs.notes.checkpoint import Checkpoint, sign_checkpoint
from svx_ledger.proofs.notes.cosignature import cosign
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.notes.verified_signatures import verified_signatures

from .written_log import KEY, ORIGIN, WITNESSES

NOTE = parse_note(sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), [KEY]))
OWN = NOTE.signatures[0]
WITNESS = WITNESSES[0]
KEYS = [WITNESS.verifier, KEY.verifier]


def kept(*signatures: NoteSignature) -> list[NoteSignature]:
    return verified_signatures(Note(NOTE.text, signatures), KEYS)


def test_signatures_and_cosignatures_of_known_keys_are_kept_in_their_order() -> None:
    seen = cosign(WITNESS, NOTE.text_bytes, 7)
    unknown = cosign(WITNESSES[1], NOTE.text_bytes, 7)

    assert kept(unknown, seen, OWN) == [seen, OWN]
    assert kept(OWN, seen) == [OWN, seen]


def test_wrong_ones_of_known_keys_are_passed_over() -> None:
    wrong = OWN._replace(signature=bytes(64))
    long = OWN._replace(signature=bytes(72))
    seen = cosign(WITNESS, b"another head", 7)
    short = seen._replace(signature=bytes(64))

    assert kept(wrong, long, seen, short, OWN) == [OWN]


def test_one_of_each_key_is_kept() -> None:
    first, second = (cosign(WITNESS, NOTE.text_bytes, time) for time in (7, 8))

    assert kept(OWN, first, OWN, second) == [OWN, first]
