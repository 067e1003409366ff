"""The folder in which a log is published: files for everybody, whole or not there.

Any web server can hand them out as they are. `.lock` and `.part` are ours.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from svx_ledger.eventlog.whole_files import sync, write_whole
from svx_ledger.publishing.state.database import NotPublished

from .mark import read_note

CHECKPOINT: Final = "checkpoint"
WAIT_SECONDS: Final = 2.0
"""For another publisher that is writing here."""

_TILES: Final = "tile"
_LOCK: Final = ".lock"
_PART: Final = ".part"
_PARTIALS: Final = ".p"
_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755


class PublicFiles:
    """The files below one folder. Raises NotPublished."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed: set[Path] = set()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the folder for oneself; make it where it is missing."""
        with self._told():
            if not self.root.is_dir():
                self.root.parent.mkdir(parents=True, exist_ok=True)
                _make_public(self.root)
                sync(self.root.parent)
            present = {entry.name for entry in self.root.iterdir()}
            if present and not present & {CHECKPOINT, _LOCK}:
                raise NotPublished(f"{self.root} holds something else; name another folder")
            lock = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(lock)
            yield
        finally:
            os.close(lock)  # which unlocks it, as the end of the process does

    def _take(self, lock: int) -> None:
        until = monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > until:
                    raise NotPublished(f"another is writing {self.root} just now") from None
                sleep(0.01)
            else:
                return

    def checkpoint(self) -> bytes | None:
        """Return the note that is published here."""
        if self.root.is_file():
            raise NotPublished(f"{self.root} is a file: name a folder, or one to be made")
        return read_note(self.root / CHECKPOINT)

    def write(self, name: str, data: bytes) -> None:
        """Put a file in its place; it lasts once `settle` has returned."""
        place = self.root / name
        with self._told():
            if place.parent not in self._changed:
                self._make(place.parent)
            write_whole(place, data, self.root / _PART, _MODE)
            self._changed.add(place.parent)

    def settle(self) -> None:
        """Bring the names of all files that were written to the disk."""
        with self._told():
            for folder in sorted(self._changed):
                sync(folder)
            self._changed.clear()

    def drop_partials(self, full: str) -> None:
        """Remove the partial tiles of a tile that is there in full."""
        with self._told():
            shutil.rmtree(self.root / f"{full}{_PARTIALS}", ignore_errors=True)

    def drop_leftovers(self) -> None:
        """Remove every partial tile whose full one is there, as an interrupted step left it."""
        for folder, folders, files in os.walk(self.root / _TILES):
            for name in files:
                if f"{name}{_PARTIALS}" in folders:
                    self.drop_partials(str((Path(folder) / name).relative_to(self.root)))

    def _make(self, folder: Path) -> None:
        """Make a folder, and have the names of it and of those above it settled, too."""
        if folder != self.root and not folder.is_dir():
            self._make(folder.parent)
            _make_public(folder)
            self._changed.add(folder.parent)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self.root
            raise NotPublished(f"{where}: {error.strerror}") from None


def _make_public(folder: Path) -> None:
    """Make a folder that everybody may read, whatever the umask of who publishes."""
    folder.mkdir()
    folder.chmod(_FOLDER_MODE)
