"""Files that only their owner reads: the key of a witness, and what it has cosigned."""

import os
from pathlib import Path

from svx_ledger.proofs.files.whole_file import sync_names


class Unfit(Exception):
    """A witness cannot be run like this; the text says why, and holds no secret."""


def create_private(path: Path, content: bytes) -> None:
    """Make a new file of mode 0600 that lasts, also after a power cut. Raises Unfit.

    A file that is there already is never touched.
    """
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sync_names(path.parent)
    except FileExistsError:
        raise Unfit(f"{path} is there already, and stays as it is") from None
    except OSError as fault:
        raise Unfit(f"{path}: {fault.strerror}") from None
