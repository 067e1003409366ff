"""What a check finds, in one table: a code, what it means, and the exit code it leads to.

Codes 1xx say that the history was changed, 2xx that nobody trusted vouches for it, 3xx that
something cannot be read, 4xx that something is kept back, 5xx that it is too old.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

VERIFIED: Final = 0
TAMPERED: Final = 1
"""Exit code where history was changed: then there is tamper evidence to keep."""
USAGE: Final = 64
"""Exit code for a command that was not understood (sysexits.h, EX_USAGE)."""
FAILED: Final = 70
"""Exit code where the verifier failed, and nothing is known (sysexits.h, EX_SOFTWARE)."""


class Code(Enum):
    """Everything that a check can find, by number."""

    ENTRY_NOT_IN_TREE = 101, "entry does not hash to the signed tree"
    HISTORY_REWRITTEN = 102, "history was rewritten"
    LOG_SHRANK = 103, "the log shrank"
    TWO_ROOTS = 104, "two roots at one size"
    CHAIN_BROKEN = 105, "a stream's chain is broken"
    OPENING_MISMATCH = 106, "what was opened does not match its commitment"
    TIME_OUTSIDE_BRACKET = 107, "a time lies outside its bracket"
    KEY_UNKNOWN = 201, "no signature of a trusted key"
    QUORUM_MISSING = 202, "too few witnesses that are trusted"
    NOT_CANONICAL = 301, "not canonical"
    WITHHELD = 401, "withheld"
    STALE = 501, "stale"

    def __init__(self, number: int, meaning: str) -> None:
        self.number = number
        self.meaning = meaning

    def __str__(self) -> str:
        return f"SVX{self.number}"

    @property
    def exit_code(self) -> int:
        """1 tampered, 2 not trusted, 3 malformed, 4 withheld, 5 stale."""
        return self.number // 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `index` is the first leaf that it concerns, from 0."""

    code: Code
    detail: str
    index: int | None = None

    def __str__(self) -> str:
        at = "" if self.index is None else f" (leaf {self.index}, position {self.index + 1})"
        return f"{self.code} {self.code.meaning}{at}: {self.detail}"


class Refused(Exception):
    """A check that came out badly. Its text names no content of any record."""

    def __init__(self, code: Code, detail: str, index: int | None = None) -> None:
        self.finding = Finding(code, detail, index)
        super().__init__(str(self.finding))


def not_canonical(detail: str) -> Refused:
    """Return the refusal of bytes that are not as the format has them (SVX301)."""
    return Refused(Code.NOT_CANONICAL, detail)


def worst(findings: list[Finding]) -> int:
    """Return the exit code of all findings together: the first of 1, 2, 3, 4, 5 that occurs."""
    return min((found.code.exit_code for found in findings), default=VERIFIED)
