"""`verify.py`: the modules of this room in one file, which anybody can read, copy and run.

They import each other by `from module import name` and no name is defined twice, so putting
them under one another, each after those that it imports, changes nothing.
"""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOM: Final = "svx_ledger.proofs"
LAST: Final = "script.stand_alone"
"""The module that the file is run by; with it come those that it imports."""

_HEAD: Final = '''\
#!/usr/bin/env python3
"""Checks a log of the exchange, its receipts and its growth, without trusting its operator.

Needs Python 3.11 and `cryptography`, and asks nobody on the network. Read it before you
believe it; then: python verify.py --help. Made of the modules of svx_ledger.proofs by
`svx-ledger verify script`.
"""

'''
FOLDER: Final = Path(__file__).parent.parent
_FOOT: Final = '\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


def joined() -> str:
    """The text of `verify.py`. Raises ValueError where two modules define one name."""
    modules: dict[str, _Module] = {}
    _gather(LAST, modules)
    defined = {bound: "an import" for module in modules.values() for bound in module.imported}
    for name, module in modules.items():
        for thing in module.defines:
            if thing in defined:
                raise ValueError(f"{thing} is defined in {defined[thing]} and in {name}")
            defined[thing] = name
    imports = _together([line for module in modules.values() for line in module.imports])
    bodies = [f"\n\n# {name}\n\n{module.body}" for name, module in modules.items()]
    return _HEAD + "".join(f"{line}\n" for line in imports) + "".join(bodies) + _FOOT


def _together(imports: Sequence[str]) -> list[str]:
    """Imports with one line for each module, sorted."""
    whole = sorted({line for line in imports if not line.startswith("from ")})
    of: dict[str, set[str]] = {}
    for line in imports:
        source, found, names = line.partition(" import ")
        if found:
            of.setdefault(source, set()).update(names.split(", "))
    return whole + [f"{source} import {', '.join(sorted(of[source]))}" for source in sorted(of)]


class _Module:
    """One module, taken apart: what it imports, what it defines, and all the rest as it is."""

    def __init__(self, name: str) -> None:
        text = (FOLDER / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        lines = text.splitlines()
        self.needs: list[str] = []
        self.imports: list[str] = []
        self.imported: list[str] = []
        self.defines: list[str] = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and (needed := _within(node, name)):
                self.needs.append(needed)
                _blank(lines, node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self.imports.append(ast.unparse(node))
                self.imported += [alias.name for alias in node.names]
                _blank(lines, node)
            else:
                self.defines += _names(node)
        self.body = _commented("\n".join(lines).strip())


def _within(node: ast.ImportFrom, name: str) -> str | None:
    """The module of this room that a module of it imports from; None for one from elsewhere."""
    package = name.rpartition(".")[0]
    asked = f"{ROOM}.{package}.{node.module}" if node.level == 1 else f"{node.module}"
    return asked.removeprefix(f"{ROOM}.") if asked.startswith(f"{ROOM}.") else None


def _gather(name: str, modules: dict[str, _Module]) -> None:
    """Add a module, after those that it imports."""
    if name not in modules:
        module = _Module(name)
        for needed in module.needs:
            _gather(needed, modules)
        modules[name] = module


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement defines at the top of its module."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _blank(lines: list[str], node: ast.stmt) -> None:
    """Take a statement out."""
    assert node.end_lineno is not None
    for number in range(node.lineno - 1, node.end_lineno):
        lines[number] = ""


def _commented(body: str) -> str:
    """A module whose docstring became a comment, with no more empty lines than are usual."""
    docstring, _, rest = body.removeprefix('"""').partition('"""')
    comment = "\n".join(f"# {line}".rstrip() for line in docstring.strip().splitlines())
    while "\n\n\n\n" in rest:
        rest = rest.replace("\n\n\n\n", "\n\n\n")
    return f"{comment}\n\n{rest.strip()}\n"
