"""The documentation that the service gives of itself: OpenAPI, a page, and every problem.

It is made once, when it is first asked for; nothing in it hangs on who asks.
"""

import hashlib
from typing import Final

import orjson
from fastapi import FastAPI, Request, Response

from svx_ledger.api.conditional import VARY_OF_ALL, unless_unchanged
from svx_ledger.api.document.components import IF_NONE_MATCH
from svx_ledger.api.negotiating import JSON, form_of
from svx_ledger.api.refusals import no_such_thing
from svx_ledger.api.routing import Operation, add_route, policy_of

from .made import openapi_bytes, page_bytes, problems_bytes, style_bytes
from .markup import CONTENT_SECURITY_POLICY, STYLE
from .problems import (
    PROBLEMS,
    TYPE_OF_PROBLEM,
    documented,
    plain_problems,
    problem_page,
)

TAG: Final = "service"
HTML: Final = "text/html"
CSS: Final = "text/css"
_FORMS: Final = (JSON, HTML)
_MINUTES: Final = "public, max-age=300"
NAME: Final = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "The last part of a problem's `type`.",
    "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"},
}
BEGINNINGS: Final = {
    "documentation": "/docs",
    "openapi": "/openapi.json",
    "problems": "/problems",
    "events": "/events",
    "log": "/log",
    "ready": "/ready",
}
"""Where programs go on from the address of the service itself."""
START: Final = {
    "type": "object",
    "title": "Start",
    "required": [*BEGINNINGS],
    "additionalProperties": False,
    "properties": {name: {"type": "string"} for name in BEGINNINGS},
}
DOCUMENT: Final = {"type": "object", "required": ["openapi", "info", "paths", "components"]}


def add_documentation(app: FastAPI) -> None:
    """Add the routes; what is added later is in it, too, until it is first asked for."""

    async def start(request: Request) -> Response:
        if form_of(request, _FORMS) == HTML:
            return _answer(request, page_bytes(app), HTML)
        return _answer(request, orjson.dumps(BEGINNINGS), JSON)

    async def openapi(request: Request) -> Response:
        return _answer(request, openapi_bytes(app), JSON)

    async def page(request: Request) -> Response:
        return _answer(request, page_bytes(app), HTML)

    add_route(
        app,
        start,
        Operation(
            name="start",
            method="GET",
            path="/",
            tag=TAG,
            summary="Where to go on: addresses for programs, for people the page at /docs.",
            policy=policy_of("start"),
            answer=START,
            media=_FORMS,
            parameters=(IF_NONE_MATCH,),
        ),
    )
    add_route(
        app,
        openapi,
        Operation(
            name="openapi",
            method="GET",
            path="/openapi.json",
            tag=TAG,
            summary="What can be asked of this service, as OpenAPI 3.1.",
            policy=policy_of("openapi"),
            answer=DOCUMENT,
            negotiates=False,
            parameters=(IF_NONE_MATCH,),
        ),
    )
    add_route(
        app,
        page,
        Operation(
            name="documentation",
            method="GET",
            path="/docs",
            tag=TAG,
            summary="What can be asked of this service, as a page for people.",
            policy=policy_of("documentation"),
            media=(HTML,),
            negotiates=False,
            parameters=(IF_NONE_MATCH,),
        ),
    )
    add_route(
        app,
        _style,
        Operation(
            name="documentation-style",
            method="GET",
            path=STYLE,
            tag=TAG,
            summary="What that page looks like.",
            policy=policy_of("documentation"),
            media=(CSS,),
            negotiates=False,
            parameters=(IF_NONE_MATCH,),
        ),
    )
    add_route(
        app,
        _problems,
        Operation(
            name="problems",
            method="GET",
            path="/problems",
            tag=TAG,
            summary="Every problem that there is: what is demanded, and what to do.",
            policy=policy_of("problems"),
            answer=PROBLEMS,
            media=_FORMS,
            parameters=(IF_NONE_MATCH,),
        ),
    )
    add_route(
        app,
        _problem,
        Operation(
            name="problem",
            method="GET",
            path="/problems/{name}",
            tag=TAG,
            summary="One problem: what is demanded, and what to do.",
            policy=policy_of("problem"),
            answer=TYPE_OF_PROBLEM,
            media=_FORMS,
            parameters=(NAME, IF_NONE_MATCH),
        ),
    )


async def _style(request: Request) -> Response:
    return _answer(request, style_bytes(), CSS)


async def _problems(request: Request) -> Response:
    if form_of(request, _FORMS) == HTML:
        return _answer(request, problems_bytes(), HTML)
    return _answer(request, orjson.dumps(plain_problems()), JSON)


async def _problem(request: Request) -> Response:
    found = documented().get(request.path_params["name"])
    if found is None:
        raise no_such_thing("problem")
    if form_of(request, _FORMS) == HTML:
        return _answer(request, problem_page(found).encode(), HTML)
    return _answer(request, orjson.dumps(found.plain()), JSON)


def _answer(request: Request, body: bytes, media: str) -> Response:
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Cache-Control": _MINUTES,
        "Vary": VARY_OF_ALL,
    }
    if media == HTML:
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer = Response(body, headers=headers, media_type=media)
    return unless_unchanged(request, answer)
