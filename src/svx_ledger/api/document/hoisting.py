"""Schemas that stand alone, moved among the components of one document."""

from collections.abc import Mapping
from typing import Any, Final

from .patterns import REFERENCE, Schema

SCHEMAS: Final = "#/components/schemas/"


def hoisted(schema: Mapping[str, Any], schemas: Schema) -> Schema:
    """Move what a schema is made of, and itself if it has a title, among the components.

    Raises RuntimeError where another schema is called the same.
    """
    for name, part in schema.get("$defs", {}).items():
        _put(name, _pointing(part), schemas)
    rest = {name: part for name, part in schema.items() if name not in ("$defs", "$schema")}
    title = rest.get("title")
    if title is None:
        return dict(_pointing(rest))
    _put(title, _pointing(rest), schemas)
    return {"$ref": f"{SCHEMAS}{title}"}


def _put(name: str, schema: Schema, schemas: Schema) -> None:
    if schemas.setdefault(name, schema) != schema:
        message = f"two schemas are called {name}"
        raise RuntimeError(message)


def _pointing(schema: Any) -> Any:
    """The same with its references pointing among the components."""
    if isinstance(schema, list | tuple):
        return [_pointing(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {name: _pointing(part) for name, part in schema.items()}
    if isinstance(pointer := found.get("$ref"), str):
        found["$ref"] = pointer.replace(REFERENCE, SCHEMAS)
    return found
