"""The forms of the document as parts of a page: objects with their fields, lists, values."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from svx_ledger.api.document.patterns import Schema

from .markup import paragraphs, table, text
from .words import form_of, link_to, name_in

POINTER: Final = "#/components/"


def resolved(document: Schema, schema: Schema) -> Schema:
    """Return what a part of the document says, or what it refers to."""
    pointer = schema.get("$ref")
    if pointer is None:
        return schema
    kind, name = pointer.removeprefix(POINTER).split("/")
    found: Schema = document["components"][kind][name]
    return found


def fields_of(schema: Schema, caption: str) -> str:
    """Return the fields of an object as a table; of anything else its form."""
    if "properties" not in schema:
        return f"<p>{form_of({n: p for n, p in schema.items() if n != 'description'})}</p>"
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>{'' if name in required else ' (optional)'}",
            form_of(field),
            text(field.get("description", "")),
        )
        for name, field in schema["properties"].items()
    ]
    if any(said for _, _, said in rows):
        return table(caption, ("field", "form", "meaning"), rows)
    return table(caption, ("field", "form"), (row[:2] for row in rows))


def all_forms(document: Schema, told: Iterable[str]) -> str:
    """Return a section of every form, but for those that are told elsewhere on the page."""
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    lists = {name: one for name, one in schemas.items() if is_list(name, one)}
    known = {*lists, *told}
    rest = {name: one for name, one in schemas.items() if name not in known}
    objects = {name: one for name, one in rest.items() if "properties" in one}
    values = {name: one for name, one in rest.items() if "properties" not in one}
    body = "".join(_object(name, one) for name, one in objects.items())
    return (
        '<section><h2 id="values">Values</h2>'
        "<p>Each is text, unless it says otherwise; its exact pattern stands in "
        '<a href="/openapi.json">/openapi.json</a>.</p>'
        f"{_values(values)}</section>"
        '<section><h2 id="lists">Lists</h2>'
        "<p>A list is given in pages: an object with <code>items</code> and, unless it is the "
        "last page, <code>next</code>, which is the <code>cursor</code> of the page after. The "
        "header <code>Link</code> has its whole address.</p>"
        f"{_lists(lists)}</section>"
        f'<section><h2 id="forms">Forms</h2>{body}</section>'
    )


def is_list(name: str, schema: Schema) -> bool:
    """Whether a form is a page of a list."""
    return name.endswith("List") and [*schema.get("properties", {})] == ["items", "next"]


def _object(name: str, schema: Schema) -> str:
    return (
        f'<h3 id="form-{escape(name)}">{escape(name)}</h3>'
        f"{paragraphs(schema.get('description', ''))}{fields_of(schema, f'Fields of {name}')}"
    )


def _values(values: Mapping[str, Schema]) -> str:
    rows = []
    for name, schema in values.items():
        said = schema.get("description")
        form = text(said) if said and "pattern" in schema else form_of(schema)
        rows.append([f'<span id="form-{escape(name)}">{escape(name)}</span>', form])
    return table("Values", ("name", "form"), rows)


def _lists(lists: Mapping[str, Schema]) -> str:
    rows = []
    for name, schema in lists.items():
        items = schema["properties"]["items"]["items"]
        of = link_to(name_in(items)) if "$ref" in items else form_of(items)
        rows.append([f'<span id="form-{escape(name)}">{escape(name)}</span>', of])
    return table("Lists", ("name", "of"), rows)
