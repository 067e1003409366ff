"""Adding a signing key to the key file: beside those that are there, never in their place."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from svx_ledger.eventlog.whole_files import sync, write_whole
from svx_ledger.proofs.notes.keys import SigningKey
from svx_ledger.publishing.state.database import NotPublished

from .signing import read_keys

FOLDER_MODE: Final = 0o700


def keys_at_hand(path: Path) -> tuple[SigningKey, ...]:
    """Return the keys of a file; none where there is no file.

    Raises NotPublished where it is there and cannot be used as it is.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise NotPublished(f"the log's keys: {path}: {error.strerror}") from None
    return read_keys(path)


def add_key(path: Path, key: SigningKey) -> None:
    """Add a key to the file, which is its owner's alone; it is on the disk when this returns.

    The file and its folder are made where they are missing. Whatever stops this, the file has
    all its earlier keys. Raises NotPublished.
    """
    try:
        path = path.resolve()
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with _alone(path.parent):
            keys_at_hand(path)  # refuses to add to what others can read
            before = path.read_bytes() if path.exists() else b""
            ended = b"" if before.endswith(b"\n") or not before else b"\n"
            part = path.with_name(f".{path.name}.part")
            write_whole(path, before + ended + f"{key.text}\n".encode(), part)
            sync(path.parent)
    except OSError as error:
        raise NotPublished(f"the log's keys: {path}: {error.strerror}") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other program adds a key in this folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
