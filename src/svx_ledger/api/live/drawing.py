"""Boards as messages, each drawn once for all who are shown the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import orjson

from svx_ledger.domain.actor import Actor
from svx_ledger.domain.rule import Refusal
from svx_ledger.eventlog.plain import plain_of
from svx_ledger.eventlog.scalars import instant
from svx_ledger.projections.auction_rows import AUCTION
from svx_ledger.projections.board import Board, OwnBoard, board, board_for
from svx_ledger.projections.remembered import Remembered
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import Audience, audience_of

from .wire import END_SEEN, message

OVER: Final = frozenset({"ranked", "cancelled", "unsuccessful", "voided"})
"""Phases in which no bid moves a board any more, and its stream ends.

Of what is ranked a board may still become another: by an exclusion, a disclosure, a void. That
is rare and late, and comes by the feed.
"""


class BoardKey(NamedTuple):
    """Whose look at which board: an auction's own, or that of one of its bidders."""

    auction_id: str
    supplier_id: str | None
    viewer: Actor | None


class Drawn(NamedTuple):
    """A board at one moment; `body` says whether it is another than before."""

    body: bytes
    message: bytes
    last: bytes | None
    """The message that ends the stream, where the auction is over."""
    turns_at: datetime | None
    """When it becomes another by time alone: the opening, or the close."""


Outcome = Drawn | Refusal | None
"""None where there is no such board."""


def draw(view: View, keys: Iterable[BoardKey]) -> dict[BoardKey, Outcome]:
    """Draw boards from one moment of the views."""
    rows = Remembered(view.rows)
    view = view._replace(rows=rows)
    done: dict[tuple[str, str | None, Audience], Outcome] = {}
    drawn = dict[BoardKey, Outcome]()
    for key in keys:
        auction = rows.get(AUCTION, key.auction_id)
        if auction is None:
            drawn[key] = None
            continue
        alike = (key.auction_id, key.supplier_id, audience_of(rows, auction, key.viewer))
        if alike not in done:
            done[alike] = _drawn(view, key)
        drawn[key] = done[alike]
    return drawn


def _drawn(view: View, key: BoardKey) -> Outcome:
    found: Board | OwnBoard | Refusal | None
    if key.supplier_id is None:
        found = board(view.rows, key.auction_id, view.now, key.viewer)
    else:
        found = board_for(
            view.rows, key.auction_id, key.supplier_id, viewer=key.viewer, now=view.now
        )
    if found is None or isinstance(found, Refusal):
        return found
    body = orjson.dumps(plain_of(found))
    said_now = b'{"now":"%s",' % instant(view.now).encode("ascii")
    over = found.phase in OVER
    turns = [at for at in (found.opens_at, found.closes_at) if at > view.now]
    return Drawn(
        body=body,
        message=message("board", said_now + body[1:], view.position),
        last=message("end", said_now + b'"phase":"%s"}' % found.phase.encode(), END_SEEN)
        if over
        else None,
        turns_at=min(turns, default=None) if not over else None,
    )
