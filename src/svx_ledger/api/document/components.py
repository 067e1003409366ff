"""What the operations of the document share: headers, problems by status, and the key."""

from typing import Any, Final

from svx_ledger.api.negotiating import JSON
from svx_ledger.api.refusals import EDGE
from svx_ledger.api.responses import PROBLEM_TYPE
from svx_ledger.api.vocabulary import KEY_FORM
from svx_ledger.api.written import NUMBER, TAG, VERSION

from .named_forms import NAMED
from .patterns import Schema

REFERENCE: Final = "#/components/"
KEY: Final = "key"
"""The security scheme."""
SECURITY_SCHEMES: Final[Schema] = {
    KEY: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "svx_<id>_<secret>",
        "description": "An API key. It stands for one person in one role for one organisation, "
        "and does no more than its scopes: `read`, `act`, `act:<Command>`.",
    }
}


def _header(said: str, **schema: Any) -> Schema:
    return {"description": said, "schema": {"type": "string"} | schema}


def _sent(name: str, said: str, *, required: bool = False, **schema: Any) -> Schema:
    """A header of a request."""
    told = _header(said, **schema)
    return {"name": name, "in": "header", "required": required} | told


_TAG: Final = f"^{TAG}$"
_IF_MATCH: Final = (
    "The ETag of the thing, where what was read has `version`, else of its stream; or the "
    'version alone, such as `"7"`'
)
_NAMED: Final = "1 to 128 letters, digits and `._~:-`, such as a random UUID."
IF_NONE_MATCH: Final = _sent(
    "If-None-Match", "The ETag of what is at hand: 304 if it is current."
)
PARAMETERS: Final[Schema] = {
    "IdempotencyKey": _sent(
        "Idempotency-Key",
        "Names this command for ever: sent again with the same key it is never carried out "
        "twice, and is answered as it was. " + _NAMED,
        required=True,
        pattern=f"^(?:{KEY_FORM})$",
    ),
    "IfMatch": _sent("If-Match", f"{_IF_MATCH}: 412 if it has another by now.", pattern=_TAG),
    "IfMatchRequired": _sent(
        "If-Match",
        f"{_IF_MATCH}: 412 if it has another by now, 428 without it.",
        required=True,
        pattern=_TAG,
    ),
    "OnBehalfOf": _sent(
        "Svx-On-Behalf-Of",
        "The community organisation for which the operator enters this.",
        **NAMED["OrganisationId"],
    ),
    "RequestId": _sent(
        "X-Request-Id",
        "Names this request in logs and in the record: 8 to 40 letters, digits or `._~-`, at "
        "least one a letter. Where it is absent or of another form, one is made.",
    ),
    "IfNoneMatch": IF_NONE_MATCH,
    "LastEventId": _sent(
        "Last-Event-ID",
        "Read where a stream is asked for: the id of the last message of it that was received. "
        "What is sent is no older; after `end` the stream is over (204).",
    ),
}
HEADERS: Final[Schema] = {
    "RequestId": _header(
        "Names this request in logs and in the record.", pattern="^[A-Za-z0-9._~-]{8,40}$"
    ),
    "Version": _header("The version of the stream, for If-Match.", pattern=f"^{VERSION}$"),
    "Location": _header("Where the record can be read.", format="uri-reference"),
    "ETag": _header(
        "Tells this answer from others of this address, for If-None-Match. Of a thing that "
        "commands are given on it begins with the version, for If-Match."
    ),
    "Position": _header("The log position that this is of.", pattern=f"^(?:{NUMBER})$"),
    "CacheControl": _header("Whether this may be kept."),
    "Link": _header('Where the next page is: `<…>; rel="next"`. Absent at the end.'),
    "RateLimitLimit": _header("Requests that are allowed in a minute.", pattern="^[0-9]+$"),
    "RateLimitRemaining": _header("How many of them are left.", pattern="^[0-9]+$"),
    "RateLimitReset": _header("Seconds until there are more.", pattern="^[0-9]+$"),
    "RetryAfter": _header("Seconds after which to try again.", pattern="^[0-9]+$"),
    "Authenticate": _header("How to say who asks: Bearer."),
}
_RULES: Final = {
    403: "`role-not-allowed`, `not-yours`, `same-person` and others: it is for somebody else.",
    404: "`not-found`: there is no such thing, or none that whoever asks may know of.",
    409: "A rule of the exchange refuses it, or what was read is not current.",
    412: "`version-mismatch`: the thing has another version by now.",
    422: "What was sent is not of its form, or its Idempotency-Key is another command's.",
    500: "`command-failed`: nothing was written.",
    503: "Nothing was written (`not-written`), or the outcome is unknown (`outcome-unknown`): "
    "sending it again with the same Idempotency-Key does no harm.",
}
"""What rules and failures have to say, beside what is turned away at the edge."""
_SAY_WHEN: Final = frozenset({409, 429, 503})
"""Of what passes; of 409 that is `not-published` alone."""
PROBLEM_OF: Final = "Problem"
"""With a status behind it: what its problems are called among the components."""
STATUSES: Final = tuple(sorted({problem.status for problem in EDGE} - {405} | {*_RULES}))
"""Of the problems that an operation can answer with: no operation is a wrong method."""


def problem(status: int) -> Schema:
    """Return the reference to the problems of a status."""
    return answer(f"{PROBLEM_OF}{status}")


def answer(name: str) -> Schema:
    """Return the reference to an answer that operations share."""
    return {"$ref": f"{REFERENCE}responses/{name}"}


def answers() -> Schema:
    """Return what operations share: what commands are answered, the problems by status."""
    done = usual_headers() | {"ETag": header("Version"), "Location": header("Location")}
    content = {JSON: {"schema": {"$ref": f"{REFERENCE}schemas/CommandDone"}}}
    return {
        "CommandDone": {
            "description": "Done, and on record.",
            "headers": done,
            "content": content,
        },
        "CommandDoneNotPublished": {
            "description": "Done, and on record; not published within the time that a request "
            "waits. Without Retry-After where the log has no key, so that nothing will be.",
            "headers": done | {"Retry-After": header("RetryAfter")},
            "content": content,
        },
        **{f"{PROBLEM_OF}{status}": _problems_of(status) for status in STATUSES},
    }


def _problems_of(status: int) -> Schema:
    said = [f"`{one.name}`: {one.title}" for one in EDGE if one.status == status]
    said += [_RULES[status]] if status in _RULES else []
    headers = usual_headers()
    if status in _SAY_WHEN:
        headers["Retry-After"] = header("RetryAfter")
    if status == 401:
        headers["WWW-Authenticate"] = header("Authenticate")
    return {
        "description": " ".join(said),
        "headers": headers,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": f"{REFERENCE}schemas/Problem"}}},
    }


def usual_headers(*, guarded: bool = True) -> Schema:
    """Return the headers that every answer has, and every one that is counted."""
    headers = {"X-Request-Id": header("RequestId")}
    for name in ("Limit", "Remaining", "Reset") if guarded else ():
        headers[f"RateLimit-{name}"] = header(f"RateLimit{name}")
    return headers


def header(name: str) -> Schema:
    """Return the reference to a header of answers."""
    return {"$ref": f"{REFERENCE}headers/{name}"}


def parameter(name: str) -> Schema:
    """Return the reference to a header of requests."""
    return {"$ref": f"{REFERENCE}parameters/{name}"}
