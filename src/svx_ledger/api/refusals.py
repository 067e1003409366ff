"""What is turned away at the edge, before any rule of the exchange looks at it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from .problems import Problem


class Declined(Exception):
    """A request that ends here: with this problem, and these headers beside the usual ones."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.headers = dict(headers or {})


NOT_AUTHENTICATED: Final = Problem(
    name="not-authenticated",
    status=401,
    title="This needs an API key that is in force.",
    remedy="Send `Authorization: Bearer svx_…` with a key that is neither expired nor revoked.",
)
SCOPE_NOT_ALLOWED: Final = Problem(
    name="scope-not-allowed",
    status=403,
    title="An API key allows what its scopes name.",
    remedy="Use a key with that scope, or have one issued.",
)
NO_SUCH_PATH: Final = Problem(
    name="no-such-path",
    status=404,
    title="Nothing is at this address.",
    remedy="GET /docs lists every address.",
)
WRONG_METHOD: Final = Problem(
    name="wrong-method",
    status=405,
    title="This address takes other methods.",
    remedy="Use one of those in the header Allow. A command is POST /{collection}/{id}/{verb}; "
    "an API key is named by whoever makes it: POST /api-keys/{api_key_id}/issue.",
)
NOT_ACCEPTABLE: Final = Problem(
    name="not-acceptable",
    status=406,
    title="This is not to be had in any form that was asked for.",
    remedy="Accept application/json, or what GET /docs names for this address.",
)
BODY_TOO_SLOW: Final = Problem(
    name="too-slow",
    status=408,
    title="A body comes within ten seconds: nothing was done.",
    remedy="Send it again, in one go, with the same Idempotency-Key.",
)
BODY_TOO_LARGE: Final = Problem(
    name="too-large",
    status=413,
    title="A body has at most 64 KiB.",
    remedy="Send less in one request.",
)
WRONG_MEDIA_TYPE: Final = Problem(
    name="wrong-media-type",
    status=415,
    title="A command is one JSON object, not compressed.",
    remedy="Send `Content-Type: application/json` and no Content-Encoding.",
)
BAD_PARAMETER: Final = Problem(
    name="bad-parameter",
    status=422,
    title="Parameters have their documented names and forms, each given once.",
    remedy="GET /docs has the parameters of every address.",
)
BAD_HEADER: Final = Problem(
    name="bad-header",
    status=422,
    title="A header that is read here has its documented form.",
    remedy="Mend the header that `errors` names; GET /docs has the headers of every address.",
)
NO_IDEMPOTENCY_KEY: Final = Problem(
    name="idempotency-key-required",
    status=400,
    title="Every command has an Idempotency-Key, so that it can be repeated without harm.",
    remedy="Send one, such as a random UUID.",
)
NO_SUCH_THING: Final = Problem(
    name="no-such-thing",
    status=404,
    title="There is no such thing, or none that may be known to whoever asks.",
    remedy="Check the name; GET /events has the names of all that may be known.",
)
NO_OUTCOME: Final = Problem(
    name="no-outcome",
    status=404,
    title="Nothing is on record under this Idempotency-Key so far.",
    remedy="An attempt that is under way may still arrive: repeat it with the same key. What "
    "was given with Svx-On-Behalf-Of is asked for with it.",
)
BAD_IDEMPOTENCY_KEY: Final = Problem(
    name="bad-idempotency-key",
    status=422,
    title="An Idempotency-Key has 1 to 128 letters, digits and ._~:- and begins with a letter "
    "or digit, but not with clock:.",
    remedy="Send another one, such as a random UUID.",
)
IF_MATCH_REQUIRED: Final = Problem(
    name="if-match-required",
    status=428,
    title="This replaces what stands there: it must say which version it replaces.",
    remedy="Read it at its own address where that has `version`, else at GET /streams/{name}, "
    "and send the ETag of that as If-Match.",
)
TOO_MANY_REQUESTS: Final = Problem(
    name="too-many-requests",
    status=429,
    title="This was asked for more often than is allowed.",
    remedy="Wait for as many seconds as the header Retry-After says.",
)
BUSY: Final = Problem(
    name="busy",
    status=503,
    title="More is being asked than can be answered now: nothing was done.",
    remedy="Try again after as many seconds as the header Retry-After says.",
)
NOT_PUBLISHED: Final = Problem(
    name="not-published",
    status=409,
    title="A receipt is given once the record is published, which takes about a second.",
    remedy="Try again after as many seconds as the header Retry-After says; `state` tells how "
    "far it has come: sequenced, integrated, published.",
)
LOG_WITHOUT_KEY: Final = Problem(
    name="log-without-key",
    status=409,
    title="This log is not published: it has no key that could sign it.",
    remedy="Ask whoever keeps the ledger to make a log key and publish it; what is on record "
    "stays so, and has its receipt from then on.",
)
PAGE_GONE: Final = Problem(
    name="page-gone",
    status=410,
    title="The row that a page ended with is not in the list any more.",
    remedy="Begin again without `cursor`.",
)
BEHIND: Final = Problem(
    name="behind",
    status=503,
    title="The views have not come to the position that was asked for.",
    remedy="Try again after as many seconds as the header Retry-After says.",
)
TOOK_TOO_LONG: Final = Problem(
    name="took-too-long",
    status=503,
    title="This could not be worked out in the time that a request has.",
    remedy="Ask for a part of it, or later, or `svx-ledger report` beside the ledger.",
)
FAULT: Final = Problem(
    name="fault",
    status=500,
    title="A fault of the program.",
    remedy="Report it with the request id; a command may be repeated with the same key.",
)
EDGE: Final = (
    *(NO_SUCH_THING, NO_OUTCOME, BAD_IDEMPOTENCY_KEY),
    *(NOT_AUTHENTICATED, SCOPE_NOT_ALLOWED, NO_SUCH_PATH, WRONG_METHOD, NOT_ACCEPTABLE),
    *(BODY_TOO_LARGE, BODY_TOO_SLOW, WRONG_MEDIA_TYPE, BAD_PARAMETER, BAD_HEADER),
    *(NO_IDEMPOTENCY_KEY, IF_MATCH_REQUIRED, TOO_MANY_REQUESTS, PAGE_GONE),
    *(NOT_PUBLISHED, LOG_WITHOUT_KEY),
    *(BUSY, BEHIND, TOOK_TOO_LONG, FAULT),
)
"""Every problem of this page, to be documented."""


