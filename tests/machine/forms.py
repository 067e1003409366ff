"""One command in many forms: with other zeros, exponents and zones it says the same."""

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
ZONES = tuple(map(ZoneInfo, ("UTC", "Europe/London", "America/New_York", "Asia/Kolkata")))


def otherwise(value: T, random: Random) -> T:
    """Return an equal value in another form: it is the same command, to the byte."""
    found: Any = value
    if isinstance(value, Decimal):
        zeros = "0" * random.randrange(4)
        found = random.choice((value, value.normalize(), _padded(f"{value:f}", zeros)))
    elif isinstance(value, datetime):
        found = value.astimezone(random.choice(ZONES))
    elif isinstance(value, tuple) and type(value) is tuple:
        found = tuple(otherwise(one, random) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(
            value, **{f.name: otherwise(getattr(value, f.name), random) for f in fields(value)}
        )
    same: T = found
    return same


def _padded(plain: str, zeros: str) -> Decimal:
    return Decimal(f"{plain}{zeros}" if "." in plain else f"{plain}.{zeros}")
