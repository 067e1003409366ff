"""What is altered at random, one thing at a time, and what has to be found of it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from svx_ledger.proofs.finding import Finding, Refused


class Mutation(NamedTuple):
    """One thing that was altered, what was found, and the leaf that has to be named.

    `leaf` is None where no single leaf is to blame; `codes` are those that may come first, of
    which the second and later ones need not name a leaf.
    """

    what: str
    findings: list[Finding]
    leaf: int | None
    codes: tuple[str, ...]

    @property
    def fault(self) -> str | None:
        """What is wrong with what was found; None where all is as it has to be."""
        if not self.findings:
            return f"{self.what}: nothing was found"
        first = self.findings[0]
        if str(first.code) not in self.codes:
            return f"{self.what}: found {first}"
        unnamed = first.index is None and str(first.code) in self.codes[1:]
        if first.index != self.leaf and not unnamed:
            return f"{self.what}: leaf {self.leaf} had to be named by {first}"
        return None


Mutate = Callable[[], Mutation]
"""Alters something, has it checked, and puts it back. A share goes through verbs too: raises
Crashed where one ends in another way than the check did."""


class Crashed(Exception):
    """A verb ended as it never may, or otherwise than the check that it runs."""


class Share:
    """Every so-manieth time."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._count = 0

    def is_due(self) -> bool:
        """Whether it is this time."""
        self._count += 1
        return self._count % self._every == 0


IN_ONE_FILE: Final = 10
"""Every so-manieth mutation of a file goes through verify.py."""
IN_THE_PROGRAM: Final = 100
"""Every so-manieth one of each kind goes through the program."""


def found_by(check: Callable[[], object]) -> list[Finding]:
    """Run a check that raises what it finds."""
    try:
        check()
    except Refused as refused:
        return [refused.finding]
    return []
