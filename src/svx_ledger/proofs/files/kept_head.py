"""Heads that were verified, in a folder, a file each: what nobody can take back any more."""

from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
from svx_ledger.proofs.notes.note import parse_note

from .whole_file import sync_names, write_whole

_NAME_CHARACTERS: Final = 150
"""How much of a log's name is in that of a file: file systems take 255 bytes in all."""
_SIZE_DIGITS: Final = 19
"""A tree has fewer than 2^63 leaves."""
_NOTE_DIGITS: Final = 32


def keep_head(folder: Path, note: bytes) -> Path:
    """Keep a signed checkpoint in a folder, which is made if need be; return in which file.

    It is on the disk when this returns. Names sort by log, then by size, and end with the
    digest of the note: the same note is kept once, and another of the same size beside it.
    Raises OSError; ValueError where a file of this name holds something else, which stays.
    """
    file = folder / kept_name(note)
    folder.mkdir(exist_ok=True)
    try:
        with file.open("rb") as kept:
            same = kept.read(len(note) + 1) == note
    except FileNotFoundError:
        write_whole(file, note)
    else:
        if not same:
            raise ValueError(f"{file} is not the head that its name says: move it away")
        sync_names(folder)  # who wrote it may have been cut short before that
    sync_names(folder.absolute().parent)
    return file


def kept_name(note: bytes) -> str:
    """The name of the file that a note is kept in: log, size and digest, joined by `+`."""
    head = parse_checkpoint(parse_note(note).text)
    log = quote(head.origin, safe="")[:_NAME_CHARACTERS]
    if log.startswith("."):  # else it would be hidden, and passed over
        log = f"%2E{log[1:]}"
    digest = sha256(note).hexdigest()[:_NOTE_DIGITS]
    return f"{log}+{head.size:0{_SIZE_DIGITS}}+{digest}"
