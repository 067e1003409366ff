"""The OpenAPI document (3.1), made from the operations that an application has.

Nothing in it is written by hand for one operation: who may call it comes from the table of
policies, its body from the command's own form, its answer from the type that is answered.
"""

import re
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Final, get_type_hints

from fastapi import FastAPI

from svx_ledger.api.negotiating import EVENT_STREAM
from svx_ledger.api.policy import Policy
from svx_ledger.api.policy.page import said
from svx_ledger.api.routing import ItemsOf, Operation
from svx_ledger.api.vocabulary import GROUPS
from svx_ledger.domain.form import Matching, StreamOf
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.vocabulary import COMMANDS

from . import components, patterns
from .components import KEY, PARAMETERS, SECURITY_SCHEMES, header, parameter
from .hoisting import hoisted
from .patterns import Schema
from .schemas import schema_of_answer, schema_of_list

TAGS: Final[Mapping[str, str]] = {
    "events": "The log as it grows, as each may see it.",
    "service": "How the service is, and what can be asked of it.",
}
"""Of operations that are of no group of verbs."""
ABOUT: Final = """\
Bids, awards, deliveries and the change feed of the exchange, to each as far as it is theirs.

A command is a POST with an Idempotency-Key: sent again with the same key it is never carried
out twice. Its answer says which of these it is: done and on record, refused, not written, or
unknown. Money is in whole pence (`…_pence`), decimals are texts, times are UTC.

[Every address](/docs) and [every problem](/problems) are explained by the service itself. The
repository holds more under docs/: api/who.md (who may call what), api/keys.md (API keys),
events.md, visibility.md, glossary.md.
"""
NOT_YET: Final = "Done, and on record; not published within the time that a request waits."
RECEIPT: Final = "receipt"
"""The operation that says of what it is asked for that it is not there yet."""
READY: Final = "ready"
"""The operation that answers in the same form, whether its status is 200 or 503."""


