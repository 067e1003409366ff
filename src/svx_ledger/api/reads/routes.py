"""The route of each read: from a request to a job, and from what it rendered to an answer."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Annotated, Final, Literal

from fastapi import FastAPI, Request, Response

from svx_ledger.api.addressed import BY_STATE
from svx_ledger.api.conditional import VARY, cache_control, unless_unchanged
from svx_ledger.api.document.patterns import mark_of
from svx_ledger.api.negotiating import CSV, EVENT_STREAM, JSON, form_of
from svx_ledger.api.paging import link_to_next
from svx_ledger.api.parameters import (
    Cursor,
    Parameter,
    Position,
    path_parameters,
    read_parameters,
)
from svx_ledger.api.refusals import BEHIND, Declined, no_such_thing
from svx_ledger.api.routing import Operation, add_route, caller, policy_of, serving_of
from svx_ledger.api.serving import VIEW_SECONDS, Serving
from svx_ledger.domain.form import (
    AuctionId,
    AwardId,
    Between,
    Matching,
    OrganisationId,
    StreamName,
    StreamOf,
)

from .asking import MOST, USUAL, Read
from .rendering import Job, Rendered, run
from .states import called

WAIT_FOR: Final = Parameter(
    name="wait_for",
    form=Position,
    meaning="Wait, up to five seconds, until this log position can be read.",
)
FORMAT: Final = Parameter(
    name="format", form=Literal["json", "csv"], meaning="The form, whatever Accept says."
)
LIMIT: Final = Parameter(
    name="limit",
    form=Annotated[int, Between(1, MOST)],
    meaning=f"Items of one page. Without it, {USUAL}; of CSV, but for the trail, all.",
)
CURSOR: Final = Parameter(
    name="cursor", form=Cursor, meaning="The page after the one whose `next` this was."
)
PATHS: Final = {
    **{one.field: (one.form, f"The name of {called(one.kind)}.") for one in BY_STATE.values()},
    "auction_id": (AuctionId, "The name of an auction."),
    "supplier_id": (OrganisationId, "The name of a bidder."),
    "award_id": (AwardId, "The name of an award."),
    "organisation_id": (OrganisationId, "The name of an organisation."),
    "stream": (StreamName, "The name of anything on the ledger."),
    "position": (Position, "A log position."),
}
_LOOK_SECONDS: Final = 0.05
_OUTSIDE: Final = ("wait_for", "format", "limit", "cursor")


def add_read(app: FastAPI, read: Read) -> None:
    """Add the route of a read."""
    parameters = parameters_of(read)
    media = (JSON, *((CSV,) if read.table else ()), *((EVENT_STREAM,) if read.live else ()))

    async def answer(request: Request) -> Response:
        form = form_of(request, media)
        _unless_names(request.path_params)
        given = read_parameters(request, parameters)
        if form == EVENT_STREAM:
            return await _watched(request, given.get("wait_for"))
        viewer = caller(request).actor
        job = Job(
            name=read.name,
            given={n: v for n, v in given.items() if n not in _OUTSIDE} | request.path_params,
            viewer=viewer,
            media=form,
            limit=given.get("limit"),
            cursor=given.get("cursor"),
            after=given.get("wait_for"),
        )
        rendered = await rendered_by(serving_of(request), read, job)
        answered = _answer(request, read.name, rendered, public=viewer is None)
        return unless_unchanged(request, answered)

    add_route(
        app,
        answer,
        Operation(
            name=read.name,
            method="GET",
            path=read.path,
            tag=read.tag,
            summary=read.summary,
            policy=policy_of(read.name),
            answer=read.answer,
            media=media,
            parameters=[
                *path_parameters(read.path, PATHS),
                *(one.documented() for one in parameters),
            ],
        ),
    )


def parameters_of(read: Read) -> tuple[Parameter, ...]:
    """Return what can be given to a read, beside what stands in its path."""
    pages = (LIMIT, CURSOR) if read.listed else ()
    return (*read.parameters, *pages, *((FORMAT,) if read.table else ()), WAIT_FOR)


def _unless_names(named: Mapping[str, str]) -> None:
    """Raise Declined for what is the name of nothing, whatever is on the ledger."""
    for field, name in named.items():
        mark = mark_of(PATHS[field][0].__metadata__, StreamOf, Matching)
        if mark is not None and mark.compiled.fullmatch(name) is None:
            raise no_such_thing(mark.kind if isinstance(mark, StreamOf) else field)


async def rendered_by(serving: Serving, read: Read, job: Job) -> Rendered:
    """Answer a job apart if it takes long, else in a reader of this process."""
    if job.after is not None:
        await until_written(serving, job.after)
    whole = job.limit is None and job.media == CSV
    takes_long = read.takes_long or (whole and read.long_if_whole)
    takes_long |= bool(job.given) and job.given.keys() <= read.long_if_only
    if takes_long and serving.heavy is not None:
        return await serving.heavy.rendered(job)
    exchange = serving.exchange
    return await serving.in_reader(
        lambda: run(job, exchange.views, exchange.store), own=_is_own(read, job)
    )


def _is_own(read: Read, job: Job) -> bool:
    """Whether it is for a supplier itself: those who ask about others do not come first."""
    asks = job.viewer.organisation if job.viewer else None
    return read.of_bidder and asks is not None and asks == job.given.get("supplier_id")


async def until_written(serving: Serving, position: int) -> None:
    """Wait until the log has come to a position, holding up nobody else. Raises Declined."""
    until = monotonic() + VIEW_SECONDS
    while await serving.head() < position:
        if monotonic() > until:
            raise Declined(BEHIND)
        await asyncio.sleep(_LOOK_SECONDS)


def _answer(request: Request, name: str, rendered: Rendered, *, public: bool) -> Response:
    """Write it out; a table that is saved is called after its read."""
    headers = {
        "Svx-Position": str(rendered.position),
        "Vary": VARY,
        "Cache-Control": cache_control(public=public, final=rendered.final),
        "ETag": _etag(rendered),
    }
    if rendered.next is not None:
        headers["Link"] = link_to_next(request, cursor=rendered.next)
    media = rendered.media
    if media == CSV:
        media = f"{CSV}; charset=utf-8"
        headers["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return Response(rendered.body, headers=headers, media_type=media)


def _etag(rendered: Rendered) -> str:
    """Return the tag: at one version a thing is shown otherwise to others, and later."""
    if rendered.version is not None:
        return f'"{rendered.version}-{rendered.tag}"'
    return f'W/"{rendered.position}-{rendered.tag}"'


async def _watched(request: Request, after: int | None) -> Response:
    from svx_ledger.api.live.streams import board_stream

    if after is not None:
        await until_written(serving_of(request), after)
    named = request.path_params
    auction_id, supplier_id = named["auction_id"], named.get("supplier_id")
    return await board_stream(request, auction_id, supplier_id, floor=after or 0)
