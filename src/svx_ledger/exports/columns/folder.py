"""The folder of a copy: files that are there whole or not at all, for their owner alone.

A file is written under `.part/`, brought to the disk, and renamed to its place; then the
folder is brought to the disk too. Whatever stops that, what has its name is whole. What is
under `.part/` belongs to nobody once the lock is free, and the next writer removes it.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from stat import S_ISREG
from typing import Final

from svx_ledger.eventlog.whole_files import sync

from . import manifest as manifests
from .faults import CopyBusy, CopyNotWritten, CopyRefused
from .layout import MANIFEST
from .manifest import Manifest

PART: Final = ".part"
LOCK: Final = ".lock"
_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_LOCKING: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def reading(path: Path) -> BufferedReader:
    """Open a file of a copy. Raises OSError, also for what is none, such as a pipe.

    A pipe would wait for whoever writes to it, for ever if nobody does.
    """
    handle = os.open(path, _READING)
    if not S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(handle, "rb")


class Folder:
    """A copy's folder, for reading, and for whoever has its lock for writing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path / PART

    def manifest(self) -> Manifest | None:
        """Return what is there; None where nothing is. Raises CopyRefused."""
        try:
            with reading(self.path / MANIFEST) as file:
                text = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CopyRefused(f"{self.path / MANIFEST}: {error.strerror}") from None
        return manifests.read(text)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the folder for oneself. Raises CopyBusy, CopyRefused, CopyNotWritten."""
        with told():
            self._make()
        with self._locked():
            with told():
                self._sweep()
                self.part.mkdir(mode=_FOLDER_MODE)
            try:
                yield
            finally:
                with told():
                    self._sweep()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if (self.path / LOCK).is_symlink():
            raise CopyRefused(f"{self.path / LOCK} is a link; remove it, it is made again")
        with told():
            lock = os.open(self.path / LOCK, _LOCKING, _MODE)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CopyBusy(f"another is writing {self.path} just now") from None
            yield
        finally:
            os.close(lock)  # which unlocks it, as the end of the process does

    def new(self, name: str) -> Path:
        """Return the path of a new, empty file under `.part/`, for its owner alone."""
        path = self.part / name
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))
        return path

    def keep(self, part: Path, name: str) -> None:
        """Give a file under `.part/` its name, once all of it is on the disk."""
        place = self.path / name
        place.parent.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        sync(part)
        part.replace(place)
        sync(place.parent)

    def save(self, manifest: Manifest) -> None:
        """Write the manifest, after all that it names."""
        with told():
            sync(self.path)  # the folders of the kinds
            path = self.new(MANIFEST)
            path.write_bytes(manifests.written(manifest))
            self.keep(path, MANIFEST)

    def _make(self) -> None:
        """Make the folder, for its owner alone; one that is there keeps the mode it has."""
        if not self.path.exists():
            self.path.mkdir(mode=_FOLDER_MODE, parents=True)
            sync(self.path.parent)
        present = {entry.name for entry in self.path.iterdir()}
        if present and not present & {LOCK, MANIFEST}:
            raise CopyRefused(f"{self.path} holds something else; name another folder")

    def _sweep(self) -> None:
        if self.part.exists():
            shutil.rmtree(self.part)


@contextmanager
def told() -> Iterator[None]:
    """Say what the disk says in words of ours."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise CopyNotWritten(f"{where}{error.strerror}; nothing of it is served") from None
