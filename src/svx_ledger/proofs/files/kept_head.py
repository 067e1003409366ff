"""Heads that were verified, in a folder, a file each: what nobody can take back any more."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from svx_ledger.proofs.notes.checkpoint import parse_checkpoint
from svx_ledger.proofs.notes.note import parse_note

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
        if file.read_bytes() != note:
            raise ValueError(f"{file} is not the head that its name says: move it away")
    except FileNotFoundError:
        beside = folder / f".{file.name}.{os.getpid()}"  # no head yet: readers pass over it
        try:
            with beside.open("wb") as part:
                part.write(note)
                part.flush()
                os.fsync(part.fileno())
            beside.replace(file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    for changed in (folder, folder.absolute().parent):
        _sync_names(changed)
    return file


def kept_name(note: bytes) -> str:
    """The name of the file that a note is kept in: log, size and digest, joined by `+`."""
    head = parse_checkpoint(parse_note(note).text)
    log = quote(head.origin, safe="")[:_NAME_CHARACTERS]
    if log.startswith("."):  # else it would be hidden, and passed over
        log = f"%2E{log[1:]}"
    digest = sha256(note).hexdigest()[:_NOTE_DIGITS]
    return f"{log}+{head.size:0{_SIZE_DIGITS}}+{digest}"


def _sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where its system lets folders be opened."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
