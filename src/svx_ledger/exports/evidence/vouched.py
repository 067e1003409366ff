"""What vouches for the records of a bundle: one published head, and those before it."""

from collections.abc import Iterable
from typing import NamedTuple

from svx_ledger.eventlog.record import Row
from svx_ledger.proofs.checks.earlier_heads import growth_data
from svx_ledger.proofs.files.bundle import growth_name, head_name, receipt_name
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.notes.checkpoint import Checkpoint
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.publishing.accepting import AcceptedHeads
from svx_ledger.publishing.own_stream import Log, OwnStream
from svx_ledger.publishing.state.database import Database
from svx_ledger.publishing.state.log_state import LogState
from svx_ledger.publishing.tree.reading import StoredTree

from .refusing import NO_SUCH_HEAD, NOT_PUBLISHED_YET, NoEvidence


class PublishedHead(NamedTuple):
    """A head that was signed and cosigned, as its first note with a quorum has it."""

    checkpoint: Checkpoint
    note: bytes
    keys: tuple[str, ...]
    """The log's keys at that size, as the ledger has them."""


class Vouching:
    """Reads one ledger's published log. Raises NotPublished and NotRead where that fails."""

    def __init__(
        self, log: Log, database: Database, size: int | None, policy: Policy | None
    ) -> None:
        """Take the head of a size, or the newest that the policy accepts, else the newest.

        Raises NoEvidence for one that is not published.
        """
        own = OwnStream(log)
        own.refresh()
        if own.now is None or not database.present():
            raise NoEvidence(NOT_PUBLISHED_YET.refuse(published_events=0))
        state = LogState(database, own.now.epoch)
        self._heads = AcceptedHeads(state, policy)
        newest = self._heads.newest() or state.newest_published()
        found = newest if size is None else state.checkpoint(size)
        if newest is None or found is None or found.quorum_note is None:
            refused = {"published_events": newest.size if newest else 0}
            refused |= {} if size is None else {"head": size}
            is_within = newest is not None and size is not None and size < newest.size
            rule = NO_SUCH_HEAD if is_within else NOT_PUBLISHED_YET
            raise NoEvidence(rule.refuse(**refused))
        checkpoint = Checkpoint(own.now.origin, found.size, found.root)
        keys = own.signers(found.size)
        self.head = PublishedHead(checkpoint, found.quorum_note, keys)
        self._tree = StoredTree(state, found.size, found.root)

    def receipt(self, row: Row) -> tuple[str, bytes]:
        """Return the part that proves that a record is under the head."""
        index, path = row.position - 1, self._tree.path_of_record(row)
        return receipt_name(row.position), Receipt(index, path, self.head.note).data()

    def earlier(self, positions: Iterable[int]) -> dict[str, bytes]:
        """Return the heads around records, each with the proof that the head goes on from it.

        For each record, the last head without it and the first one with it, as far as they
        were published, and the policy accepts them: others date nothing.
        """
        around: dict[int, bytes] = {}
        reached = 0
        for position in sorted(positions):
            if position <= reached:  # between the same two heads as the one before it
                continue
            without = self._heads.last(position - 1)
            covering = self._heads.first(position)
            reached = covering.size if covering else position
            for found in (without, covering):
                if found is not None and found.quorum_note is not None:
                    around[found.size] = found.quorum_note
        parts = {}
        for size, note in around.items():
            if 0 < size < self.head.checkpoint.size:
                parts[head_name(size)] = note
                parts[growth_name(size)] = growth_data(self._tree.growth_from(size))
        return parts
