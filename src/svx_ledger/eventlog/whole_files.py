"""Files that are there whole or not at all, whatever stops whoever writes them.

A file is written beside its place and brought to the disk before it gets its name. The name
itself lasts once its folder was brought to the disk, too: `sync` it after the last file of a
group, and before anything that relies on them.
"""

import os
from pathlib import Path
from typing import Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_whole(path: Path, data: bytes, part: Path, mode: int = 0o600) -> None:
    """Put `data` where `path` says, by way of `part`, a name on the same file system.

    The file gets just this mode, whatever the umask. Whatever stood at `part` is lost, so two
    writers must not use the same one at a time.
    """
    part.unlink(missing_ok=True)  # else its mode would stay, or a link there be followed
    handle = os.open(part, _NEW, mode)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)
        file.write(data)
        file.flush()
        os.fsync(handle)
    part.replace(path)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
