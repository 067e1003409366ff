"""Heads from before the newest one: those that somebody kept, and those the publisher kept.

Each must be a beginning of the log that is checked; those that witnesses cosigned date the
events around them.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from svx_ledger.cli.session import Usage
from svx_ledger.proofs.checks.heads import head_of, require_not_behind, require_prefix
from svx_ledger.proofs.finding import Code, Refused, not_canonical
from svx_ledger.proofs.notes.note import NOTE_BYTES
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .asked import read_file

_STATE: Final = "the publisher's state"
_NOT_TRUSTED: Final = (Code.KEY_UNKNOWN, Code.QUORUM_MISSING)


class EarlierHeads:
    """Heads that a log goes on from, opened one after another.

    Raises Refused where it does not go on from one, or where one in the user's own folder is
    not to be trusted; Usage for a file there that is no signed checkpoint. What the publisher
    keeps and cannot be read dates nothing: `unread` has what is wrong with it.
    """

    def __init__(self, policy: Policy, newest: Trusted, tree: TiledTree) -> None:
        self._policy = policy
        self._newest = newest
        self._tree = tree
        self._kept = self._published = self._others = 0
        self.held: bytes | None = None
        """The note that was looked at last: the one that contradicts, where that is raised."""
        self.unread: list[Refused] = []

    def all(self, folder: Path | None, url: str) -> Iterator[Trusted]:
        """The newest head, those of a folder, and those of the ledger's publisher."""
        yield self._newest
        for file, note in self._of_folder(folder) if folder is not None else ():
            with _named(str(file)):
                head = self._held_to(note)
            self._kept += 1
            yield head
        with _named(_STATE):
            for note in self._of_publisher(url):
                head = self._held_to(note)
                self._published += 1
                yield head
        self.held = None

    @property
    def count(self) -> int:
        """How many there were so far, beside the newest."""
        return self._kept + self._published

    def __str__(self) -> str:
        kept, published = self._kept, self._published
        said = [f"{kept} of the folder of --heads"] if kept else []
        said += [f"{self._others} of other logs passed over"] if self._others else []
        said += [f"{published} that the publisher keeps beside the ledger"] if published else []
        return f"heads: {', '.join(said)}" if said else "no head from before"

    def _held_to(self, note: bytes) -> Trusted:
        """Open a head that the log must go on from."""
        self.held = note
        head = self._policy.open(note)
        require_not_behind(head.checkpoint, self._newest.checkpoint)
        require_prefix(head.checkpoint, self._tree)
        return head

    def _of_folder(self, folder: Path) -> Iterator[tuple[Path, bytes]]:
        """Signed checkpoints, a file each; names that begin with a dot are not of whole ones.

        A folder may have heads of several logs: those of another say nothing of this one.
        """
        if not folder.is_dir():
            raise Usage(f"{folder} is no folder of signed checkpoints")
        for file in sorted(folder.iterdir()):
            if file.name.startswith(".") or not file.is_file():
                continue
            note = read_file(file, NOTE_BYTES)
            try:
                origin = head_of(note).origin
            except Refused as refused:
                raise Usage(f"{file} is no signed checkpoint: {refused.finding}") from None
            if origin == self._newest.checkpoint.origin:
                yield file, note
            else:
                self._others += 1

    def _of_publisher(self, url: str) -> Iterator[bytes]:
        """The first note with a quorum at each size, as far as the log that is checked goes.

        Those that the user does not trust, such as of a key from before, are passed over.
        """
        from svx_ledger.eventlog.store import StoreError
        from svx_ledger.publishing.state.log_state import newest_state
        from svx_ledger.publishing.state.opening import open_state

        newest = self._newest.checkpoint
        try:
            with closing(open_state(url)) as database:
                state = newest_state(database)
                stored = state.first_published(0) if state is not None else None
                while state is not None and stored is not None:
                    size, note = stored.size, stored.quorum_note
                    if type(size) is not int:  # SQLite keeps in a column whatever it is given
                        self._unread(not_canonical("a size that is no number"))
                        return
                    if size > newest.size:
                        return
                    if type(note) is not bytes:
                        self._unread(not_canonical(f"the note of {size} leaves is no bytes"))
                    elif self._is_dating(note):
                        yield note
                    stored = state.first_published(size + 1)
        except StoreError as fault:
            self._unread(Refused(Code.WITHHELD, str(fault)))

    def _is_dating(self, note: bytes) -> bool:
        """Whether a note of the publisher's is of this log, and trusted; else it is no date."""
        try:
            if head_of(note).origin != self._newest.checkpoint.origin:
                return False
            self._policy.open(note)
        except Refused as refused:
            if refused.finding.code not in _NOT_TRUSTED:
                self._unread(refused)
            return False
        return True

    def _unread(self, refused: Refused) -> None:
        found = refused.finding
        self.unread.append(Refused(found.code, f"{_STATE}: {found.detail}"))


@contextmanager
def _named(where: str) -> Iterator[None]:
    """Say where a head is from that is not to be trusted, or contradicts the log."""
    try:
        yield
    except Refused as refused:
        found = refused.finding
        raise Refused(found.code, f"{where}: {found.detail}", found.index) from None
