"""What a value looks like, said in a few words from its schema."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from svx_ledger.api.document.patterns import Schema

from .markup import code_of


def form_of(schema: Schema) -> str:
    """Return in a few words what a value looks like."""
    return ", ".join(_words(schema)) or "anything"


def _words(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        yield f'<a href="#form-{name}">{name}</a>'
    elif "enum" in schema or "const" in schema:
        words = schema.get("enum") or [schema["const"]]
        yield " or ".join(code_of(json.dumps(word)) for word in words)
    elif "anyOf" in schema:
        yield " or ".join(form_of(choice) for choice in schema["anyOf"])
    elif schema.get("type") == "array":
        yield f"list of {form_of(schema.get('items', {}))}"
        yield from _between(schema, "minItems", "maxItems", "items")
    elif "type" in schema:
        yield _named(schema["type"])
    if "pattern" in schema:
        yield f"of the form {code_of(schema['pattern'])}"
    yield from _between(schema, "minLength", "maxLength", "characters")
    yield from _between(schema, "minimum", "maximum", "")
    if "default" in schema:
        yield f"by default {code_of(json.dumps(schema['default']))}"


def _named(kind: Any) -> str:
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    kinds = kind if isinstance(kind, list) else [kind]
    return " or ".join(names.get(one, str(one)) for one in kinds)


def _between(schema: Schema, least: str, most: str, what: str) -> Iterator[str]:
    if least in schema or most in schema:
        low = f"from {schema[least]} " if least in schema else ""
        high = f"to {schema[most]} " if most in schema else ""
        yield f"{low}{high}{what}".strip()
