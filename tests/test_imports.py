"""What import-linter cannot hold alone: some rooms import the standard library only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "svx_ledger"
ALLOWED = {"proofs/notes/keys.py": "cryptography"}  # Ed25519 is not in the standard library


def imported(module: Path) -> Iterator[str]:
    """The absolute names that a module imports, wherever in it the import stands."""
    package = ("svx_ledger", *module.relative_to(SOURCE).parent.parts)
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*above, *([node.module] if node.module else [])))


@pytest.mark.parametrize("room", ["domain", "proofs"])
def test_a_pure_room_imports_the_standard_library_and_itself_only(room: str) -> None:
    own = f"svx_ledger.{room}"
    foreign = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in sorted((SOURCE / room).rglob("*.py"))
        for name in imported(module)
        if name.split(".")[0] not in sys.stdlib_module_names
        and name != own
        and not name.startswith(f"{own}.")
        and name.split(".")[0] != ALLOWED.get(str(module.relative_to(SOURCE)))
    ]

    assert foreign == []


def test_a_witness_imports_the_proofs_and_a_web_server_only() -> None:
    """Whoever reads it to run it need not read the ledger."""
    allowed = ("svx_ledger.witness", "svx_ledger.proofs", "starlette", "uvicorn")
    foreign = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in sorted((SOURCE / "witness").rglob("*.py"))
        for name in imported(module)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith(tuple(f"{one}." for one in allowed))
    ]

    assert foreign == []
