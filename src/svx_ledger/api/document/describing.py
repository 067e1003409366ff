"""One operation as the document describes it.

Nothing is written by hand for one operation: who may call it comes from the table of policies,
its body from the command's own form, its answer from the type that is answered.
"""

import re
from collections.abc import Mapping
from inspect import cleandoc
from typing import Final, get_type_hints

from svx_ledger.api.negotiating import EVENT_STREAM
from svx_ledger.api.policy import Policy
from svx_ledger.api.policy.page import said
from svx_ledger.api.routing import ItemsOf, Operation
from svx_ledger.domain.form import Matching, StreamOf
from svx_ledger.domain.kind import fields_of
from svx_ledger.domain.vocabulary import COMMANDS

from . import components, patterns
from .components import KEY, header, parameter
from .hoisting import hoisted, pointing
from .named_forms import name_of_form
from .patterns import Schema
from .schemas import schema_of_answer, schema_of_list

RECEIPT: Final = "receipt"
"""The operation that says of what it is asked for that it is not there yet."""
READY: Final = "ready"
"""The operation that answers in the same form, whether its status is 200 or 503."""
OUTCOME: Final = "outcome"
"""The read that asks as whom a command was given."""


def described(operation: Operation, schemas: Schema) -> Schema:
    """Return what the document says of an operation; its forms are put among `schemas`."""
    policy = operation.policy
    told: Schema = {
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
        told["security"] = [{}] if policy.whose == "any" else [{}, {KEY: []}]
    told["parameters"] = pointing(_parameters(operation), schemas)
    if operation.body is not None:
        schema = hoisted(operation.body, schemas)
        content = {"application/json": {"schema": schema}}
        told["requestBody"] = {"required": True, "content": content}
    if operation.command:
        answers = {"200": components.answer("CommandDone")}
        answers["202"] = components.answer("CommandDoneNotPublished")
    else:
        answers = {"200": _answer(operation, schemas)}
    if operation.name == READY:
        answers["503"] = _answer(operation, schemas) | {"description": "It cannot."}
    if _is_watched(operation):
        answers["204"] = {"description": "The stream of this board is over: `end` was seen."}
    if is_conditional(operation):
        answers["304"] = {"description": "It is as If-None-Match has it."}
    problems = {str(status): components.problem(status) for status in problems_of(operation)}
    told["responses"] = dict(sorted((problems | answers).items()))
    return told


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
    if policy.unscoped:
        told.append("with any key, whatever its scopes")
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
        return [500]
    statuses = {401, 403, 422, 429, 500, 503}
    if operation.command:
        statuses |= {400, 404, 408, 409, 412, 413, 415}
    elif operation.negotiates:
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
    if operation.name == OUTCOME:
        found.append(parameter("OnBehalfOf"))
    if _is_watched(operation):
        found.append(parameter("LastEventId"))
    return [*map(_without_repeating, found), parameter("RequestId")]


def _without_repeating(told: Schema) -> Schema:
    """Leave it to the form of a name to say whose name it is: `auction_id` is an AuctionId."""
    of = name_of_form(told.get("schema", {})) or ""
    same = of.lower() == told.get("name", "").replace("_", "")
    return {n: part for n, part in told.items() if not (same and n == "description")}


def _target(operation: Operation, name: str) -> Schema:
    """A part of the path: of a command the name of what it is done to."""
    told: Schema = {"name": name, "in": "path", "required": True}
    schema: Schema = {"type": "string"}
    if operation.command and name == fields_of(COMMANDS[operation.name])[0]:
        hint = get_type_hints(COMMANDS[operation.name], include_extras=True)[name]
        form = patterns.mark_of(hint.__metadata__, StreamOf, Matching)
        schema = patterns.matching(form)
    return told | {"schema": schema}


def _answer(operation: Operation, schemas: Schema) -> Schema:
    headers = components.usual_headers(guarded=not operation.unguarded)
    if is_of_views(operation):
        headers["Svx-Position"] = header("Position")
        if isinstance(operation.answer, ItemsOf):
            headers["Link"] = header("Link")
    if is_conditional(operation):
        headers |= {"ETag": header("ETag"), "Cache-Control": header("CacheControl")}
    content: Schema = {media: _content(operation, media, schemas) for media in operation.media}
    return {"description": "The answer.", "headers": headers, "content": content}


def _content(operation: Operation, media: str, schemas: Schema) -> Schema:
    if "json" not in media or operation.answer is None:
        return {"schema": {"type": "string"}} if "json" not in media else {}
    answer = operation.answer
    if isinstance(answer, ItemsOf):
        return {"schema": hoisted(schema_of_list(answer.item), schemas)}
    schema = dict(answer) if isinstance(answer, Mapping) else schema_of_answer(answer)
    return {"schema": hoisted(schema, schemas)}
