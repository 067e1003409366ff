"""Heads from before the newest one: those that somebody kept, and those the publisher kept.

Each must be a beginning of the log that is checked; those that witnesses cosigned date the
events around them.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from svx_ledger.cli.session import Usage
from svx_ledger.proofs.checks.heads import head_of, require_not_behind, require_prefix
from svx_ledger.proofs.finding import Code, Refused
from svx_ledger.proofs.notes.note import NOTE_BYTES
from svx_ledger.proofs.notes.policy import Policy, Trusted
from svx_ledger.proofs.tree.tiled_tree import TiledTree

from .asked import read_file

_NOT_TRUSTED = (Code.KEY_UNKNOWN, Code.QUORUM_MISSING)


class EarlierHeads:
    """Heads that a log goes on from, opened one after another.

    Raises Refused where it does not go on from one, or where one in the user's own folder is
    not to be trusted.
    """

    def __init__(self, policy: Policy, newest: Trusted, tree: TiledTree) -> None:
        self._policy = policy
        self._newest = newest
        self._tree = tree
        self._kept = self._published = self._others = 0

    def all(self, folder: Path | None, url: str) -> Iterator[Trusted]:
        """The newest head, those of a folder, and those of the ledger's publisher."""
        yield self._newest
        for head in self._of_folder(folder) if folder is not None else ():
            self._hold_to(head)
            self._kept += 1
            yield head
        for head in self._of_publisher(url):
            self._hold_to(head)
            self._published += 1
            yield head

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

    def _hold_to(self, head: Trusted) -> None:
        require_not_behind(head.checkpoint, self._newest.checkpoint)
        require_prefix(head.checkpoint, self._tree)

    def _of_folder(self, folder: Path) -> Iterator[Trusted]:
        """Signed checkpoints, a file each; names that begin with a dot are not of whole ones.

        A folder may have heads of several logs: those of another say nothing of this one.
        """
        if not folder.is_dir():
            raise Usage(f"{folder} is no folder of signed checkpoints")
        for file in sorted(folder.iterdir()):
            if file.name.startswith(".") or not file.is_file():
                continue
            note = read_file(file, NOTE_BYTES)
            if head_of(note).origin == self._newest.checkpoint.origin:
                yield self._policy.open(note)
            else:
                self._others += 1

    def _of_publisher(self, url: str) -> Iterator[Trusted]:
        """The first note with a quorum at each size, as far as the log that is checked goes.

        Those that the user does not trust, such as of a key from before, are passed over.
        """
        from svx_ledger.publishing.state.log_state import newest_state
        from svx_ledger.publishing.state.opening import open_state

        newest = self._newest.checkpoint
        with closing(open_state(url)) as database:
            state = newest_state(database)
            if state is None:
                return
            stored = state.first_published(0)
            while stored is not None and stored.size <= newest.size:
                assert stored.quorum_note is not None
                if head_of(stored.quorum_note).origin != newest.origin:
                    return
                trusted = self._trusted(stored.quorum_note)
                if trusted is not None:
                    yield trusted
                stored = state.first_published(stored.size + 1)

    def _trusted(self, note: bytes) -> Trusted | None:
        try:
            return self._policy.open(note)
        except Refused as refused:
            if refused.finding.code in _NOT_TRUSTED:
                return None
            raise
