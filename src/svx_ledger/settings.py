"""Settings: from an argument, else the environment (`SVX_…`), else `svx.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

FILE: Final = "svx.toml"
_PASSWORD: Final = re.compile(r"(?<=//)([^/?#:]*):.*@|(password=)[^&]*", re.IGNORECASE)


class BadSettings(ValueError):
    """A settings file that cannot be used; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the ledger is and who acts; `sources` says which word each was taken from."""

    ledger: str = "sqlite:///svx.db"
    actor: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)


NAMES: Final = tuple(f.name for f in fields(Settings) if f.name != "sources")


def read_settings(
    arguments: Mapping[str, str | None], environment: Mapping[str, str], file: Path
) -> Settings:
    """Return the settings in force. Raises BadSettings."""
    places: list[tuple[str, Mapping[str, str | None]]] = [
        ("argument", arguments),
        ("environment", {name: environment.get(f"SVX_{name.upper()}") for name in NAMES}),
        (str(file), _read(file)),
    ]
    found: dict[str, str] = {}
    sources = dict.fromkeys(NAMES, "default")
    for name in NAMES:
        for place, given in places:
            if value := given.get(name):
                found[name], sources[name] = value, place
                break
    return Settings(**found, sources=sources)


def redacted(url: str) -> str:
    """Return an address without its password."""
    return _PASSWORD.sub(lambda m: m[2] + "***" if m[2] else f"{m[1]}:***@", url)


def _read(file: Path) -> dict[str, str | None]:
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file} cannot be read as TOML: {error}") from None
    wrong = [n for n, value in given.items() if n not in NAMES or not isinstance(value, str)]
    if wrong:
        raise BadSettings(f"{file} takes only {', '.join(NAMES)}, each a text in quotes")
    return given
