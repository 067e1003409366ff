"""What a value looks like, said in a few words from its schema."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from svx_ledger.api.document.choices import is_open
from svx_ledger.api.document.patterns import Schema

from .markup import code_of

MOST_EXACT: Final = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly: no bound worth telling."""


def form_of(schema: Schema) -> str:
    """Return in a few words what a value looks like."""
    return ", ".join(_words(schema)) or "anything"


def name_in(schema: Schema) -> str:
    """Return the name of the component that a schema refers to; empty where there is none."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def link_to(name: str) -> str:
    """Return a link to where a form is told."""
    return f'<a href="#form-{escape(name)}">{escape(name)}</a>'


def _words(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        yield link_to(name_in(schema))
    elif "enum" in schema or "const" in schema:
        words = schema.get("enum") or [schema["const"]]
        yield " or ".join(code_of(_said(word)) for word in words)
    elif is_open(schema):
        yield f"{form_of(schema['anyOf'][0])} or a word that comes later"
    elif "anyOf" in schema:
        yield " or ".join(form_of(choice) for choice in schema["anyOf"])
    elif "prefixItems" in schema:
        yield f"list of {', then '.join(map(form_of, schema['prefixItems']))}"
    elif schema.get("type") == "array":
        yield f"list of {form_of(schema.get('items', {}))}"
        yield from _between(schema, "minItems", "maxItems", "items")
    elif isinstance(inner := schema.get("additionalProperties"), dict):
        yield f"object, under each name {form_of(inner)}"
    elif "type" in schema:
        yield _named(schema["type"])
    if "pattern" in schema and "description" not in schema:
        yield f"of the form {code_of(schema['pattern'])}"
    yield from _between(schema, "minLength", "maxLength", "characters")
    yield from _between(schema, "minimum", "maximum", "")
    if "default" in schema:
        yield f"by default {code_of(_said(schema['default']))}"


def _said(word: Any) -> str:
    return word if isinstance(word, str) else json.dumps(word)


def _named(kind: Any) -> str:
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    kinds = kind if isinstance(kind, list) else [kind]
    return " or ".join(names.get(one, str(one)) for one in kinds)


def _between(schema: Schema, least: str, most: str, what: str) -> Iterator[str]:
    low, high = schema.get(least, -MOST_EXACT), schema.get(most, MOST_EXACT)
    if low > -MOST_EXACT and high < MOST_EXACT:
        yield (f"{low:,} to {high:,} {what}" if low != high else f"{low:,} {what}").strip()
    elif low > -MOST_EXACT:
        yield f"{low:,} or more {what}".strip()
    elif high < MOST_EXACT:
        yield f"up to {high:,} {what}".strip()
