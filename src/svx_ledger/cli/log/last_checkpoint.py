"""The newest checkpoint before a restore, as it is handed in: whether its log signed it."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from svx_ledger.cli.session import Usage

if TYPE_CHECKING:
    from svx_ledger.proofs.notes.checkpoint import Checkpoint
    from svx_ledger.publishing.keys.log_keys import LogKeys


class OpenedNote(NamedTuple):
    """A checkpoint that a known key of its log signed, and which of its lines are right."""

    head: "Checkpoint"
    lines: tuple[str, ...]
    verified: frozenset[str]


def opened(file: Path, note: bytes, keys: "LogKeys", more: Iterable[str]) -> OpenedNote:
    """Open a note with the keys that are on record or here, and `more`. Raises Usage."""
    from svx_ledger.proofs.finding import Refused
    from svx_ledger.proofs.notes.checkpoint import open_checkpoint
    from svx_ledger.proofs.notes.keys import parse_verifier_key
    from svx_ledger.proofs.notes.note import parse_note
    from svx_ledger.proofs.notes.verified_signatures import verified_signatures

    try:
        known = {parse_verifier_key(text) for text in chain(known_keys(keys), more)}
        head = open_checkpoint(note, known)
        right = verified_signatures(parse_note(note), known)
    except Refused as refused:
        raise Usage(f"{file}: {refused.finding}") from None
    lines = tuple(note.decode().removesuffix("\n").split("\n"))
    return OpenedNote(head, lines, frozenset(one.line.removesuffix("\n") for one in right))


def known_keys(keys: "LogKeys") -> list[str]:
    """Return the verifier keys that are on record or in the key file."""
    return [key.verifier_key for key in keys.listed]
