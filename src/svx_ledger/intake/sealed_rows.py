"""Sealed bids for contracts of the World Bank, as its contract awards list them.

One row is one bidder's price for one contract, `contract,bidder.name,evaluated.price.raw`; the
bidding has no times. Each contract becomes an auction in which everybody bids once. What is
bid is the *evaluated* price: it alone is in one currency for all bids of a contract. It is read
from the text as published, since the column of plain amounts beside it has lost its decimals.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from .bid_history import Bid, Lot
from .exact import Faulty
from .rows import Row

RAW: Final = "evaluated.price.raw"
SEALED: Final = frozenset({"contract", "bidder.name", RAW})
OPEN_FOR: Final = timedelta(days=1)
MOST: Final = Decimal(10**12)
UNDATED: Final = (
    "no times are stated: all auctions open at --starts-at and close a day later, and every "
    "bid comes a second after the opening, in the order of the rows; amounts count as pounds, "
    "one for one, in whatever currency they are"
)
_PRICE = re.compile(r"([A-Z]{3}) ?(\d{1,3}(?:,\d{3})*|\d{1,15})(\.\d{1,12})?", re.ASCII)


def sealed(row: Row, file: str, starts_at: datetime) -> tuple[Lot, Bid]:
    """Read one row. Raises Faulty."""
    for column in ("contract", "bidder.name"):
        if not row.cells[column]:
            raise Faulty("empty", f"/{column}")
    currency, amount = _price(row.cells[RAW])
    lot = Lot(
        key=row.cells["contract"],
        opens_at=starts_at,
        closes_at=starts_at + OPEN_FOR,
        reserve_pence=0,
        sealed=True,
        currency=currency,
    )
    bid = Bid(
        lot=lot.key,
        bidder=row.cells["bidder.name"],
        at=starts_at + timedelta(seconds=1),
        pounds=amount,
        file=file,
        pointer=row.pointer(),
    )
    return lot, bid


def _price(text: str) -> tuple[str, Decimal]:
    if not text:
        raise Faulty("no evaluated price", f"/{RAW}")
    found = _PRICE.fullmatch(text)
    if found is None:
        raise Faulty("not one amount in one currency, as in `USD 653,690.00`", f"/{RAW}")
    amount = Decimal(found[2].replace(",", "") + (found[3] or ""))
    if amount * 100 % 1:
        raise Faulty("parts of a hundredth", f"/{RAW}")
    if not 0 < amount < MOST:
        raise Faulty("nothing, or a trillion or more", f"/{RAW}")
    return found[1], amount
