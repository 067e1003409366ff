"""A small table that a figure rests on, named by the digest of its bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

from .exact import Faulty

MAX_TABLE: Final = 2**20
"""Bytes that a table of years may have: thousands of times what it needs."""


@contextmanager
def fingerprinted(path: Path) -> Iterator[str]:
    """Give the hex SHA-256 of a file that is read meanwhile. Raises Faulty, OSError.

    It is taken again at the end: what was read from a file that changed has no digest.
    """
    kind = path.stat().st_mode
    if not (S_ISREG(kind) or S_ISDIR(kind)):  # a pipe is read once, and may have nothing yet
        raise Faulty("no regular file, which can be read again")
    before = _digest(path)
    yield before
    if _digest(path) != before:
        raise Faulty("changed while it was read")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_TABLE + 1)
    if len(content) > MAX_TABLE:
        raise Faulty(f"a file of more than {MAX_TABLE // 1024} KiB")
    return sha256(content).hexdigest()
