"""By what a program tells whether stored views are those that it would make itself.

The fingerprint is of everything that rows follow from: the declared tables, and the source of
the projections, of the facts they read and of the decoding of those facts. A program in which
any of it differs builds a generation of its own; no table is ever migrated. It is wider than
it has to be: a new question beside a projection changes it too, and costs one rebuild.
"""

import sys
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from svx_ledger import domain, eventlog
from svx_ledger.projections.projection import Projection

LAYOUT = "3"
"""Of the stored tables; to be counted up when the same declarations are stored otherwise."""

_DECODING = (
    *("canonical", "narrow", "private_fields", "record", "scalars", "shapes", "types"),
)


def fingerprint(projections: Sequence[Projection]) -> str:
    """Return the fingerprint of these projections, as this program has them."""
    digest = sha256(LAYOUT.encode())
    for projection in projections:
        digest.update(f"\0{projection.name}".encode())
        for table in projection.tables:
            digest.update(f"\0{table.name} {table.key} {table.found_by} {table.grows}".encode())
            digest.update("".join(map(str, table.columns)).encode())
    folders = sorted({_folder_of(step.__module__) for p in projections for step in _steps(p)})
    digest.update(_source(*folders).encode())
    return digest.hexdigest()[:32]


def _steps(projection: Projection) -> Iterable[object]:
    return projection.steps.values()


def _folder_of(module: str) -> Path:
    file = sys.modules[module].__file__
    assert file is not None
    return Path(file).parent


@cache
def _source(*folders: Path) -> str:
    digest = sha256()
    rules, log = Path(str(domain.__file__)).parent, Path(str(eventlog.__file__)).parent
    files = [*rules.rglob("*.py"), *(log / f"{name}.py" for name in _DECODING)]
    for file in (
        *sorted(files),
        *(f for folder in folders for f in sorted(folder.glob("*.py"))),
    ):
        digest.update(file.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()
