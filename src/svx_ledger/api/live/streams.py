"""From a request to its stream."""

import asyncio
import re
from typing import Final, TypeVar

from fastapi import Request, Response

from svx_ledger.api.admission.limits import address_of
from svx_ledger.api.feed.pages import Wanted
from svx_ledger.api.problems import problem_of_refusal
from svx_ledger.api.refusals import BEHIND, Declined, bad_header, no_such_thing
from svx_ledger.api.routing import caller, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.domain.form import STREAM_NAME
from svx_ledger.domain.rule import Refusal

from .drawing import BoardKey
from .streaming import Streaming
from .watchers import Watcher, Who
from .wire import END_SEEN

T = TypeVar("T")
FIRST_SECONDS: Final = 5.0
"""How long a stream may take to begin."""
_POSITION: Final = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)


async def board_stream(
    request: Request, auction_id: str, supplier_id: str | None = None
) -> Response:
    """Return the live board of an auction, or that of one of its bidders.

    It begins with the board as it is, no older than what Last-Event-ID says was seen, and is
    sent again whenever it changes. After the message `end` nothing comes any more: who asks
    again with its id is told so by 204. Raises Declined.
    """
    serving, who = serving_of(request), _who(request)
    _unless_names(auction_id, "auction")
    if supplier_id is not None:
        _unless_names(supplier_id, "organisation")
    if request.headers.get("last-event-id") == END_SEEN:
        return Response(status_code=204)
    watcher = serving.live.watch_board(
        who, BoardKey(auction_id, supplier_id, who.actor), await _seen(request, serving) or 0
    )
    outcome = await _first(serving, watcher, watcher.first)
    if isinstance(outcome, Refusal) or outcome is None:
        serving.live.leave(watcher)
        if outcome is None:
            raise no_such_thing("auction")
        raise Declined(problem_of_refusal(outcome))
    return Streaming(serving.live, watcher, serving.live.position or 0)


async def feed_stream(request: Request, wanted: Wanted, after: int | None) -> Response:
    """Return the feed as it goes on: after Last-Event-ID, or `after`, or from now on.

    Raises Declined.
    """
    serving = serving_of(request)
    seen = await _seen(request, serving)
    watcher = serving.live.follow_feed(_who(request), wanted, after if seen is None else seen)
    position = await _first(serving, watcher, watcher.first)
    return Streaming(serving.live, watcher, position)


async def unless_ahead(serving: Serving, position: int) -> None:
    """Refuse a position that the log has not come to: nobody waits for it. Raises Declined."""
    if position > await serving.head():
        raise Declined(BEHIND)


async def _seen(request: Request, serving: Serving) -> int | None:
    given = request.headers.get("last-event-id")
    if given is None:
        return None
    if _POSITION.fullmatch(given) is None:
        raise Declined(bad_header("Last-Event-ID", "an id as the stream sent it"))
    await unless_ahead(serving, int(given))
    return int(given)


async def _first(serving: Serving, watcher: Watcher, first: asyncio.Future[T]) -> T:
    try:
        async with asyncio.timeout(FIRST_SECONDS):
            return await first
    except TimeoutError:
        serving.live.leave(watcher)
        raise Declined(BEHIND) from None
    except BaseException:
        serving.live.leave(watcher)
        raise


def _who(request: Request) -> Who:
    principal = caller(request)
    key = principal.api_key_id
    counted = f"key {key}" if key else f"address {address_of(request)}"
    return Who(principal, request.headers.get("authorization"), counted)


def _unless_names(stream: str, kind: str) -> None:
    named = STREAM_NAME.fullmatch(stream)
    if named is None or named[1] != kind:
        raise no_such_thing(kind)
