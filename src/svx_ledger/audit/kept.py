"""What a share of an audit brings home, to be put together and held to the tables."""

from collections import Counter
from dataclasses import dataclass, field

from svx_ledger.domain.kind import Event

from .finding import Finding
from .leverage import Said
from .sums import Sums
from .tally import Tally

Place = tuple[int, str, int, str]
"""Where a private text belongs: position, stream, version, field."""


@dataclass(slots=True)
class Kept:
    """What a share brings home: what it found, and what is still to be held to the tables."""

    outcomes: Tally
    claims: Tally
    salts: Tally
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    events: int = 0
    streams: int = 0
    derived: int = 0
    commands: dict[str, int] = field(default_factory=dict)
    unchecked: dict[str, int] = field(default_factory=dict)
    sums: Sums = field(default_factory=Sums)
    said: Said | None = field(default_factory=dict)
    """The report's sums, which `sums` are held to; None where no report can be made."""
    texts: dict[str, Place] = field(default_factory=dict)
    """By commitment, every private text on record."""
    erased: dict[str, int] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    unranked: set[str] = field(default_factory=set)
    """Auctions whose bids were not ranked, or not yet."""
    leads_to: dict[str, type[Event]] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    """Positions of commands that are not whole, whose outcome nobody can tell."""

    def add(self, other: "Kept") -> None:
        """Take over what another share brings home."""
        for mine, theirs in (
            (self.outcomes, other.outcomes),
            (self.claims, other.claims),
            (self.salts, other.salts),
        ):
            mine.extend(theirs)
        self.findings += other.findings
        self.more += other.more
        self.events += other.events
        self.streams += other.streams
        self.derived += other.derived
        self.commands = dict(Counter(self.commands) + Counter(other.commands))
        self.unchecked = dict(Counter(self.unchecked) + Counter(other.unchecked))
        self.sums.add(other.sums)
        if self.said is None or other.said is None:
            self.said = None
        else:
            self.said = dict(Counter(self.said) + Counter(other.said))
        self.texts |= other.texts
        self.erased |= other.erased
        self.damaged |= other.damaged
        self.unranked |= other.unranked
        self.leads_to |= other.leads_to
        self.broken |= other.broken

    @classmethod
    def nothing(cls, key: bytes) -> "Kept":
        """Return an empty one; all shares of an audit have one key."""
        return cls(Tally(key), Tally(key), Tally(key))
