"""The settings file: what it holds, before anybody asks what that means."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, cast

FILE: Final = "svx.toml"
SERVE: Final = "serve"
"""The table of it that says how a ledger is served."""


class BadSettings(ValueError):
    """Settings that cannot be used; the text says what is wrong with them, and where."""


def content(file: Path) -> dict[str, Any]:
    """Return what stands in the file; nothing where there is none. Raises BadSettings."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file} cannot be read as TOML: {error}") from None


def serve_table(
    file: Path, given: Mapping[str, Any], names: Collection[str]
) -> dict[str, object]:
    """Return what the file says of serving. Raises BadSettings for any other name."""
    table = given.get(SERVE, {})
    known = isinstance(table, dict) and set(table) <= set(names)
    if not known or any(not isinstance(v, str | int) for v in table.values()):
        raise BadSettings(f"{file}: [{SERVE}] takes only {', '.join(names)}")
    return cast("dict[str, object]", table)
