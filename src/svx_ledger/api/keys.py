"""The text of API keys: how it is made, read, and held against what the ledger has of it.

A key text is `svx_<id>_<secret>`: its stream is `api-key-<id>`, the secret is 32 random bytes
in lower-case hexadecimal. Of the whole text in ASCII the ledger has the SHA-256, plain and
without a salt: nobody guesses 256 random bits, however many guesses a second a digest allows.
"""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from svx_ledger.domain.api_key import ApiKey
from svx_ledger.domain.naming import NAME_BYTES, named

KIND: Final = "api-key-"
STREAMS: Final = (KIND, "access-")
"""How the streams begin that say what a key opens: its own, and that of its access."""
_SECRET_BYTES: Final = 32
_TEXT: Final = re.compile(r"svx_([0-9a-z]{4,32})_[0-9a-f]{64}", re.ASCII)
_SHORTEST: Final = len("svx__") + 4 + 2 * _SECRET_BYTES
_LONGEST: Final = len("svx__") + 32 + 2 * _SECRET_BYTES
_OF_NO_KEY: Final = "0" * 64
"""Stands for the digest of a key that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made: its name, its text, and what the ledger is given of that."""

    api_key_id: str
    text: str = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What is left of a key text once it was read: enough to look the key up and check it."""

    api_key_id: str
    sha256: str


def new_key(api_key_id: str | None = None) -> NewKey:
    """Make a key, with a name of its own unless one is given: `api-key-…` of the right form."""
    name = api_key_id or named("api-key", secrets.token_bytes(NAME_BYTES))
    text = f"svx_{name.removeprefix(KIND)}_{secrets.token_hex(_SECRET_BYTES)}"
    return NewKey(api_key_id=name, text=text, sha256=_digest(text))


def read_key(text: str) -> Presented | None:
    """Read a key text; None for any other text, which is not looked at any further."""
    if not _SHORTEST <= len(text) <= _LONGEST or not text.isascii():
        return None
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    return Presented(api_key_id=KIND + found[1], sha256=_digest(text))


def matches(state: ApiKey | None, presented: Presented) -> bool:
    """Whether a key text is that of this key, in a time that tells nothing; never for None.

    Says nothing of whether the key is in force (`svx_ledger.domain.api_key.in_force`).
    """
    known = _OF_NO_KEY if state is None else state.secret_sha256
    same = compare_digest(known, presented.sha256)
    return same and state is not None


def _digest(text: str) -> str:
    return sha256(text.encode("ascii")).hexdigest()
