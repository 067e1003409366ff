"""What an authority asks of needs: what nobody covers, by area and theme."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from svx_ledger.domain.actor import Actor
from svx_ledger.projections.needs import COMMITMENT, NEED, NeedRow, listed_in
from svx_ledger.projections.table import Rows
from svx_ledger.projections.view import View

from .asking import positions, steps


class Unmet(NamedTuple):
    """What communities of one area still ask for, by theme and measure, in its unit.

    `needs` counts those with something outstanding, `listed` those of them that an auction
    reserves now; `asked`, `committed` and `outstanding` are theirs.
    """

    police_force: str
    local_authority: str
    theme_scheme: str
    theme: str
    measure: str
    unit: str
    needs: int
    listed: int
    asked: Decimal
    committed: Decimal
    outstanding: Decimal
    positions: tuple[int, ...]


def outstanding(rows: Rows, need: NeedRow) -> Decimal:
    """Return what of an approved need no pledge and no accepted offer covers."""
    committed = sum((c.quantity for c in rows.select(COMMITMENT, need.need_id)), Decimal(0))
    return max(need.quantity - committed, Decimal(0))


def unmet(
    view: View,
    viewer: Actor | None = None,
    *,
    area: str | None = None,
    theme: str | None = None,
) -> tuple[Unmet, ...]:
    """Return what is asked for and not covered, by area, theme and measure.

    Approved needs that were not withdrawn. A need that an auction lists is not covered yet:
    what is bid there is hidden, and binds nobody until a contract. `area` is a police force or
    a local authority by its code. Needs are public: everybody may ask.
    """
    del viewer
    cells: defaultdict[tuple[str, ...], list[NeedRow]] = defaultdict(list)
    for need in view.rows.all(NEED):
        named = area in (None, need.police_force, need.local_authority)
        wanted = named and theme in (None, need.theme) and need.approved and not need.withdrawn
        if wanted and outstanding(view.rows, need):
            what = (need.theme_scheme, need.theme, need.measure, need.unit)
            cells[need.police_force, need.local_authority, *what].append(need)
    return tuple(_unmet(view.rows, cell, cells[cell]) for cell in sorted(cells))


def _unmet(rows: Rows, cell: tuple[str, ...], needs: list[NeedRow]) -> Unmet:
    asked = sum((need.quantity for need in needs), Decimal(0))
    left = sum((outstanding(rows, need) for need in needs), Decimal(0))
    behind = (step for need in needs for step in steps(rows, need.need_id))
    force, local, scheme, theme, measure, unit = cell
    return Unmet(
        police_force=force,
        local_authority=local,
        theme_scheme=scheme,
        theme=theme,
        measure=measure,
        unit=unit,
        needs=len(needs),
        listed=sum(listed_in(rows, need) is not None for need in needs),
        asked=asked,
        committed=asked - left,
        outstanding=left,
        positions=positions(*(step.position for step in behind)),
    )
