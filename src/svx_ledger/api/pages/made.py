"""The documentation in bytes: made once, when it is first asked for."""

from functools import cache
from importlib.resources import files

import orjson
from fastapi import FastAPI

from svx_ledger.api.document.openapi import openapi_of

from .problems import problems_page
from .reference import document_page


def openapi_bytes(app: FastAPI) -> bytes:
    """Return what can be asked of the service, as OpenAPI."""
    made: bytes | None = getattr(app.state, "openapi_bytes", None)
    if made is None:
        made = app.state.openapi_bytes = orjson.dumps(openapi_of(app))
    return made


def page_bytes(app: FastAPI) -> bytes:
    """Return the same as a page for people."""
    made: bytes | None = getattr(app.state, "page_bytes", None)
    if made is None:
        made = app.state.page_bytes = document_page(openapi_of(app)).encode()
    return made


@cache
def problems_bytes() -> bytes:
    """Return the page of every problem."""
    return problems_page().encode()


@cache
def style_bytes() -> bytes:
    """Return what the pages look like."""
    return files(__package__).joinpath("style.css").read_bytes()
