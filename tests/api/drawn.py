"""JSON values drawn from a schema, by nothing but the schema: as a foreign client would."""

import re
from typing import Any

from hypothesis import strategies as st

from svx_ledger.api.document.patterns import TEXT_FORMAT, Schema
from tests.strategies import visible_text

_KNOWN: dict[str, st.SearchStrategy[Any]] = {}


def drawn_from(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema allows, as far as it can say so."""
    return _drawn(schema, schema.get("$defs", {}))


def _drawn(schema: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        named = definitions[schema["$ref"].removeprefix("#/$defs/")]
        return _drawn(named | {k: v for k, v in schema.items() if k != "$ref"}, definitions)
    if "anyOf" in schema:
        return st.one_of([_drawn(choice, definitions) for choice in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "object":
        return _objects(schema, definitions)
    if schema["type"] == "array":
        least, most = schema["minItems"], schema["maxItems"]
        items = _drawn(schema["items"], definitions)
        return st.lists(items, min_size=least, max_size=min(most, least + 3))
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return st.integers(least, most) | st.sampled_from([least, most])
    if schema["type"] == "boolean":
        return st.booleans()
    return _texts(schema)


def _objects(schema: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    if "propertyNames" in schema:
        names = _matching(schema["propertyNames"]["pattern"])
        return st.dictionaries(names, _drawn(schema["additionalProperties"], definitions))
    parts = {name: _drawn(part, definitions) for name, part in schema["properties"].items()}
    required = {name: parts.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=parts)


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    pattern = re.compile(schema["pattern"])
    if schema.get("format") == TEXT_FORMAT:
        texts = visible_text(schema.get("minLength", 0), schema.get("maxLength", 50))
        return texts.filter(lambda text: pattern.fullmatch(text) is not None)
    if schema.get("format") == "date":
        return st.dates().map(str)
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda at: f"{at.isoformat(timespec='microseconds')}Z")
    return _matching(schema["pattern"])


def _matching(pattern: str) -> st.SearchStrategy[str]:
    known = _KNOWN.get(pattern)
    if known is None:
        known = _KNOWN[pattern] = st.from_regex(pattern, fullmatch=True)
    return known