_OF_HEADER: Final = {
    "If-Match": "Mend If-Match: it is a version in quotes, or the ETag of the thing's own "
    "address where that has `version`, else of GET /streams/{name}.",
}


def bad_header(name: str, form: str) -> Problem:
    """Return the problem of a header that does not read as it should."""
    remedy = _OF_HEADER.get(name, f"Mend {name}; GET /docs has the headers of every address.")
    return replace(BAD_HEADER, faults=((f"/header/{name}", form),), remedy=remedy)


_ELSEWHERE: Final = {
    "problem": "GET /problems lists them all.",
    "proof": "Ask within what is published: its size is the second line of GET "
    "/log/checkpoint.",
    "part": "GET /leverage/parts with the same `by` lists them.",
    "event": "Check the position; GET /events has all that may be known.",
    "receipt": "Check the position; a receipt is for whoever may see the whole record.",
}
"""Where what is no thing of the log is found, by its kind."""


def no_such_thing(kind: str, remedy: str = "") -> Declined:
    """Return what is said of a thing that is not there, or not to be known by whoever asks.

    `remedy` is one that is better than that of its kind.
    """
    remedy = remedy or _ELSEWHERE.get(kind, NO_SUCH_THING.remedy)
    return Declined(replace(NO_SUCH_THING, remedy=remedy, facts={"kind": kind}))
