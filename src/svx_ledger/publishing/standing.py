"""How far the log has come on its way to everybody: sequenced → integrated → published."""

from collections.abc import Callable
from threading import Lock
from typing import Final, Literal, NamedTuple

from svx_ledger.proofs.note import parse_note

from .own_stream import Log, OwnStream
from .reading import StoredTree
from .state import Database, LogState

State = Literal["sequenced", "integrated", "published"]
"""What has become of a record: on the log; in the tree, of which no head is shown yet; under a
checkpoint that the log signed, a quorum of witnesses cosigned, and everybody is shown."""

_TIME_BYTES: Final = 8
_COSIGNATURE_BYTES: Final = _TIME_BYTES + 64


class Standing(NamedTuple):
    """The last position that is in the tree, signed, and published."""

    integrated: int = 0
    signed: int = 0
    published: int = 0

    def of(self, position: int) -> State:
        """Return what has become of a record that is on the log."""
        if position <= self.published:
            return "published"
        return "integrated" if position <= self.integrated else "sequenced"


class Proof(NamedTuple):
    """A path in the published tree, with the tree's size and root that it leads to."""

    size: int
    root: bytes
    path: tuple[bytes, ...]


class Standings:
    """Reads the state of one ledger's present epoch. Safe from any thread.

    Raises NotPublished and NotRead where that cannot be read.
    """

    def __init__(self, log: Log, database: Database) -> None:
        self._own = OwnStream(log)
        self._database = database
        self._lock = Lock()
        self._present = False

    def own(self) -> OwnStream:
        """Return the ledger's own stream as it is now: whose log it is, and who signs it."""
        with self._lock:
            self._own.refresh()
        return self._own

    def now(self) -> Standing:
        """Return how far the log has come."""
        state = self._state()
        if state is None:
            return Standing()
        published, signed = state.newest_published(), state.newest_signed()
        return Standing(
            state.head().size,
            signed.size if signed else 0,
            published.size if published else 0,
        )

    def published(self) -> int:
        """Return only up to which position the log is published."""
        state = self._state()
        newest = state.newest_published() if state else None
        return newest.size if newest else 0

    def inclusion(self, position: int, size: int | None) -> Proof | None:
        """Return the way from a record up to the root of a size, or of the newest published.

        None where that size, or the record within it, is not published.
        """
        return self._proved(size, lambda tree, upto: tree.path_of(position - 1, upto), position)

    def consistency(self, old: int, new: int | None) -> Proof | None:
        """Return what joins the trees of two sizes; None where they are not published."""
        return self._proved(new, lambda tree, upto: tree.growth_from(old, upto), old)

    def cosigned(self) -> dict[str, int] | None:
        """Return when each witness of the newest note last saw it (Unix seconds), by name.

        What the lines say is not checked here. None where nothing is published.
        """
        state = self._state()
        served = state.served() if state else None
        if served is None:
            return None
        return {
            line.name: int.from_bytes(line.signature[:_TIME_BYTES])
            for line in parse_note(served[1]).signatures
            if len(line.signature) == _COSIGNATURE_BYTES
        }

    def _proved(
        self, size: int | None, path: Callable[[StoredTree, int], list[bytes]], least: int
    ) -> Proof | None:
        state = self._state()
        newest = state.newest_published() if state else None
        if state is None or newest is None:
            return None
        upto = newest.size if size is None else size
        if not least <= upto <= newest.size:
            return None
        tree = StoredTree(state, newest.size, newest.root)
        return Proof(upto, tree.root_at(upto), tuple(path(tree, upto)))

    def _state(self) -> LogState | None:
        self._present = self._present or self._database.present()
        own = self.own() if self._present else None
        if own is None or own.now is None:
            return None
        return LogState(self._database, own.now.epoch)
