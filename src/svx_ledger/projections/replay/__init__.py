"""Replay: any stream, any auction or the whole exchange as it was, and what changed since.

Every answer is a fold of recorded events up to a log position: the position it is *known at*.
An instant (*as at*) stands for the last position recorded by then; see `moments` for what that
means to facts that tell of another time than they were recorded at.

- `stream_at`: the state of a stream with its version and head, hidden things included
- `stream_seen`, `stream_steps`: a stream as a viewer sees it, at a moment and step by step
- `auction_at`, `auction_steps`: an auction's board, standing bids and leader
- `exchange_at`: the auctions, the register and the leverage of then
- `moment`: an instant or a position, found in the log
- `differences`: what changed between two of these, field by field
- `next_change`, `previous_change`: the next step of a kind in an `AuctionHistory` or
  `StreamHistory`; `events_seen` the same in the whole log
- `telling`: moments and steps in plain values
- `Sight`, `could_see`: who looks, and whether by what could be seen then
"""

from .auctions import FIELDS, AuctionAt, AuctionHistory, AuctionStep, auction_at, auction_steps
from .difference import Difference, differences
from .exchange import ExchangeAt, ExchangeHistory, events_seen, exchange_at
from .moments import Moment, NoSuchMoment, moment
from .reel import NoSuchStream
from .seeking import is_of, next_change, previous_change, stored_types
from .sight import EVERYBODY, Look, Sight, could_see
from .streams import (
    StreamAt,
    StreamHistory,
    StreamSeen,
    StreamStep,
    shown_state,
    stream_at,
    stream_seen,
    stream_steps,
)

__all__ = [
    "EVERYBODY",
    "FIELDS",
    "AuctionAt",
    "AuctionHistory",
    "AuctionStep",
    "Difference",
    "ExchangeAt",
    "ExchangeHistory",
    "Look",
    "Moment",
    "NoSuchMoment",
    "NoSuchStream",
    "Sight",
    "StreamAt",
    "StreamHistory",
    "StreamSeen",
    "StreamStep",
    "auction_at",
    "auction_steps",
    "could_see",
    "differences",
    "events_seen",
    "exchange_at",
    "is_of",
    "moment",
    "next_change",
    "previous_change",
    "shown_state",
    "stored_types",
    "stream_at",
    "stream_seen",
    "stream_steps",
]
