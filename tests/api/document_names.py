"""The names by which programs know the document: `python -m tests.api.document_names`.

Clients that were made of the document have classes and functions of these names. So they stand
in a list, and a change of one is seen: to change it on purpose, pipe what this prints over
`document_names.txt`.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

LIST: Final = Path(__file__).with_name("document_names.txt")


def names_in(document: dict[str, Any]) -> str:
    """Return every name, one a line: of operations with their addresses, and of components.

    A choice without a name is called after its field by programs: these are in the list, too.
    """
    return "".join(f"{line}\n" for line in sorted(_lines(document)))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"operation {operation['operationId']} {method.upper()} {path}"
    for kind, parts in document["components"].items():
        for name in parts:
            yield f"{kind} {name}"
    for name, schema in document["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            if "enum" in told:
                yield f"choice {name}.{field}"


if __name__ == "__main__":
    from svx_ledger.api.document.openapi import openapi_of

    from .served import served

    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as one:
        sys.stdout.write(names_in(openapi_of(one.app)))
