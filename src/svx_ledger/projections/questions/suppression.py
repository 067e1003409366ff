"""Which cells of a table are told: none of fewer than five organisations, nor computable ones.

Who benefits is told by what organisations say of themselves. A cell of few would single one
out, and so would a sum from which such a cell follows by subtraction: a lone suppressed cell is
the total less the others. So more cells are held back until nothing small follows (ADR 42).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Final, NamedTuple

LEAST: Final = 5
"""A cell of fewer organisations is not told."""


class Part(NamedTuple):
    """What one organisation has in one category: the smallest thing that sums are made of."""

    organisation_id: str
    category: str


Cell = frozenset[Part]
Row = dict[int, Fraction]


def told(cells: Mapping[str, Cell], least: int = LEAST) -> frozenset[str]:
    """Return the cells that may be told beside the total of all parts.

    The largest are taken first, by organisations and then by name, and a cell is left out where
    it is too small, or where with those already taken

    - it would leave between one and four organisations to the total or to another cell, or
    - a cell that is too small, or parts of too few that always appear together, would follow
      from them by adding and subtracting.

    Nothing is told, not even the total, where there are too few organisations in all.
    """
    everything = frozenset(part for cell in cells.values() for part in cell)
    if organisations(everything) < least:
        return frozenset()
    small = _too_small(cells, everything, least)
    kept: dict[str, Cell] = {}
    for name in sorted(cells, key=lambda name: (-organisations(cells[name]), name)):
        cell = cells[name]
        if organisations(cell) < least:
            continue
        taken = [everything, *kept.values()]
        if _leaves_few(cell, taken, everything - _union(kept.values()), least):
            continue
        if not _gives_away([*taken, cell], small, cells.values()):
            kept[name] = cell
    return frozenset(kept)


def organisations(parts: Iterable[Part]) -> int:
    """Return how many organisations these parts belong to."""
    return len({part.organisation_id for part in parts})


def _union(cells: Iterable[Cell]) -> Cell:
    return frozenset(part for cell in cells for part in cell)


def _leaves_few(cell: Cell, taken: list[Cell], left: Cell, least: int) -> bool:
    """Whether a difference of two told sums, or what no told cell has, would be of too few."""
    differences = [left - cell]
    for other in taken:
        if cell < other:
            differences.append(other - cell)
        elif other < cell:
            differences.append(cell - other)
    return any(0 < organisations(difference) < least for difference in differences)


def _too_small(cells: Mapping[str, Cell], everything: Cell, least: int) -> list[Cell]:
    """Return what must not follow: the small cells, and small groups of inseparable parts."""
    together: defaultdict[frozenset[str], set[Part]] = defaultdict(set)
    inside: defaultdict[Part, set[str]] = defaultdict(set)
    for name, cell in cells.items():
        for part in cell:
            inside[part].add(name)
    for part in everything:
        together[frozenset(inside[part])].add(part)
    groups = {*cells.values(), *(frozenset(group) for group in together.values())}
    return [group for group in groups if 0 < organisations(group) < least]


def _gives_away(taken: list[Cell], small: list[Cell], cells: Collection[Cell]) -> bool:
    """Whether any small group is a linear combination of the sums that are told.

    Parts in the same cells are one unknown; the sums are rows over these unknowns, and a group
    follows if it is in their span: exact elimination over fractions.
    """
    unknown: dict[Part, int] = {}
    kinds: dict[tuple[bool, ...], int] = {}
    order = list(cells)
    for part in _union(taken):
        unknown[part] = kinds.setdefault(tuple(part in cell for cell in order), len(kinds))
    basis: list[Row] = []
    for cell in taken:
        if rest := _reduced({unknown[part]: Fraction(1) for part in cell}, basis):
            basis.append(rest)
    return any(
        not _reduced({unknown[part]: Fraction(1) for part in group}, basis) for group in small
    )


def _reduced(row: Row, basis: list[Row]) -> Row:
    """Return what of a row the basis does not explain: empty where it does."""
    rest = dict(row)
    for known in basis:
        pivot = next(iter(known))
        if pivot in rest:
            by = rest[pivot] / known[pivot]
            for place, amount in known.items():
                left = rest.get(place, Fraction(0)) - by * amount
                if left:
                    rest[place] = left
                else:
                    rest.pop(place, None)
    return rest
