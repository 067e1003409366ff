"""Settings: from an argument, else the environment (`SVX_…`), else `svx.toml`.

Those of `svx-ledger serve` are `SVX_SERVE_…`, and stand under `[serve]` in the file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

FILE: Final = "svx.toml"
_PASSWORD: Final = re.compile(r"(?<=//)([^/?#:]*):.*@|(password=)[^&]*", re.IGNORECASE)


class BadSettings(ValueError):
    """A settings file that cannot be used; the text says what is wrong with it."""


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


REQUESTS: Final = 1_200
ANONYMOUS_REQUESTS: Final = 300
AT_ONCE: Final = 512
CONNECTIONS: Final = 16_384
CONNECTIONS_EACH: Final = 256

Role = Literal["all", "api", "projector"]
LogForm = Literal["auto", "json", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """How a ledger is served; `sources` says which word each was taken from.

    `proxy` names the addresses, or networks, of proxies whose word about the caller's address
    is taken, parted by commas. `behind_tls`: something in front of this process speaks TLS.
    `log`: lines as JSON, or as text for people; `auto` is text on a terminal.
    `publish`: the log is published meanwhile: `true`, or into this folder as well.
    `connections` and `connections_each` are those of `api.process.server.Room`, the other
    numbers those of `api.serving.Config`, which takes them from here.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    role: Role = "all"
    proxy: str = ""
    behind_tls: bool = False
    publish: str = ""
    log: LogForm = "auto"
    requests: int = REQUESTS
    anonymous_requests: int = ANONYMOUS_REQUESTS
    at_once: int = AT_ONCE
    connections: int = CONNECTIONS
    connections_each: int = CONNECTIONS_EACH
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)


SERVE_NAMES: Final = tuple(f.name for f in fields(ServeSettings) if f.name != "sources")
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "port": (0, 65_535),
    "workers": (1, 64),
    "requests": (1, 1_000_000),
    "anonymous_requests": (1, 1_000_000),
    "at_once": (8, 10_000),
    "connections": (8, 65_536),
    "connections_each": (0, 65_536),
}
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "role": get_args(Role),
    "log": get_args(LogForm),
    "behind_tls": ("true", "false"),
}


def read_serve_settings(
    arguments: Mapping[str, object], environment: Mapping[str, str], file: Path
) -> ServeSettings:
    """Return how to serve. Raises BadSettings."""
    places: list[tuple[str, Mapping[str, object]]] = [
        ("argument", arguments),
        (
            "environment",
            {
                name: environment.get(f"SVX_SERVE_{name.upper()}") or None
                for name in SERVE_NAMES
            },
        ),
        (str(file), _table(file, _content(file))),
    ]
    found: dict[str, Any] = {}
    sources = dict.fromkeys(SERVE_NAMES, "default")
    for name in SERVE_NAMES:
        for place, given in places:
            if (value := given.get(name)) is not None:
                found[name], sources[name] = _serve_value(name, value, place), place
                break
    return ServeSettings(**found, sources=sources)


def _serve_value(name: str, value: object, place: str) -> object:
    """Read one setting of `serve`: a text, or what TOML has for it. Raises BadSettings."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if name in _BOUNDS:
        least, most = _BOUNDS[name]
        if not (text.isascii() and text.isdigit() and least <= int(text[:8]) <= most):
            raise BadSettings(f"{name} ({place}) is a number from {least} to {most}")
        return int(text[:8])
    if name in _WORDS:
        if text not in _WORDS[name]:
            raise BadSettings(f"{name} ({place}) is one of {', '.join(_WORDS[name])}")
        return text == "true" if name == "behind_tls" else text
    return text


def redacted(url: str) -> str:
    """Return an address without its password."""
    return _PASSWORD.sub(lambda m: m[2] + "***" if m[2] else f"{m[1]}:***@", url)


def _read(file: Path) -> dict[str, str | None]:
    given = _content(file)
    _table(file, given)
    texts = {name: value for name, value in given.items() if name != "serve"}
    wrong = [n for n, value in texts.items() if n not in NAMES or not isinstance(value, str)]
    if wrong:
        raise BadSettings(
            f"{file} takes only {', '.join(NAMES)}, each a text in quotes, and [serve]"
        )
    return texts


def _content(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file} cannot be read as TOML: {error}") from None


def _table(file: Path, given: Mapping[str, Any]) -> dict[str, object]:
    table = given.get("serve", {})
    known = isinstance(table, dict) and set(table) <= set(SERVE_NAMES)
    if not known or any(not isinstance(v, str | int) for v in table.values()):
        raise BadSettings(f"{file}: [serve] takes only {', '.join(SERVE_NAMES)}")
    return cast("dict[str, object]", table)
