"""The high-water mark: the newest signed checkpoint, in a file meant for other storage.

Whoever restores the ledger does not restore this file with it. So it tells that the log had
been longer, where nothing beside the ledger can tell any more.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from svx_ledger.eventlog.whole_files import sync, write_whole
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint, parse_checkpoint
from svx_ledger.proofs.notes.note import NOTE_BYTES, parse_note
from svx_ledger.publishing.state.database import NotPublished

MODE: Final = 0o644
"""A signed checkpoint is public."""


class Mark:
    """One file; where there is none, nothing was signed yet, or nobody kept a mark."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """Return the note. Raises NotPublished where it cannot be read."""
        return read_note(self.path)

    def write(self, note: bytes) -> None:
        """Replace the note; it is on the disk when this returns. Raises NotPublished."""
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            write_whole(self.path, note, part, MODE)
            sync(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if not self.path.parent.is_dir():
                raise NotPublished(
                    f"there is no folder for the mark {self.path}: make it, or bring back its "
                    "storage, or name another place (SVX_MARK)"
                ) from None
            raise NotPublished(f"{self.path}: {error.strerror}") from None


def read_note(path: Path) -> bytes | None:
    """Return the note in a file, None where there is no file. Raises NotPublished."""
    try:
        with path.open("rb") as file:
            return file.read(NOTE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotPublished(f"{path}: {error.strerror}") from None


def checkpoint_in(note: bytes, where: str) -> Checkpoint:
    """Return the checkpoint that a note is of, whoever signed it. Raises NotPublished.

    Signatures are not checked: who can write a lie there can only stop the publisher.
    """
    try:
        return parse_checkpoint(parse_note(note).text)
    except Refused as fault:
        raise NotPublished(
            f"{where} holds no signed checkpoint ({fault}): put back the newest one that was "
            "published, or remove it if nothing else was"
        ) from None
