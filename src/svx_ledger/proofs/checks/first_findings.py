"""What a long check found so far: for each code the first finding."""

from collections.abc import Iterable

from svx_ledger.proofs.finding import Code, Finding


class FirstFindings:
    """The first finding of each code; what comes after it of the same code says no more."""

    def __init__(self) -> None:
        self.by_code: dict[Code, Finding] = {}

    def add(self, code: Code, detail: str, index: int | None = None) -> None:
        """Take what is wrong; `index` is the first leaf that it concerns."""
        self.by_code.setdefault(code, Finding(code, detail, index))

    def then(self, later: Iterable[Finding]) -> None:
        """Take what was found further on."""
        for found in later:
            self.by_code.setdefault(found.code, found)

    def in_order(self) -> list[Finding]:
        """By the leaf that each concerns, those of no leaf last; of one leaf by their codes."""
        return sorted(
            self.by_code.values(),
            key=lambda found: (found.index is None, found.index or 0, found.code.number),
        )
