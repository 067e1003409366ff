"""Reading bid histories: who bid how much in which auction, and when; in three forms.

The exchange's own form has `auction,bidder,at,pounds,opens_at,closes_at` and, if there is
one, `reserve_pounds`; times are instants such as `2004-03-01T09:30:00Z`. The form of the eBay
teaching data has `auctionid,bid,bidtime,bidder,openbid,auction_type`: times are days since
an opening that is not stated, so all of its auctions open at one stated instant. The third,
of sealed bids for contracts of the World Bank, is read in `sealed_rows`.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import file_digest
from pathlib import Path
from typing import Final

from svx_ledger.domain.auction.events import MOST_SUPPLIERS

from .bid_history import Bid, History, Lot
from .exact import Faulty, escaped
from .rows import Row, headings, rows
from .sealed_rows import SEALED, UNDATED, sealed
from .tally import Tally

OWN: Final = frozenset({"auction", "bidder", "at", "pounds", "opens_at", "closes_at"})
EBAY: Final = frozenset({"auctionid", "bid", "bidtime", "bidder", "openbid", "auction_type"})
MOST_POUNDS: Final = Decimal(10**12)
YEARS: Final = range(1970, 2901)
"""In which everything of a history takes place: before and after them clocks end."""
_OTHER_YEARS: Final = f"not in the years {YEARS[0]} to {YEARS[-1]}"
_OTHER_RESERVE: Final = "its auction had another reserve in an earlier row: the lower is taken"
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_DAYS = re.compile(r"(\d{1,2}) day auction", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_DAY_MICROSECONDS = 86_400_000_000


def read_history(paths: Sequence[Path], starts_at: datetime, tally: Tally) -> History:
    """Read the histories of some files into one, in the order of time.

    Of bids at one instant the one that is read first comes first. Rows that cannot be read
    are rejected in the tally. Where the rows of an auction disagree on its reserve, the lowest
    is taken, since a higher one would turn away bids that were made; that is noted. A file
    that was read before is unchanged. An auction of more bidders than an auction takes is
    rejected. Raises OSError.
    """
    history = History()
    read: set[bytes] = set()
    for path in paths:
        try:
            form = _form_of(path)
        except Faulty as fault:
            tally.read += 1
            tally.reject(path.name, "line 1", fault.reason)
            continue
        digest = _digest(path)
        if form is SEALED and digest not in read:
            tally.note(path.name, "line 1", UNDATED)
        for row in rows(path):
            tally.read += 1
            try:
                lot, bid = _read(row, path.name, starts_at, form)
                _unless_other_times(history, lot)
                if digest in read:
                    tally.unchanged += 1
                else:
                    _add(history, lot, bid, tally)
            except Faulty as fault:
                column = fault.pointer.removeprefix("/")
                tally.reject(path.name, row.pointer(column), fault.reason)
        read.add(digest)
    _leave_out_crowds(history, tally)
    history.bids.sort(key=lambda bid: bid.at)
    return history


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _leave_out_crowds(history: History, tally: Tally) -> None:
    """Reject the auctions in which more bid than an auction of the exchange takes."""
    bidders: dict[str, set[str]] = {key: set() for key in history.lots}
    for bid in history.bids:
        bidders[bid.lot].add(bid.bidder)
    crowds = {key: len(them) for key, them in bidders.items() if len(them) > MOST_SUPPLIERS}
    for bid in history.bids:
        if number := crowds.get(bid.lot):
            told = f"{number} bidders in auction {escaped(bid.lot)}"
            tally.reject(
                bid.file, bid.pointer, f"{told}: at most {MOST_SUPPLIERS} can take part"
            )
    history.bids = [bid for bid in history.bids if bid.lot not in crowds]
    history.lots = {key: lot for key, lot in history.lots.items() if key not in crowds}


def _form_of(path: Path) -> frozenset[str]:
    """Return the columns that tell a file's form. Raises Faulty for one in none."""
    names = set(headings(path))
    for form in (OWN, EBAY, SEALED):
        if names >= form:
            return form
    raise Faulty("no bid history: see docs/intake.md for its columns")


def _read(row: Row, file: str, starts_at: datetime, form: frozenset[str]) -> tuple[Lot, Bid]:
    if row.fault:
        raise row.fault
    if form is SEALED:
        return sealed(row, file, starts_at)
    return _own(row, file) if form is OWN else _ebay(row, file, starts_at)


