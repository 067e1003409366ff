"""The published log as its state has it: how far it has come, and what everybody is shown.

A record is sequenced, then integrated, then published.
"""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Literal, NamedTuple

from svx_ledger.eventlog.record import Row
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.cosignature import stated_time
from svx_ledger.proofs.notes.keys import parse_verifier_key
from svx_ledger.proofs.notes.note import parse_note
from svx_ledger.proofs.notes.policy import Policy, TrustedLog
from svx_ledger.proofs.tree.tiles import ENTRIES, LEVEL_BITS, TILE_WIDTH, Tile
from svx_ledger.publishing.state.database import Database
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.tree.reading import StoredTree, tile_reader

from .accepting import AcceptedHeads
from .own_stream import Log, OwnStream

State = Literal["sequenced", "integrated", "published"]
"""What has become of a record: on the log; in the tree, of which no head is shown yet; under a
checkpoint that the log signed, a quorum of witnesses cosigned, and everybody is shown."""


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


class Newest(NamedTuple):
    """The largest published checkpoint of the present epoch, with its newest note."""

    checkpoint: Checkpoint
    note: bytes


class Proof(NamedTuple):
    """A path in the published tree, with the tree's size and root that it leads to."""

    size: int
    root: bytes
    path: tuple[bytes, ...]


class Standings:
    """Reads the state of one ledger's present epoch. Safe from any thread.

    What is not published is None: what is only integrated, or signed and not yet cosigned, is
    shown to nobody. Raises NotPublished and NotRead where that cannot be read.

    Receipts are under notes that the policy in force accepts, where there is one: the policy
    says which witnesses are enough, the ledger which keys are the log's.
    """

    def __init__(self, log: Log, database: Database, policy: Policy | None = None) -> None:
        self._own = OwnStream(log)
        self._database = database
        self._policy = policy
        self._lock = Lock()
        self._accepted: tuple[tuple[int, tuple[str, ...]], AcceptedHeads] | None = None

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

    def receipted(self) -> int:
        """Return up to which position records have a receipt."""
        heads = self._heads()
        newest = heads.newest() if heads else None
        return newest.size if newest else 0

    def without_receipt(self, position: int) -> State:
        """Return what has become of a record on the log of which there is no receipt yet.

        One that everybody is shown under fewer witnesses than the policy asks for is
        integrated, and no more.
        """
        state = self.now().of(position)
        return "integrated" if state == "published" else state

    def newest(self) -> Newest | None:
        """Return the newest checkpoint, as it was cosigned last."""
        state = self._state()
        served = state.served() if state else None
        if served is None or self._own.now is None:
            return None
        checkpoint, note = served
        origin = self._own.now.origin
        return Newest(Checkpoint(origin, checkpoint.size, checkpoint.root), note)

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile or an entry bundle, full or partial, that the checkpoint covers."""
        state = self._state()
        published = state.newest_published() if state else None
        if state is None or published is None:
            return None
        level = 0 if tile.level == ENTRIES else int(tile.level)
        if tile.index * TILE_WIDTH + tile.width > published.size >> LEVEL_BITS * level:
            return None
        return tile_reader(state)(tile)

    def receipt(self, row: Row) -> Receipt | None:
        """Return the receipt of a record, with the record in it.

        It is under the first published checkpoint that has the record and whose note the
        policy accepts, signed by a key that is still in force; so it is the same at any later
        time, unless the policy is another one by then, or that key was revoked.
        """
        heads = self._heads()
        covering = heads.first(row.position) if heads else None
        if heads is None or covering is None or covering.quorum_note is None:
            return None
        path = StoredTree(heads.state, covering.size, covering.root).path_of_record(row)
        return Receipt(row.position - 1, path, covering.quorum_note, row.record)

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
            line.name: time
            for line in parse_note(served[1]).signatures
            if (time := stated_time(line)) is not None
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

    def _heads(self) -> AcceptedHeads | None:
        """Return the checkpoints that receipts can be under, as keys and policy are now.

        Under a policy a key that was revoked vouches for nothing new: it may have been stolen.
        Once none is in force, those before it go on to count.
        """
        state, book = self._state(), self._own.now
        if state is None or book is None:
            return None
        keys = book.log_keys or book.past_log_keys
        if self._accepted is None or self._accepted[0] != (state.epoch, keys):
            policy = self._policy
            if policy is not None:
                logs = tuple(TrustedLog(parse_verifier_key(key)) for key in keys)
                policy = replace(policy, logs=logs)
            self._accepted = ((state.epoch, keys), AcceptedHeads(state, policy))
        return self._accepted[1]

    def _state(self) -> LogState | None:
        # Asked each time: a state that was taken away, or made anew, is noticed by it.
        own = self.own() if self._database.present() else None
        if own is None or own.now is None:
            return None
        return LogState(self._database, own.now.epoch)
