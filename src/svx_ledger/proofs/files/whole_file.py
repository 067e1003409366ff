"""Files of a verifier that are there whole or not at all, whatever stops it."""

import os
from pathlib import Path


def write_whole(file: Path, data: bytes) -> None:
    """Put `data` in a file, in place of what it held; it is on the disk when this returns.

    Two processes may do so at a time: the later one's is there then. Raises OSError, and
    leaves nothing beside the file.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")  # readers pass over it
    try:
        with beside.open("wb") as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_names(file.absolute().parent)


def sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where its system lets folders be opened."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
