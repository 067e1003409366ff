"""The laws of the exchange, written a second time over the stored bytes alone.

Each law folds plain JSON: no decoder, no state and no rule of the program has a part in it. It
raises `Broken` at the first record that cannot be. What it does not know it leaves alone, so
that new events need nothing here until they have to do with one of the laws.

- `log`: positions, times, versions, links, commands kept whole
- `auctions`, `order`: bids, values, increments, extensions, pauses, rankings
- `awards`: the assessment, one award in force, standstill, no contract before its time
- `pledges`: claims, confirmations, what counts
- `needs`: one listing, nothing over-committed, released when its auction ends
- `persons`: two people where two are asked for
- `payers`: spend and inputs, by whoever paid, telling nothing that is hidden
"""

from typing import Any

import orjson

from svx_ledger.eventlog.record import Row

from .auctions import Auctions
from .awards import Awards
from .log import Log
from .needs import Needs
from .payers import Payers
from .persons import Persons
from .pledges import Pledges
from .saying import Broken

__all__ = ["Broken", "Checker"]


class Checker:
    """All laws, fed one stored row after another."""

    def __init__(self) -> None:
        self._log = Log()
        auctions = Auctions()
        awards = Awards(auctions)
        self._laws = (
            auctions,
            awards,
            Pledges(),
            Needs(auctions, awards),
            Persons(),
            Payers(),
        )

    def feed(self, row: Row) -> None:
        """Hold one more record to every law. Raises Broken."""
        record: dict[str, Any] = orjson.loads(row.record)
        self._log.feed(row, record)
        for law in self._laws:
            law.feed(record)
        if record["command"]["n"] == record["command"]["of"]:
            for law in self._laws:
                law.settle(record["position"])
