"""Which of a note's signatures are right: what is worth keeping of a note that others sent.

Anybody can add lines to a note and pass it on. Whoever keeps one keeps no line of theirs.
"""

from collections.abc import Iterable

from svx_ledger.proofs.finding import Refused

from .cosignature import cosigned_at
from .keys import ED25519, VerifierKey
from .note import Note, NoteSignature


def verified_signatures(note: Note, keys: Iterable[VerifierKey]) -> list[NoteSignature]:
    """Return the signatures that are right, at most one of each key, in the note's order.

    All others are passed over, also wrong ones: it is for `open_checkpoint` to refuse a note.
    """
    body, found = note.text_bytes, dict[VerifierKey, NoteSignature]()
    known = list(keys)
    for signature in note.signatures:
        for key in known:
            if key not in found and _is_right(key, body, signature):
                found[key] = signature
    return list(found.values())


def _is_right(key: VerifierKey, body: bytes, signature: NoteSignature) -> bool:
    if (signature.name, signature.key_id) != (key.name, key.key_id):
        return False
    if key.algorithm == ED25519:
        return key.verifies(body, signature.signature)
    try:
        cosigned_at(key, body, signature)
    except Refused:
        return False
    return True
