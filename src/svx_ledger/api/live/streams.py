"""From a request to its stream."""

import asyncio
from typing import Final, TypeVar

from fastapi import Request, Response

from svx_ledger.api.admission.limits import address_of
from svx_ledger.api.feed.pages import Wanted
from svx_ledger.api.headers import header_of
from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.api.refusals import BEHIND, Declined, bad_header, no_such_thing
from svx_ledger.api.routing import caller, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.api.written import whole
from svx_ledger.domain.rule import Refusal
from svx_ledger.projections.view import View

from .drawing import BoardKey, Drawn, Outcome, draw
from .gate import is_in_force
from .streaming import Streaming, unopened
from .watchers import Watcher, Who
from .wire import END_SEEN

T = TypeVar("T")
FIRST_SECONDS: Final = 5.0
"""How long a stream may take to begin."""


async def board_stream(
    request: Request, auction_id: str, supplier_id: str | None = None, *, floor: int = 0
) -> Response:
    """Return the live board of an auction, or that of one of its bidders.

    It begins with the board as it is, no older than `floor` and than what Last-Event-ID says
    was seen, and is sent again whenever it changes. With the message `end` it is over: who
    asks again with its id is told so by 204. Raises Declined.
    """
    serving, who = serving_of(request), _who(request)
    has_seen_end = header_of(request, "last-event-id") == END_SEEN
    floor = max(floor, 0 if has_seen_end else await _seen(request, serving) or 0)
    key = BoardKey(auction_id, supplier_id, who.actor)
    if has_seen_end or request.method == "HEAD":
        drawn, position = await _looked(serving, key, floor)
        if has_seen_end and drawn.last is not None:
            return Response(status_code=204)
        if request.method == "HEAD":
            return unopened(position)
    watcher = serving.live.watch_board(who, key, floor)
    outcome = await _first(serving, watcher, watcher.first)
    try:
        _shown(outcome)
    except Declined:
        serving.live.leave(watcher)
        raise
    return Streaming(serving.live, watcher, serving.live.position or 0)


async def feed_stream(request: Request, wanted: Wanted, after: int | None) -> Response:
    """Return the feed as it goes on: after Last-Event-ID, or `after`, or from now on.

    Raises Declined.
    """
    serving = serving_of(request)
    seen = await _seen(request, serving)
    if request.method == "HEAD":
        return unopened(await serving.head())
    watcher = serving.live.follow_feed(_who(request), wanted, after if seen is None else seen)
    position = await _first(serving, watcher, watcher.first)
    return Streaming(serving.live, watcher, position)


async def unless_ahead(serving: Serving, position: int) -> None:
    """Refuse a position that the log has not come to: nobody waits for it. Raises Declined."""
    if position > await serving.head():
        raise Declined(BEHIND)


async def _seen(request: Request, serving: Serving) -> int | None:
    given = header_of(request, "last-event-id")
    if given is None:
        return None
    position = whole(given)
    if position is None:
        raise Declined(bad_header("Last-Event-ID", "an id as the stream sent it"))
    await unless_ahead(serving, position)
    return position


async def _looked(serving: Serving, key: BoardKey, floor: int) -> tuple[Drawn, int]:
    """Return a board and its log position, for who does not watch it yet. Raises Declined."""

    def ask(view: View) -> tuple[Outcome, int]:
        return draw(view, [key])[key], view.position

    outcome, position = await serving.read(ask, after=floor or None)
    return _shown(outcome), position


def _shown(outcome: Outcome) -> Drawn:
    """Return the board. Raises Declined where there is none for whoever asks."""
    if outcome is None:
        raise no_such_thing("auction")
    if isinstance(outcome, Refusal):
        raise Declined(problem_of_refusal(outcome))
    return outcome


async def _first(serving: Serving, watcher: Watcher, first: asyncio.Future[T]) -> T:
    """Wait for what a stream begins with. One whose key was revoked meanwhile ends at once.

    From when it joined the hub sees to that; the log may have gone on before.
    """
    try:
        async with asyncio.timeout(FIRST_SECONDS):
            found = await first
        if not await is_in_force(serving.principals, watcher.who):
            watcher.end()
    except TimeoutError:
        serving.live.leave(watcher)
        raise Declined(BEHIND) from None
    except BaseException:
        serving.live.leave(watcher)
        raise
    return found


def _who(request: Request) -> Who:
    principal = caller(request)
    key = principal.api_key_id
    counted = f"key {key}" if key else f"address {address_of(request)}"
    return Who(principal, header_of(request, "authorization"), counted)
