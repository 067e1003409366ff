"""What goes with a command: the key that names it, and what is said of it in headers."""

import re
import secrets
import time
from dataclasses import dataclass
from typing import Final

from svx_ledger.api.vocabulary import KEY_FORM
from svx_ledger.api.written import MOST_POSITION
from svx_ledger.domain.form import STREAM_NAME

from .outcomes import Problem, Refused

_KEY: Final = re.compile(KEY_FORM, re.ASCII)
BAD_KEY: Final = Problem(
    name="bad-idempotency-key",
    status=422,
    title="An Idempotency-Key has 1 to 128 letters, digits and ._~:- and begins with a letter "
    "or digit, but not with clock:.",
    remedy="Send another one, such as a random UUID.",
)
"""As the exchange says it."""
_BAD_HEADER: Final = Problem(
    name="bad-header",
    status=422,
    title="A header that is read here has its documented form.",
    remedy="on_behalf_of is the name of an organisation, expected_version a version.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What goes with a command: its key, and what is said in headers."""

    key: str
    expected_version: int | None = None
    on_behalf_of: str | None = None
    wait_published: bool = False

    def headers(self) -> dict[str, str]:
        """Return the headers. Raises Refused where one breaks its form."""
        said = {"Content-Type": "application/json", "Idempotency-Key": self.key}
        version = self.expected_version
        if version is not None:
            if type(version) is not int or not 0 <= version <= MOST_POSITION:
                raise Refused(_BAD_HEADER, self.key)
            said["If-Match"] = f'"{version}"'
        return said | for_whom(self.on_behalf_of, self.key)


def beside(
    idempotency_key: str | None,
    expected_version: int | None,
    on_behalf_of: str | None,
    *,
    wait_published: bool = False,
) -> Beside:
    """Return what goes with a command; a key is made where none is given. Raises Refused."""
    return Beside(
        key=new_key() if idempotency_key is None else checked(idempotency_key),
        expected_version=expected_version,
        on_behalf_of=on_behalf_of,
        wait_published=wait_published,
    )


def for_whom(on_behalf_of: str | None, key: str | None = None) -> dict[str, str]:
    """Return the header that says for whom the operator acts, if any. Raises Refused."""
    if on_behalf_of is None:
        return {}
    named = STREAM_NAME.fullmatch(on_behalf_of)
    if named is None or named[1] != "organisation":
        raise Refused(_BAD_HEADER, key)
    return {"Svx-On-Behalf-Of": on_behalf_of}


def checked(idempotency_key: str) -> str:
    """Return a key. Raises Refused where the exchange would not take it."""
    if _KEY.fullmatch(idempotency_key) is None:
        raise Refused(BAD_KEY)
    return idempotency_key


def new_key() -> str:
    """Return a key for a command that came without one: milliseconds, then 80 random bits.

    Keys that grow with time are cheaper for the ledger to keep than those that do not.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
