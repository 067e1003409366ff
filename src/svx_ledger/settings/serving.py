"""How a ledger is served."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, Literal, get_args

from .file import BadSettings, content, serve_table

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

    @property
    def proxies(self) -> list[str]:
        """Each address or network that `proxy` names."""
        return _parts(self.proxy)


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
_YES_OR_NO: Final = ("true", "false")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "role": get_args(Role),
    "log": get_args(LogForm),
    "behind_tls": _YES_OR_NO,
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
        (str(file), serve_table(file, content(file), SERVE_NAMES)),
    ]
    found: dict[str, Any] = {}
    sources = dict.fromkeys(SERVE_NAMES, "default")
    for name in SERVE_NAMES:
        for place, given in places:
            if (value := given.get(name)) is not None:
                found[name], sources[name] = _value(name, value, place), place
                break
    return ServeSettings(**found, sources=sources)


def _value(name: str, value: object, place: str) -> object:
    """Read one setting: a text, or what TOML has for it. Raises BadSettings."""
    given = str(value).lower() if isinstance(value, bool) else str(value)
    text, of = given.strip(), f"{name} ({place})"
    if name in _BOUNDS:
        least, most = _BOUNDS[name]
        if not (text.isascii() and text.isdigit() and least <= int(text[:8]) <= most):
            raise BadSettings(f"{of} is a number from {least} to {most}")
        return int(text[:8])
    if name in _WORDS:
        if text not in _WORDS[name]:
            raise BadSettings(f"{of} is one of {', '.join(_WORDS[name])}")
        return text == "true" if name == "behind_tls" else text
    if name == "host":
        if not text:
            raise BadSettings(f"{of} is an address, such as 127.0.0.1")
        return text.lower()  # names differ by no case, and `localhost` is known by its own
    if name == "publish" and text and "/" not in text:
        # A word may be meant as yes or no: `none`, `enabled`.
        if text.lower() not in _YES_OR_NO:
            raise BadSettings(f"{of} is true, false, or a folder with a /, such as ./{text}")
        return text.lower()
    if name == "proxy":
        _assert_proxies(given, of)
    return text


def _assert_proxies(given: str, of: str) -> None:
    """Refuse what is no address; and what says something, and names nobody.

    The second is a variable that was empty: with a proxy named, the program would listen where
    others can read along, and take nobody's word about callers.
    """
    named = _parts(given)
    if given and not named:
        raise BadSettings(f"{of} names no proxy: give addresses or networks, or leave it out")
    for one in named:
        try:
            ip_network(one)
        except ValueError:
            raise BadSettings(f"{of} takes addresses or networks; {one!r} is none") from None


def _parts(proxy: str) -> list[str]:
    return [part for each in proxy.split(",") if (part := each.strip())]
