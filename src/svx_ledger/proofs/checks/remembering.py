"""The file in which a verifier keeps, for each log, the newest head that it was shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from svx_ledger.proofs.files.whole_file import write_whole
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.notes.checkpoint import Checkpoint

from .heads import HEADS_BYTES, epoch_order, head_of, heads_data, parse_heads, same_ledger


class HeadsFile:
    """A file of remembered heads, which need not be there yet.

    Raises ValueError for a file of something else, OSError for one that cannot be read: neither
    says anything about a log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heads = self._read()

    def kept(self, note: bytes) -> bytes | None:
        """The head that was remembered of the log that a note seems to be of."""
        return self._heads.get(head_of(note).origin)

    def other_epochs(self, note: bytes) -> list[Checkpoint]:
        """What was remembered of the other logs of the same ledger, the first epoch first."""
        origin = head_of(note).origin
        heads = [head_of(kept) for other, kept in self._heads.items() if other != origin]
        same = [head for head in heads if same_ledger(origin, head.origin)]
        return sorted(same, key=lambda head: epoch_order(head.origin))

    def remember(self, note: bytes) -> None:
        """Keep a head that was verified, unless one at least as long was remembered meanwhile.

        The file is there whole, as it was or as it is to be, whenever this is cut short. One
        that was damaged meanwhile stays as it is: raises ValueError, as opening it does.
        """
        head = head_of(note)
        with _locked(self._path.absolute().parent):
            self._heads = self._read()
            before = self._heads.get(head.origin)
            if before is None or head_of(before).size < head.size:
                self._write(self._heads | {head.origin: note})

    def _read(self) -> dict[str, bytes]:
        try:
            with self._path.open("rb") as file:
                return parse_heads(file.read(HEADS_BYTES + 1))
        except FileNotFoundError:
            return {}
        except Refused as refused:
            raise ValueError(
                f"{self._path}: {refused.finding.detail}; it stays as it is: put back a copy "
                "of it, or remember in another file, which begins anew"
            ) from None

    def _write(self, heads: dict[str, bytes]) -> None:
        write_whole(self._path, heads_data(heads))
        self._heads = heads


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time write a file in a folder, where its system can lock folders."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a network file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
