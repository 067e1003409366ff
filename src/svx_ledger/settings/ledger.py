"""Where the ledger is, who acts, and the files of what is published of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from .file import SERVE, BadSettings, content, serve_table
from .serving import SERVE_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the ledger is and who acts; `sources` says which word each was taken from.

    `log_key` is the file of the keys that sign the published log; without it, a ledger on
    SQLite has them beside it. `mark` is the file that holds its newest signed checkpoint, and
    `policy` the one that names its witnesses (docs/publishing.md).
    """

    ledger: str = "sqlite:///svx.db"
    actor: str | None = None
    log_key: str | None = None
    mark: str | None = None
    policy: str | None = None
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


def _read(file: Path) -> dict[str, str | None]:
    given = content(file)
    serve_table(file, given, SERVE_NAMES)
    texts = {name: value for name, value in given.items() if name != SERVE}
    wrong = [n for n, value in texts.items() if n not in NAMES or not isinstance(value, str)]
    if wrong:
        raise BadSettings(
            f"{file} takes only {', '.join(NAMES)}, each a text in quotes, and [{SERVE}]"
        )
    return texts
