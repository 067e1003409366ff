"""The published log of the ledger that is served, as its state has it.

Whoever publishes may be this process or another: all that is known here is read from the state
that both share.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from svx_ledger.eventlog.record import Row
from svx_ledger.eventlog.store import NotRead, Store
from svx_ledger.proofs.files.receipt import Receipt
from svx_ledger.proofs.notes.policy import Policy
from svx_ledger.proofs.tree.merkle import entry_of
from svx_ledger.proofs.tree.tiles import Tile
from svx_ledger.publishing.own_stream import OwnStream
from svx_ledger.publishing.standing import Proof, Standing, Standings, State
from svx_ledger.publishing.state.database import NotPublished
from svx_ledger.publishing.state.opening import open_state

from .waiting import Waiting

_log = logging.getLogger(__name__)


class Published:
    """The published log of one ledger; close it at the end. What it reads can raise NotRead.

    `policy` is what receipts have to satisfy, where there is one.
    """

    def __init__(self, store: Store, url: str, policy: Policy | None = None) -> None:
        self._database = open_state(url)
        self._standings = Standings(store, self._database, policy)
        self.waiting = Waiting(self._standings.receipted)

    def close(self) -> None:
        """Let go of who waits, and of connections."""
        self.waiting.close()
        self._database.close()

    def now(self) -> Standing:
        """Return how far the log has come."""
        with _told():
            return self._standings.now()

    def receipted(self) -> int:
        """Return up to which position records have a receipt."""
        with _told():
            return self._standings.receipted()

    def cosigned(self) -> dict[str, int] | None:
        """Return when witnesses say to have seen the newest note, as `Standings.cosigned`."""
        with _told():
            return self._standings.cosigned()

    def own(self) -> OwnStream:
        """Return whose log it is, and which keys sign it."""
        with _told():
            return self._standings.own()

    def has_key(self) -> bool:
        """Whether anything can be published of it, as `OwnStream.has_key`."""
        return self.own().has_key

    def note(self) -> bytes | None:
        """Return the newest published note."""
        with _told():
            newest = self._standings.newest()
        return newest.note if newest else None

    def tile(self, tile: Tile) -> bytes | None:
        """Return a tile or an entry bundle, if it is published."""
        with _told():
            return self._standings.tile(tile)

    def inclusion(self, position: int, size: int | None) -> Proof | None:
        """Return the path of a record in the published tree of a size."""
        with _told():
            return self._standings.inclusion(position, size)

    def consistency(self, old: int, new: int | None) -> Proof | None:
        """Return what joins two published trees."""
        with _told():
            return self._standings.consistency(old, new)

    def receipt(self, row: Row) -> Receipt | None:
        """Return the receipt of a record, as `Standings.receipt`; None before it is published.

        What would prove nothing is never handed out.
        """
        with _told():
            return self._standings.receipt(row)

    def without_receipt(self, position: int) -> State:
        """Return how far a record has come of which there is no receipt yet."""
        with _told():
            return self._standings.without_receipt(position)


def plain_receipt(row: Row, receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON has it, beside the record and the entry that it is of."""
    return {
        "state": "published",
        "position": row.position,
        "entry": entry_of(row.record).decode(),
        "record": row.record.decode(),
        "receipt": receipt.data().decode(),
    }


@contextmanager
def _told() -> Iterator[None]:
    """Tell who asks that nothing can be read, and the log why: that names files."""
    try:
        yield
    except NotPublished as fault:
        _log.warning("the published log cannot be read: %s", fault)
        raise NotRead("the published log cannot be read") from None
