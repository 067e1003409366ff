"""The change feed: GET /events, as pages or as a stream that goes on.

A hidden record is told of as hidden, and that stays so on what was read. When an auction is
ranked or its assessment disclosed, whoever keeps a copy reads what came out of it again:
`GET /events?stream=auction-…` (docs/api/feed.md).
"""

from typing import Annotated, Final

from fastapi import FastAPI, Request, Response

from svx_ledger.api.conditional import VARY
from svx_ledger.api.document.patterns import Schema
from svx_ledger.api.event_type import TYPE
from svx_ledger.api.live.streams import feed_stream, unless_ahead
from svx_ledger.api.negotiating import EVENT_STREAM, JSON, form_of
from svx_ledger.api.paging import link_to_next
from svx_ledger.api.parameters import Parameter, Position, read_parameters
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.api.routing import ItemsOf, Operation, add_route, caller, policy_of, serving_of
from svx_ledger.api.written import NUMBER
from svx_ledger.domain.form import Between, StreamName
from svx_ledger.projections.shown_events import ShownEvent
from svx_ledger.projections.view import View
from svx_ledger.projections.visibility import may_know

from .pages import Page, Wanted, page

MOST_EVENTS: Final = 1_000
USUAL_EVENTS: Final = 100
AFTER: Final = Parameter(
    name="after",
    form=Position,
    meaning="Events after this position: the cursor. Without it, pages begin at the first "
    "event, and a stream with the next one that comes.",
)
LIMIT: Final = Parameter(
    name="limit",
    form=Annotated[int, Between(1, MOST_EVENTS)],
    meaning="At most so many on a page.",
    default=USUAL_EVENTS,
)
STREAM: Final = Parameter(
    name="stream",
    form=StreamName,
    meaning="Events of this stream alone.",
)
PARAMETERS: Final = (AFTER, LIMIT, STREAM, TYPE)
LAST_EVENT_ID: Final[Schema] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": f"^(?:{NUMBER})$"},
    "description": "Of a stream: the id of the last message that was received. It goes on "
    "after that one, whatever `after` says.",
}


def add_feed(app: FastAPI) -> None:
    """Add the route of the feed."""
    add_route(
        app,
        _events,
        Operation(
            name="events",
            method="GET",
            path="/events",
            tag="replay",
            summary="The change feed: every event in the order of the log, as the caller may "
            "see it now; with `Accept: text/event-stream` also those that come.",
            policy=policy_of("events"),
            answer=ItemsOf(ShownEvent),
            media=(JSON, EVENT_STREAM),
            parameters=[*(one.documented() for one in PARAMETERS), LAST_EVENT_ID],
        ),
    )


async def _events(request: Request) -> Response:
    serving = serving_of(request)
    given = read_parameters(request, PARAMETERS)
    wanted = Wanted(given.get("stream"), given.get("type"))
    if wanted.stream is not None:
        await _unless_unknown(request, wanted.stream)
    after: int | None = given.get("after")
    if after:
        await unless_ahead(serving, after)
    if form_of(request, (JSON, EVENT_STREAM)) == EVENT_STREAM:
        return await feed_stream(request, wanted, after)
    return await _page(request, wanted, after or 0, given["limit"])


async def _page(request: Request, wanted: Wanted, after: int, limit: int) -> Response:
    serving, viewer = serving_of(request), caller(request).actor

    def ask(view: View) -> tuple[Page, int]:
        store = serving.exchange.store
        read = page(store, view, viewer, after=after, limit=limit, wanted=wanted)
        return read, view.position

    found, position = await serving.read(ask, after=after or None)
    items = b",".join(told.json for told in found.events)
    headers = {"Svx-Position": str(position), "Vary": VARY}
    following = b""
    if found.more:
        following = b',"next":"%d"' % found.upto
        headers["Link"] = link_to_next(request, after=found.upto)
    body = b'{"items":[%s]%s}' % (items, following)
    return Response(body, headers=headers, media_type=JSON)


async def _unless_unknown(request: Request, stream: str) -> None:
    if not may_know(stream, caller(request).actor):
        raise no_such_thing("stream")
    serving = serving_of(request)
    store = serving.exchange.store
    first = await serving.in_reader(lambda: next(iter(store.stream(stream)), None))
    if first is None:
        raise no_such_thing("stream")
