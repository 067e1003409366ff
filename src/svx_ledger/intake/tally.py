"""What an import came to: how much was read, and what became of each part of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from svx_ledger.domain.rule import Refusal

T = TypeVar("T")

Watch = Callable[[Iterable[T], int | None, str], Iterator[T]]
"""Passes items on and shows how far that is: items, how many (if known), doing what."""


class Remark(NamedTuple):
    """What is to be said of a part of what was read, with where it stands."""

    file: str
    pointer: str
    reason: str


@dataclass(slots=True)
class Tally:
    """Counts of one import. What was read was imported, known already, rejected, or waits."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: list[Remark] = field(default_factory=list)
    waiting: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    """What this sort of import says besides."""

    def reject(self, file: str, pointer: str, reason: str) -> None:
        """Note that something was not taken."""
        self.rejected.append(Remark(file, pointer, reason))

    def wait(self, file: str, pointer: str, reason: str) -> None:
        """Note that something is not taken yet."""
        self.waiting.append(Remark(file, pointer, reason))

    def note(self, file: str, pointer: str, remark: str) -> None:
        """Note how something was taken."""
        self.notes.append(Remark(file, pointer, remark))

    def plain(self) -> dict[str, Any]:
        """Return the tally as the command line prints it."""
        plain: dict[str, Any] = {
            "read": self.read,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "rejected": [item._asdict() for item in self.rejected],
        }
        if self.waiting:
            plain["waiting"] = [item._asdict() for item in self.waiting]
        if self.notes:
            plain["notes"] = [item._asdict() for item in self.notes]
        return plain | self.more


def reason_of(refusal: Refusal) -> str:
    """Say why a rule refused a command: its name, what it demands, and the facts."""
    facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
    because = f" ({facts})" if facts else ""
    return f"{refusal.rule.name}: {refusal.rule.demands}{because}"