def openapi_of(app: FastAPI) -> Schema:
    """Return the document of an application; worked out when it is first asked for."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> Schema:
    operations: list[Operation] = app.state.operations
    schemas: Schema = {}
    hoisted(components.PROBLEM, schemas)
    paths: Schema = {}
    for operation in operations:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": app.title,
            "version": app.version,
            "summary": "An event-sourced, provable auction ledger.",
            "description": ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "tags": _tags(operations),
        "security": [{KEY: []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": components.responses(),
            "parameters": PARAMETERS,
            "headers": components.HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _tags(operations: Iterable[Operation]) -> list[Schema]:
    """Return the tags that operations have, in the order of the groups of verbs."""
    used = {operation.tag for operation in operations}
    told = {**GROUPS, "key": "Keys with which programs act over HTTP.", **TAGS}
    known = [{"name": name, "description": told[name]} for name in told if name in used]
    return known + [{"name": name} for name in sorted(used - told.keys())]


def _operation(operation: Operation, schemas: Schema) -> Schema:
    policy = operation.policy
    described: Schema = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _description(operation),
        "x-svx-policy": {
            "roles": sorted(policy.roles),
            "whose": policy.whose,
            "if_match": policy.if_match,
        },
    }
    if "public" in policy.roles:
        described["security"] = [{}] if policy.whose == "any" else [{}, {KEY: []}]
    described["parameters"] = _parameters(operation)
    if operation.body is not None:
        schema = hoisted(operation.body, schemas)
        content = {"application/json": {"schema": schema}}
        described["requestBody"] = {"required": True, "content": content}
    answers = {"200": _answer(operation, schemas)}
    if operation.command:
        answers["202"] = _answer(operation, schemas) | {"description": NOT_YET}
        answers["202"]["headers"]["Retry-After"] = header("RetryAfter")
    if operation.name == READY:
        answers["503"] = _answer(operation, schemas) | {"description": "It cannot."}
    if _is_watched(operation):
        answers["204"] = {"description": "The stream is over for good."}
    if is_conditional(operation):
        answers["304"] = {"description": "It is as If-None-Match has it."}
    problems = {str(status): components.response(status) for status in problems_of(operation)}
    described["responses"] = dict(sorted((problems | answers).items()))
    return described


def _description(operation: Operation) -> str:
    """Return what an operation means and who may call it, in sentences."""
    told = [operation.summary]
    if operation.command:
        told = [cleandoc(COMMANDS[operation.name].__doc__ or "")]
    if operation.names_new:
        told.append(
            "The ledger names the new thing; `stream` of the answer is its name. The same "
            "Idempotency-Key gives the same name."
        )
    return "\n\n".join([*told, who_may(operation.policy)])


def who_may(policy: Policy) -> str:
    """Return who may call an operation, in a sentence."""
    if policy.whose != "own":
        seen = "; each is shown what they may see" if policy.whose == "seen" else ""
        return f"For: {said(policy.roles)}{seen}."
    told = [f"{said(policy.themselves)} on what is their own organisation's"]
    if policy.anywhere:
        told.append(f"{said(policy.anywhere)} on anybody's")
    if policy.entered:
        told.append("the operator for the community organisation of Svx-On-Behalf-Of")
    return f"For: {'; '.join(told)}."


def is_of_views(operation: Operation) -> bool:
    """Whether what is answered is of a log position, which one can ask to be waited for."""
    return _takes(operation, "wait_for") or operation.path == "/events"


def is_conditional(operation: Operation) -> bool:
    """Whether what is at hand need not be sent again."""
    return _takes(operation, "wait_for") or components.IF_NONE_MATCH in operation.parameters


def _is_watched(operation: Operation) -> bool:
    """Whether it is of one thing that can be watched until it is over."""
    return EVENT_STREAM in operation.media and "{" in operation.path


def _takes(operation: Operation, name: str) -> bool:
    return any(given["name"] == name for given in operation.parameters)


def problems_of(operation: Operation) -> list[int]:
    """Return the statuses of the problems that an operation can answer with."""
    if operation.unguarded:
        return [422, 500]
    statuses = {401, 403, 422, 429, 500, 503}
    if operation.command:
        statuses |= {400, 404, 408, 409, 412, 413, 415}
    else:
        statuses |= {406}
    if "{" in operation.path or is_of_views(operation) or operation.may_be_missing:
        statuses |= {404}
    if operation.policy.if_match:
        statuses |= {428}
    if operation.name == RECEIPT:
        statuses |= {409}
    if _takes(operation, "cursor"):
        statuses |= {410}
    return sorted(statuses)


def _parameters(operation: Operation) -> list[Schema]:
    described = {p["name"] for p in operation.parameters if p["in"] == "path"}
    in_path = re.findall(r"{(\w+)}", operation.path)
    found = [_target(operation, name) for name in in_path if name not in described]
    found += [dict(p) for p in operation.parameters]
    if operation.command:
        if_match = "IfMatchRequired" if operation.policy.if_match else "IfMatch"
        found += [parameter(name) for name in ("IdempotencyKey", if_match)]
        if operation.policy.entered:
            found.append(parameter("OnBehalfOf"))
    elif is_conditional(operation) and not _takes(operation, "If-None-Match"):
        found.append(parameter("IfNoneMatch"))
    if _is_watched(operation):
        found.append(parameter("LastEventId"))
    return [*found, parameter("RequestId")]


def _target(operation: Operation, name: str) -> Schema:
    """A part of the path: of a command the name of what it is done to."""
    told: Schema = {"name": name, "in": "path", "required": True}
    if operation.command and name == fields_of(COMMANDS[operation.name])[0]:
        hint = get_type_hints(COMMANDS[operation.name], include_extras=True)[name]
        form = patterns.mark_of(hint.__metadata__, StreamOf, Matching)
        return told | {"schema": patterns.matching(form)}
    return told | {"schema": {"type": "string"}}


def _answer(operation: Operation, schemas: Schema) -> Schema:
    headers = components.usual_headers(guarded=not operation.unguarded)
    if operation.command:
        headers |= {"ETag": header("Version"), "Location": header("Location")}
    elif is_of_views(operation):
        headers["Svx-Position"] = header("Position")
        if isinstance(operation.answer, ItemsOf):
            headers["Link"] = header("Link")
    if is_conditional(operation):
        headers |= {"ETag": header("ETag"), "Cache-Control": header("CacheControl")}
    told = "Done, and on record." if operation.command else "The answer."
    content: Schema = {media: _content(operation, media, schemas) for media in operation.media}
    return {"description": told, "headers": headers, "content": content}


def _content(operation: Operation, media: str, schemas: Schema) -> Schema:
    if "json" not in media or operation.answer is None:
        return {"schema": {"type": "string"}} if "json" not in media else {}
    answer = operation.answer
    if isinstance(answer, ItemsOf):
        return {"schema": hoisted(schema_of_list(answer.item), schemas)}
    schema = dict(answer) if isinstance(answer, Mapping) else schema_of_answer(answer)
    return {"schema": hoisted(schema, schemas)}
