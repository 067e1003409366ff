"""Which procurement each stream belongs to, as the first record of the stream says.

It decides who looks at a command where several processes share a log, and which streams are
summed together for the leverage report. Nothing else rests on it: a stream that is put in the
wrong place is decided just as strictly there.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from svx_ledger.eventlog.raw_rows import RawRow

SUMMED: Final = ("auction-", "award-", "contract-", "pledge-", "procurement-")
"""What the leverage report is made of begins so; and with sets of proxies, which are shared."""
PROXY_SETS: Final = "proxy-set-"


class _Said(msgspec.Struct, gc=False):
    procurement_id: str | None = None
    auction_id: str | None = None
    award_id: str | None = None
    contract_id: str | None = None
    pledge_id: str | None = None


class _First(msgspec.Struct, gc=False):
    data: _Said


_first: Final = msgspec.json.Decoder(_First).decode


class Homes:
    """The procurement of each stream that was seen; of any other stream, the stream itself."""

    def __init__(self) -> None:
        self._homes: dict[str, str] = {}
        self.astray = False
        """Whether some stream's first record, which says where it belongs, cannot be read."""

    def see(self, rows: Iterable[RawRow]) -> None:
        """Take note of where streams begin."""
        for row in rows:
            if row[1] not in self._homes:
                self._homes[row[1]] = self._said(row)

    def of(self, stream: str) -> str:
        """Return the procurement of a stream."""
        return self._homes.get(stream, stream)

    def proxy_sets(self) -> list[str]:
        """Return the sets of proxies."""
        return sorted(name for name in self._homes if name.startswith(PROXY_SETS))

    def summed(self) -> Mapping[str, list[str]]:
        """Return by procurement the streams that its leverage is made of."""
        found: dict[str, list[str]] = {}
        for stream, home in self._homes.items():
            if stream.startswith(SUMMED):
                found.setdefault(home, []).append(stream)
        return found

    def _said(self, row: RawRow) -> str:
        stream = row[1]
        try:
            said = _first(row[4]).data if row[2] == 1 else None
        except (ValueError, TypeError, msgspec.MsgspecError, RecursionError):
            said = None
        if said is None:
            self.astray |= stream.startswith((*SUMMED, PROXY_SETS))
            return stream
        if said.procurement_id is not None:
            return said.procurement_id
        for near in (said.auction_id, said.award_id, said.contract_id, said.pledge_id):
            if near is not None and near in self._homes:
                return self._homes[near]
        return stream
