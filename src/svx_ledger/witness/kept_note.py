"""Of a note that was sent, what a witness keeps: the log's signatures, and no line of others.

Anybody may send a witness a note that the log signed once, with lines added or left out. What
it keeps is what people fetch after a restore: they find the log's signatures in it, and nothing
else.
"""

from collections.abc import Collection

from svx_ledger.proofs.notes.keys import VerifierKey
from svx_ledger.proofs.notes.note import Note, NoteSignature, parse_note
from svx_ledger.proofs.notes.verified_signatures import verified_signatures

from .decision import Held
from .request import AddCheckpoint


def note_to_keep(held: Held, asked: AddCheckpoint, keys: Collection[VerifierKey]) -> bytes:
    """Return the note that is asked about with the signatures of these keys, the log's.

    Where the same head is held already, those that are held stay, and the others are added.
    `asked` has a right signature of one of the keys.
    """
    text = asked.head.body.decode()
    notes = [parse_note(asked.note)]
    if held.note and (held.size, held.root) == (asked.head.size, asked.head.root):
        notes.insert(0, parse_note(held.note))
    signatures: dict[tuple[str, bytes], NoteSignature] = {}
    for note in notes:
        for one in verified_signatures(Note(text, note.signatures), keys):
            signatures.setdefault((one.name, one.key_id), one)
    return Note(text, tuple(signatures.values())).data()
