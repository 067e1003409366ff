"""The OpenAPI document (3.1), made from the operations that an application has."""

from collections.abc import Iterable, Mapping
from typing import Final

from fastapi import FastAPI

from svx_ledger.api.routing import Operation
from svx_ledger.api.vocabulary import GROUPS

from . import components
from .components import KEY, PARAMETERS, SECURITY_SCHEMES
from .describing import described
from .done import COMMAND_DONE
from .hoisting import hoisted, pointing
from .patterns import Schema
from .problem import PROBLEM
from .sharing import share_parameters

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

A field of an answer that is not required is left out where there is nothing to say, or nothing
that whoever asks may see: it is never null. Where a description says None, it is left out. More
fields may come, and more words where a word in an answer is one of some or any other text.

[Every address](/docs) and [every problem](/problems) are explained by the service itself. The
repository holds more under docs/: api/who.md (who may call what), api/keys.md (API keys),
events.md, visibility.md, glossary.md.
"""


def openapi_of(app: FastAPI) -> Schema:
    """Return the document of an application; worked out when it is first asked for."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> Schema:
    operations: list[Operation] = app.state.operations
    schemas: Schema = {}
    for shared in (PROBLEM, COMMAND_DONE):
        hoisted(shared, schemas)
    paths: Schema = {}
    for operation in operations:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = described(operation, schemas)
    parameters = pointing(PARAMETERS, schemas) | share_parameters(paths)
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
            "responses": components.answers(),
            "parameters": parameters,
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
