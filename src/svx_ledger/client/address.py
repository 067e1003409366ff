"""Addresses: where the exchange is, that a key is only sent there safely, and its paths."""

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

Parameter = str | int | bool | Decimal | date | datetime | None
"""What a parameter of a read may be; None is left out."""

_KEY: Final = re.compile(r"svx_[0-9a-z]{4,32}_[0-9a-f]{64}", re.ASCII)


def base_of(base_url: str, *, allow_http: bool) -> str:
    """Return where the exchange is, without a slash at the end.

    Raises ValueError where it is not an address, or where a key would travel in the clear:
    without TLS only this machine is reached, unless `allow_http`.
    """
    parts = urlsplit(base_url)
    _ = parts.port  # raises ValueError where it is none
    odd = any(character.isspace() or not character.isprintable() for character in base_url)
    if odd or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url is an address such as https://exchange.example")
    if parts.username is not None or not {"?", "#"}.isdisjoint(base_url):
        raise ValueError("base_url has no name, password, query or fragment in it")
    if parts.scheme == "http" and not (allow_http or is_here(parts.hostname)):
        raise ValueError("base_url begins with https: a key must not travel in the clear")
    return base_url.rstrip("/")


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_key(key: str) -> str:
    """Return an API key. Raises ValueError, without repeating it, where it is none."""
    if _KEY.fullmatch(key) is None:
        raise ValueError("key is an API key, svx_<id>_<64 hexadecimal digits>")
    return key


def path_of(*parts: str) -> str:
    """Return the path of these parts, each of which may be any text but . and .."""
    return "".join("/" + quote(part, safe="") for part in parts)


def path_with(path: str, parameters: Mapping[str, Parameter]) -> str:
    """Return a path with its parameters. Raises ValueError for what is not a path.

    A name may end in `_`, where Python has the word for itself: `from_`.
    """
    if not path.startswith("/") or path.startswith("//") or not path.isascii():
        raise ValueError("a path begins with one slash, and is quoted")
    if not path.isprintable() or set(path) & set(' ?#\\"<>'):
        raise ValueError("a path is quoted, and has its parameters beside it")
    if not {".", ".."}.isdisjoint(path.split("/")):  # these would be taken for steps
        raise ValueError("a part of a path is neither . nor ..")
    given = [
        (name.removesuffix("_"), text_of(value))
        for name, value in parameters.items()
        if value is not None
    ]
    return f"{path}?{urlencode(given)}" if given else path


def text_of(value: str | int | bool | Decimal | date | datetime) -> str:  # noqa: FBT001
    """Write a parameter as the exchange reads it: instants in UTC with a Z."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime() if value.tzinfo is None:
            raise ValueError("an instant has its offset: use datetime.now(UTC)")
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)
