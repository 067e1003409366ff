"""A log as it was published: a checkpoint and tiles under their names (C2SP tlog-tiles v0.1.0).

Nothing here is believed; what reads through it checks what it gets against a signed root.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.note import NOTE_BYTES
from svx_ledger.proofs.tree.entries import (
    LENGTH_BYTES,
    MAX_ENTRY_BYTES,
    pack_entries,
    unpack_entries,
)
from svx_ledger.proofs.tree.merkle import HASH_BYTES
from svx_ledger.proofs.tree.tiles import ENTRIES, TILE_WIDTH, Tile

ENTRY_BUNDLE_BYTES: Final = TILE_WIDTH * (LENGTH_BYTES + MAX_ENTRY_BYTES)
"""The longest entry bundle."""

_READING: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened: without waiting (POSIX), and as the bytes that it has (Windows)."""

CHECKPOINT: Final = "checkpoint"
"""The name of the newest head."""

GetFile = Callable[[str, int], bytes | None]
"""(name, most) → the file of a log with this name, None where there is none. Of a file that is
longer than `most` bytes, more than `most` are given, and not all of it need be read."""


class PublishedLog(NamedTuple):
    """Where the files of a log are had from."""

    get: GetFile

    def checkpoint(self) -> bytes:
        """The newest head that the log shows. Raises Refused (SVX401) without one."""
        found = self.get(CHECKPOINT, NOTE_BYTES)
        if found is None:
            raise Refused(Code.WITHHELD, "there is no checkpoint")
        return found

    def tile(self, tile: Tile) -> bytes:
        """A hash tile or an entry bundle, of whatever bytes.

        A log may drop a partial tile once the full one is there: then it is the beginning of
        the full one. Raises Refused: SVX401 with the first leaf that it covers where there is
        neither, SVX301 where a full entry bundle has no beginning.
        """
        most = ENTRY_BUNDLE_BYTES if tile.level == ENTRIES else TILE_WIDTH * HASH_BYTES
        found = self.get(tile.path, most)
        if found is None and tile.width < TILE_WIDTH:
            full = self.get(tile._replace(width=TILE_WIDTH).path, most)
            found = full and _beginning(tile, full)
        if found is None:
            raise Refused(Code.WITHHELD, f"{tile.path} is not there", tile.start)
        return found


def log_in(folder: Path) -> PublishedLog:
    """The log in a folder, a file for each name, as a web server would hand them out."""
    return PublishedLog(partial(_file_in, folder))


def _file_in(folder: Path, name: str, most: int) -> bytes | None:
    """Read a file in as few calls as there are: a million events are eight thousand files."""
    try:
        file = os.open(f"{folder}/{name}", _READING)
        try:
            found = os.fstat(file)
            if not S_ISREG(found.st_mode):  # such as a pipe, which waits for a writer
                return None
            return os.read(file, min(found.st_size, most) + 1)
        finally:
            os.close(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise Refused(Code.WITHHELD, f"{name} cannot be read: {why}") from None


def _beginning(tile: Tile, full: bytes) -> bytes:
    if tile.level == ENTRIES:
        return pack_entries(unpack_entries(full, TILE_WIDTH)[: tile.width])
    return full[: tile.width * HASH_BYTES]
