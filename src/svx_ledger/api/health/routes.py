"""GET /health, /ready and /metrics: for whoever keeps the process running."""

from collections.abc import Iterator

from fastapi import FastAPI, Request, Response
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from svx_ledger.api.responses import JsonAnswer
from svx_ledger.api.routing import Operation, add_route, policy_of, serving_of

from .metrics import gauge
from .publication import gauges_of
from .publisher import counters_of
from .readiness import Readiness

TAG = "service"


def add_health(app: FastAPI) -> None:
    """Add the routes."""
    add_route(
        app,
        _health,
        Operation(
            name="health",
            method="GET",
            path="/health",
            tag=TAG,
            summary="Whether the process is alive; nothing is looked at.",
            policy=policy_of("health"),
            answer=ALIVE,
            unguarded=True,
        ),
    )
    add_route(
        app,
        _ready,
        Operation(
            name="ready",
            method="GET",
            path="/ready",
            tag=TAG,
            summary="Whether the process can serve: each part is tried; 503 if one fails.",
            policy=policy_of("ready"),
            answer=READY,
            unguarded=True,
        ),
    )
    add_route(
        app,
        _metrics,
        Operation(
            name="metrics",
            method="GET",
            path="/metrics",
            tag=TAG,
            summary="Numbers of the process, or of all that serve together, for Prometheus.",
            policy=policy_of("metrics"),
            answer={"type": "string"},
            media=("text/plain",),
            negotiates=False,
        ),
    )


ALIVE = {
    "title": "Health",
    "type": "object",
    "properties": {"alive": {"const": True}},
    "required": ["alive"],
}
READY = {
    "title": "Readiness",
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "position": {
            "type": "integer",
            "description": "Where the log is; absent where that is not known.",
        },
        "views_position": {"type": "integer", "description": "Where the views are."},
        "lag_events": {"type": "integer"},
        "lag_seconds": {"type": "number"},
        "publication": {
            "type": "object",
            "description": "Of a log that is published: its name and epoch, the last positions "
            "in the tree, signed, published and with a receipt, what is not published yet, and "
            "when witnesses saw it last.",
            "properties": {
                "origin": {"type": "string"},
                "epoch": {"type": "integer"},
                "integrated": {"type": "integer"},
                "signed": {"type": "integer"},
                "published": {"type": "integer"},
                "receipted": {"type": "integer"},
                "lag_events": {"type": "integer"},
                "lag_seconds": {"type": "number"},
                "cosigned_seconds_ago": {
                    "type": "object",
                    "additionalProperties": {"type": "integer"},
                },
            },
        },
        "checks": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {"ok": {"type": "boolean"}, "detail": {"type": "string"}},
                "required": ["ok", "detail"],
            },
        },
    },
    "required": ["ready", "checks"],
}


async def _health(_: Request) -> Response:
    return JsonAnswer({"alive": True})


async def _ready(request: Request) -> Response:
    found = await serving_of(request).prober.readiness()
    return JsonAnswer(_plain(found), 200 if found.ready else 503)


async def _metrics(request: Request) -> Response:
    serving = serving_of(request)
    found = await serving.prober.readiness()
    exchange = serving.exchange
    serving.metrics.now(working=serving.limits.working, waiting=exchange.waiting)
    text = serving.metrics.exposition(
        [
            gauge("svx_ready", "Whether the process can serve (1) or not (0).", found.ready),
            *_positions(found),
            gauge(
                "svx_views_followed",
                "Whether a follower keeps the views (1), or readers alone do (0).",
                found.views_followed,
            ),
            *gauges_of(found.publication),
            *counters_of(serving.metrics.failures),
        ]
    )
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _positions(found: Readiness) -> Iterator[Metric]:
    """Give the numbers that are known."""
    for name, meaning, value in (
        ("log_position", "Position of the last event.", found.position),
        ("views_position", "Position the views are at.", found.views_position),
        ("views_lag_events", "Events that are not in the views.", found.lag_events),
        (
            "views_lag_seconds",
            "Age of the oldest event that is not in the views.",
            found.lag_seconds,
        ),
    ):
        if value is not None:
            yield gauge(f"svx_{name}", meaning, value)


def _plain(found: Readiness) -> dict[str, object]:
    where = {
        "position": found.position,
        "views_position": found.views_position,
        "lag_events": found.lag_events,
        "lag_seconds": found.lag_seconds,
    }
    plain: dict[str, object] = {
        "ready": found.ready,
        **{name: value for name, value in where.items() if value is not None},
        "checks": {name: check._asdict() for name, check in found.checks.items()},
    }
    if found.publication is not None:
        plain["publication"] = found.publication._asdict()
    return plain
