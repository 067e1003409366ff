"""GET /log/…: the published log under the names that C2SP tlog-tiles gives its files.

Everybody is given the same, in the one form that a file has, whatever Accept says: `checkpoint`
is asked for again each time, tiles and entry bundles never change.
"""

import hashlib
from dataclasses import replace
from typing import Any, Final

from fastapi import FastAPI, Request, Response

from svx_ledger.api.conditional import cache_control, unless_unchanged
from svx_ledger.api.document.components import IF_NONE_MATCH
from svx_ledger.api.negotiating import JSON, TEXT, form_of
from svx_ledger.api.refusals import LOG_WITHOUT_KEY, NO_SUCH_THING, Declined
from svx_ledger.api.responses import JsonAnswer
from svx_ledger.api.routing import Operation, add_route, policy_of, serving_of
from svx_ledger.api.serving import Serving
from svx_ledger.proofs.finding import Refused
from svx_ledger.proofs.tree.tiles import parse_tile_path

TAG: Final = "verify"
BYTES: Final = "application/octet-stream"
TILE: Final = {
    "name": "tile",
    "in": "path",
    "required": True,
    "description": "Level and number of a tile, or `entries/` and the number of an entry "
    "bundle: `0/x001/234`, of a partial one with its width: `1/000.p/17`.",
    "schema": {
        "type": "string",
        "pattern": r"^([0-9]{1,2}|entries)/(x[0-9]{3}/){0,5}[0-9]{3}(\.p/[0-9]{1,3})?$",
    },
}
PLACES: Final = {
    "checkpoint": "/log/checkpoint",
    "tiles": "/log/tile/{level}/{number}",
    "entries": "/log/tile/entries/{number}",
    "keys": "/log/keys",
    "inclusion": "/proofs/inclusion?position=",
    "consistency": "/proofs/consistency?old=",
    "receipt": "/events/{position}/receipt",
    "formats": "https://c2sp.org/tlog-tiles",
    "documentation": "/docs",
}
"""What there is of a published log, and where."""
ALWAYS: Final = ("keys", "formats", "documentation")
"""Those that are there of a log without a key, too, of which nothing can be published."""
LOG: Final = {
    "title": "PublishedLog",
    "type": "object",
    "properties": {
        "origin": {"type": "string", "description": "The name of the published log."},
        "epoch": {"type": "integer", "minimum": 1},
        **{name: {"const": place} for name, place in PLACES.items()},
    },
    "required": ["origin", "epoch", *ALWAYS],
}
KEYS: Final = {
    "title": "LogKeys",
    "type": "object",
    "properties": {
        "origin": {"type": "string", "description": "The name of the published log."},
        "epoch": {"type": "integer", "minimum": 1},
        "keys": {
            "type": "array",
            "description": "Verifier keys in force, oldest first.",
            "items": {"type": "string"},
        },
        "past_keys": {
            "type": "array",
            "description": "Those that are not in force any more.",
            "items": {"type": "string"},
        },
    },
    "required": ["origin", "epoch", "keys", "past_keys"],
}


def add_files(app: FastAPI) -> None:
    """Add the routes."""
    add_route(
        app,
        _log,
        Operation(
            name="log",
            method="GET",
            path="/log",
            tag=TAG,
            summary="Whose log it is, and where what is published of it is found.",
            policy=policy_of("log"),
            answer=LOG,
        ),
    )
    add_route(
        app,
        _checkpoint,
        Operation(
            name="log-checkpoint",
            method="GET",
            path="/log/checkpoint",
            tag=TAG,
            summary="The newest published checkpoint, signed by the log and cosigned by its "
            "witnesses (C2SP tlog-checkpoint).",
            policy=policy_of("log-checkpoint"),
            media=(TEXT,),
            negotiates=False,
            parameters=(IF_NONE_MATCH,),
            may_be_missing=True,
        ),
    )
    add_route(
        app,
        _tile,
        Operation(
            name="log-tile",
            method="GET",
            path="/log/tile/{tile}",
            tag=TAG,
            summary="A tile of hashes, or an entry bundle, of what is published (C2SP "
            "tlog-tiles).",
            policy=policy_of("log-tile"),
            media=(BYTES,),
            negotiates=False,
            parameters=(TILE, IF_NONE_MATCH),
            deep=True,
        ),
    )
    add_route(
        app,
        _keys,
        Operation(
            name="log-keys",
            method="GET",
            path="/log/keys",
            tag=TAG,
            summary="The keys that the ledger says its log is signed with. Whoever checks has "
            "them from elsewhere, and compares.",
            policy=policy_of("log-keys"),
            answer=KEYS,
        ),
    )


async def _log(request: Request) -> Response:
    form_of(request, (JSON,))
    serving = serving_of(request)
    own = await serving.in_reader(serving.published.own)
    assert own.now is not None, "what is served was opened"
    named = PLACES if own.has_key else {name: PLACES[name] for name in ALWAYS}
    return _told({"origin": own.now.origin, "epoch": own.now.epoch, **named})


async def _checkpoint(request: Request) -> Response:
    serving = serving_of(request)
    note = await serving.in_reader(serving.published.note)
    if note is None:
        raise await _not_published(serving, "checkpoint")
    return _file(request, note, f"{TEXT}; charset=utf-8", final=False)


async def _tile(request: Request) -> Response:
    serving = serving_of(request)
    try:
        tile = parse_tile_path(f"tile/{request.path_params['tile']}")
    except Refused:
        raise await _not_published(serving, "tile") from None
    found = await serving.in_reader(lambda: serving.published.tile(tile))
    if found is None:
        raise await _not_published(serving, "tile")
    return _file(request, found, BYTES, final=True)


async def _keys(request: Request) -> Response:
    form_of(request, (JSON,))
    serving = serving_of(request)
    own = await serving.in_reader(serving.published.own)
    assert own.now is not None, "what is served was opened"
    told: dict[str, Any] = {
        "origin": own.now.origin,
        "epoch": own.now.epoch,
        "keys": own.now.log_keys,
        "past_keys": own.now.past_log_keys,
    }
    return _told(told)


def _told(told: dict[str, Any]) -> Response:
    return JsonAnswer(told, headers={"Cache-Control": cache_control(public=True, final=False)})


async def _not_published(serving: Serving, kind: str) -> Declined:
    remedy = "Nothing is published yet, or not that far: GET /log says what is found where."
    if not await serving.in_reader(serving.published.has_key):
        remedy = LOG_WITHOUT_KEY.title
    return Declined(replace(NO_SUCH_THING, remedy=remedy, facts={"kind": kind}))


def _file(request: Request, data: bytes, media: str, *, final: bool) -> Response:
    headers = {
        "Cache-Control": cache_control(public=True, final=final),
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
    }
    answer = Response(data, headers=headers, media_type=media)
    return unless_unchanged(request, answer)