def _unless_other_times(history: History, lot: Lot) -> None:
    known = history.lots.get(lot.key, lot)
    if (known.opens_at, known.closes_at) != (lot.opens_at, lot.closes_at):
        raise Faulty("its auction had other times in an earlier row")
    if known.currency != lot.currency:
        raise Faulty("its auction had another currency in an earlier row")


def _add(history: History, lot: Lot, bid: Bid, tally: Tally) -> None:
    known = history.lots.setdefault(lot.key, lot)
    history.bids.append(bid)
    if known.reserve_pence != lot.reserve_pence:
        least = min(known, lot, key=lambda one: one.reserve_pence)
        history.lots[lot.key] = least
        tally.note(bid.file, bid.pointer, _OTHER_RESERVE)


def _own(row: Row, file: str) -> tuple[Lot, Bid]:
    opens_at, closes_at = _instant(row, "opens_at"), _instant(row, "closes_at")
    reserve = _pounds(row, "reserve_pounds") if row.cells.get("reserve_pounds") else Decimal(0)
    lot = _lot(_key(row, "auction"), (opens_at, closes_at), reserve)
    return lot, _bid(row, file, lot, at=_instant(row, "at"), column="pounds")


def _ebay(row: Row, file: str, starts_at: datetime) -> tuple[Lot, Bid]:
    kind = _DAYS.fullmatch(row.cells["auction_type"])
    if kind is None:
        raise Faulty("not of the sort `3 day auction`", "/auction_type")
    closes_at = starts_at + timedelta(days=int(kind[1]))
    since = _number(row, "bidtime") * _DAY_MICROSECONDS
    if abs(since) > 400 * _DAY_MICROSECONDS:
        raise Faulty("more than 400 days", "/bidtime")
    at = starts_at + timedelta(microseconds=int(since.quantize(Decimal(1), ROUND_HALF_EVEN)))
    reserve = _pounds(row, "openbid")
    lot = _lot(_key(row, "auctionid"), (starts_at, closes_at), reserve)
    return lot, _bid(row, file, lot, at=at, column="bid")


def _lot(key: str, open_: tuple[datetime, datetime], reserve: Decimal) -> Lot:
    opens_at, closes_at = open_
    if closes_at.year not in YEARS:
        raise Faulty(_OTHER_YEARS, "/closes_at")
    if not opens_at < closes_at:
        raise Faulty("an auction opens before it closes", "/closes_at")
    if reserve < 0:
        raise Faulty("a reserve below nothing")
    return Lot(
        key=key, opens_at=opens_at, closes_at=closes_at, reserve_pence=int(reserve * 100)
    )


def _bid(row: Row, file: str, lot: Lot, *, at: datetime, column: str) -> Bid:
    if at < lot.opens_at - timedelta(days=1):
        raise Faulty("more than a day before its auction opens")
    if at.year not in YEARS:
        raise Faulty(_OTHER_YEARS)
    return Bid(
        lot=lot.key,
        bidder=_key(row, "bidder"),
        at=at,
        pounds=_pounds(row, column),
        file=file,
        pointer=row.pointer(),
    )


def _key(row: Row, column: str) -> str:
    if not row.cells[column]:
        raise Faulty("empty", f"/{column}")
    return row.cells[column]


def _number(row: Row, column: str) -> Decimal:
    if not _NUMBER.fullmatch(row.cells[column]):
        raise Faulty("no plain number", f"/{column}")
    return Decimal(row.cells[column])


def _pounds(row: Row, column: str) -> Decimal:
    pounds = _number(row, column)
    if pounds * 100 % 1:
        raise Faulty("parts of a penny", f"/{column}")
    if abs(pounds) >= MOST_POUNDS:
        raise Faulty("a trillion pounds or more", f"/{column}")
    return pounds


def _instant(row: Row, column: str) -> datetime:
    text = row.cells[column]
    try:
        if _INSTANT.fullmatch(text):
            at = datetime.fromisoformat(text).astimezone(UTC)
            if at.year in YEARS:
                return at
            raise Faulty(_OTHER_YEARS, f"/{column}")
    except OverflowError:
        raise Faulty(_OTHER_YEARS, f"/{column}") from None
    except ValueError as fault:
        if isinstance(fault, Faulty):
            raise
    raise Faulty("no instant such as 2004-03-01T09:30:00Z", f"/{column}")
