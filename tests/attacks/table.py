"""Every attack, and what the page says of it (docs/attacks.md)."""

from collections.abc import Iterator
from typing import Final

from .attack import Attack
from .checks import Caught
from .on_epochs import ON_EPOCHS
from .on_evidence import ON_EVIDENCE
from .on_files import ON_FILES
from .on_publishers import ON_PUBLISHERS
from .on_rows import ON_ROWS
from .with_the_key import WITH_THE_KEY

GROUPS: Final[dict[str, tuple[Attack, ...]]] = {
    "The database is altered, the published log is not": ON_ROWS,
    "What was published or handed out is altered": ON_FILES,
    "The operator, with the log's own key": WITH_THE_KEY,
    "Restoring, publishing twice, and the guards": ON_PUBLISHERS,
    "Under cover of a restore": ON_EPOCHS,
    "An evidence bundle is altered": ON_EVIDENCE,
}
ATTACKS: Final = tuple(attack for group in GROUPS.values() for attack in group)


def check_lines() -> Iterator[str]:
    """Yield a line for each check, in the order in which the tables name them first."""
    named: dict[str, str] = {}
    for attack in ATTACKS:
        for check in (*(caught.check for caught in attack.caught), *attack.missed):
            named.setdefault(check.name, check.who)
    yield "| check | who runs it, and has what in hand |"
    yield "|---|---|"
    yield from (f"| {name} | {who} |" for name, who in named.items())
    yield ""


def page_tables() -> Iterator[str]:
    """Yield the lines of the page's tables."""
    for heading, attacks in GROUPS.items():
        yield f"## {heading}"
        yield ""
        yield "| attack | what is done | caught by | it says | first bad leaf | not seen by |"
        yield "|---|---|---|---|---|---|"
        yield from map(_line, attacks)
        yield ""


def _line(attack: Attack) -> str:
    cells = [attack.name, attack.does]
    if attack.caught:
        cells += [
            "<br>".join(column) for column in zip(*map(_cells, attack.caught), strict=True)
        ]
    else:
        cells += ["", "", ""]
    missed = ", ".join(check.name for check in attack.missed)
    cells.append(f"{missed}: {attack.why}" if missed and attack.why else missed or attack.why)
    return f"| {' | '.join(cells)} |"


def _cells(caught: Caught) -> tuple[str, str, str]:
    return caught.check.name, f"{caught.says}, exit {caught.exit_code}", caught.at or ""
