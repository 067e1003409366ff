"""What a request says of a command: who gives it, by which id, on which version, its body."""

import asyncio
import re
from dataclasses import replace
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from svx_ledger.api.headers import header_of
from svx_ledger.api.refusals import (
    BAD_IDEMPOTENCY_KEY,
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    NO_IDEMPOTENCY_KEY,
    WRONG_MEDIA_TYPE,
    Declined,
    bad_header,
)
from svx_ledger.api.routing import caller
from svx_ledger.api.vocabulary import KEY_FORM
from svx_ledger.api.written import version_in
from svx_ledger.domain.actor import Actor
from svx_ledger.domain.form import STREAM_NAME
from svx_ledger.eventlog.canonical import MAX_MESSAGE_BYTES

BODY_SECONDS: Final = 10.0
"""Within which a body has come: who sends it slowly keeps a place from others."""
IDEMPOTENCY_KEY: Final = re.compile(KEY_FORM, re.ASCII)


def actor_of(request: Request) -> Actor:
    """Return who acts, and on whose behalf. Raises Declined."""
    actor = caller(request).actor
    assert actor is not None, "no policy lets the public act"
    for_whom = header_of(request, "svx-on-behalf-of")
    if for_whom is None:
        return actor
    named = STREAM_NAME.fullmatch(for_whom)
    if named is None or named[1] != "organisation":
        raise Declined(bad_header("Svx-On-Behalf-Of", "the name of an organisation"))
    if for_whom == actor.organisation:  # that is nobody else: the same principal
        return actor
    return replace(actor, on_behalf_of=for_whom)


def command_id_of(request: Request) -> str:
    """Return the idempotency key, which is the command's id. Raises Declined."""
    given = header_of(request, "idempotency-key")
    if given is None:
        raise Declined(NO_IDEMPOTENCY_KEY)
    if IDEMPOTENCY_KEY.fullmatch(given) is None:
        raise Declined(BAD_IDEMPOTENCY_KEY)
    return given


def expected_version_of(request: Request) -> int | None:
    """Return the version that If-Match asks for, if any. Raises Declined.

    The digest in the tag of a read is passed over: others may be shown the same version
    otherwise, and what a command depends on is the version.
    """
    given = header_of(request, "if-match")
    if given is None:
        return None
    version = version_in(given.strip())
    if version is None:
        raise Declined(bad_header("If-Match", 'an ETag, or a version in quotes: "7"'))
    return version


async def body_of(request: Request) -> bytes:
    """Return the body, when all of it came. Raises Declined for one that is not taken."""
    kind, _, parameters = (header_of(request, "content-type") or "").partition(";")
    coded = header_of(request, "content-encoding")
    # JSON has no parameter that means anything: with a comma there, another type is behind it.
    is_json = kind.strip().lower() == "application/json" and "," not in parameters
    if not is_json or (coded is not None and coded.strip().lower() != "identity"):
        raise Declined(WRONG_MEDIA_TYPE)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _all_of(request)
    except (TimeoutError, ClientDisconnect):  # too slow, or gone in the middle of it
        raise Declined(BODY_TOO_SLOW, {"Connection": "close"}) from None


async def _all_of(request: Request) -> bytes:
    taken = bytearray()
    async for part in request.stream():
        taken += part
        if len(taken) > MAX_MESSAGE_BYTES:  # whatever its Content-Length says
            raise Declined(BODY_TOO_LARGE, {"Connection": "close"})
    return bytes(taken)
