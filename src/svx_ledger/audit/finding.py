"""What an audit says: findings, and what was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Plain = Any
"""A plain JSON value: what a record says, or what the rules say it should. None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where the ledger is not what the rules make of what is before it.

    `position` is the event's; of a row of another table (outcomes, claims, private texts) the
    position that it names or belongs to, 0 where it names none. No private text stands in
    `recorded` or `derived`. What follows a divergence may follow from it: read the first one
    first. `rests_on` marks what lies outside the stream that was asked about and under it.
    """

    position: int
    stream: str
    rule: str
    recorded: Plain = None
    derived: Plain = None
    rests_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The result of an audit: its findings in the order of the log, and its extent."""

    findings: tuple[Finding, ...]
    """The first ones by position, as many as were asked for."""
    more: int
    """How many further ones there are."""
    events: int
    streams: int
    commands: Mapping[str, int]
    """How many commands of each type were read back from their events."""
    derived: int
    """How many decisions were made again."""
    unchecked: Mapping[str, int]
    """What could not be checked: the reason, and how often."""
    of: str | None = None
    """The stream that was asked about; None for the whole ledger."""
    hidden: frozenset[str] = frozenset()
    """Commands of types that an auction may hide; none where every auction was ranked."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The first divergence of the log."""
        return self.findings[0] if self.findings else None
