"""Needs by area and theme: how many are open, listed, committed or unmet, and how much."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from .needs import COMMITMENT, NEED, NeedRow, listed_in
from .table import Rows

State = Literal["proposed", "open", "listed", "committed", "withdrawn"]
STATES: Final[tuple[State, ...]] = ("proposed", "open", "listed", "committed", "withdrawn")


class NeedNow(NamedTuple):
    """A need with what of it pledges and accepted offers commit, and what is left to meet.

    *Proposed* until it is approved, *open* while something is outstanding, *listed* while an
    auction reserves that, *committed* once nothing is; a *withdrawn* one asks for no more than
    is committed.
    """

    need: NeedRow
    state: State
    committed: Decimal
    outstanding: Decimal


class NeedCell(NamedTuple):
    """The needs of one area and theme in one measure and unit: how many are in each state.

    `unmet` counts approved needs of which something is outstanding, listed or not. `asked`,
    `committed` and `outstanding` are in `unit`, over approved needs; what was withdrawn is
    asked for no longer.
    """

    police_force: str
    local_authority: str
    theme_scheme: str
    theme: str
    measure: str
    unit: str
    needs: int
    proposed: int
    open: int
    listed: int
    committed: int
    withdrawn: int
    unmet: int
    asked: Decimal
    quantity_committed: Decimal
    outstanding: Decimal


def need_now(rows: Rows, need: NeedRow) -> NeedNow:
    """Return how far a need is."""
    pledged = (row.quantity for row in rows.select(COMMITMENT, need.need_id))
    committed = sum(pledged, Decimal(0))
    left = max(need.quantity - committed, Decimal(0))
    if need.withdrawn:
        return NeedNow(need, "withdrawn", committed, Decimal(0))
    if not need.approved:
        return NeedNow(need, "proposed", committed, left)
    if not left:
        return NeedNow(need, "committed", committed, left)
    return NeedNow(need, "listed" if listed_in(rows, need) else "open", committed, left)


def needs_by_area(
    rows: Rows,
    *,
    area: str | None = None,
    theme: str | None = None,
    measure: str | None = None,
    community: str | None = None,
) -> tuple[NeedCell, ...]:
    """Return the needs of the exchange by area, theme and measure; they are public.

    `area` is the code of a police force or a local authority.
    """
    cells: defaultdict[tuple[str, ...], list[NeedNow]] = defaultdict(list)
    for need in rows.all(NEED):
        if (
            area in (None, need.police_force, need.local_authority)
            and theme in (None, need.theme)
            and measure in (None, need.measure)
            and community in (None, need.community_id)
        ):
            where = (need.police_force, need.local_authority)
            what = (need.theme_scheme, need.theme, need.measure, need.unit)
            cells[(*where, *what)].append(need_now(rows, need))
    return tuple(_cell(cell, cells[cell]) for cell in sorted(cells))


def _cell(of: tuple[str, ...], needs: list[NeedNow]) -> NeedCell:
    force, local, scheme, theme, measure, unit = of
    held = [one for one in needs if one.state not in ("proposed", "withdrawn")]
    withdrawn = _sum(one.committed for one in needs if one.state == "withdrawn")
    count = {state: sum(one.state == state for one in needs) for state in STATES}
    return NeedCell(
        police_force=force,
        local_authority=local,
        theme_scheme=scheme,
        theme=theme,
        measure=measure,
        unit=unit,
        needs=len(needs),
        **count,
        unmet=count["open"] + count["listed"],
        asked=_sum(one.need.quantity for one in held) + withdrawn,
        quantity_committed=_sum(one.committed for one in held) + withdrawn,
        outstanding=_sum(one.outstanding for one in held),
    )


def _sum(quantities: Iterable[Decimal]) -> Decimal:
    return sum(quantities, Decimal(0))
