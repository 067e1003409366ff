"""Integrity screens: patterns that somebody should look at. A flag is not a finding.

Each screen says what it looks for, of how much it has to see at least, how much it saw, and
for each flag the log positions behind it. A screen that has too little to tell a pattern from
chance says so, and flags nothing.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.view import View

from .asking import BadQuestion
from .screen import NOT_A_FINDING, Screen
from .screens_bids import few_bidders, identical_bids, shill_pattern, sniping
from .screens_chance import co_bidding, cover_bids, rotation
from .screens_delivery import (
    corrected_records,
    departures_from_rank,
    evidence_shared,
    repeat_winner,
    under_delivery,
)

SCREENS: Final[dict[str, Callable[[View], Screen]]] = {
    "few-bidders": few_bidders,
    "shill-pattern": shill_pattern,
    "sniping": sniping,
    "under-delivery": under_delivery,
    "repeat-winner": repeat_winner,
    "shared-evidence": evidence_shared,
    "identical-bids": identical_bids,
    "departures": departures_from_rank,
    "corrections": corrected_records,
    "rotation": rotation,
    "co-bidding": co_bidding,
    "cover-bids": cover_bids,
}


class Screened(NamedTuple):
    """One flag of a screen, or that it has none, or sees too little.

    `verdict` is `flag`, `nothing flagged` or `sample too small`; `sample` is what was seen of
    what `minimum` says is needed.
    """

    screen: str
    verdict: str
    subject: str | None
    says: str
    sample: int
    minimum: str
    note: str
    positions: tuple[int, ...]


def screens(
    view: View, viewer: Actor | None = None, *, screen: str | None = None
) -> tuple[Screened, ...]:
    """Return what the integrity screens show, or one of them by its name.

    Bids are seen from their ranking on, and recommendations once approved, whoever asks: the
    answer is the same for all. Raises BadQuestion for a name that no screen has.
    """
    del viewer
    if screen is not None and screen not in SCREENS:
        raise BadQuestion(f"no screen is called {screen!r}; there are {', '.join(SCREENS)}")
    chosen = SCREENS if screen is None else {screen: SCREENS[screen]}
    return tuple(row for name, look in chosen.items() for row in _rows(name, look(view)))


def _rows(name: str, seen: Screen) -> Iterator[Screened]:
    if not seen.enough:
        yield _row(name, seen, "sample too small", seen.looks_for)
    elif not seen.flags:
        yield _row(name, seen, "nothing flagged", seen.looks_for)
    else:
        for flag in seen.flags:
            row = _row(name, seen, "flag", flag.says)
            yield row._replace(subject=flag.subject, positions=flag.positions)


def _row(name: str, seen: Screen, verdict: str, says: str) -> Screened:
    return Screened(
        screen=name,
        verdict=verdict,
        subject=None,
        says=says,
        sample=seen.sample,
        minimum=seen.minimum,
        note=NOT_A_FINDING,
        positions=(),
    )
