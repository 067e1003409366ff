"""Answers as bytes: JSON objects and problems."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import Response

from svx_ledger.eventlog.plain import plain_of

from .problems import Problem

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 1


class JsonAnswer(Response):
    """One JSON object, of plain values or of values of ours."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Write the object."""
        return orjson.dumps(plain_of(content))


def problem_answer(
    problem: Problem,
    headers: Mapping[str, str] | None = None,
    *,
    recorded: Mapping[str, Any] | None = None,
) -> Response:
    """Return a problem (RFC 9457); `recorded` says where a rejection is on record."""
    plain = problem.plain()
    if recorded is not None:
        plain["recorded"] = dict(recorded)
    sent = dict(headers or {})
    if problem.status == 503:
        sent.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if problem.status == 401:
        sent.setdefault("WWW-Authenticate", "Bearer")
    return Response(orjson.dumps(plain), problem.status, headers=sent, media_type=PROBLEM_TYPE)
