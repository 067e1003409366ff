"""What a fault led to: counted calls, and whatever the checker found."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from svx_ledger.ledger import Ledger

from .checker import Finding, check
from .crowd import Crowd, asks, settle
from .history import DEFINITE, Ask, Call, contents
from .places import Place, reopened

MANY_KILLS = 50


class Plan(NamedTuple):
    """How often a fault is to happen, from which seed, and whom to tell of each time."""

    times: int
    random: Random
    tick: Callable[[], None] = lambda: None


@dataclass(slots=True, kw_only=True)
class Tally:
    """One row of the report."""

    fault: str
    store: str
    count: int = 0
    """How many times the fault happened."""
    said: Counter[str] = field(default_factory=Counter)
    """Calls by what the callers were told."""
    between: int | None = None
    """Kills that fell between a commit and its caller's hearing of it."""
    findings: list[Finding] = field(default_factory=list)
    note: str = ""

    def found(self, kind: str) -> int:
        """How many findings of this kind there are."""
        return sum(finding.kind == kind for finding in self.findings)

    def fail(self, text: str) -> None:
        """Find that the fault did not show what it is to show."""
        self.findings.append(Finding("broken", text))

    def plain(self) -> dict[str, object]:
        """Return every figure, as JSON can write it."""
        return {
            "fault": self.fault,
            "store": self.store,
            "count": self.count,
            "said": dict(self.said),
            "between": self.between,
            "findings": [list(finding) for finding in self.findings],
            "note": self.note,
        }

    @property
    def passed(self) -> bool:
        """Whether nothing was found, by a harness that works."""
        return not self.findings and not self.misses

    @property
    def misses(self) -> bool:
        """Whether no kill of many fell in between: then the harness is wrong."""
        return self.between == 0 and self.count >= MANY_KILLS


class History:
    """All calls on one ledger, checked as often as wanted against what it holds."""

    def __init__(self, place: Place, tally: Tally, url: str | None = None) -> None:
        self.place = place
        self.url = url or place.fresh()
        self.calls: list[Call] = []
        self._tally = tally

    def add(self, calls: Iterable[Call]) -> None:
        """Take in further calls."""
        calls = list(calls)
        self.calls += calls
        self._tally.said.update(call.said for call in calls)

    def check(self) -> None:
        """Compare with the store; what is found goes into the tally."""
        found = check(self.calls, contents(self.url), known=self.place.known)
        self._tally.findings += found

    def settle(self, asked: Iterable[Ask]) -> None:
        """Reopen, repeat what is not known with the same ids, and check again."""
        with reopened(self.url) as ledger:
            answers = settle(ledger, asked)
        self.add(answers)
        for answer in answers:
            if answer.said not in DEFINITE:
                self._tally.fail(f"{answer.key} still {answer.said}: {answer.detail}")
        self.check()

    def disturb(
        self, disturb: Callable[[Crowd], object], *, run: int = 1, through: str | None = None
    ) -> None:
        """Let callers write, disturb them, stop them, then check, settle and check again.

        `through` is another address of the same ledger, such as a proxy's.
        """
        with reopened(through or self.url) as ledger:
            self.disturb_on(ledger, disturb, run=run)

    def disturb_on(
        self, ledger: Ledger, disturb: Callable[[Crowd], object], *, run: int = 1
    ) -> None:
        """The same on a ledger that is open."""
        world = self.place.world
        callers = [asks(world, bidder, run) for bidder in range(len(world.bidders))]
        with Crowd(ledger, callers) as crowd:
            disturb(crowd)
        self.add(crowd.calls)
        self.check()
        self.settle(crowd.unresolved)
