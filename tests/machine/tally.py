"""What a run of the machine came to: accepted and refused, by command and by rule."""

from collections import Counter

from benchmarks.generator.world import Asked, Done, Outcome

from svx_ledger.domain import vocabulary
from svx_ledger.domain.auction.events import BidRejected


class Tally:
    """Counts over many scripts."""

    def __init__(self) -> None:
        self.steps = 0
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.rejected: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    def count(self, asked: Asked, outcome: Outcome) -> None:
        """Count one command and what became of it."""
        self.steps += 1
        name = type(asked.command).__name__
        if not isinstance(outcome, Done):
            self.refused[name, outcome.rule.name] += 1
            return
        self.accepted[name] += 1
        for _, event in outcome.events:
            self.events[type(event).__name__] += 1
            if isinstance(event, BidRejected):
                self.rejected[event.rule] += 1

    @property
    def share(self) -> float:
        """The share of commands that were accepted."""
        return sum(self.accepted.values()) / max(1, self.steps)

    def never_accepted(self) -> set[str]:
        """Return the commands that people may give and that none was accepted of."""
        given = {name for name, cls in vocabulary.COMMANDS.items() if not cls.by_clock}
        return given - set(self.accepted)

    def never_seen(self) -> set[str]:
        """Return the rules of the exchange under which nothing was refused or rejected."""
        seen = {rule for _, rule in self.refused} | set(self.rejected)
        return set(vocabulary.RULES) - seen

    def report(self) -> str:
        """Return the counts as lines for people."""
        lines = [f"{self.steps} commands, {self.share:.0%} accepted"]
        for name in vocabulary.COMMANDS:
            rules = {rule: n for (of, rule), n in self.refused.items() if of == name}
            worst = ", ".join(
                f"{rule} {n}" for rule, n in sorted(rules.items(), key=lambda r: -r[1])[:5]
            )
            lines.append(f"{name:28} accepted {self.accepted[name]:6}  {worst}")
        lines.append(f"rejected bids: {dict(self.rejected.most_common())}")
        lines.append(f"never accepted: {sorted(self.never_accepted())}")
        lines.append(f"rules never met: {sorted(self.never_seen())}")
        return "\n".join(lines)
