"""Schemas that stand alone, moved among the components of one document."""

from collections.abc import Mapping
from typing import Any, Final

from .named_forms import NAMED, beside, name_of_form
from .patterns import REFERENCE, Schema

SCHEMAS: Final = "#/components/schemas/"


def hoisted(schema: Mapping[str, Any], schemas: Schema) -> Schema:
    """Move what a schema is made of, and itself if it has a title, among the components.

    What is of a named form refers to it. Raises RuntimeError where another schema is called
    the same.
    """
    for name, part in schema.get("$defs", {}).items():
        _put(name, part, schemas)
    rest = {name: part for name, part in schema.items() if name not in ("$defs", "$schema")}
    title = rest.get("title")
    if title is None:
        return dict(pointing(rest, schemas))
    _put(title, rest, schemas)
    return {"$ref": f"{SCHEMAS}{title}"}


def _put(name: str, schema: Schema, schemas: Schema) -> None:
    told = schema if name in NAMED else pointing(schema, schemas)
    if schemas.setdefault(name, told) != told:
        message = (
            f"two schemas are called {name}: give one of them another name, in "
            "svx_ledger.api.document.naming if it is of an answer"
        )
        raise RuntimeError(message)


def pointing(schema: Any, schemas: Schema) -> Any:
    """Return the same with its references pointing among the components."""
    if isinstance(schema, list | tuple):
        return [pointing(part, schemas) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if (name := name_of_form(schema)) is not None:
        _put(name, NAMED[name], schemas)
        return {"$ref": f"{SCHEMAS}{name}"} | beside(name, schema)
    found = {name: pointing(part, schemas) for name, part in schema.items()}
    if isinstance(pointer := found.get("$ref"), str):
        found["$ref"] = pointer.replace(REFERENCE, SCHEMAS)
    return found
